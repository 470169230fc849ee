"""The calendar beside the bars of indices: an index trades on every session and on no other day, so one tells the other's errors."""

from collections.abc import Iterator

import polars as pl

from datalake.finding import Finding
from datalake.review.beside import Beside
from datalake.review.reviews import told
from datalake.tables import TABLES


def calendar_beside_indices(beside: Beside) -> Iterator[Finding]:
    """Index bars on closed days, and sessions without any. Only what was not so before the rows came in is told."""
    incoming = {"trade_cal", "index_1d"} & set(beside.incoming)
    if not incoming or not beside.has("trade_cal") or not beside.has("index_1d"):
        return
    calendar, bars = _calendar(beside.whole("trade_cal")), beside.rows("index_1d", ())
    older, stored = _calendar(beside.stored("trade_cal").collect()), beside.stored("index_1d").select(TABLES["index_1d"].key).collect()
    closed = _on_closed_days(calendar, bars).join(_on_closed_days(older, stored), on=["ts_code", "trade_date"], how="anti")
    days = closed.group_by("trade_date").agg(rows=pl.len(), codes=pl.col("ts_code").sort().head(_CODES).str.join(", ")).sort("trade_date")
    table = "index_1d" if "index_1d" in incoming else "trade_cal"
    yield from told("index_on_closed_day", table, days, pl.format("{}: {}", "trade_date", "codes"), count="rows")
    silent = _silent(calendar, bars).join(_silent(older, stored), on="trade_date", how="anti", maintain_order="left")
    text = pl.format("{} to {}: {} sessions, stocks have bars on {} of them", "first", "last", "sessions", "traded")
    yield from told("session_without_index", "trade_cal", _runs(beside, silent), text, date="first", count="sessions", until="last")


_CODES = 3
"""Of a day, in an example."""


def _calendar(rows: pl.DataFrame) -> pl.DataFrame:
    """trade_date, and `opened`: 1 where any exchange is open; ascending."""
    return rows.group_by(trade_date="cal_date").agg(opened=pl.col("is_open").max()).sort("trade_date")


def _on_closed_days(calendar: pl.DataFrame, bars: pl.DataFrame) -> pl.DataFrame:
    return bars.join(calendar.filter(pl.col("opened") == 0), on="trade_date")


def _silent(calendar: pl.DataFrame, bars: pl.DataFrame) -> pl.DataFrame:
    """`place` among all sessions and trade_date of those that lie between the first and the last bar of an index, and no index has a bar.

    Between the ends of one index and the beginnings of another nothing is expected.
    """
    sessions = calendar.filter(pl.col("opened") == 1).select("trade_date").with_row_index("place")
    lives = bars.group_by("ts_code").agg(first=pl.col("trade_date").min(), last=pl.col("trade_date").max()).sort("first")
    begun = lives.select("first", last=pl.col("last").cum_max()).group_by("first", maintain_order=True).last()  # of all that have begun
    inside = sessions.join_asof(begun, left_on="trade_date", right_on="first").filter(pl.col("trade_date") <= pl.col("last"))
    return inside.select("place", "trade_date").join(bars, on="trade_date", how="anti", maintain_order="left")


def _runs(beside: Beside, silent: pl.DataFrame) -> pl.DataFrame:
    """first, last, `sessions` and `traded` of each run of sessions, the longest first."""
    days = silent["trade_date"]
    lots = [pl.Series("trade_date", [], pl.Date)]
    if len(days):
        span = days.min(), days.max()
        for rows in (beside.stored("bars_1d", span), beside.coming("bars_1d", span)):  # type: ignore[arg-type]
            lots.append(rows.filter(pl.col("trade_date").is_in(days.implode())).select(pl.col("trade_date").unique()).collect().to_series())
    run = pl.col("place").cast(pl.Int64) - pl.int_range(pl.len())
    return (
        silent.with_columns(run=run, traded=pl.col("trade_date").is_in(pl.concat(lots).implode()))
        .group_by("run", maintain_order=True)
        .agg(first=pl.col("trade_date").first(), last=pl.col("trade_date").last(), sessions=pl.len(), traded=pl.col("traded").sum())
        .sort("sessions", descending=True, maintain_order=True)
    )
