"""What can be wrong with rows: one row of CHECKS per kind, looked for before anything is written."""

from collections.abc import Callable
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from datalake.files import FILE, ROW, UNREADABLE
from datalake.finding import EXAMPLES, Finding, Severity
from datalake.tables import PRICE, Table

LARGEST_PRICE = 2_000_000.0
"""CNY: what int32 li can hold."""

LARGEST_BONUS = 5.0
"""New shares for one: 3 is the most that was ever given."""


class Check(NamedTuple):
    kind: str
    message: str
    columns: Callable[[Table], list[str]]
    """The columns it looks at, of those that the table has; none: the check does not apply."""
    bad: Callable[[Table, list[str]], pl.Expr]
    severity: Severity = "error"


def find(rows: pl.DataFrame, table: Table) -> tuple[tuple[Finding, ...], pl.Series]:
    """Findings over parsed rows (Tushare's units), and which rows have an error."""
    findings: list[Finding] = []
    wrong = pl.repeat(False, rows.height, eager=True, dtype=pl.Boolean)
    for check in CHECKS:
        columns = check.columns(table)
        if not columns:
            continue
        bad = rows.select(check.bad(table, columns).fill_null(False)).to_series()
        if bad.any():
            findings.append(_finding(check, rows.filter(bad), int(bad.sum()), table, columns))
            if check.severity == "error":
                wrong = wrong | bad
    return tuple(findings), wrong


def units(rows: pl.DataFrame) -> Finding | None:
    """A slip of units over a whole file: amount / volume must be near the close. Shares for hands and yuan for thousands are told."""
    traded = rows.filter((pl.col("volume") > 0) & (pl.col("close") > 0))
    if traded.is_empty():
        return None
    ratio = traded.select((pl.col("amount") * 10.0 / pl.col("volume") / pl.col("close")).median()).item()
    for low, high, message in _SLIPS:
        if ratio is not None and low < ratio < high:
            return Finding("units", "error", rows.height, message, (f"amount / volume is {ratio:.4g} of the close in the middle",))
    return None


_SLIPS = (
    (0.005, 0.02, "vol is in shares, hands of 100 are expected"),
    (500.0, 2000.0, "amount is in CNY, thousand CNY are expected"),
    (5.0, 20.0, "vol is in shares and amount in CNY, hands of 100 and thousand CNY are expected"),
)


def _finding(check: Check, bad: pl.DataFrame, count: int, table: Table, columns: list[str]) -> Finding:
    shown = list(dict.fromkeys([*table.key, *columns]))[:9]
    examples = []
    for row in bad.head(EXAMPLES).iter_rows(named=True):
        values = " ".join(f"{name}={row[name]}" for name in shown)
        examples.append(f"{row[FILE]} row {row[ROW]}: {values}")
    return Finding(check.kind, check.severity, count, check.message, tuple(examples))


def _prices(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.type == PRICE]


def _stock_prices(table: Table) -> list[str]:
    return [] if table.name == "index_1d" else _prices(table)


def _measures(table: Table) -> list[str]:
    """Numbers that a row cannot do without."""
    return [column.name for column in table.columns if column.required and pa.types.is_integer(column.type)]


def _sizes(table: Table) -> list[str]:
    return [name for name in ("volume", "amount") if name in table.names]


def _codes(table: Table) -> list[str]:
    return [name for name in ("ts_code", "old_code", "new_code") if name in table.names]


def _ranged(table: Table) -> list[str]:
    return ["open", "high", "low", "close"] if "high" in table.names else []


def _dates(table: Table) -> list[str]:
    return [column.name for column in table.columns if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type)]


def _bad_date(table: Table, columns: list[str]) -> pl.Expr:
    """Unreadable, or missing where it is part of the key."""
    needed = _needed(table, columns)
    return pl.any_horizontal(*(pl.col(UNREADABLE + name) for name in columns), *(pl.col(name).is_null() for name in needed))


def _needed(table: Table, columns: list[str]) -> list[str]:
    """Those of the key and the date that a row cannot do without."""
    optional = {column.name for column in table.columns if not column.required}
    return [name for name in columns if (name in table.key or name == table.date) and name not in optional]


def _bad_code(table: Table, columns: list[str]) -> pl.Expr:
    pattern = r"^[0-9A-Z]{6}\.[A-Z]{2,4}$" if table.name == "index_1d" else r"^\d{6}\.(SH|SZ|BJ)$"
    return pl.any_horizontal(*(~pl.col(name).fill_null("").str.contains(pattern) for name in columns))


def _off_tick(table: Table, columns: list[str]) -> pl.Expr:
    """Stocks trade in fen, funds in li."""
    fund = pl.col("ts_code").str.contains(r"^(5\d{5}\.SH|1[568]\d{4}\.SZ)$")
    step = pl.when(fund).then(1.0).otherwise(10.0)
    off = [((pl.col(name) * 1000.0 / step) - (pl.col(name) * 1000.0 / step).round(0)).abs() > 1e-4 for name in columns]
    return pl.any_horizontal(*off)


