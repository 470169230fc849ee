"""Daily bars of a year beside the bar before each, with factors: what the reviews of bars look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from datalake.review.beside import Beside, Span, attach
from datalake.tables import TABLES

AROUND = timedelta(days=21)
"""Longer than any holiday: the bar before lies within it, unless the stock was suspended."""

BEFORE = ("ts_code", "trade_date", "close", "factor")
"""What is remembered of a code's last bar."""

TABLES_OF_BARS = ("bars_1d", "adj_factor", "limits", "suspensions", "daily_basic", "dividends")
"""Rows of these come in: the bars of their days are looked at."""


@dataclass(frozen=True)
class Chunk:
    """Bars of a span, sorted by code and day; a row is in `focus` where something of it or of the bar before is new."""

    span: Span
    codes: list[str] | None
    bars: pl.DataFrame
    """ts_code, trade_date, open, high, low, close, pre_close, volume, new, factor, previous (the bar before: its date), last_close,
    last_factor, focus."""

    @property
    def focus(self) -> pl.DataFrame:
        return self.bars.filter("focus")


def chunks(beside: Beside) -> Iterator[Chunk]:
    """The bars around what comes in, year by year."""
    days = [beside.days(table).select("trade_date") for table in TABLES_OF_BARS if table in beside.incoming]
    if not beside.has("bars_1d") or not days:
        return
    carried = pl.DataFrame(schema={"ts_code": pl.String, "trade_date": pl.Date, "close": pl.Int32, "factor": pl.Int64})
    years = pl.concat(days).drop_nulls().group_by(pl.col("trade_date").dt.year().alias("year"))
    for _, first, last in years.agg(low=pl.col("trade_date").min(), high=pl.col("trade_date").max()).sort("year").iter_rows():
        chunk = _chunk(beside, (first, last), carried)
        yield chunk
        newest = chunk.bars.group_by("ts_code", maintain_order=True).last().select(*BEFORE)
        carried = pl.concat([carried.join(newest, on="ts_code", how="anti"), newest])


def _chunk(beside: Beside, touched: Span, carried: pl.DataFrame) -> Chunk:
    span = touched[0] - AROUND, touched[1] + AROUND
    known = [beside.codes(table, touched) for table in TABLES_OF_BARS if table in beside.incoming]
    codes = None if None in known else sorted({code for some in known for code in some or ()})
    bars = beside.rows("bars_1d", ("open", "high", "low", "close", "pre_close", "volume"), span, codes)
    bars = _with_facts(beside, _with_factors(beside, bars, span, codes), touched)
    older = _older(beside, bars, span[0], carried)
    both = pl.concat([older.with_columns(older=pl.lit(True)), bars.with_columns(older=pl.lit(False))], how="diagonal")
    return Chunk(span, codes, _beside_before(both.sort("ts_code", "trade_date"), touched))


def _with_factors(beside: Beside, bars: pl.DataFrame, span: Span, codes: list[str] | None) -> pl.DataFrame:
    if not beside.has("adj_factor"):
        return bars.with_columns(factor=pl.lit(None, pl.Int64), new_factor=pl.lit(False))
    factors = beside.rows("adj_factor", ("adj_factor",), span, codes).rename({"adj_factor": "factor", "new": "new_factor"})
    return attach(bars, factors)


def _with_facts(beside: Beside, bars: pl.DataFrame, touched: Span) -> pl.DataFrame:
    """`told`: something else about the bar's day has come in."""
    others = bars.filter(~pl.col("new"), pl.col("trade_date").is_between(*touched))
    keys = [
        beside.coming(table, touched).select("ts_code", pl.col(TABLES[table].date).alias("trade_date"))
        for table in TABLES_OF_BARS[2:]
        if table in beside.incoming
    ]
    if not keys or others.is_empty():  # new bars are looked at anyway
        return bars.with_columns(told=pl.lit(False))
    told = pl.concat(keys).unique().sort("ts_code", "trade_date").with_columns(told=pl.lit(True)).collect()
    return attach(bars, told)


def _older(beside: Beside, bars: pl.DataFrame, start: date, carried: pl.DataFrame) -> pl.DataFrame:
    """The last bar before the span of codes whose first bar in it is new: stored ones of this and the last year, or just come in."""
    firsts = bars.group_by("ts_code", maintain_order=True).first().filter("new")["ts_code"]
    found = [carried.filter(pl.col("trade_date") < start)]
    if len(firsts) and beside.is_stored("bars_1d"):
        span = date(start.year - 1, 1, 1), start - timedelta(days=1)
        last = pl.struct("trade_date", "close").sort_by("trade_date").last().alias("last")
        rows = beside.stored("bars_1d", span, firsts.to_list()).group_by("ts_code").agg(last).unnest("last").collect()
        if rows.height and beside.is_stored("adj_factor"):
            days = rows["trade_date"]
            factors = beside.stored("adj_factor", (days.min(), days.max()), rows["ts_code"].to_list())  # type: ignore[arg-type]
            told = factors.select("ts_code", "trade_date", factor="adj_factor").collect()
            found.append(rows.join(told, on=["ts_code", "trade_date"], how="left").select(*BEFORE))
        else:
            found.append(rows.with_columns(factor=pl.lit(None, pl.Int64)).select(*BEFORE))
    older = pl.concat(found).filter(pl.col("ts_code").is_in(firsts.implode()))
    return older.sort("ts_code", "trade_date").group_by("ts_code", maintain_order=True).last()


def _beside_before(rows: pl.DataFrame, touched: Span) -> pl.DataFrame:
    """Each bar with its code's bar before; the older ones, which only are that, go."""
    same = pl.col("ts_code") == pl.col("ts_code").shift(1)
    new = pl.any_horizontal(pl.col(name).fill_null(False) for name in ("new", "new_factor", "told"))
    here = pl.col("trade_date").is_between(*touched)
    after = ~pl.col("new") & (pl.col("trade_date") > touched[1])  # other new rows are another chunk's
    return (
        rows.with_columns(
            previous=pl.when(same).then(pl.col("trade_date").shift(1)),
            last_close=pl.when(same).then(pl.col("close").shift(1)),
            last_factor=pl.when(same).then(pl.col("factor").shift(1)),
            focus=(new | (same & new.shift(1)).fill_null(False)) & (here | after),
        )
        .filter(~pl.col("older"))
        .drop("older", "new_factor", "told")
    )
