"""The bars that expressions are computed on, a strategy's own and others, and how a value comes from others to its own.

A daily bar sees an index's bar of its own session, and that of a week or month, which is over with its last session, what a daily bar of
that session sees. A minute bar sees what is over: an index's bar of the session before, and the stock's last daily bar before its session.
"""

from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.arrays import Integers
from engine.errors import MarketError, Problem
from engine.indicators.bars import OwnBars, own_bars
from engine.indicators.workspace import Values, Workspace
from engine.language.graph import DAILY, INDEX_PREFIX, OWN
from engine.market import Market

BRINGING = frozenset((DAILY, INDEX_PREFIX.removesuffix(":")))
"""Nodes whose operand is computed in another place."""


class Places:
    """The workspaces of a strategy's own bars and of all others that its market holds, each made when first asked for."""

    def __init__(self, bars: OwnBars) -> None:
        self._market, self._pulse = bars.market, bars.pulse
        self._spaces = {OWN: Workspace(bars)}
        self._ways: dict[tuple[str, str], Way] = {}

    def __getitem__(self, place: str) -> Workspace:
        if place not in self._spaces:
            self._spaces[place] = Workspace(own_bars(_bars_of(self._market, place), self._pulse))
        return self._spaces[place]

    def bring(self, x: Values, source: str, target: str) -> Values:
        """(B,) of the target's bars: x (B',) of the source's; NaN or 0 where there is nothing to see."""
        way = self._ways.setdefault((source, target), Way(self[source].bars, self[target].bars, source == DAILY))
        out = np.empty(self[target].bars.count, x.dtype)
        nothing = 0 if x.dtype == np.uint8 else np.nan
        if not x.size:
            out.fill(nothing)
            return out
        np.take(x, way.at, out=out, mode="clip")
        out[way.missing] = nothing
        return out


class Way:
    """From one place's bars to another's. The source `is_own` where it has the target's stocks; else it has one column for all of them."""

    def __init__(self, source: OwnBars, target: OwnBars, is_own: bool) -> None:
        self._source, self._target, self._is_own = source, target, is_own

    @cached_property
    def at(self) -> Integers:
        """(B,) which of the source's bars each of the target's sees; -1: none."""
        seen, market = self._seen, self._target.market
        if self._is_own:
            rows, stocks = self._target.rows, self._target.cells % market.shape[1]
            return np.where(seen[rows] >= 0, _last_bars(self._source)[seen[rows], stocks], -1)
        bars = np.full(self._source.market.shape[0] + 1, -1)
        bars[self._source.rows] = np.arange(self._source.count)
        found: Integers = bars[seen][self._target.rows]
        return found

    @cached_property
    def missing(self) -> npt.NDArray[np.bool_]:
        """(B,) the bars that see nothing."""
        return self.at < 0

    @cached_property
    def _seen(self) -> Integers:
        """(T,) the row of the source that each row of the target sees; -1: none, which stands for a row without a bar."""
        sessions, market = self._source.market.sessions, self._target.market
        before = np.searchsorted(sessions, market.sessions)
        if market.is_of_minutes:
            return before - 1
        here = sessions[np.minimum(before, sessions.size - 1)] == market.sessions
        return np.where(here, before, -1)


def _last_bars(bars: OwnBars) -> Integers:
    """(T, N) the last of each stock's bars up to each row; -1: none yet."""
    found = np.full(bars.market.shape, -1)
    found.reshape(-1)[bars.cells] = np.arange(bars.count)
    return np.maximum.accumulate(found, axis=0)


def _bars_of(market: Market, place: str) -> Market:
    if place == DAILY and market.daily is not None and market.daily.codes == market.codes:
        return market.daily
    code = place.removeprefix(INDEX_PREFIX)
    if place != DAILY and code in market.references:
        return market.references[code]
    raise MarketError(
        [Problem(place, "the market of this backtest does not hold these bars", "they come with the panel that is asked for")]
    )
