"""Who a code is: names, board, industry, listing, spells of special treatment, where its bars begin and end, halts of hours."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from datalake.calendar import ints_to_dates, to_int
from datalake.errors import ContextError, Problem
from datalake.frequencies import DAILY, source_of
from datalake.panels.facts import special_treatment
from datalake.panels.listings import industries_of
from datalake.reading import Reader
from datalake.versions import Instrument
from engine.arrays import Flags

INDEX = "index"
"""The board of what nobody can buy."""


class Spell(NamedTuple):
    """From a first to a last session, YYYYMMDD."""

    first: int
    last: int


class Profile(NamedTuple):
    """Who it is. Dates are YYYYMMDD, 0 where there is none."""

    ts_code: str
    name: str
    board: str
    industry: str
    list_date: int
    delist_date: int
    names: tuple[tuple[int, str], ...]
    """Each with its first day, ascending; empty where the dataset does not know."""
    special: tuple[Spell, ...]
    """Under special treatment (ST), as the rules see it."""
    bars: Spell
    """The first and the last day that has a daily bar; for a stock of minutes alone, a bar."""


def profile_of(reader: Reader, instrument: Instrument) -> Profile:
    """Of a stock or fund; ContextError where it has no bar at all."""
    table = "bars_1d" if reader.has("bars_1d") else f"bars_{source_of(reader.dataset, DAILY)}"
    bars = _range(reader, table, instrument.ts_code)
    sessions = [day for day in reader.dataset.catalog.sessions if bars.first <= day <= bars.last]
    names = reader.rows("namechange", codes=[instrument.ts_code]).collect() if reader.has("namechange") else None
    called = (
        () if names is None else tuple((to_int(row[0]), row[1]) for row in names.sort("start_date").select("start_date", "name").rows())
    )
    special = (
        () if names is None else tuple(_spells(sessions, special_treatment(names, ints_to_dates(sessions), [instrument.ts_code])[:, 0]))
    )
    return Profile(
        instrument.ts_code,
        instrument.name or instrument.ts_code,
        instrument.board,
        industries_of(reader, [instrument], bars.last)[0],
        instrument.list_date,
        instrument.delist_date,
        called,
        special,
        bars,
    )


def profile_of_index(reader: Reader, code: str) -> Profile:
    """Nothing but its bars is known of it; ContextError where it has none."""
    return Profile(code, code, INDEX, "", 0, 0, (), (), _range(reader, "index_1d", code))


def halts_of(reader: Reader, code: str, span: tuple[int, int]) -> tuple[tuple[int, str], ...]:
    """The days, YYYYMMDD, and the hours of them that trading stood still; whole days are none of them."""
    if not reader.has("suspensions"):
        return ()
    rows = reader.rows("suspensions", span, [code]).filter(pl.col("suspend_timing").fill_null("") != "")
    rows = rows.filter(pl.col("suspend_type").fill_null("S") == "S").sort("trade_date")
    return tuple((to_int(day), hours) for day, hours in rows.select("trade_date", "suspend_timing").collect().iter_rows())


def _range(reader: Reader, table: str, code: str) -> Spell:
    """ContextError where the code has no bar at all."""
    rows = reader.rows(table, codes=[code]).filter(pl.col("volume") > 0) if table != "index_1d" else reader.rows(table, codes=[code])
    first, last = rows.select(pl.col("trade_date").min().alias("first"), pl.col("trade_date").max().alias("last")).collect().row(0)
    if first is None:
        raise ContextError(Problem("code", f"{reader.dataset.version} knows {code}, and has no bar of it"))
    return Spell(to_int(first), to_int(last))


def _spells(sessions: Sequence[int], flags: Flags) -> Iterator[Spell]:
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0))
    for first, after in edges.reshape(-1, 2).tolist():
        yield Spell(sessions[first], sessions[after - 1])