def _off_edge(table: Table, columns: list[str]) -> pl.Expr:
    """Right edges of 5-minute bars: 09:35 to 11:30 and 13:05 to 15:00."""
    local = pl.col("time").dt.convert_time_zone("Asia/Shanghai")
    minute = local.dt.hour().cast(pl.Int32) * 60 + local.dt.minute()
    inside = minute.is_between(9 * 60 + 35, 11 * 60 + 30) | minute.is_between(13 * 60 + 5, 15 * 60)
    return ~(inside & (minute % 5 == 0) & (local.dt.second() == 0))


def _disordered(table: Table, columns: list[str]) -> pl.Expr:
    return pl.any_horizontal(*(pl.col(later) < pl.col(earlier) for earlier, later in _ORDER[table.name]))


_ORDER = {"instruments": (("list_date", "delist_date"),), "dividends": (("record_date", "ex_date"),)}
"""By table: a date, and the one that is never before it."""


def _paid(table: Table) -> list[str]:
    return [name for name in ("stk_div", "cash_div_tax") if name in table.names]


def _flags(table: Table) -> list[str]:
    return [name for name in ("is_open", "same_day") if name in table.names]


CHECKS = (
    Check("bad_date", "date that cannot be read", _dates, _bad_date),
    Check("bad_code", "code that is not like 600519.SH", _codes, _bad_code),
    Check(
        "not_a_number",
        "number that is missing or cannot be read",
        lambda table: [column.name for column in table.columns if pa.types.is_integer(column.type) or pa.types.is_floating(column.type)],
        lambda table, columns: pl.any_horizontal(
            *(pl.col(UNREADABLE + name) & ~_nan_is_missing(table, name) for name in columns),
            *(pl.col(name).is_null() for name in _measures(table)),
        ),
    ),
    Check(
        "duplicate_key",
        "row whose key an earlier row has",
        lambda table: list(table.key),
        lambda table, columns: (
            ~pl.struct(columns).is_first_distinct() & pl.all_horizontal(pl.col(name).is_not_null() for name in _needed(table, columns))
        ),
    ),
    Check(
        "non_positive_price",
        "price of zero or less",
        _prices,
        lambda table, columns: pl.any_horizontal(pl.col(name) <= 0 for name in columns),
    ),
    Check(
        "price_too_large",
        f"price above {LARGEST_PRICE:,.0f} CNY",
        _prices,
        lambda table, columns: pl.any_horizontal(pl.col(name) > LARGEST_PRICE for name in columns),
    ),
    Check("off_tick", "price that is not on the tick (0.01 CNY, funds 0.001)", _stock_prices, _off_tick),
    Check("high_below_low", "high below low", _ranged, lambda table, columns: pl.col("high") < pl.col("low")),
    Check(
        "outside_range",
        "open or close outside [low, high]",
        _ranged,
        lambda table, columns: (
            (pl.col("high") >= pl.col("low"))
            & pl.any_horizontal((pl.col(name) < pl.col("low")) | (pl.col(name) > pl.col("high")) for name in ("open", "close"))
        ),
    ),
    Check(
        "negative_size",
        "negative volume or amount",
        _sizes,
        lambda table, columns: pl.any_horizontal(pl.col(name) < 0 for name in columns),
    ),
    Check(
        "bad_factor",
        "adjustment factor of zero or less",
        lambda table: ["adj_factor"] if "adj_factor" in table.names else [],
        lambda table, columns: pl.col("adj_factor") <= 0,
    ),
    Check("bad_edge", "time that is no right edge of a 5-minute bar", lambda table: ["time"] if "time" in table.names else [], _off_edge),
    Check(
        "bad_flag",
        "flag that is neither 0 nor 1",
        _flags,
        lambda table, columns: pl.any_horizontal(~pl.col(name).is_in([0.0, 1.0]) for name in columns),
    ),
    Check(
        "bad_percent",
        "limit_percent that is none of 5, 10, 20 and 30",
        lambda table: ["limit_percent"] if "limit_percent" in table.names else [],
        lambda table, columns: ~pl.col("limit_percent").is_in([5.0, 10.0, 20.0, 30.0]),
    ),
    Check(
        "negative_dividend",
        "dividend of less than nothing",
        _paid,
        lambda table, columns: pl.any_horizontal(pl.col(name) < 0 for name in columns),
    ),
    Check(
        "too_many_shares",
        f"more than {LARGEST_BONUS:g} new shares for one (figures for ten shares must be divided by ten)",
        _paid,
        lambda table, columns: pl.col("stk_div") > LARGEST_BONUS,
    ),
    Check(
        "dates_out_of_order",
        "ex_date before record_date, or delisting before listing",
        lambda table: [name for pair in _ORDER.get(table.name, ()) for name in pair],
        _disordered,
    ),
    Check(
        "early_payment",
        "payment or listing of the new shares before the ex-date: the ex-date counts",
        lambda table: ["ex_date", "pay_date", "div_listdate"] if table.name == "dividends" else [],
        lambda table, columns: pl.any_horizontal(pl.col(name) < pl.col("ex_date") for name in ("pay_date", "div_listdate")),
        "warning",
    ),
    Check(
        "same_code",
        "code that becomes itself",
        lambda table: ["old_code", "new_code"] if table.name == "code_changes" else [],
        lambda table, columns: pl.col("old_code") == pl.col("new_code"),
    ),
)


def _nan_is_missing(table: Table, name: str) -> pl.Expr:
    """daily_basic writes NaN where a figure does not exist (pe of a loss)."""
    return pl.lit(table.name == "daily_basic" or name == "weight")
