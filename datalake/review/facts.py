"""Rows beside the calendar and the listings; spells of names and industries; lists of indices; reference prices of indices."""

from collections.abc import Iterator

import polars as pl

from datalake.finding import Finding
from datalake.review.beside import Beside
from datalake.review.reviews import told, yuan
from datalake.tables import MINUTE_TABLES, TABLES

BARS = ("bars_1d", *MINUTE_TABLES)
_OF_SESSIONS = tuple(name for name, table in TABLES.items() if table.date == "trade_date" and name != "index_members")


def closed_days(beside: Beside) -> Iterator[Finding]:
    """Rows of days on which the exchanges are closed, or of which the calendar knows nothing yet."""
    if not beside.has("trade_cal"):
        return
    calendar = beside.whole("trade_cal").group_by(trade_date="cal_date").agg(opened=pl.col("is_open").max(), new=pl.col("new").any())
    if calendar.is_empty():
        return
    example = pl.concat_str("trade_date", pl.lit(": "), "rows", pl.lit(" rows"))
    for table in _OF_SESSIONS:
        if table in beside.incoming:
            days = beside.days(table).join(calendar, on="trade_date", how="left", maintain_order="left")
            if table != "index_1d":  # calendar.py looks at both sides
                yield from told("closed_day", table, days.filter(pl.col("opened") == 0), example, count="rows")
            yield from told("beyond_calendar", table, days.filter(pl.col("opened").is_null()), example, count="rows")
    if "trade_cal" in beside.incoming and beside.is_stored("bars_1d"):
        yield from _closed_later(beside, calendar.filter(pl.col("opened") == 0, "new"), example)


def _closed_later(beside: Beside, closed: pl.DataFrame, example: pl.Expr) -> Iterator[Finding]:
    """Stored bars of days that an incoming calendar closes; days that were closed before have none."""
    before = beside.stored("trade_cal").filter(pl.col("is_open") == 0).select(trade_date="cal_date").collect()
    news = closed.join(before, on="trade_date", how="anti")["trade_date"]
    if len(news):
        days = beside.stored("bars_1d").filter(pl.col("trade_date").is_in(news.implode()))
        rows = days.group_by("trade_date").agg(rows=pl.len()).sort("trade_date").collect()
        yield from told("closed_day", "trade_cal", rows, example, count="rows")


def outside_life(beside: Beside) -> Iterator[Finding]:
    """Bars before a stock's listing or from its delisting on: a warning, because either of the two tables may be wrong."""
    if not beside.has("instruments"):
        return
    lives = beside.whole("instruments").select("ts_code", "list_date", "delist_date", "new")
    changed = _changed_lives(beside, lives)
    for table in BARS:
        lots = [beside.coming(table)] if table in beside.incoming else []
        if changed and beside.is_stored(table):
            stored = beside.stored(table, codes=changed)
            lots.append(stored.join(beside.coming(table).select(TABLES[table].key), on=TABLES[table].key, how="anti"))
        for rows in lots:
            yield from _strays(table, rows, lives.lazy())


def _changed_lives(beside: Beside, lives: pl.DataFrame) -> list[str]:
    """Codes whose dates of listing or delisting an incoming list of instruments changes."""
    if "instruments" not in beside.incoming:
        return []
    before = beside.stored("instruments").select("ts_code", "list_date", "delist_date").collect()
    found = lives.filter("new").join(before, on=["ts_code", "list_date", "delist_date"], how="anti", nulls_equal=True)
    return found["ts_code"].to_list()


def _strays(table: str, bars: pl.LazyFrame, lives: pl.LazyFrame) -> Iterator[Finding]:
    day = pl.col("trade_date")
    strays = (
        bars.select("ts_code", "trade_date")
        .join(lives, on="ts_code")
        .filter((day < pl.col("list_date")) | (day >= pl.col("delist_date")))
        .group_by("ts_code", "list_date", "delist_date")
        .agg(pl.len().alias("count"), first=day.min(), trade_date=day.max())
        .sort("ts_code")
        .collect()
    )
    born, gone = pl.col("list_date").cast(pl.String).fill_null("?"), pl.col("delist_date").cast(pl.String).fill_null("-")
    text = pl.format("{} lives {} to {}, {} bars from {} to {}", "ts_code", born, gone, "count", "first", "trade_date")
    yield from told("outside_life", table, strays, text, count="count")


