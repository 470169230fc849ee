"""The tables of the lake: every column with its type, its unit and the Tushare field it comes from.

Prices are int32 li (0.001 CNY), amounts int64 li, volumes int64 shares, factors int64 millionths, dates date32.
"""

from typing import Literal, NamedTuple

import pyarrow as pa

Parts = Literal["year", "month", ""]

PRICE, WHOLE, DATE, TEXT, NUMBER, SMALL = pa.int32(), pa.int64(), pa.date32(), pa.string(), pa.float64(), pa.int8()
TIME = pa.timestamp("us", tz="UTC")

LI, THOUSAND_LI, HANDS, MILLION = 1e3, 1e6, 100.0, 1e6
"""From CNY to li, from thousand CNY to li, from hands to shares, from one to millionths."""


class Column(NamedTuple):
    name: str
    type: pa.DataType
    unit: str
    tushare: str
    """Tushare's field and its unit where it differs."""
    required: bool = True
    """A file without this column cannot be imported."""
    scale: float = 1.0
    """Tushare's figure times this is ours."""

    @property
    def tushare_name(self) -> str:
        """The field's bare name."""
        return self.tushare.partition(",")[0].partition(":")[0].strip()


class Table(NamedTuple):
    name: str
    interfaces: tuple[str, ...]
    """Tushare's, which fill it (datalake/interfaces.py); none: it is only imported."""
    key: tuple[str, ...]
    """Unique; the table is sorted by it."""
    date: str
    """The column that says when a row holds; empty: none."""
    parts: Parts
    """Folders by year or month of the date (year=2024, month=202411)."""
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """As it is stored: with the partition column last."""
        fields = [pa.field(column.name, column.type) for column in self.columns]
        return pa.schema([*fields, pa.field(self.parts, pa.int32())] if self.parts else fields)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


_CODE = Column("ts_code", TEXT, "", "ts_code")
_DAY = Column("trade_date", DATE, "", "trade_date, YYYYMMDD")
_BAR = (
    Column("open", PRICE, "li", "open, CNY", scale=LI),
    Column("high", PRICE, "li", "high, CNY", scale=LI),
    Column("low", PRICE, "li", "low, CNY", scale=LI),
    Column("close", PRICE, "li", "close, CNY", scale=LI),
)
_REFERENCE = Column("pre_close", PRICE, "li", "pre_close, CNY: the ex-rights reference price", scale=LI)
_DAILY_SIZE = (
    Column("volume", WHOLE, "shares", "vol, hands of 100", scale=HANDS),
    Column("amount", WHOLE, "li", "amount, thousand CNY", scale=THOUSAND_LI),
)
_MINUTE_SIZE = (Column("volume", WHOLE, "shares", "vol, shares"), Column("amount", WHOLE, "li", "amount, CNY", scale=LI))
_AFTER_HOURS = (
    Column("after_hours_volume", WHOLE, "shares", "ah_vol, hands of 100: apart from vol since 2026-07-06", False, HANDS),
    Column("after_hours_amount", WHOLE, "li", "ah_amount, thousand CNY: apart from amount since 2026-07-06", False, THOUSAND_LI),
)
_DAILY_BAR = (_CODE, _DAY, *_BAR, _REFERENCE, *_DAILY_SIZE)

FREQUENCIES = ("1m", "5m", "15m", "30m", "60m")
"""Of the tables of minute bars, bars_1m to bars_60m."""


def _text(name: str, required: bool = False) -> Column:
    return Column(name, TEXT, "", name, required)


def _date(name: str, required: bool = False) -> Column:
    return Column(name, DATE, "", f"{name}, YYYYMMDD", required)


def _number(name: str, unit: str, required: bool = False) -> Column:
    return Column(name, NUMBER, unit, name, required)


def _minute_bars(frequency: str) -> Table:
    columns = (_CODE, _DAY, Column("time", TIME, "the bar's right edge", "trade_time, Asia/Shanghai"), *_BAR, *_MINUTE_SIZE)
    return Table(f"bars_{frequency}", ("stk_mins",), ("ts_code", "time"), "trade_date", "month", columns)


DAILY_BASIC_FIELDS = (
    _number("turnover_rate", "% of all floating shares"),
    _number("turnover_rate_f", "% of free-floating shares"),
    _number("pe", ""),
    _number("pe_ttm", ""),
    _number("pb", ""),
    _number("ps", ""),
    _number("ps_ttm", ""),
    _number("dv_ratio", "% a year"),
    _number("dv_ttm", "% over twelve months"),
    _number("total_share", "10,000 shares"),
    _number("float_share", "10,000 shares"),
    _number("free_share", "10,000 shares"),
    _number("total_mv", "10,000 CNY"),
    _number("circ_mv", "10,000 CNY"),
)

