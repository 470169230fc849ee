"""Across stocks: each bar beside the bars of the same session (or minute) that belong to the universe of the day.

Only members count. Whoever is none, has no bar or has NaN gets NaN. Sums run over finite numbers in order of columns, that is of ts_codes,
from the first to the last; where all of them are equal their mean is that very number, so that nobody deviates by a rounding.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats, Integers
from engine.compiled import kernel
from engine.indicators.bars import MOVED, OwnBars
from engine.indicators.sorting import SORTED, Room, ascending, room_of
from engine.indicators.workspace import Operation, Values, Workspace

DEMEAN, ZSCORE, WINSORIZE = range(3)
ALONE: Final = 0.5
"""The rank of one who is alone."""


def _rank(space: Workspace, operands: Sequence[Values], _: tuple[float, ...]) -> Values:
    room = room_of(space.bars.market.shape[1])
    return _day_by_day(space, lambda members, starts, out: _ranks(members, starts, operands[0], room, out))


def _around_mean(operation: int) -> Operation:
    def compute(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
        k = numbers[0] if numbers else 0.0
        return _day_by_day(space, lambda members, starts, out: _deviations(operation, members, starts, operands[0], k, out))

    return Operation(compute)


def _neutralize(space: Workspace, operands: Sequence[Values], _: tuple[float, ...]) -> Values:
    bars = space.bars
    industries: Industries = bars.keep("industries", lambda: _industries_of(bars))
    room = np.empty((industries.names.size, 5))
    return _day_by_day(space, lambda members, starts, out: _within_industries(members, starts, industries.of_bar, operands[0], room, out))


def _day_by_day(space: Workspace, kernel_of: Callable[[Integers, Integers, Floats], None]) -> Floats:
    """What a kernel writes of stretches of sessions: it is given all members' bars, where the stretch's begin, and all results."""
    (bars, starts), out = space.bars.members, space.numbers()
    out.fill(np.nan)
    for first, end in space.bars.pulse.stretches(starts.size - 1, SORTED * space.bars.market.shape[1]):
        kernel_of(bars, starts[first : end + 1], out)
    return out


class Industries(NamedTuple):
    names: npt.NDArray[np.str_]
    of_bar: Integers
    """(B,) the index of each bar's industry among the names."""


def _industries_of(bars: OwnBars) -> Industries:
    names, industry = np.unique(np.array(bars.market.listings.industries), return_inverse=True)
    of_bar = np.empty(bars.count, np.int64)
    for first, end in bars.pulse.stretches(bars.count, MOVED):
        of_bar[first:end] = industry[bars.cells[first:end] % bars.market.shape[1]]
    return Industries(names, of_bar)


OPERATIONS: dict[str, Operation] = {
    "rank": Operation(_rank),
    "demean": _around_mean(DEMEAN),
    "zscore": _around_mean(ZSCORE),
    "winsorize": _around_mean(WINSORIZE),
    "neutralize": Operation(_neutralize),
}


@kernel
def _ranks(members: Integers, starts: Integers, x: Floats, room: Room, out: Floats) -> None:
    """How many are less, and half of the others that are equal, out of all others. `out` is NaN before; so it is below."""
    for t in range(starts.size - 1):
        count = 0
        for bar in members[starts[t] : starts[t + 1]]:
            room.numbers[0, count], room.places[0, count] = x[bar], bar
            count += not np.isnan(x[bar])
        side = ascending(room, count)
        numbers, places, low = room.numbers[side], room.places[side], 0
        while low < count:
            high = low + 1
            while high < count and numbers[high] == numbers[low]:
                high += 1
            share = (low + (high - low - 1) / 2.0) / (count - 1) if count > 1 else ALONE
            for k in range(low, high):
                out[places[k]] = share
            low = high


@kernel
def _deviations(operation: int, members: Integers, starts: Integers, x: Floats, k: float, out: Floats) -> None:
    """x - mean, (x - mean) / deviation, or x no farther from the mean than k deviations; the deviation is that of a sample."""
    for t in range(starts.size - 1):
        own = members[starts[t] : starts[t + 1]]
        count, total, low, high = 0, 0.0, np.inf, -np.inf
        for bar in own:
            if abs(x[bar]) < np.inf:
                count, total, low, high = count + 1, total + x[bar], min(low, x[bar]), max(high, x[bar])
        mean = low if low == high else (total / count if count > 0 else np.nan)
        squares = 0.0
        for bar in own:
            if abs(x[bar]) < np.inf:
                squares += (x[bar] - mean) * (x[bar] - mean)
        deviation = np.sqrt(squares / (count - 1.0)) if count > 1 else np.nan
        for bar in own:
            if operation == DEMEAN:
                out[bar] = x[bar] - mean
            elif operation == ZSCORE:
                out[bar] = (x[bar] - mean) / deviation if deviation > 0.0 else np.nan
            else:
                bound = k * deviation
                out[bar] = mean + bound if x[bar] > mean + bound else (mean - bound if x[bar] < mean - bound else x[bar])


@kernel
def _within_industries(members: Integers, starts: Integers, industry: Integers, x: Floats, room: Floats, out: Floats) -> None:
    """x - mean of the bar's industry. industry (B,): a number for each; room (industries, 5): count, sum, smallest, largest, mean."""
    for t in range(starts.size - 1):
        own = members[starts[t] : starts[t + 1]]
        for g in range(room.shape[0]):
            room[g, 0], room[g, 1], room[g, 2], room[g, 3] = 0.0, 0.0, np.inf, -np.inf
        for bar in own:
            if abs(x[bar]) < np.inf:
                of = room[industry[bar]]
                of[0], of[1], of[2], of[3] = of[0] + 1.0, of[1] + x[bar], min(of[2], x[bar]), max(of[3], x[bar])
        for g in range(room.shape[0]):
            count, total, low, high = room[g, 0], room[g, 1], room[g, 2], room[g, 3]
            room[g, 4] = low if low == high else (total / count if count > 0.0 else np.nan)
        for bar in own:
            out[bar] = x[bar] - room[industry[bar], 4]
