"""Which stocks belong to a universe on each day, using only what was known then."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

import numpy as np
import polars as pl

from datalake.asked.universe_checks import on_boards, stocks_only
from datalake.lake import Lake
from datalake.panels.members import Members, always, seen
from datalake.panels.ranked import best_of
from datalake.reading import Days, Reader, places
from datalake.versions import Dataset, Instrument
from engine.universe import Kind, Universe

FOR_EVER = date(9999, 12, 31)


def resolve_members(reader: Reader, universe: Universe, days: Days, told: Days) -> Members:
    """`days` are the panel's sessions (S,), ascending; `told` the newest session whose end is known on each of them."""
    listed = _whatever_the_day(reader, universe)
    if listed is not None:
        return always(listed, days)
    if universe.kind == "index":
        return _of_index(reader, universe.index, told)
    if universe.kind == "industry":
        return _of_industries(reader, universe.industries, told)
    if universe.kind == "rank":
        among = universe.within
        return best_of(reader, universe, days, resolve_members(reader, among, days, told) if among and among.kind != "boards" else None)
    return _of_any([resolve_members(reader, part, days, told) for part in universe.parts])


def _whatever_the_day(reader: Reader, universe: Universe) -> Sequence[str] | None:
    """The codes of a universe that is the same on all days; None: it changes.

    Without the table of industries the list of stocks alone knows them, and says today's.
    """
    catalog = reader.dataset.catalog
    rows: dict[Kind, Callable[[], Iterable[Instrument]]] = {
        "all": lambda: stocks_only(catalog),
        "boards": lambda: on_boards(catalog, universe.boards),
        "industry": lambda: (row for row in catalog.instruments if row.industry in universe.industries),
    }
    if universe.kind == "codes":
        return universe.codes
    if universe.kind not in rows or (universe.kind == "industry" and reader.has("industries")):
        return None
    return [row.ts_code for row in rows[universe.kind]()]


def _of_any(parts: Sequence[Members]) -> Members:
    codes = tuple(sorted({code for part in parts for code in part.codes}))
    flags = np.zeros((len(parts[0].bits), len(codes)), dtype=np.uint8)
    for part in parts:
        flags[:, np.searchsorted(codes, part.codes)] |= part.flags
    return Members.of(codes, flags)


def _of_index(reader: Reader, index: str, days: Days) -> Members:
    """On each day the newest list of members that was out by then; nobody before the first list.

    A member that the dataset knows neither a bar nor a listing of cannot be bought, and is left out.
    """
    known = pl.col("ts_code").is_in(list(reader.dataset.catalog.by_code))
    rows = reader.rows("index_members").filter((pl.col("index_code") == index) & known).select("trade_date", "ts_code").collect()
    rows = rows.filter(pl.col("trade_date") <= days[-1].astype(object))
    if rows.is_empty():
        return Members.of((), np.zeros((len(days), 0), dtype=np.uint8))
    changes = rows["trade_date"].unique().sort().to_numpy()
    in_force = np.searchsorted(changes, days, side="right") - 1
    codes = tuple(rows["ts_code"].unique().sort().to_list())
    lists = np.zeros((len(changes), len(codes)), dtype=np.uint8)
    lists[places(rows, "trade_date", changes, codes)] = 1
    flags = np.where((in_force >= 0)[:, None], lists[np.maximum(in_force, 0)], 0).astype(np.uint8)
    return seen(codes, flags)


def _of_industries(reader: Reader, names: Sequence[str], days: Days) -> Members:
    """Of each stock's spells that have begun and not ended by a day the newest one counts; its name on any of the three levels may be
    meant."""
    levels = ("l1_name", "l2_name", "l3_name")
    meant = pl.any_horizontal(pl.col(level).is_in(list(names)).fill_null(False) for level in levels)
    rows = reader.rows("industries", codes=list(reader.dataset.catalog.by_code))
    rows = rows.select("ts_code", "in_date", "l3_code", "out_date", meant.alias("is_meant"))
    spells = rows.collect().sort("ts_code", "in_date", "l3_code")
    spells = spells.filter(pl.col("is_meant").any().over("ts_code"))
    codes = tuple(spells["ts_code"].unique().sort().to_list())
    columns = np.searchsorted(codes, spells["ts_code"].to_list())
    begins = np.searchsorted(days, spells["in_date"].to_numpy())
    ends = np.searchsorted(days, spells["out_date"].fill_null(FOR_EVER).to_numpy(), side="right")
    flags = np.zeros((len(days), len(codes)), dtype=np.uint8)
    for column, begin, end, is_meant in zip(columns, begins, ends, spells["is_meant"], strict=True):
        flags[begin:end, column] = is_meant  # a newer spell is written over an older one
    return seen(codes, flags)


def most_traded(lake: Lake, dataset: Dataset, span: tuple[int, int], top: int) -> list[str]:
    """The `top` stocks by money traded from the first to the last day of `span` (YYYYMMDD), the most traded first; ties by ts_code."""
    able = [row.ts_code for row in stocks_only(dataset.catalog)]
    rows = Reader(lake, dataset).rows("bars_1d", span, able).group_by("ts_code").agg(pl.col("amount").sum())
    found: list[str] = rows.sort("amount", "ts_code", descending=[True, False]).head(top).collect()["ts_code"].to_list()
    return found
