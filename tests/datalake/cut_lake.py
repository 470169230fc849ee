"""Small lakes of the sample's rows with every table that a panel reads, whole, and as they would have been on a day."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from datalake.frames import conform
from datalake.lake import Lake
from datalake.storing.merging import replace
from datalake.storing.publishing import publish_tables
from datalake.tables import TABLES
from datalake.versions import Dataset

Rows = dict[str, pl.DataFrame]

FIRST = date(2022, 1, 1)
CODES = (
    "009001.SZ", "009006.SZ", "009007.SZ", "009013.SZ", "009018.SZ", "009022.SZ", "009031.SZ", "302902.SZ", "302906.SZ", "302909.SZ",
    "302914.SZ", "529001.SH", "529002.SH", "609001.SH", "609006.SH", "609021.SH", "609028.SH", "689901.SH", "689911.SH",
)  # fmt: skip
"""Spells of ST, two delistings, a changed code, listings, funds, minute bars."""


def written(lake: Lake, tables: Rows, source: str = "import") -> Dataset:
    """The lake's next version: these tables and no other rows in them."""
    return publish_tables(lake, source, {name: replace(lake, source, name, rows) for name, rows in tables.items()}, {})


def whole(sample: Rows) -> Rows:
    """The codes' rows since FIRST, and what the sample lacks: limits, industries with a past, dividends too small for a price, factors
    that wobble in the fourth decimal, names without an end."""
    tables = {name: _of_codes(name, rows) for name, rows in sample.items()}
    bars = tables["bars_1d"].with_row_index("number")
    suspended = sample["suspensions"].filter(pl.col("ts_code").is_in(CODES) & (pl.col("trade_date") >= FIRST))
    tables["bars_1d"] = pl.concat([tables["bars_1d"], _flat_rows(bars, suspended)]).sort("ts_code", "trade_date")
    tables["limits"] = bars.filter(pl.col("number") % 7 > 0).select(
        "ts_code", "trade_date", limit_up=pl.col("pre_close") + 10 * (pl.col("number") % 90), limit_down=pl.col("pre_close") - 10
    )
    tables["dividends"] = pl.concat([tables["dividends"], _small_dividends(bars, suspended)], how="diagonal_relaxed")
    tables["industries"] = _industries()
    tables["adj_factor"] = tables["adj_factor"].with_row_index("number").with_columns(pl.col("adj_factor") + 100 * (pl.col("number") % 5))
    open_end = pl.when(pl.col("ts_code") != "009006.SZ").then("end_date")
    tables["namechange"] = tables["namechange"].with_columns(open_end)
    basics = tables["daily_basic"]
    more = {name: pl.col("pe") * (2 + place) for place, name in enumerate(("turnover_rate_f", "ps_ttm", "dv_ttm", "free_share"))}
    tables["daily_basic"] = basics.with_columns(**more)
    return {name: conform(rows, TABLES[name]) for name, rows in tables.items()}


def cut(tables: Rows, day: date) -> Rows:
    """What the tables said on the evening of a day: later rows are not there, and what a row says of later days is forgotten.

    Kept are the dates of a record that was out: when a dividend is paid whose ex-date has come.
    """
    out = {name: rows.filter(pl.col(TABLES[name].date) <= day) if TABLES[name].date else rows for name, rows in tables.items()}
    if "instruments" in out:
        out["instruments"] = out["instruments"].filter(pl.col("list_date") <= day)
    for name, column in (("instruments", "delist_date"), ("namechange", "end_date"), ("industries", "out_date")):
        if name in out:
            out[name] = _forget(out[name], column, day)
    return out


def _forget(rows: pl.DataFrame, column: str, day: date) -> pl.DataFrame:
    return rows.with_columns(pl.when(pl.col(column) <= day).then(pl.col(column)))


def _of_codes(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    table = TABLES[name]
    if "ts_code" in table.names and name != "index_1d":
        rows = rows.filter(pl.col("ts_code").is_in(CODES))
    return rows.filter(pl.col(table.date) >= FIRST) if table.parts else rows


def _flat_rows(bars: pl.DataFrame, suspended: pl.DataFrame) -> pl.DataFrame:
    """Every other suspended day as some vendors write it: a row of the last close without volume."""
    nothing = {"volume": pl.lit(0, pl.Int64), "amount": pl.lit(0, pl.Int64)}
    last = bars.select("ts_code", "trade_date", "close").sort("trade_date")
    days = suspended.select("ts_code", "trade_date").sort("trade_date").gather_every(2)
    flat = days.join_asof(last, on="trade_date", by="ts_code", check_sortedness=False).drop_nulls()
    prices = {name: pl.col("close") for name in ("open", "high", "low", "pre_close")}
    return conform(flat.with_columns(**prices, **nothing), TABLES["bars_1d"])


def _small_dividends(bars: pl.DataFrame, suspended: pl.DataFrame) -> pl.DataFrame:
    """0.004 CNY on some days whose reference price is the last close, and on days of suspension; and records of nothing."""
    shown = bars.filter(pl.col("number") % 101 == 0)
    days = pl.concat(
        [shown.select("ts_code", "trade_date"), suspended.filter(pl.col("trade_date").dt.day() == 11)["ts_code", "trade_date"]]
    )
    cash = pl.when(pl.int_range(pl.len()) % 5 > 0).then(4_000).otherwise(0).cast(pl.Int64)
    return days.select(
        "ts_code", ex_date="trade_date", end_date=pl.lit(date(2021, 6, 30)), stk_div=pl.lit(0, pl.Int64), cash_div_tax=cash,
        pay_date=pl.col("trade_date").dt.offset_by("20d"),
    )  # fmt: skip


def _industries() -> pl.DataFrame:
    """Spells that end, follow one another, overlap, or begin after the listing; one stock has none."""
    rows: list[tuple[str, date, date | None, str]] = []
    for place, code in enumerate(CODES[:-1]):
        if code.startswith("529"):
            continue
        turn = date(2022, 3 + place % 9, 1 + place)
        rows.append((code, date(2010, 1, 1), turn if place % 3 else None, f"旧{place % 4}"))
        rows.append((code, date(2022, 3 + place % 9, 2 + place), None, f"新{place % 3}"))
    return pl.DataFrame(
        {
            "ts_code": [row[0] for row in rows],
            "in_date": [row[1] for row in rows],
            "out_date": [row[2] for row in rows],
            "l1_name": [row[3] for row in rows],
            "l3_code": ["850111.SI"] * len(rows),
        },
        schema_overrides={"out_date": pl.Date},
    )


def codes_listed(tables: Rows, day: date) -> Sequence[str]:
    """By the evening of a day; where nobody tells, who has a bar."""
    listed = tables["instruments"].filter(pl.col("list_date") <= day) if "instruments" in tables else None
    found = tables["bars_1d"].filter(pl.col("trade_date") <= day) if listed is None else listed
    return found["ts_code"].unique().sort().to_list()
