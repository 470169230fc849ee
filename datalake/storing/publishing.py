"""From written tables to a visible version: what the next manifest and its catalog say."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from datalake.calendar import to_int
from datalake.finding import Finding
from datalake.lake import Lake, at_version, current, reading, rows_at, scan
from datalake.lake import describe as describe_table
from datalake.storing.outlines import codes_in, ex_dates, outline
from datalake.storing.restoring import refuse_while_restoring
from datalake.tables import DAILY_BASIC_FIELDS, MINUTE_TABLES, TABLES
from datalake.versions import Bars, Catalog, Dataset, Edition, Instrument, TableVersion, publish
from engine.market import board_of

WIDE_PERCENT = 20
"""A fund's limit_percent that makes its board fund_20."""


def publish_tables(
    lake: Lake, source: str, written: Mapping[str, TableVersion], note: Mapping[str, Any], findings: Sequence[Finding] = ()
) -> Dataset:
    """The source's next version: the tables as they were written, all others as the newest version has them.

    Where somebody else published a later commit of a table meanwhile, which holds these rows, too, that one stays. Tables that were
    written and never published (somebody's process ended in between) stay unseen until they are written again. Where commits of
    somebody else come along in a table, what he wrote before them does, too: bars are never seen without what is known of them.
    """

    refuse_while_restoring(lake.store, source)

    def describe(newest: Dataset | None) -> Edition:
        tables = dict(newest.tables) if newest else {}
        tables |= {name: _later(tables.get(name), table) for name, table in written.items()}
        tables |= _written_before(lake, source, tables, [name for name in written if _has_others(newest, name, tables[name])])
        with reading(f"the tables of {source}"):
            return Edition(tables, build_catalog(lake, source, tables), note, tuple(findings))

    return publish(lake.store, source, describe)


def _later(known: TableVersion | None, written: TableVersion) -> TableVersion:
    """Of two commits of one table (its id stands before the @) the later one."""
    same = known is not None and known.snapshot.partition("@")[0] == written.snapshot.partition("@")[0]
    return known if known and same and known.delta_version > written.delta_version else written


def _has_others(newest: Dataset | None, name: str, table: TableVersion) -> bool:
    """Whether commits of others come along: whoever writes makes one (after the table's first, which makes it empty)."""
    known = newest.tables.get(name) if newest else None
    same = known is not None and known.snapshot.partition("@")[0] == table.snapshot.partition("@")[0]
    return table.delta_version > (known.delta_version if known and same else 0) + 1


def _written_before(lake: Lake, source: str, tables: Mapping[str, TableVersion], names: Sequence[str]) -> dict[str, TableVersion]:
    """The newest commits of the tables that are written before the last of these, the last ones first."""
    order = list(TABLES)
    found: dict[str, TableVersion] = {}
    for name in reversed(order[: max((order.index(name) for name in names), default=0)]):
        delta = current(lake, source, name)
        if delta is not None and (name not in tables or delta.version() > tables[name].delta_version):
            found[name] = describe_table(delta, TABLES[name])
    return found


def build_catalog(lake: Lake, source: str, tables: Mapping[str, TableVersion]) -> Catalog:
    """Read the tables' outlines: codes, sessions, indices, fields, ranges."""

    def rows(name: str) -> pl.LazyFrame:
        return scan(lake, source, name, tables[name].delta_version)

    having = {name: frequency for name, frequency in {"bars_1d": "1d", **MINUTE_TABLES}.items() if name in tables and tables[name].rows}
    edges = {name: outline(lake, source, name, tables[name].delta_version) for name in having}
    traded = codes_in(edges["bars_1d"]) if "bars_1d" in edges else []
    bars = {
        frequency: Bars(tables[name].first, tables[name].last, () if frequency == "1d" else tuple(codes_in(edges[name])))
        for name, frequency in having.items()
    }
    listed = rows("instruments").collect() if "instruments" in tables else None
    indices = _indices(rows, tables)
    fields = sorted([*(f"index:{code}" for code, has in indices.items() if "bars" in has), *_stock_fields(lake, source, tables, listed)])
    return Catalog(
        instruments=_instruments(listed, traded, bars),
        sessions=_sessions(rows, tables),
        indices=indices,
        fields=tuple(fields),
        bars=bars,
        index_bars=_ranges(rows("index_1d")) if "index_1d" in tables else {},
        ex_dates=_by_year(ex_dates(edges["bars_1d"]), rows("dividends")) if "dividends" in tables and "1d" in bars else {},
        industries=_industries(rows("industries")) if "industries" in tables else (),
    )


def _codes(rows: pl.LazyFrame, column: str = "ts_code") -> list[str]:
    return rows.select(pl.col(column).unique().sort()).collect().to_series().to_list()


def _industries(rows: pl.LazyFrame) -> tuple[str, ...]:
    names = rows.select("l1_name", "l2_name", "l3_name").unique().collect()
    return tuple(sorted({name for column in names for name in column.drop_nulls().to_list() if name}))


def _indices(rows: Any, tables: Mapping[str, TableVersion]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for table, column, has in (("index_1d", "ts_code", "bars"), ("index_members", "index_code", "members")):
        for code in _codes(rows(table), column) if table in tables else ():
            found.setdefault(code, []).append(has)
    return {code: " ".join(found[code]) for code in sorted(found)}


def _ranges(rows: pl.LazyFrame) -> dict[str, tuple[int, int]]:
    day = pl.col("trade_date")
    found = rows.group_by("ts_code").agg(first=day.min(), last=day.max()).sort("ts_code").collect()
    return {code: (to_int(first), to_int(last)) for code, first, last in found.iter_rows()}


def _stock_fields(lake: Lake, source: str, tables: Mapping[str, TableVersion], listed: pl.DataFrame | None) -> list[str]:
    names = []
    if "namechange" in tables:
        names.append("is_st")
    if listed is not None and listed["list_date"].count():
        names.append("listed_sessions")
    return [*names, *_filled(lake, source, tables)] if "daily_basic" in tables else names


def _filled(lake: Lake, source: str, tables: Mapping[str, TableVersion]) -> list[str]:
    """The fields of daily_basic that some row has, by the counts that Delta keeps of each file. (Files of a table that got a column
    later know nothing of it.)"""
    delta = at_version(lake, source, "daily_basic", tables["daily_basic"].delta_version)
    added = pl.DataFrame(delta.get_add_actions(flatten=True))
    names = [column.name for column in DAILY_BASIC_FIELDS if f"null_count.{column.name}" in added.columns]
    if len(added) and any(added[f"null_count.{name}"].null_count() for name in names):
        counts = rows_at(lake, delta, TABLES["daily_basic"]).select(pl.col(name).count() for name in names).collect().row(0, named=True)
    else:
        counts = {name: int((added["num_records"] - added[f"null_count.{name}"]).sum()) for name in names}
    return [name for name, count in counts.items() if count]


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


def _by_year(moved: pl.DataFrame, dividends: pl.LazyFrame) -> dict[str, tuple[int, int]]:
    """By year: bars whose reference price differs from the last close, and those of them that have a dividend record."""
    records = dividends.select("ts_code", trade_date="ex_date", known=pl.lit(1)).unique()
    found = (
        moved.lazy()
        .join(records, on=["ts_code", "trade_date"], how="left")
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
        names = [name for name in ("bars_1d", "index_1d", *MINUTE_TABLES) if name in tables]
        if not names:
            return ()
        days = pl.concat([rows(name).select("trade_date") for name in names]).unique().sort("trade_date").collect().to_series()
    return tuple(to_int(day) for day in days.to_list())
