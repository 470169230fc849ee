"""One stock, fund or index to look at: its bars as every backtest gets them, what it is called and when, and what became of it."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from datalake.calendar import ints_to_dates, iso, to_int
from datalake.context import INDEX_BARS
from datalake.errors import ContextError, Problem
from datalake.frequencies import DAILY, bars_a_session, bars_of, source_of, told
from datalake.lake import Lake, reading
from datalake.panels.build import build_panel
from datalake.panels.facts import special_treatment
from datalake.panels.listings import industries_of
from datalake.panels.other_bars import reference_arrays
from datalake.panels.packing import unpack
from datalake.panels.panel import PanelSpec, to_market
from datalake.panels.references import reference
from datalake.panels.with_bars import Axis
from datalake.reading import Reader
from datalake.universe_checks import near_code
from datalake.versions import Dataset, Instrument
from engine.arrays import Flags
from engine.market import Market

_SESSIONS = {"1w": 5, "1mo": 23}
"""So many make a period at most."""


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


@dataclass(frozen=True, eq=False)
class Viewed:
    """The bars of one code, of a frequency, over a window."""

    profile: Profile
    market: Market
    """(T, 1) with the bars before `start`, which are there for the first change."""
    start: int
    """The first row to be shown."""
    halts: tuple[tuple[int, str], ...]
    """Days, YYYYMMDD, and the hours of them that trading stood still; whole days have no bar."""

    @property
    def frequency(self) -> str:
        return self.market.frequency


class Window(NamedTuple):
    """What is to be seen. Days are YYYYMMDD; 0: as far as the bars go, or as many as `bars` says."""

    start: int = 0
    end: int = 0
    bars: int = 60
    frequency: str = DAILY


def view(lake: Lake, dataset: Dataset, code: str, window: Window) -> Viewed:
    """ContextError where the dataset knows no such code, or has no such bars of it."""
    with reading(f"the tables of {dataset.version}"):
        reader = Reader(lake, dataset)
        if code in dataset.catalog.by_code:
            return _stock(lake, reader, code, window)
        return _index(reader, code, window)


def _stock(lake: Lake, reader: Reader, code: str, window: Window) -> Viewed:
    dataset = reader.dataset
    table = "bars_1d" if reader.has("bars_1d") else f"bars_{source_of(dataset, DAILY)}"
    profile = _profile(reader, dataset.catalog.by_code[code], _range(reader, table, code))
    start, end = _span(dataset, profile, window)
    fields = [name for name in ("is_st", "listed_sessions") if name in dataset.catalog.fields]
    panel = to_market(*unpack(build_panel(lake, PanelSpec.of(dataset, [code], (start, end), 1, window.frequency, fields))))
    market = panel.decided_by or panel
    return Viewed(profile, market, _first_row(market, start, window), _halts(reader, code, (start, end)))


def _index(reader: Reader, code: str, window: Window) -> Viewed:
    """As strategies see it: daily bars without a reference price, a factor or limits."""
    dataset = reader.dataset
    known = [index for index, has in dataset.catalog.indices.items() if "bars" in has]
    if code not in known:
        raise ContextError(Problem("code", f"{dataset.version} has no {code}", near_code(code, [*dataset.catalog.by_code, *known])))
    if window.frequency != DAILY:
        raise ContextError(Problem("frequency", f"of the index {code} there are daily bars only", "leave the frequency out"))
    profile = Profile(code, code, "index", "", 0, 0, (), (), _range(reader, "index_1d", code))
    start, end = _span(dataset, profile, window)
    sessions = np.array(dataset.catalog.sessions, dtype=np.int32)
    within = sessions[max(int(np.searchsorted(sessions, start)) - 1, 0) : int(np.searchsorted(sessions, end, side="right"))]
    days = ints_to_dates(within)
    spec = PanelSpec.of(dataset, [code], (start, end), 0, DAILY, [f"{INDEX_BARS}{code}"])
    market = reference(dataset.version, code, reference_arrays(reader, spec, Axis(days, within, 0, days)))
    return Viewed(profile, market, _first_row(market, start, window), ())


def _range(reader: Reader, table: str, code: str) -> Spell:
    """ContextError where the code has no bar at all."""
    rows = reader.rows(table, codes=[code]).filter(pl.col("volume") > 0) if table != "index_1d" else reader.rows(table, codes=[code])
    first, last = rows.select(pl.col("trade_date").min().alias("first"), pl.col("trade_date").max().alias("last")).collect().row(0)
    if first is None:
        raise ContextError(Problem("code", f"{reader.dataset.version} knows {code}, and has no bar of it"))
    return Spell(to_int(first), to_int(last))


def _profile(reader: Reader, instrument: Instrument, bars: Spell) -> Profile:
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
        instrument.name,
        instrument.board,
        industries_of(reader, [instrument], bars.last)[0],
        instrument.list_date,
        instrument.delist_date,
        called,
        special,
        bars,
    )


def _spells(sessions: Sequence[int], flags: Flags) -> Iterator[Spell]:
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0))
    for first, after in edges.reshape(-1, 2).tolist():
        yield Spell(sessions[first], sessions[after - 1])


def _span(dataset: Dataset, profile: Profile, window: Window) -> tuple[int, int]:
    """The first and the last day of what is asked for; days that nobody named lie where the code has bars of that frequency."""
    bars = dataset.catalog.bars.get(DAILY) if profile.board == "index" else bars_of(dataset, window.frequency)
    if bars is None and profile.board != "index":
        message = f"{dataset.version} has no bars of frequency {window.frequency!r}"
        raise ContextError(Problem("frequency", message, f"it has {told(dataset)}"))
    first = max(profile.bars.first, bars.first if bars else 0)
    last = min(profile.bars.last, bars.last if bars else profile.bars.last)
    begun, ended = window.start or first, window.end or last
    if begun > ended or ended < first or begun > last:
        raise ContextError(Problem("window", f"{profile.ts_code} has no bar of that time", f"its bars are of {iso(first)} to {iso(last)}"))
    if profile.delist_date:
        ended = min(ended, last)
    if window.start:
        return max(begun, first), ended
    calendar = dataset.catalog.sessions
    wanted = window.bars * _SESSIONS.get(window.frequency, 1) // bars_a_session(window.frequency) + 1
    return max(first, calendar[max(bisect_right(calendar, ended) - wanted, 0)]), ended


def _first_row(market: Market, start: int, window: Window) -> int:
    """The first of the window; where no first day was named, so many before the end as were asked for."""
    first = int(np.searchsorted(market.sessions, start))
    return first if window.start else max(first, len(market.sessions) - window.bars)


def _halts(reader: Reader, code: str, span: tuple[int, int]) -> tuple[tuple[int, str], ...]:
    if not reader.has("suspensions"):
        return ()
    rows = reader.rows("suspensions", span, [code]).filter(pl.col("suspend_timing").fill_null("") != "")
    rows = rows.filter(pl.col("suspend_type").fill_null("S") == "S").sort("trade_date")
    return tuple((to_int(day), hours) for day, hours in rows.select("trade_date", "suspend_timing").collect().iter_rows())
