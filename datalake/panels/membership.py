"""Which stocks belong to a universe on each day, using only what was known then."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from datalake.calendar import dates_to_ints, ints_to_dates
from datalake.lake import Lake
from datalake.reading import Days, Reader, places
from datalake.universe_checks import RANK_FIELDS, stocks_only
from datalake.versions import Dataset
from engine.arrays import Flags
from engine.universe import Universe


class Members(NamedTuple):
    codes: tuple[str, ...]
    """(N,) ascending: everyone who is a member on some day of the axis."""
    flags: Flags
    """(S, N) 1 on the days of membership; listings are not looked at."""


def resolve_members(reader: Reader, universe: Universe, days: Days, told: Days) -> Members:
    """`days` are the panel's sessions (S,), ascending; `told` the newest session whose end is known on each of them."""
    if universe.kind == "codes":
        return _always(universe.codes, days)
    if universe.kind == "all":
        return _always(tuple(row.ts_code for row in stocks_only(reader.dataset.catalog)), days)
    if universe.kind == "index":
        return _of_index(reader, universe.index, told)
    return _by_rank(reader, universe, days)


def _always(codes: tuple[str, ...], days: Days) -> Members:
    return Members(tuple(sorted(codes)), np.ones((len(days), len(codes)), dtype=np.uint8))


def _of_index(reader: Reader, index: str, days: Days) -> Members:
    """On each day the newest list of members that was out by then; nobody before the first list.

    A member that the dataset knows neither a bar nor a listing of cannot be bought, and is left out.
    """
    known = pl.col("ts_code").is_in(list(reader.dataset.catalog.by_code))
    rows = reader.rows("index_members").filter((pl.col("index_code") == index) & known).select("trade_date", "ts_code").collect()
    rows = rows.filter(pl.col("trade_date") <= days[-1].astype(object))
    if rows.is_empty():
        return Members((), np.zeros((len(days), 0), dtype=np.uint8))
    changes = rows["trade_date"].unique().sort().to_numpy()
    in_force = np.searchsorted(changes, days, side="right") - 1
    codes = tuple(rows["ts_code"].unique().sort().to_list())
    lists = np.zeros((len(changes), len(codes)), dtype=np.uint8)
    lists[places(rows, "trade_date", changes, codes)] = 1
    flags = np.where((in_force >= 0)[:, None], lists[np.maximum(in_force, 0)], 0).astype(np.uint8)
    return _seen(codes, flags)


def _by_rank(reader: Reader, universe: Universe, days: Days) -> Members:
    """The `top` by the field's value `lag` sessions earlier; ties by ts_code, no value means no rank."""
    sessions = np.array(reader.dataset.catalog.sessions, dtype=np.int64)
    first, last = (int(day) for day in dates_to_ints(days[[0, -1]]))
    rows_of = np.searchsorted(sessions, [first, last]) - universe.lag
    if rows_of[1] < 0:
        return Members((), np.zeros((len(days), 0), dtype=np.uint8))
    span = int(sessions[max(rows_of[0], 0)]), int(sessions[rows_of[1]])
    table = "bars_1d" if universe.field in RANK_FIELDS else "daily_basic"
    able = [row.ts_code for row in stocks_only(reader.dataset.catalog)]
    has_rank = pl.col("volume") > 0 if table == "bars_1d" else pl.col(universe.field).is_not_nan()
    is_session = pl.col("trade_date").is_in(ints_to_dates(sessions).tolist())
    stored = reader.rows(table, span, able).filter(has_rank & pl.col(universe.field).is_not_null() & is_session)
    rows = stored.select("trade_date", "ts_code", universe.field).collect()
    chosen = (
        reader.while_listed(rows)
        .sort("trade_date", universe.field, "ts_code", descending=[False, True, False])
        .group_by("trade_date", maintain_order=True)
        .head(universe.top)
    )
    codes = tuple(chosen["ts_code"].unique().sort().to_list())
    seen_on = np.searchsorted(sessions, dates_to_ints(chosen["trade_date"].to_numpy())) + universe.lag
    flags = np.zeros((len(days), len(codes)), dtype=np.uint8)
    start = int(np.searchsorted(sessions, first))
    _, columns = places(chosen, "trade_date", days, codes)
    inside: npt.NDArray[np.bool_] = (seen_on >= start) & (seen_on < start + len(days))
    flags[seen_on[inside] - start, columns[inside]] = 1
    return _seen(codes, flags)


def _seen(codes: tuple[str, ...], flags: Flags) -> Members:
    kept: npt.NDArray[np.bool_] = np.logical_or.reduce(flags.astype(bool), axis=0)
    return Members(tuple(code for code, keep in zip(codes, kept, strict=True) if keep), np.ascontiguousarray(flags[:, kept]))


def most_traded(lake: Lake, dataset: Dataset, span: tuple[int, int], top: int) -> list[str]:
    """The `top` stocks by money traded from the first to the last day of `span` (YYYYMMDD), the most traded first; ties by ts_code."""
    able = [row.ts_code for row in stocks_only(dataset.catalog)]
    rows = Reader(lake, dataset).rows("bars_1d", span, able).group_by("ts_code").agg(pl.col("amount").sum())
    found: list[str] = rows.sort("amount", "ts_code", descending=[True, False]).head(top).collect()["ts_code"].to_list()
    return found
