"""Whether bars lie inside their stocks' listings: what two tables can only say together."""

import polars as pl

from datalake.finding import EXAMPLES, Finding

OUTSIDE_LIFE = "bar before the listing or from the delisting on"


def outside_life(bars: pl.LazyFrame, listed: pl.LazyFrame) -> Finding | None:
    """Bars before a stock's listing or from its delisting on: a warning, because either of the two tables may be wrong.

    `bars` (ts_code, trade_date) and `listed` (ts_code, list_date, delist_date) in the lake's columns.
    """
    lives = listed.select("ts_code", "list_date", "delist_date")
    day = pl.col("trade_date")
    strays = (
        bars.select("ts_code", "trade_date")
        .join(lives, on="ts_code")
        .filter((day < pl.col("list_date")) | (day >= pl.col("delist_date")))
        .group_by("ts_code", "list_date", "delist_date")
        .agg(pl.len().alias("count"), day.min().alias("first"), day.max().alias("last"))
        .sort("ts_code")
        .collect()
    )
    if strays.is_empty():
        return None
    examples = tuple(
        f"{code} lives {born or '?'} to {gone or '-'}, {count} bars from {first} to {last}"
        for code, born, gone, count, first, last in strays.head(EXAMPLES).iter_rows()
    )
    return Finding("outside_life", "warning", int(strays["count"].sum()), OUTSIDE_LIFE, examples)
