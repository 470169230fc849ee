"""Rotation: on each rebalance session the best stocks of the day by a number, over the stocks that are eligible that day."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arrays import Flags, Floats, Integers, Prices
from engine.compiled import inlined, kernel
from engine.indicators.bars import OwnBars
from engine.indicators.calendar import days_since_monday
from engine.indicators.sorting import SORTED, Room, nth_largest, room_of
from engine.market import Market

WEEK: Final = -1
MONTH: Final = -2
ROWS: Final = 8
"""Rows whose numbers are gathered at once: as many as a stock's numbers in one line of the cache."""


class Candidates(NamedTuple):
    """Of all bars (B,): the number that decides, and whether it counts."""

    by: Floats
    eligible: Flags


class Desk(NamedTuple):
    """Scratch of a selection."""

    numbers: Floats
    """(ROWS, N)"""
    room: Room


def select_entry(bars: OwnBars, by: Floats, eligible: Flags, top: int, every: int) -> Flags:
    """(B,) 1 for the best `top` stocks of each rebalance session; NaN is out, ties by column. `every` as in `rebalance_rows`."""
    out = np.zeros(bars.count, np.uint8)
    desk = desk_of(bars)
    for rows in stretches_of(bars, rebalances(bars, every)):
        _mark_best(bars.bar_at, rows, Candidates(by, eligible), top, desk, out)
    return out


def select_exit(bars: OwnBars, by: Floats, eligible: Flags, keep: int, every: int) -> Flags:
    """(B,) 1 for a stock that is not eligible, and on rebalance sessions for everything but the best `keep`."""
    out = eligible ^ np.uint8(1)
    desk = desk_of(bars)
    for rows in stretches_of(bars, rebalances(bars, every)):
        _mark_others(bars.bar_at, rows, Candidates(by, eligible), keep, desk, out)
    return out


def stretches_of(bars: OwnBars, rows: Integers) -> Iterator[Integers]:
    """The rows in stretches that may be interrupted between, each of whole gatherings."""
    for first, end in bars.pulse.stretches(-(-rows.size // ROWS), SORTED * ROWS * bars.market.shape[1]):
        yield rows[first * ROWS : end * ROWS]


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


def rebalances(bars: OwnBars, every: int) -> Integers:
    made: Integers = bars.keep(f"rebalances {every}", lambda: rebalance_rows(bars.market, every))
    return made


def desk_of(bars: OwnBars) -> Desk:
    stocks = bars.market.shape[1]
    return Desk(np.empty((ROWS, stocks)), room_of(stocks))


@kernel
def _mark_best(at: Prices, rows: Integers, field: Candidates, top: int, desk: Desk, out: Flags) -> None:
    for k in range(rows.size):
        for i in range(best_of(at, rows, k, field, top, desk)):
            out[at[rows[k], desk.room.places[0, i]]] = 1


@kernel
def _mark_others(at: Prices, rows: Integers, field: Candidates, keep: int, desk: Desk, out: Flags) -> None:
    for k in range(rows.size):
        for bar in at[rows[k]]:
            if bar >= 0:
                out[bar] = 1
        for i in range(best_of(at, rows, k, field, keep, desk)):
            out[at[rows[k], desk.room.places[0, i]]] = 0


@inlined
def best_of(at: Prices, rows: Integers, k: int, field: Candidates, wanted: int, desk: Desk) -> int:
    """The best stocks of rows[k], asked for one k after the other: their columns in ascending order in desk.room.places[0]; how many.

    at (T, N or more): where the bar of a stock is. At the end of the list equals are in by column; NaN is left out.
    """
    if k % ROWS == 0:
        _gather(at, rows[k : k + ROWS], field, desk.numbers)
    numbers, spare, columns, count = desk.numbers[k % ROWS], desk.room.numbers[0], desk.room.places[0], 0
    for i in range(numbers.size):
        spare[count] = numbers[i]
        count += not np.isnan(numbers[i])
    least = nth_largest(spare, count, wanted) if count > wanted else -np.inf
    kept = 0
    for i in range(numbers.size):
        columns[kept] = i
        kept += numbers[i] >= least
    return kept if kept <= wanted else _without_excess(numbers, columns, kept, least, kept - wanted)


@inlined
def _gather(at: Prices, rows: Integers, field: Candidates, out: Floats) -> None:
    """NaN for who is no candidate. Rows are read together, because the bars of a stock lie side by side and those of a row do not."""
    for i in range(out.shape[1]):
        for k in range(rows.size):
            bar = at[rows[k], i]
            here = max(bar, 0)
            out[k, i] = field.by[here] if (bar >= 0) & (field.eligible[here] != 0) else np.nan


@inlined
def _without_excess(numbers: Floats, columns: Integers, count: int, least: float, excess: int) -> int:
    """Without the last `excess` of those that are the least."""
    kept, left = 0, -excess
    for k in range(count):
        left += numbers[columns[k]] == least
    for k in range(count):
        column = columns[k]
        equal = numbers[column] == least
        columns[kept] = column
        kept += (not equal) | (left > 0)
        left -= equal
    return kept