TABLES = {
    table.name: table
    for table in (
        Table(
            "instruments",
            ("stock_basic", "fund_basic"),
            ("ts_code",),
            "",
            "",
            (
                _CODE,
                _text("name", required=True),
                _text("area"),
                _text("industry"),
                _text("market"),
                _text("list_status"),
                _date("list_date", required=True),
                _date("delist_date"),
                Column("limit_percent", SMALL, "%: 20 for a fund of ChiNext or STAR stocks", "limit_percent", required=False),
                Column("same_day", SMALL, "1: may be sold on the day of purchase (T+0)", "same_day", required=False),
            ),
        ),
        Table(
            "trade_cal",
            ("trade_cal",),
            ("exchange", "cal_date"),
            "cal_date",
            "",
            (
                _text("exchange", required=True),
                _date("cal_date", required=True),
                Column("is_open", SMALL, "1 open, 0 closed", "is_open"),
                _date("pretrade_date"),
            ),
        ),
        Table(
            "industries",
            ("index_member_all",),
            ("ts_code", "in_date", "l3_code"),
            "in_date",
            "",
            (
                _CODE,
                _date("in_date", required=True),
                Column("out_date", DATE, "the last day of it, or the first of the next", "out_date, YYYYMMDD", required=False),
                _text("l1_code"),
                _text("l1_name", required=True),
                _text("l2_code"),
                _text("l2_name"),
                _text("l3_code", required=True),
                _text("l3_name"),
            ),
        ),
        Table(
            "namechange",
            ("namechange",),
            ("ts_code", "start_date"),
            "start_date",
            "",
            (_CODE, _text("name", required=True), _date("start_date", required=True), _date("end_date"), _text("change_reason")),
        ),
        Table(
            "suspensions",
            ("suspend_d",),
            ("ts_code", "trade_date", "suspend_type", "suspend_timing"),
            "trade_date",
            "",
            (
                _CODE,
                _DAY,
                Column("suspend_type", TEXT, "S suspended, R resumed", "suspend_type", required=False),
                Column("suspend_timing", TEXT, "the hours; empty: the whole day", "suspend_timing", required=False),
            ),
        ),
        Table(
            "dividends",
            ("dividend",),
            ("ts_code", "ex_date", "end_date"),
            "ex_date",
            "",
            (
                _CODE,
                _date("ex_date", required=True),
                Column("end_date", DATE, "the period that is paid for", "end_date, YYYYMMDD", required=False),
                _date("record_date"),
                _date("pay_date"),
                _date("div_listdate"),
                Column("stk_div", WHOLE, "millionths of a share per share", "stk_div, shares per share", False, MILLION),
                Column("cash_div_tax", WHOLE, "micro-CNY per share, before tax", "cash_div_tax, CNY per share", False, MILLION),
            ),
        ),
        Table(
            "code_changes",
            (),
            ("old_code",),
            "change_date",
            "",
            (
                _text("old_code", required=True),
                _text("new_code", required=True),
                Column("change_date", DATE, "the first session of the new code", "change_date, YYYYMMDD"),
            ),
        ),
        Table(
            "limits",
            ("stk_limit",),
            ("ts_code", "trade_date"),
            "trade_date",
            "year",
            (
                _CODE,
                _DAY,
                Column("limit_up", PRICE, "li", "up_limit, CNY", scale=LI),
                Column("limit_down", PRICE, "li", "down_limit, CNY", scale=LI),
            ),
        ),
        Table(
            "adj_factor",
            ("adj_factor", "fund_adj"),
            ("ts_code", "trade_date"),
            "trade_date",
            "year",
            (_CODE, _DAY, Column("adj_factor", WHOLE, "millionths", "adj_factor: cumulative", scale=MILLION)),
        ),
        Table(
            "daily_basic",
            ("daily_basic",),
            ("ts_code", "trade_date"),
            "trade_date",
            "year",
            (_CODE, _DAY, *DAILY_BASIC_FIELDS),
        ),
        Table("index_1d", ("index_daily",), ("ts_code", "trade_date"), "trade_date", "year", _DAILY_BAR),
        Table(
            "index_members",
            ("index_weight",),
            ("index_code", "trade_date", "ts_code"),
            "trade_date",
            "",
            (
                _text("index_code", required=True),
                _DAY,
                Column("ts_code", TEXT, "", "con_code"),
                _number("weight", "%"),
            ),
        ),
        Table("bars_1d", ("daily", "fund_daily"), ("ts_code", "trade_date"), "trade_date", "year", (*_DAILY_BAR, *_AFTER_HOURS)),
        *(_minute_bars(frequency) for frequency in FREQUENCIES),
        Table(
            "fetches",
            (),
            ("interface", "part"),
            "",
            "",
            (
                _text("interface", required=True),
                Column("part", TEXT, "what was asked for: a day, a code, a month", "part"),
                Column("through", DATE, "the last day that the answer knew", "through, YYYYMMDD"),
                Column("rows", WHOLE, "of the answer", "rows"),
            ),
        ),
    )
}
"""In the order in which they are written: bars come after what is known of them, and what was fetched is noted last."""

MINUTE_TABLES = {f"bars_{frequency}": frequency for frequency in FREQUENCIES}

ALIASES = {
    "stock_basic": "instruments",
    "fund_basic": "instruments",
    "daily": "bars_1d",
    "fund_daily": "bars_1d",
    "fund_adj": "adj_factor",
    "dividend": "dividends",
    "index_daily": "index_1d",
    "index_weight": "index_members",
    "index_member_all": "industries",
    "stk_limit": "limits",
    "suspend_d": "suspensions",
}
"""Tushare's names of tables that we call otherwise."""
