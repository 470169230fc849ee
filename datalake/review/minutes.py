"""Minute bars beside the daily bars of their days."""

from collections.abc import Iterator

import polars as pl

from datalake.calendar import to_date
from datalake.finding import Finding
from datalake.review.beside import Beside, Span
from datalake.review.reviews import told, yuan
from datalake.tables import MINUTE_TABLES

A_DAY = {"1m": 241, "5m": 48, "15m": 16, "30m": 8, "60m": 4}
"""Bars of a whole session; 1-minute bars have the auction's at 09:30."""

APART = 0.02
"""Of volume: trades after hours are in one of the two and not in the other. Of prices: wholly elsewhere."""


def minutes(beside: Beside) -> Iterator[Finding]:
    """Each month's minute bars that come in, and those of the days whose daily bars do."""
    for table, frequency in MINUTE_TABLES.items():
        if beside.has(table):
            for span in _months(beside, table):
                yield from _month(beside, table, A_DAY[frequency], span)


def _months(beside: Beside, table: str) -> list[Span]:
    days = [beside.days(table)["trade_date"]] if table in beside.incoming else []
    if beside.newest and beside.is_stored(table) and "bars_1d" in beside.incoming:
        kept = beside.newest.tables[table]
        daily = beside.days("bars_1d")["trade_date"]
        days.append(daily.filter(daily.is_between(to_date(kept.first), to_date(kept.last))))
    if not days:
        return []
    by_month = pl.concat(days).drop_nulls().unique().to_frame("day").group_by(pl.col("day").dt.truncate("1mo").alias("month"))
    return [(first, last) for _, first, last in by_month.agg(low=pl.col("day").min(), high=pl.col("day").max()).sort("month").iter_rows()]


def _month(beside: Beside, table: str, bars_a_day: int, span: Span) -> Iterator[Finding]:
    codes = _codes(beside, table, span)
    rows = beside.rows(table, ("trade_date", "open", "high", "low", "close", "volume"), span, codes)
    days = rows.group_by("ts_code", "trade_date", maintain_order=True).agg(
        pl.len().alias("bars"),
        pl.col("new").any(),
        m_open=pl.col("open").first(),
        m_high=pl.col("high").max(),
        m_low=pl.col("low").min(),
        m_close=pl.col("close").last(),
        m_volume=pl.col("volume").sum(),
    )
    short = days.filter("new", pl.col("bars") < bars_a_day)
    text = pl.concat_str("ts_code", pl.lit(" "), "trade_date", pl.lit(": "), "bars", pl.lit(f" of {bars_a_day}"))
    yield from told("minutes_incomplete", table, short, text)
    if not beside.has("bars_1d") or days.is_empty():
        return
    daily = beside.rows("bars_1d", ("open", "high", "low", "close", "volume"), span, days["ts_code"].unique().to_list())
    both = days.join(daily, on=["ts_code", "trade_date"], suffix="_day", maintain_order="left").filter(pl.col("new") | pl.col("new_day"))
    elsewhere = (pl.col("m_low") > pl.col("high") * (1 + APART)) | (pl.col("m_high") < pl.col("low") * (1 - APART))
    beyond = (pl.col("m_high") > pl.col("high")) | (pl.col("m_low") < pl.col("low"))
    other = pl.any_horizontal(pl.col(f"m_{name}") != pl.col(name) for name in ("open", "high", "low", "close"))
    volume = (pl.col("m_volume") / pl.col("volume") - 1).abs() > APART
    differs = beyond | ((pl.col("bars") >= bars_a_day) & (other | volume))
    pairs = [
        part for name in ("open", "high", "low", "close") for part in (pl.lit(f" {name} "), yuan(f"m_{name}"), pl.lit("/"), yuan(name))
    ]
    example = pl.concat_str("ts_code", pl.lit(" "), "trade_date", *pairs, pl.lit(" volume "), "m_volume", pl.lit("/"), "volume")
    yield from told("minutes_elsewhere", table, both.filter(elsewhere), example)
    yield from told("minutes_disagree", table, both.filter(differs, ~elsewhere), example)


def _codes(beside: Beside, table: str, span: Span) -> list[str] | None:
    """Of minute bars that come in, or whose daily bars do."""
    some = [beside.codes(name, span) for name in (table, "bars_1d") if name in beside.incoming]
    return None if None in some else sorted({code for codes in some for code in codes or ()})
