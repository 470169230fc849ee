"""From written tables to a visible version: what the next manifest and its catalog say."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from datalake.calendar import to_int
from datalake.errors import MissingObjectError, Problem
from datalake.lake import Lake, current, reading, scan
from datalake.lake import describe as describe_table
from datalake.tables import DAILY_BASIC_FIELDS, TABLES
from datalake.versions import Bars, Catalog, Dataset, Edition, Instrument, TableVersion, publish
from engine.market import board_of

WIDE_PERCENT = 20
"""A fund's limit_percent that makes its board fund_20."""


def publish_tables(lake: Lake, source: str, written: Iterable[str], note: Mapping[str, Any]) -> Dataset:
    """The source's next version: the tables just written at their newest commit, all others as the newest version has them.

    Tables that were written and never published (somebody's process ended in between) stay unseen until they are written again.
    """
    names = sorted(set(written))

    def describe(newest: Dataset | None) -> Edition:
        tables = dict(newest.tables) if newest else {}
        for name in names:
            tables[name] = _newest_commit(lake, source, name)
        with reading(f"the tables of {source}"):
            return Edition(tables, build_catalog(lake, source, tables), note)

    return publish(lake.store, source, describe)


def build_catalog(lake: Lake, source: str, tables: Mapping[str, TableVersion]) -> Catalog:
    """Read the tables' outlines: codes, sessions, indices, fields, ranges."""

    def rows(name: str) -> pl.LazyFrame:
        return scan(lake, source, name, tables[name].delta_version)

    bars: dict[str, Bars] = {}
    traded: list[str] = []
    if "bars_1d" in tables and tables["bars_1d"].rows:
        traded = _codes(rows("bars_1d"))
        bars["1d"] = Bars(tables["bars_1d"].first, tables["bars_1d"].last, ())
    if "bars_5m" in tables and tables["bars_5m"].rows:
        bars["5m"] = Bars(tables["bars_5m"].first, tables["bars_5m"].last, tuple(_codes(rows("bars_5m"))))
    listed = rows("instruments").collect() if "instruments" in tables else None
    indices = _indices(rows, tables)
    fields = sorted([*(f"index:{code}" for code, has in indices.items() if "bars" in has), *_stock_fields(rows, tables, listed)])
    return Catalog(
        instruments=_instruments(listed, traded, bars),
        sessions=_sessions(rows, tables),
        indices=indices,
        fields=tuple(fields),
        bars=bars,
        ex_dates=_ex_dates(rows("bars_1d"), rows("dividends")) if "dividends" in tables and "1d" in bars else {},
    )


def _newest_commit(lake: Lake, source: str, name: str) -> TableVersion:
    delta = current(lake, source, name)
    if delta is None:
        raise MissingObjectError(Problem(name, f"table {source}/{name} was to be published and is not there"))
    return describe_table(delta, TABLES[name], scan(lake, source, name, delta.version()))


def _codes(rows: pl.LazyFrame, column: str = "ts_code") -> list[str]:
    return rows.select(pl.col(column).unique().sort()).collect().to_series().to_list()


def _indices(rows: Any, tables: Mapping[str, TableVersion]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for table, column, has in (("index_1d", "ts_code", "bars"), ("index_members", "index_code", "members")):
        for code in _codes(rows(table), column) if table in tables else ():
            found.setdefault(code, []).append(has)
    return {code: " ".join(found[code]) for code in sorted(found)}


def _stock_fields(rows: Any, tables: Mapping[str, TableVersion], listed: pl.DataFrame | None) -> list[str]:
    names = []
    if "namechange" in tables:
        names.append("is_st")
    if listed is not None and listed["list_date"].count():
        names.append("listed_sessions")
    if "daily_basic" in tables:
        filled = rows("daily_basic").select(pl.col(column.name).count() for column in DAILY_BASIC_FIELDS).collect().row(0, named=True)
        names += [name for name, count in filled.items() if count]
    return names


def _instruments(listed: pl.DataFrame | None, traded: list[str], bars: Mapping[str, Bars]) -> tuple[Instrument, ...]:
    known = {row["ts_code"]: row for row in listed.iter_rows(named=True)} if listed is not None else {}
    codes = {*known, *traded, *(code for frequency in bars.values() for code in frequency.codes)}
    return tuple(
        Instrument(
            ts_code=code,
            name=row.get("name") or "",
            board=_board(code, row),
            industry=row.get("industry") or "",
            list_date=to_int(row["list_date"]) if row.get("list_date") else 0,
            delist_date=to_int(row["delist_date"]) if row.get("delist_date") else 0,
            same_day=int(row.get("same_day") or 0),
        )
        for code, row in ((code, known.get(code, {})) for code in sorted(codes))
    )


def _board(code: str, row: Mapping[str, Any]) -> str:
    board = board_of(code)
    return "fund_20" if board == "fund" and row.get("limit_percent") == WIDE_PERCENT else board


def _ex_dates(bars: pl.LazyFrame, dividends: pl.LazyFrame) -> dict[str, tuple[int, int]]:
    """By year: bars whose reference price differs from the last close, and those of them that have a dividend record."""
    before = bars.select("ts_code", "trade_date", "pre_close", "close").sort("ts_code", "trade_date")
    moved = before.filter(pl.col("pre_close") != pl.col("close").shift(1).over("ts_code")).select("ts_code", "trade_date")
    records = dividends.select("ts_code", trade_date="ex_date", known=pl.lit(1)).unique()
    found = (
        moved.join(records, on=["ts_code", "trade_date"], how="left")
        .group_by(pl.col("trade_date").dt.strftime("%Y").alias("year"))
        .agg(pl.len().cast(pl.Int64), pl.col("known").count().cast(pl.Int64))
        .sort("year")
        .collect()
    )
    return {year: (seen, told) for year, seen, told in found.iter_rows()}


def _sessions(rows: Any, tables: Mapping[str, TableVersion]) -> tuple[int, ...]:
    """Open days of the exchange's calendar; where there is none, the days that have bars."""
    if "trade_cal" in tables:
        days = rows("trade_cal").filter(pl.col("is_open") == 1).select(pl.col("cal_date").unique().sort()).collect().to_series()
    else:
        names = [name for name in ("bars_1d", "index_1d", "bars_5m") if name in tables]
        if not names:
            return ()
        days = pl.concat([rows(name).select("trade_date") for name in names]).unique().sort("trade_date").collect().to_series()
    return tuple(to_int(day) for day in days.to_list())
