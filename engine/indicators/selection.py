"""Rotation: on each rebalance session the best stocks of the day by a number, over the stocks that are eligible that day."""

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.arrays import Flags, Floats, Integers
from engine.compiled import inlined, kernel
from engine.indicators.bars import OwnBars
from engine.indicators.calendar import days_since_monday
from engine.market import Market

WEEK: Final = -1
MONTH: Final = -2


def select_entry(bars: OwnBars, by: Floats, eligible: Flags, top: int, every: int) -> Flags:
    """(B,) 1 for the best `top` stocks of each rebalance session; NaN is out, ties by column. `every` as in `rebalance_rows`."""
    out = np.zeros(bars.count, np.uint8)
    _mark_best(bars_of(bars, every), by, eligible, top, 1, np.empty(room_for(bars, top), np.int64), out)
    return out


def select_exit(bars: OwnBars, by: Floats, eligible: Flags, keep: int, every: int) -> Flags:
    """(B,) 1 for a stock that is not eligible, and on rebalance sessions for everything but the best `keep`."""
    out = eligible ^ np.uint8(1)
    at = bars_of(bars, every)
    out[at[at >= 0]] = 1
    _mark_best(at, by, eligible, keep, 0, np.empty(room_for(bars, keep), np.int64), out)
    return out


def rebalance_rows(market: Market, every: int) -> Integers:
    """The rows of the first bars of rebalance sessions, from the window's first session on.

    every: WEEK or MONTH: the window's first session and the first session of each new week or month, which is known without looking
    ahead; n > 0: every n-th session, counted from the window's first.
    """
    rows = np.arange(market.window_start, market.sessions.size)
    dates = market.sessions[market.window_start :].astype(np.int64)
    if every > 0:
        return rows[_first_of_each(dates)][::every]
    return rows[_first_of_each(dates // 100 if every == MONTH else days_since_monday(dates) // 7)]


def _first_of_each(period: Integers) -> npt.NDArray[np.bool_]:
    first = np.ones(period.size, np.bool_)
    first[1:] = np.diff(period) != 0
    return first


def bars_of(bars: OwnBars, every: int) -> Integers:
    """(rebalance sessions, N) where in the packed bars each stock's bar of that session is; -1 without a bar."""
    made: Integers = bars.keep(f"bars of rebalances {every}", lambda: _bars_of(bars, every))
    return made


def _bars_of(bars: OwnBars, every: int) -> Integers:
    return bars.bar_at[rebalance_rows(bars.market, every), : bars.market.shape[1]].astype(np.int64)


def room_for(bars: OwnBars, wanted: int) -> int:
    return min(wanted, bars.market.shape[1]) + 1


@kernel
def _mark_best(at: Integers, by: Floats, eligible: Flags, wanted: int, mark: int, best: Integers, out: Flags) -> None:
    for t in range(at.shape[0]):
        count = best_of(at[t], by, eligible, best)
        for k in range(min(count, wanted)):
            out[at[t, best[k]]] = mark


@inlined
def best_of(at: Integers, by: Floats, eligible: Flags, best: Integers) -> int:
    """The columns of one session's best stocks in descending order into `best`, whose last place is scratch; returns how many.

    at (N,): where each stock's bar is. A newcomer passes only what it beats, so equals stay in order of columns; NaN is left out.
    """
    count = 0
    for i in range(at.size):
        bar = at[i]
        if bar < 0 or eligible[bar] == 0 or by[bar] != by[bar]:
            continue
        place = count
        while place > 0 and by[bar] > by[at[best[place - 1]]]:
            best[place] = best[place - 1]
            place -= 1
        best[place] = i
        count = min(count + 1, best.size - 1)
    return count
