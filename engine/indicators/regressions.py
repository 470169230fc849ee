"""How the last n bars of two series, or of one series and time, go together: covariance, correlation, slope and R squared.

The first n-1 bars are NaN, and a NaN in the window makes the result NaN. Sums are fresh for each window, around its means. A window whose
values are all equal has no correlation: its deviations may be a rounding error instead of zero, so equality is looked for, not zero.
Strips of results keep what is summed up in the first cache; room (5, STRIP) or more: the means and sums of a strip.
"""

from collections.abc import Sequence

import numpy as np

from engine.arrays import Floats, Integers
from engine.compiled import inlined, kernel
from engine.indicators.elementwise import place
from engine.indicators.kernels import STRIP, room_for
from engine.indicators.workspace import Operation, Values, Workspace

COV, CORR = range(2)


@kernel
def cov(x: Floats, y: Floats, n: int, room: Floats, out: Floats) -> None:
    """Sum of (x - mean of x) * (y - mean of y) / (n - 1), of a sample as std is."""
    _lead(out, n)
    for low in range(n - 1, out.size, STRIP):
        count = min(STRIP, out.size - low)
        _moments(x, y, low - n + 1, count, n, room)
        for k in range(count):
            out[low + k] = room[2, k] / (n - 1.0)


@kernel
def corr(x: Floats, y: Floats, n: int, room: Floats, out: Floats) -> None:
    """Pearson's sum of xy / sqrt(sum of xx * sum of yy), deviations from the means; not beyond -1 and 1 for a rounding."""
    _lead(out, n)
    for low in range(n - 1, out.size, STRIP):
        count = min(STRIP, out.size - low)
        _moments(x, y, low - n + 1, count, n, room)
        for k in range(count):
            both = np.sqrt(room[3, k] * room[4, k])
            out[low + k] = min(max(room[2, k] / both, -1.0), 1.0) if both > 0.0 else np.nan
    _without_constants(x, n, out)
    _without_constants(y, n, out)


@kernel
def slope(x: Floats, n: int, out: Floats) -> None:
    """Of the least-squares line through the window: what it gains per bar. NaN for n = 1."""
    _lead(out, n)
    for low in range(n - 1, out.size, STRIP):
        strip = out[low : low + STRIP]
        _tilts(x, low - n + 1, n, strip)
        for k in range(strip.size):
            strip[k] = strip[k] / _spread_of_time(n)


@kernel
def rsquare(x: Floats, n: int, room: Floats, out: Floats) -> None:
    """Share of the window's variance that its least-squares line explains; not above 1 for a rounding."""
    _lead(out, n)
    for low in range(n - 1, out.size, STRIP):
        strip = out[low : low + STRIP]
        _tilts(x, low - n + 1, n, strip)
        _moments(x, x, low - n + 1, strip.size, n, room)
        for k in range(strip.size):
            strip[k] = min(strip[k] * strip[k] / (room[3, k] * _spread_of_time(n)), 1.0) if room[3, k] > 0.0 else np.nan
    _without_constants(x, n, out)


@kernel
def pair_of_stocks(operation: int, offsets: Integers, x: Floats, y: Floats, n: int, room: Floats, out: Floats) -> None:
    """offsets (N + 1,): stock i has the bars offsets[i] to offsets[i + 1]."""
    for i in range(offsets.size - 1):
        low, high = offsets[i], offsets[i + 1]
        own_x, own_y = x[place(x, low, out.size) :], y[place(y, low, out.size) :]
        if operation == COV:
            cov(own_x, own_y, n, room, out[low:high])
        else:
            corr(own_x, own_y, n, room, out[low:high])


@kernel
def slope_of_stocks(offsets: Integers, x: Floats, n: int, out: Floats) -> None:
    for i in range(offsets.size - 1):
        low, high = offsets[i], offsets[i + 1]
        slope(x[place(x, low, out.size) :], n, out[low:high])


@kernel
def rsquare_of_stocks(offsets: Integers, x: Floats, n: int, room: Floats, out: Floats) -> None:
    for i in range(offsets.size - 1):
        low, high = offsets[i], offsets[i + 1]
        rsquare(x[place(x, low, out.size) :], n, room, out[low:high])


@inlined
def _moments(x: Floats, y: Floats, first: int, count: int, n: int, room: Floats) -> None:
    """Of the windows of n bars that begin at `first` and the bars after it: sums of xy, xx and yy, each oldest to newest, in room[2:5]."""
    mean_x, mean_y, xy, xx, yy = room[0, :count], room[1, :count], room[2, :count], room[3, :count], room[4, :count]
    for k in range(count):
        mean_x[k], mean_y[k], xy[k], xx[k], yy[k] = 0.0, 0.0, 0.0, 0.0, 0.0
    for j in range(first, first + n):
        here, there = x[j : j + count], y[j : j + count]
        for k in range(count):
            mean_x[k] += here[k]
            mean_y[k] += there[k]
    for k in range(count):
        mean_x[k] = mean_x[k] / n
        mean_y[k] = mean_y[k] / n
    for j in range(first, first + n):
        here, there = x[j : j + count], y[j : j + count]
        for k in range(count):
            a, b = here[k] - mean_x[k], there[k] - mean_y[k]
            xy[k] += a * b
            xx[k] += a * a
            yy[k] += b * b


@inlined
def _tilts(x: Floats, first: int, n: int, out: Floats) -> None:
    """Sums of (time - its mean) * x over the windows that begin at `first` and after it, in pairs from the outermost to the middle.

    A pair is weighted by half its distance, so that constants give 0 exactly. The middle of an odd window has no weight, but its NaN has.
    """
    for k in range(out.size):
        out[k] = 0.0
    for j in range((n + 1) // 2):
        weight = (n - 1 - 2 * j) / 2.0
        older, newer = x[first + j : first + j + out.size], x[first + n - 1 - j : first + n - 1 - j + out.size]
        for k in range(out.size):
            out[k] += weight * (newer[k] - older[k])


@inlined
def _spread_of_time(n: int) -> float:
    """Sum of (time - its mean)^2 over n bars."""
    return n * (n * n - 1) / 12.0


@inlined
def _without_constants(x: Floats, n: int, out: Floats) -> None:
    """NaN where the last n values are all equal."""
    equal = 0
    for k in range(out.size):
        equal = equal + 1 if k > 0 and x[k] == x[k - 1] else 1
        if equal >= n:
            out[k] = np.nan


@inlined
def _lead(out: Floats, n: int) -> None:
    for k in range(min(n - 1, out.size)):
        out[k] = np.nan


def _pair(operation: int) -> Operation:
    def compute(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
        out, room = space.numbers(), room_for(space.bars.longest)
        pair_of_stocks(operation, space.bars.offsets, operands[0], operands[1], int(numbers[0]), room, out)
        return out

    return compute


def _slope(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
    out = space.numbers()
    slope_of_stocks(space.bars.offsets, operands[0], int(numbers[0]), out)
    return out


def _rsquare(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
    out = space.numbers()
    rsquare_of_stocks(space.bars.offsets, operands[0], int(numbers[0]), room_for(space.bars.longest), out)
    return out


OPERATIONS: dict[str, Operation] = {"cov": _pair(COV), "corr": _pair(CORR), "slope": _slope, "rsquare": _rsquare}
