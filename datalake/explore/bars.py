"""One stock, fund or index to look at: its bars as every backtest gets them, what it is called and when, and what became of it."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from datalake.asked.universe_checks import near_code
from datalake.calendar import iso
from datalake.errors import ContextError, Problem
from datalake.explore.index import index_market
from datalake.explore.profile import INDEX, Profile, Spell, halts_of, profile_of, profile_of_index
from datalake.frequencies import DAILY, bars_a_session, bars_of, told
from datalake.lake import Lake, reading
from datalake.panels.build import build_panel
from datalake.panels.packing import unpack
from datalake.panels.panel import PanelSpec, to_market
from datalake.reading import Reader
from datalake.versions import Dataset
from engine.market import Market

_SESSIONS = {"1w": 5, "1mo": 23}
"""So many make a period at most."""


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
    profile = profile_of(reader, dataset.catalog.by_code[code])
    start, end = _span(dataset, profile, window)
    fields = [name for name in ("is_st", "listed_sessions") if name in dataset.catalog.fields]
    panel = to_market(*unpack(build_panel(lake, PanelSpec.of(dataset, [code], (start, end), 1, window.frequency, fields))))
    market = panel.decided_by or panel
    return Viewed(profile, market, _first_row(market, start, window), halts_of(reader, code, (start, end)))


def _index(reader: Reader, code: str, window: Window) -> Viewed:
    dataset = reader.dataset
    known = [index for index, has in dataset.catalog.indices.items() if "bars" in has]
    if code not in known:
        raise ContextError(Problem("code", f"{dataset.version} has no {code}", near_code(code, [*dataset.catalog.by_code, *known])))
    profile = profile_of_index(reader, code)
    start, end = _span(dataset, profile, window)
    market = index_market(reader, profile, (start, end), window.frequency)
    return Viewed(profile, market, _first_row(market, start, window), ())


def _span(dataset: Dataset, profile: Profile, window: Window) -> tuple[int, int]:
    """The first and the last day of what is asked for; days that nobody named lie where the code has bars of that frequency."""
    known = Spell(*profile.bars) if profile.board == INDEX else _of_frequency(dataset, profile, window.frequency)
    begun, ended = window.start or known.first, window.end or known.last
    if begun > ended or ended < known.first or begun > known.last:
        hint = f"its bars are of {iso(known.first)} to {iso(known.last)}" if known.first <= known.last else _apart(dataset, profile, window)
        raise ContextError(Problem("window", f"{profile.ts_code} has no bar of that time", hint))
    if profile.delist_date or profile.board == INDEX:
        ended = min(ended, known.last)
    if window.start:
        return max(begun, known.first), ended
    calendar = dataset.catalog.sessions
    wanted = window.bars * _SESSIONS.get(window.frequency, 1) // bars_a_session(window.frequency) + 1
    return max(known.first, calendar[max(bisect_right(calendar, ended) - wanted, 0)]), ended


def _apart(dataset: Dataset, profile: Profile, window: Window) -> str:
    """Why a code and a frequency have no bars together."""
    have = bars_of(dataset, window.frequency)
    days = f"{profile.ts_code} is known from {iso(profile.bars.first)} to {iso(profile.bars.last)}"
    return days if have is None else f"{days}, bars of {window.frequency} from {iso(have.first)} to {iso(have.last)}"


def _of_frequency(dataset: Dataset, profile: Profile, frequency: str) -> Spell:
    """Where both the code and the frequency have bars; it ends before it begins where they have none together."""
    bars = bars_of(dataset, frequency)
    if bars is None:
        raise ContextError(Problem("frequency", f"{dataset.version} has no bars of frequency {frequency!r}", f"it has {told(dataset)}"))
    return Spell(max(profile.bars.first, bars.first), min(profile.bars.last, bars.last))


def _first_row(market: Market, start: int, window: Window) -> int:
    """The first of the window; where no first day was named, so many before the end as were asked for. ContextError where
    there is none."""
    first = int(np.searchsorted(market.sessions, start))
    if first == len(market.sessions):
        raise ContextError(Problem("window", "there is no session in it", "the exchange was closed"))
    return first if window.start else max(first, len(market.sessions) - window.bars)
