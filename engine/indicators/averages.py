"""Moving averages beside the simple and the exponential one: weighted, smoothed, adaptive; each over one stock's own bars, for all stocks.

The caller checks n >= 1. A recursion starts with the stock's first number, and again after a NaN.
"""

import numpy as np

from engine.arrays import Floats
from engine.compiled import inlined, kernel
from engine.indicators.kernels import STRIP, follow

FAST, SLOW = 2.0 / 3.0, 2.0 / 31.0
"""What an adaptive mean takes of the new value, before squaring: as an exponential mean of 2 bars, and of 30 (Kaufman)."""


@kernel
def wma(x: Floats, n: int, out: Floats) -> None:
    """Mean of the last n bars with weights 1 (oldest) to n (newest), added up in that order; NaN with a NaN in the window."""
    _missing(out, n - 1)
    weights = n * (n + 1) / 2.0
    for low in range(n - 1, out.size, STRIP):
        result, own = out[low : low + STRIP], x[low - n + 1 :]
        for k in range(result.size):
            result[k] = 0.0
        for j in range(0, n - 3, 4):
            _add_four_weighted(own[j:], j + 1.0, result)
        for j in range(n // 4 * 4, n):
            _add_weighted(own[j:], j + 1.0, result)
        for k in range(result.size):
            result[k] = result[k] / weights


@kernel
def smooth(x: Floats, n: int, m: int, out: Floats) -> None:
    """prev + m / n * (x - prev), starting with the stock's first bar; m beyond n counts as n. The first n-1 results are NaN."""
    follow(x, min(m, n) / n, n, out)


@kernel
def wilder(x: Floats, n: int, out: Floats) -> None:
    """prev + (x - prev) / n, starting with the mean of the first n bars, which were added oldest to newest."""
    previous, age = 0.0, 0
    for k in range(out.size):
        value = x[k]
        if np.isnan(value):
            previous, age = 0.0, 0
        elif age < n:
            previous, age = previous + value, age + 1
            if age == n:
                previous = previous / n
        else:
            previous = previous + (value - previous) / n
        out[k] = previous if age >= n else np.nan


@kernel
def kama(x: Floats, n: int, out: Floats) -> None:
    """Kaufman's mean: it takes the more of a new value, the straighter the last n bars went, starting with the bar before its first result.

    The way that was gone, bar by bar, stands in `out` before the mean does; it is NaN while a NaN is among the bars it leads over.
    """
    _missing(out, n)
    for low in range(n, out.size, STRIP):
        way = out[low : low + STRIP]
        for k in range(way.size):
            way[k] = 0.0
        for j in range(low - n, low - 3, 4):
            _add_four_steps(x[j:], way)
        for j in range(low - n % 4, low):
            _add_steps(x[j:], way)
    previous = np.nan
    for k in range(n, out.size):
        way_gone, distance = out[k], abs(x[k] - x[k - n])
        if np.isnan(way_gone):
            previous = np.nan
        else:
            straight = 1.0 if way_gone <= distance else distance / way_gone
            weight = straight * (FAST - SLOW) + SLOW
            previous = x[k - 1] if np.isnan(previous) else previous
            previous = previous + weight * weight * (x[k] - previous)
        out[k] = previous


@inlined
def _missing(out: Floats, bars: int) -> None:
    for k in range(min(bars, out.size)):
        out[k] = np.nan


@inlined
def _add_weighted(x: Floats, weight: float, out: Floats) -> None:
    for k in range(out.size):
        out[k] += weight * x[k]


@inlined
def _add_four_weighted(x: Floats, weight: float, out: Floats) -> None:
    for k in range(out.size):
        out[k] = out[k] + weight * x[k] + (weight + 1.0) * x[k + 1] + (weight + 2.0) * x[k + 2] + (weight + 3.0) * x[k + 3]


@inlined
def _add_steps(x: Floats, out: Floats) -> None:
    for k in range(out.size):
        out[k] += abs(x[k + 1] - x[k])


@inlined
def _add_four_steps(x: Floats, out: Floats) -> None:
    for k in range(out.size):
        out[k] = out[k] + abs(x[k + 1] - x[k]) + abs(x[k + 2] - x[k + 1]) + abs(x[k + 3] - x[k + 2]) + abs(x[k + 4] - x[k + 3])
