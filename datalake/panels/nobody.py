"""Why nobody of a universe can be traded in a window: who is never a member, and who has no bar. Read only where that is so."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from datalake.asked.beginnings import known_from, what_begins
from datalake.asked.lives import told
from datalake.asked.universe import FIELD
from datalake.calendar import iso, to_date, to_int
from datalake.errors import ContextError, Problem
from datalake.reading import Reader
from engine.universe import Universe

Window = tuple[int, int]
"""First and last day, YYYYMMDD."""

_NAMED = 3
"""Codes that are told one by one."""


def nobody_belongs(reader: Reader, universe: Universe, window: Window) -> ContextError:
    """Of a universe without a listed member on every session of the window."""
    parts = universe.parts or (universe,)
    why = "; ".join(_why(reader, part, window) for part in parts)
    return ContextError(Problem(FIELD, f"the universe is empty on every day of the window: {why}", "another window, or another universe"))


def nobody_trades(reader: Reader, codes: Sequence[str], window: Window, table: str) -> ContextError:
    """Of members that have no bar in the window; `table` holds the bars that orders would meet."""
    told_of = codes[:_NAMED]
    start, end = (to_date(day) for day in window)
    day = pl.col("trade_date")
    around = (day.filter(day < start).max().alias("before"), day.filter(day > end).min().alias("after"))
    rows = reader.rows(table, codes=told_of).group_by("ts_code").agg(*around).collect() if reader.has(table) else pl.DataFrame()
    known = {code: (before, after) for code, before, after in rows.iter_rows()}
    said = [f"{code} has {_around(*known.get(code, (None, None)))}" for code in told_of]
    if len(codes) > _NAMED:
        said.append(f"and {len(codes) - _NAMED} more")
    message = f"no stock of the universe has a bar in the window: {'; '.join(said)}"
    return ContextError(Problem("context.window", message, "they were suspended, or their bars were never imported"))


def _around(before: Any, after: Any) -> str:
    ends = [f"its {word} bar on {day}" for word, day in (("last", before), ("next", after)) if day]
    return " and ".join(ends) or "none at all"


def _why(reader: Reader, universe: Universe, window: Window) -> str:
    dataset = reader.dataset
    if universe.kind == "codes":
        return told(dataset, universe.codes, window) or "none of its codes is listed then"
    if universe.kind == "index":
        first = _first(reader, "index_members", "trade_date", pl.col("index_code") == universe.index)
    elif universe.kind == "industry" and reader.has("industries"):
        is_named = (pl.col(level).is_in(list(universe.industries)) for level in ("l1_name", "l2_name", "l3_name"))
        first = _first(reader, "industries", "in_date", pl.any_horizontal(is_named))
    else:
        first = known_from(dataset, universe)
    if not first:
        return "none of its stocks is listed then"
    said = f"{what_begins(universe)} from {iso(first)} on"
    return said if first > window[1] else f"{said}, and none of them is listed in the window"


def _first(reader: Reader, table: str, date: str, which: pl.Expr) -> int:
    """The first day of some rows of a table; 0: there is none."""
    found = reader.rows(table).filter(which).select(pl.col(date).min()).collect().item()
    return to_int(found) if found else 0