def unlisted(beside: Beside) -> Iterator[Finding]:
    """Codes whose bars come in and that no list of instruments names."""
    if not beside.has("instruments"):
        return
    known = beside.whole("instruments").select("ts_code")
    for table in BARS:
        if table in beside.incoming:
            codes = beside.coming(table).select(pl.col("ts_code").unique()).collect()
            yield from told("unlisted", table, codes.join(known, on="ts_code", how="anti").sort("ts_code"), pl.col("ts_code"), date="")


def spells(beside: Beside) -> Iterator[Finding]:
    """Names, and industries, that are said to hold at the same time. (A day that two share is how some vendors write an end.)"""
    for table, kind, start, end, value in (
        ("namechange", "overlapping_names", "start_date", "end_date", "name"),
        ("industries", "overlapping_industries", "in_date", "out_date", "l3_code"),
    ):
        if table not in beside.incoming:
            continue
        rows = beside.whole(table).sort("ts_code", start, maintain_order=True)
        same = pl.col("ts_code") == pl.col("ts_code").shift(1)
        both = rows.with_columns(last=pl.col(value).shift(1), until=pl.col(end).shift(1), touched=pl.col("new") | pl.col("new").shift(1))
        overlap = both.filter(same & pl.col("touched") & (pl.col(start) < pl.col("until")) & (pl.col("last") != pl.col(value)))
        text = pl.format("{} is {} until {} and {} from {}", "ts_code", "last", "until", value, start)
        yield from told(kind, table, overlap, text, date=start)


def weights(beside: Beside) -> Iterator[Finding]:
    """Lists of an index that come in, with the rest of the same list."""
    if "index_members" not in beside.incoming:
        return
    days = beside.days("index_members")["trade_date"]
    if days.is_empty():
        return
    rows = beside.rows("index_members", ("weight",), (days.min(), days.max()))  # type: ignore[arg-type]
    sums = rows.group_by("index_code", "trade_date", maintain_order=True).agg(
        pl.col("weight").sum().alias("sum"), pl.col("weight").count().alias("told"), pl.len().alias("rows"), pl.col("new").any()
    )
    off = sums.filter("new", pl.col("told") == pl.col("rows"), ~pl.col("sum").is_between(98.0, 102.0))
    text = pl.concat_str("index_code", pl.lit(" "), "trade_date", pl.lit(": "), pl.col("sum").round(2), pl.lit("% of "), "rows")
    yield from told("weights_sum", "index_members", off, text)


def index_references(beside: Beside) -> Iterator[Finding]:
    """An index's reference price is its last close, whatever its stocks pay."""
    if "index_1d" not in beside.incoming:
        return
    codes = beside.coming("index_1d").select(pl.col("ts_code").unique()).collect()["ts_code"].to_list()
    rows = beside.rows("index_1d", ("close", "pre_close"), codes=codes)
    days = rows.select("trade_date").unique().sort("trade_date")
    if beside.has("trade_cal"):
        opened = beside.whole("trade_cal").filter(pl.col("is_open") == 1).select(trade_date="cal_date")
        days = pl.concat([days, opened]).unique().sort("trade_date")
    rows = rows.join(days.with_row_index("place"), on="trade_date", maintain_order="left")
    next_one = (pl.col("ts_code") == pl.col("ts_code").shift(1)) & (pl.col("place") == pl.col("place").shift(1) + 1)
    rows = rows.with_columns(last_close=pl.when(next_one).then(pl.col("close").shift(1)), touched=pl.col("new") | pl.col("new").shift(1))
    off = rows.filter("touched", (pl.col("pre_close") / pl.col("last_close") - 1).abs() > 1e-3)
    text = pl.concat_str(
        "ts_code", pl.lit(" "), "trade_date", pl.lit(" last close "), yuan("last_close"), pl.lit(" pre_close "), yuan("pre_close")
    )
    yield from told("unexplained_reference", "index_1d", off, text)
