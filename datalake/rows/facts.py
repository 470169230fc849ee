"""What can be wrong with keys, dates and figures that are no prices, each row by itself."""

from datetime import date

import polars as pl
import pyarrow as pa

from datalake.rows.check import Check, dates, numbers, of, some, these
from datalake.rows.parsing import UNREADABLE
from datalake.tables import TABLES, Table

LARGEST_BONUS = 5.0
"""New shares for one: 3 is the most that was ever given."""

FIRST_DAY = date(1990, 1, 1)
"""Before the exchanges opened."""

WEEKENDS = date(2000, 1, 1)
"""Since then no session fell on one; of those before we have seen no calendar."""

CHEAPEST, DEAREST = 0.05, 5000.0
"""CNY: total_mv / total_share is a price."""

_SESSIONS = tuple(name for name, table in TABLES.items() if table.date == "trade_date" and name != "index_members")
"""Tables whose dates are sessions. (A list of an index's members may be dated by any day.)"""

_NOT_NEGATIVE = (
    "turnover_rate", "turnover_rate_f", "dv_ratio", "dv_ttm", "total_share", "float_share", "free_share", "total_mv", "circ_mv", "weight",
)  # fmt: skip

_ORDER = {
    "instruments": (("list_date", "delist_date"),),
    "dividends": (("record_date", "ex_date"),),
    "namechange": (("start_date", "end_date"),),
    "industries": (("in_date", "out_date"),),
    "trade_cal": (("pretrade_date", "cal_date"),),
}
"""By table: a date, and the one that is never before it."""


def needed(table: Table, columns: list[str]) -> list[str]:
    """Those of the key and the date that a row cannot do without."""
    optional = {column.name for column in table.columns if not column.required}
    return [name for name in columns if (name in table.key or name == table.date) and name not in optional]


def _codes(table: Table) -> list[str]:
    return some("ts_code", "old_code", "new_code")(table)


def _stock_codes(table: Table) -> list[str]:
    return [] if table.name == "index_1d" else _codes(table)


def _bad_date(table: Table, columns: list[str]) -> pl.Expr:
    """Unreadable, or missing where it is part of the key."""
    return pl.any_horizontal(*(pl.col(UNREADABLE + name) for name in columns), *(pl.col(name).is_null() for name in needed(table, columns)))


BARE_CODE = "code without its exchange: 000001 is a stock of Shenzhen (000001.SZ) and an index of Shanghai (000001.SH)"


def _bare_code(table: Table, columns: list[str]) -> pl.Expr:
    return pl.any_horizontal(*(pl.col(name).str.contains(_BARE) for name in columns))


def _bad_code(table: Table, columns: list[str]) -> pl.Expr:
    pattern = rf"{_BARE}|^[0-9A-Z]{{6}}\.[A-Z]{{2,4}}$" if table.name == "index_1d" else rf"{_BARE}|{_STOCK}"
    return pl.any_horizontal(*(~pl.col(name).fill_null("").str.contains(pattern) for name in columns))


_BARE = r"^\d{6}$"
_STOCK = r"^(\d{6}\.(SH|SZ|BJ)|T00018\.SH)$"
"""T00018.SH is how Tushare calls the port of Shanghai before 2006-10-26, whose number 600018 another share took over."""
_AT_HOME = r"^([569]\d{5}\.SH|[0-3]\d{5}\.SZ|([48]\d|92)\d{4}\.BJ|T00018\.SH)$"
"""Numbers as the exchanges give them out; 9 in Shanghai are B shares, 2 in Shenzhen, too."""


def _elsewhere(table: Table, columns: list[str]) -> pl.Expr:
    return pl.any_horizontal(*(pl.col(name).str.contains(_STOCK) & ~pl.col(name).str.contains(_AT_HOME) for name in columns))


def _too_early(table: Table, columns: list[str]) -> pl.Expr:
    return pl.col(table.date) < FIRST_DAY


def _no_number(table: Table, columns: list[str]) -> pl.Expr:
    measures = [column.name for column in table.columns if column.required and pa.types.is_integer(column.type)]
    return pl.any_horizontal(*(pl.col(UNREADABLE + name) for name in columns), *(pl.col(name).is_null() for name in measures))


def _double(table: Table, columns: list[str]) -> pl.Expr:
    there = pl.all_horizontal(*(pl.col(name).is_not_null() for name in needed(table, columns)))
    return ~pl.struct(columns).is_first_distinct() & there


def _disordered(table: Table, columns: list[str]) -> pl.Expr:
    return pl.any_horizontal(*(pl.col(later) < pl.col(earlier) for earlier, later in _ORDER[table.name]))


def _weekend(table: Table, columns: list[str]) -> pl.Expr:
    day = (pl.col(columns[0]).dt.weekday() > 5) & (pl.col(columns[0]) >= WEEKENDS)
    return day & (pl.col("is_open") == 1) if table.name == "trade_cal" else day


def _implied(value: str, shares: str) -> pl.Expr:
    return pl.when(pl.col(shares) > 0).then(pl.col(value) / pl.col(shares))


