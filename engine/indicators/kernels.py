"""The window functions and recursions over one stock's own bars: (B,) in, (B,) out, written into `out`.

The caller checks n >= 1. Without another word the first n-1 bars are NaN, and a NaN in the window makes the result NaN.
A sum is either a difference of exact prefix sums, or a fresh sum from the window's oldest bar to its newest: never a running float sum,
whose bits would depend on where the panel begins.
"""

import numpy as np

from engine.arrays import Flags, Floats
from engine.compiled import inlined, kernel

STRIP = 512
"""Fresh sums walk strips of this many results, so that a strip stays in the first cache while the window's bars are added to it."""
ROOM_ROWS = 8
"""Rows of scratch that a function may write over: room (ROOM_ROWS, L), where L is at least STRIP, and the stock's bars with EDGE more."""
EDGE = 32


def room_for(longest: int) -> Floats:
    """Scratch for stocks of up to `longest` bars."""
    return np.empty((ROOM_ROWS, max(STRIP, longest + EDGE)))


@kernel
def prefix_sums(x: Floats, out: Floats) -> None:
    """Sums of the first 1, 2 ... B bars. x: integers whose total stays below 2^53, else the result is not exact."""
    total = 0.0
    for k in range(x.size):
        total += x[k]
        out[k] = total


@kernel
def sum_exact(prefix: Floats, n: int, out: Floats) -> None:
    """Sum of the last n bars from prefix sums."""
    _lead(out, n - 1)
    if out.size >= n:
        out[n - 1] = prefix[n - 1]
    for k in range(out.size - n):
        out[n + k] = prefix[n + k] - prefix[k]


@kernel
def sma_exact(prefix: Floats, n: int, out: Floats) -> None:
    """Mean of the last n bars from prefix sums: an exact sum, divided once, so that equal means are equal bits."""
    _lead(out, n - 1)
    if out.size >= n:
        out[n - 1] = prefix[n - 1] / n
    for k in range(out.size - n):
        out[n + k] = (prefix[n + k] - prefix[k]) / n


@kernel
def sum_fresh(x: Floats, n: int, out: Floats) -> None:
    """Sum of the last n bars, oldest to newest."""
    _sum_fresh(x, n, out)


@kernel
def sma_fresh(x: Floats, n: int, out: Floats) -> None:
    """Mean of the last n bars: their sum, oldest to newest, divided by n."""
    _sum_fresh(x, n, out)
    for k in range(out.size):
        out[k] = out[k] / n


