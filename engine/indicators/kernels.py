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
"""Rows of scratch that a function may write over: room (ROOM_ROWS, L), where L is at least STRIP and at least the stock's bars."""


def room_for(longest: int) -> Floats:
    """Scratch for stocks of up to `longest` bars."""
    return np.empty((ROOM_ROWS, max(STRIP, longest)))


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
    _sum_exact(prefix, n, out)


@kernel
def sma_exact(prefix: Floats, n: int, out: Floats) -> None:
    """Mean of the last n bars from prefix sums: an exact sum, divided once, so that equal means are equal bits."""
    _sum_exact(prefix, n, out)
    for k in range(out.size):
        out[k] = out[k] / n


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
    count = out.size - n + 1
    for low in range(0, count, STRIP):
        high = min(low + STRIP, count)
        result, middle = out[n - 1 + low : n - 1 + high], mean[n - 1 + low : n - 1 + high]
        _fill(result, 0.0)
        for j in range(n):
            _add_squares(x[low + j : high + j], middle, result)
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
    """Largest of the last n bars. The window is searched again only when its extreme, the newest of equals, has left it."""
    at, last_nan = -1, -1
    for k in range(x.size):
        if np.isnan(x[k]):
            last_nan = k
        elif at > k - n and at >= 0:
            at = k if x[k] >= x[at] else at
        else:
            at = k
            for back in range(1, min(n, k + 1)):
                at = k - back if x[k - back] > x[at] else at
        out[k] = x[at] if k >= n - 1 and last_nan <= k - n else np.nan


@kernel
def lowest(x: Floats, n: int, room: Floats, out: Floats) -> None:
    """Smallest of the last n bars."""
    at, last_nan = -1, -1
    for k in range(x.size):
        if np.isnan(x[k]):
            last_nan = k
        elif at > k - n and at >= 0:
            at = k if x[k] <= x[at] else at
        else:
            at = k
            for back in range(1, min(n, k + 1)):
                at = k - back if x[k - back] < x[at] else at
        out[k] = x[at] if k >= n - 1 and last_nan <= k - n else np.nan


@kernel
def count(flags: Flags, n: int, out: Floats) -> None:
    """How many of the last n bars are true."""
    inside = 0
    for k in range(flags.size):
        inside += 1 if flags[k] else 0
        if k >= n:
            inside -= 1 if flags[k - n] else 0
        out[k] = inside if k >= n - 1 else np.nan


@kernel
def cross_above(a: Floats, b: Floats, out: Flags) -> None:
    """1 where a > b now and a <= b on the stock's previous bar; 0 on its first bar and where a NaN takes part."""
    if out.size > 0:
        out[0] = 0
    for k in range(out.size - 1):
        out[1 + k] = (a[1 + k] > b[1 + k]) & (a[k] <= b[k])


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
def _sum_exact(prefix: Floats, n: int, out: Floats) -> None:
    _lead(out, n - 1)
    if out.size >= n:
        out[n - 1] = prefix[n - 1]
    for k in range(out.size - n):
        out[n + k] = prefix[n + k] - prefix[k]


@inlined
def _sum_fresh(x: Floats, n: int, out: Floats) -> None:
    _lead(out, n - 1)
    count = out.size - n + 1
    for low in range(0, count, STRIP):
        high = min(low + STRIP, count)
        result = out[n - 1 + low : n - 1 + high]
        _fill(result, 0.0)
        for j in range(n):
            _add(x[low + j : high + j], result)


@inlined
def _lead(out: Floats, bars: int) -> None:
    _fill(out[: min(bars, out.size)], np.nan)


@inlined
def _fill(out: Floats, value: float) -> None:
    for k in range(out.size):
        out[k] = value


@inlined
def _add(x: Floats, out: Floats) -> None:
    for k in range(out.size):
        out[k] += x[k]


@inlined
def _add_squares(x: Floats, mean: Floats, out: Floats) -> None:
    for k in range(out.size):
        deviation = x[k] - mean[k]
        out[k] += deviation * deviation


@inlined
def _roots(out: Floats, divisor: float) -> None:
    for k in range(out.size):
        out[k] = np.sqrt(out[k] / divisor)