def _no_price(table: Table, columns: list[str]) -> pl.Expr:
    pairs = (_implied("total_mv", "total_share"), _implied("circ_mv", "float_share"))
    return pl.any_horizontal(*((price < CHEAPEST) | (price > DEAREST) for price in pairs))


def _two_prices(table: Table, columns: list[str]) -> pl.Expr:
    whole, floating = _implied("total_mv", "total_share"), _implied("circ_mv", "float_share")
    fine = pl.all_horizontal(*(price.is_between(CHEAPEST, DEAREST) for price in (whole, floating)))
    return fine & ((whole / floating - 1).abs() > 0.02)


FACT_CHECKS = (
    Check("bad_date", "date that cannot be read", dates, _bad_date),
    Check("bad_code", "code that is not like 600519.SH", _codes, _bad_code),
    Check("bare_code", BARE_CODE, some("ts_code", "old_code", "new_code", "index_code"), _bare_code),
    Check("wrong_exchange", "code whose number is another exchange's (600519.SZ)", _stock_codes, _elsewhere),
    Check("not_a_number", "number that is missing or cannot be read", numbers, _no_number),
    Check("duplicate_key", "row whose key an earlier row has", lambda table: list(table.key), _double),
    Check(
        "too_early",
        f"session before {FIRST_DAY}, when there was no exchange",
        lambda table: [table.date] if table.name in (*_SESSIONS, "trade_cal") else [],
        _too_early,
    ),
    Check(
        "weekend",
        "session on a Saturday or Sunday",
        lambda table: ["cal_date", "is_open"] if table.name == "trade_cal" else ["trade_date"] if table.name in _SESSIONS else [],
        _weekend,
    ),
    Check(
        "bad_factor",
        "adjustment factor of zero or less",
        these("adj_factor"),
        lambda table, columns: pl.col("adj_factor") <= 0,
    ),
    Check(
        "bad_flag",
        "flag that is neither 0 nor 1",
        some("is_open", "same_day"),
        lambda table, columns: pl.any_horizontal(*(~pl.col(name).is_in([0.0, 1.0]) for name in columns)),
    ),
    Check(
        "bad_percent",
        "limit_percent that is none of 5, 10, 20 and 30",
        these("limit_percent"),
        lambda table, columns: ~pl.col("limit_percent").is_in([5.0, 10.0, 20.0, 30.0]),
    ),
    Check(
        "bad_suspension",
        "suspend_type that is neither S nor R",
        these("suspend_type"),
        lambda table, columns: ~pl.col("suspend_type").is_in(["S", "R"]),
    ),
    Check(
        "negative_figure",
        "share count, market value, turnover, dividend yield or weight of less than nothing",
        some(*_NOT_NEGATIVE),
        lambda table, columns: pl.any_horizontal(*(pl.col(name) < 0 for name in columns)),
    ),
    Check(
        "share_units",
        f"market value / shares is no price ({CHEAPEST:g} to {DEAREST:,.0f} CNY): units of 10,000 are expected in both",
        these("total_mv", "total_share", "circ_mv", "float_share"),
        _no_price,
    ),
    Check(
        "two_prices",
        "total_mv / total_share and circ_mv / float_share are different prices",
        these("total_mv", "total_share", "circ_mv", "float_share"),
        _two_prices,
        "warning",
    ),
    Check(
        "more_than_all",
        "more floating shares than there are",
        these("float_share", "total_share"),
        lambda table, columns: pl.col("float_share") > pl.col("total_share") * 1.0001,
        "warning",
    ),
    Check(
        "turnover_above_all",
        "turnover_rate above 100%: every floating share more than once (T+1 forbids it)",
        these("turnover_rate"),
        lambda table, columns: pl.col("turnover_rate") > 100.0,
        "warning",
    ),
    Check(
        "bad_weight",
        "weight above 100%",
        these("weight"),
        lambda table, columns: pl.col("weight") > 100.0,
    ),
    Check(
        "negative_dividend",
        "dividend of less than nothing",
        some("stk_div", "cash_div_tax"),
        lambda table, columns: pl.any_horizontal(*(pl.col(name) < 0 for name in columns)),
    ),
    Check(
        "too_many_shares",
        f"more than {LARGEST_BONUS:g} new shares for one (figures for ten shares must be divided by ten)",
        some("stk_div", "cash_div_tax"),
        lambda table, columns: pl.col("stk_div") > LARGEST_BONUS,
    ),
    Check(
        "dates_out_of_order",
        "ex_date before record_date, delisting before listing, end_date before start_date, out_date before in_date, or the like",
        lambda table: [name for pair in _ORDER.get(table.name, ()) for name in pair],
        _disordered,
    ),
    Check(
        "early_payment",
        "payment or listing of the new shares before the ex-date: the ex-date counts",
        of("dividends", "ex_date", "pay_date", "div_listdate"),
        lambda table, columns: pl.any_horizontal(*(pl.col(name) < pl.col("ex_date") for name in ("pay_date", "div_listdate"))),
        "warning",
    ),
    Check(
        "same_code",
        "code that becomes itself",
        these("old_code", "new_code"),
        lambda table, columns: pl.col("old_code") == pl.col("new_code"),
    ),
)