@kernel
def std(x: Floats, mean: Floats, n: int, out: Floats) -> None:
    """Sample standard deviation (ddof 1) of the last n bars around their mean: squares of deviations, oldest to newest.

    TA-Lib's STDDEV divides by n (the population) and subtracts running sums of squares; ours is the deviation of a sample. NaN for n = 1.
    """
    _lead(out, n - 1)
    for low in range(n - 1, out.size, STRIP):
        result = out[low : low + STRIP]
        middle, first = mean[low : low + result.size], low - n + 1
        _fill(result, 0.0)
        for j in range(first, first + n - 3, 4):
            _add_four_squares(x[j:], middle, result)
        for j in range(first + n // 4 * 4, first + n):
            _add_squares(x[j:], middle, result)
        _roots(result, n - 1.0)


@kernel
def ema(x: Floats, n: int, out: Floats) -> None:
    """Exponential mean prev + alpha * (x - prev), alpha = 2 / (n + 1), starting with the stock's first bar.

    A NaN ends it: it starts again with the next number, and the first n-1 results after each start are NaN.
    TA-Lib starts with the simple mean of the first n bars instead; 通达信 starts as we do.
    """
    follow(x, 2.0 / (n + 1.0), n, out)


@kernel
def rsi(x: Floats, n: int, out: Floats) -> None:
    """Wilder's relative strength 100 * gain / (gain + loss): the means of the first n changes, then prev + (change - prev) / n.

    NaN for the first n bars; 50 where nothing moved (TA-Lib says 0, which reads as oversold). After a NaN it starts again.
    """
    gain, loss, changes = 0.0, 0.0, 0
    if x.size > 0:
        out[0] = np.nan
    for k in range(1, x.size):
        change = x[k] - x[k - 1]
        up, down = max(change, 0.0), max(-change, 0.0)
        if np.isnan(change):
            gain, loss, changes = 0.0, 0.0, 0
        elif changes < n:
            gain, loss, changes = gain + up, loss + down, changes + 1
            if changes == n:
                gain, loss = gain / n, loss / n
        else:
            gain, loss = gain + (up - gain) / n, loss + (down - loss) / n
        both = gain + loss
        out[k] = np.nan if changes < n else (100.0 * gain / both if both > 0.0 else 50.0)


@kernel
def ref(x: Floats, n: int, out: Floats) -> None:
    """The value n bars ago; NaN for the first n bars. n >= 0."""
    _lead(out, n)
    for k in range(out.size - n):
        out[n + k] = x[k]


@kernel
def delta(x: Floats, n: int, out: Floats) -> None:
    """x less its value n bars ago; NaN for the first n bars."""
    _lead(out, n)
    for k in range(out.size - n):
        out[n + k] = x[n + k] - x[k]


@kernel
def roc(x: Floats, n: int, out: Floats) -> None:
    """Rate of change in percent, (x / ref(x, n) - 1) * 100; NaN for the first n bars."""
    _lead(out, n)
    for k in range(out.size - n):
        out[n + k] = (x[n + k] / x[k] - 1.0) * 100.0


@kernel
def highest(x: Floats, n: int, room: Floats, out: Floats) -> None:
    """Largest of the last n bars, the newest of equals."""
    _extremes(True, x, n, room, out)


@kernel
def lowest(x: Floats, n: int, room: Floats, out: Floats) -> None:
    """Smallest of the last n bars, the newest of equals."""
    _extremes(False, x, n, room, out)


@kernel
def count(flags: Flags, n: int, out: Floats) -> None:
    """How many of the last n bars are true."""
    inside = 0
    for k in range(flags.size):
        inside += 1 if flags[k] else 0
        if k >= n:
            inside -= 1 if flags[k - n] else 0
        out[k] = inside if k >= n - 1 else np.nan


@inlined
def follow(x: Floats, weight: float, n: int, out: Floats) -> None:
    """prev + weight * (x - prev), starting with the first number, and again after a NaN; the first n-1 results are NaN each time."""
    previous, age = np.nan, 0
    for k in range(out.size):
        value = x[k]
        if np.isnan(value):
            previous, age = np.nan, 0
        else:
            previous = value if age == 0 else previous + weight * (value - previous)
            age += 1
        out[k] = previous if age >= n else np.nan


@inlined
def _sum_fresh(x: Floats, n: int, out: Floats) -> None:
    _lead(out, n - 1)
    for low in range(n - 1, out.size, STRIP):
        add_up(x[low - n + 1 :], n, out[low : low + STRIP])


@inlined
def add_up(x: Floats, n: int, out: Floats) -> None:
    """Sums of x[0:n], x[1 : n + 1] ... oldest to newest, four bars at a time: a window's sum is read and written every fourth time."""
    _fill(out, 0.0)
    for j in range(0, n - 3, 4):
        _add_four(x[j:], out)
    for j in range(n // 4 * 4, n):
        _add(x[j:], out)


@inlined
def _extremes(largest: bool, x: Floats, n: int, room: Floats, out: Floats) -> None:
    """Extremes of 4 bars make those of 8, these those of 16 ... and two of the longest that fit, overlapping, those of n.

    Rows of room hold them by the oldest bar of their window, in turns.
    """
    _lead(out, n - 1)
    if n > out.size:
        return
    side, width = 0, 1
    if n < 4:
        _copy(x, room[0, : out.size])
    else:
        width = 4
        _extreme_of_four(largest, x, room[0, : out.size - 3])
    while 2 * width < n:
        windows = room[side]
        _extreme_of_two(largest, windows, windows[width:], room[1 - side, : out.size - 2 * width + 1])
        side, width = 1 - side, 2 * width
    _extreme_of_two(largest, room[side], room[side, n - width :], out[n - 1 :])


@inlined
def _extreme_of_four(largest: bool, x: Floats, out: Floats) -> None:
    if largest:
        for k in range(out.size):
            out[k] = _larger(_larger(x[k], x[k + 1]), _larger(x[k + 2], x[k + 3]))
    else:
        for k in range(out.size):
            out[k] = _smaller(_smaller(x[k], x[k + 1]), _smaller(x[k + 2], x[k + 3]))


@inlined
def _extreme_of_two(largest: bool, older: Floats, newer: Floats, out: Floats) -> None:
    if largest:
        for k in range(out.size):
            out[k] = _larger(older[k], newer[k])
    else:
        for k in range(out.size):
            out[k] = _smaller(older[k], newer[k])


@inlined
def _larger(older: float, newer: float) -> float:
    """The newer of equals; NaN if either is."""
    return older if (older > newer) | np.isnan(older) else newer


@inlined
def _smaller(older: float, newer: float) -> float:
    return older if (older < newer) | np.isnan(older) else newer


@inlined
def _lead(out: Floats, bars: int) -> None:
    _fill(out[: min(bars, out.size)], np.nan)


@inlined
def _fill(out: Floats, value: float) -> None:
    for k in range(out.size):
        out[k] = value


@inlined
def _copy(x: Floats, out: Floats) -> None:
    for k in range(out.size):
        out[k] = x[k]


@inlined
def _add(x: Floats, out: Floats) -> None:
    for k in range(out.size):
        out[k] += x[k]


@inlined
def _add_four(x: Floats, out: Floats) -> None:
    for k in range(out.size):
        out[k] = out[k] + x[k] + x[k + 1] + x[k + 2] + x[k + 3]


@inlined
def _add_squares(x: Floats, mean: Floats, out: Floats) -> None:
    for k in range(out.size):
        out[k] += (x[k] - mean[k]) * (x[k] - mean[k])


@inlined
def _add_four_squares(x: Floats, mean: Floats, out: Floats) -> None:
    for k in range(out.size):
        a, b, c, d = x[k] - mean[k], x[k + 1] - mean[k], x[k + 2] - mean[k], x[k + 3] - mean[k]
        out[k] = out[k] + a * a + b * b + c * c + d * d


@inlined
def _roots(out: Floats, divisor: float) -> None:
    for k in range(out.size):
        out[k] = np.sqrt(out[k] / divisor)
