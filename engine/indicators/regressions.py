"""How the last n bars of two series, or of one series and time, go together: covariance, correlation, slope and R squared.

The first n-1 bars are NaN, and a NaN in the window makes the result NaN. Sums are fresh for each window, around its means. A window whose
values are all equal has no correlation: its deviations may be a rounding error instead of zero, so equality is looked for, not zero.
Strips of results keep what is summed up in the first cache; room (4, STRIP) or more: the means and sums of a strip.
"""

import numpy as np

from engine.arrays import Floats
from engine.compiled import inlined, kernel
from engine.indicators.kernels import STRIP, add_up


@kernel
def cov(x: Floats, y: Floats, n: int, room: Floats, out: Floats) -> None:
    """Sum of (x - mean of x) * (y - mean of y) / (n - 1), of a sample as std is."""
    _lead(out, n)
    for low in range(n - 1, out.size, STRIP):
        result, first = out[low : low + STRIP], low - n + 1
        mean_x, mean_y = room[0, : result.size], room[1, : result.size]
        _means(x[first:], n, mean_x)
        _means(y[first:], n, mean_y)
        _add_products(x[first:], y[first:], n, mean_x, mean_y, result)
        for k in range(result.size):
            result[k] = result[k] / (n - 1.0)


@kernel
def corr(x: Floats, y: Floats, n: int, room: Floats, out: Floats) -> None:
    """Pearson's sum of xy / sqrt(sum of xx * sum of yy), deviations from the means; not beyond -1 and 1 for a rounding."""
    _lead(out, n)
    for low in range(n - 1, out.size, STRIP):
        result, first = out[low : low + STRIP], low - n + 1
        _means(x[first:], n, room[0, : result.size])
        _means(y[first:], n, room[1, : result.size])
        _moments(x[first:], y[first:], n, room, result)
        for k in range(result.size):
            both = np.sqrt(room[2, k] * room[3, k])
            result[k] = min(max(result[k] / both, -1.0), 1.0) if both > 0.0 else np.nan
    _without_constants(x, n, out)
    _without_constants(y, n, out)


@kernel
def slope(x: Floats, n: int, out: Floats) -> None:
    """Of the least-squares line through the window: what it gains per bar. NaN for n = 1."""
    _lead(out, n)
    for low in range(n - 1, out.size, STRIP):
        result = out[low : low + STRIP]
        _tilts(x[low - n + 1 :], n, result)
        for k in range(result.size):
            result[k] = result[k] / _spread_of_time(n)


@kernel
def rsquare(x: Floats, n: int, room: Floats, out: Floats) -> None:
    """Share of the window's variance that its least-squares line explains; not above 1 for a rounding."""
    _lead(out, n)
    for low in range(n - 1, out.size, STRIP):
        result, first = out[low : low + STRIP], low - n + 1
        mean, xx = room[0, : result.size], room[1, : result.size]
        _means(x[first:], n, mean)
        _add_products(x[first:], x[first:], n, mean, mean, xx)
        _tilts(x[first:], n, result)
        for k in range(result.size):
            result[k] = min(result[k] * result[k] / (xx[k] * _spread_of_time(n)), 1.0) if xx[k] > 0.0 else np.nan
    _without_constants(x, n, out)


@inlined
def _means(x: Floats, n: int, out: Floats) -> None:
    add_up(x, n, out)
    for k in range(out.size):
        out[k] = out[k] / n


@inlined
def _add_products(x: Floats, y: Floats, n: int, mean_x: Floats, mean_y: Floats, out: Floats) -> None:
    """Of the windows of n bars that begin at the first bars: sums of (x - its mean) * (y - its mean), oldest to newest, four at a time."""
    for k in range(out.size):
        out[k] = 0.0
    for j in range(0, n - 3, 4):
        _add_four_products(x[j:], y[j:], mean_x, mean_y, out)
    for j in range(n // 4 * 4, n):
        _add_product(x[j:], y[j:], mean_x, mean_y, out)


@inlined
def _add_product(x: Floats, y: Floats, mean_x: Floats, mean_y: Floats, out: Floats) -> None:
    for k in range(out.size):
        out[k] += (x[k] - mean_x[k]) * (y[k] - mean_y[k])


@inlined
def _add_four_products(x: Floats, y: Floats, mean_x: Floats, mean_y: Floats, out: Floats) -> None:
    for k in range(out.size):
        a, b = (x[k] - mean_x[k]) * (y[k] - mean_y[k]), (x[k + 1] - mean_x[k]) * (y[k + 1] - mean_y[k])
        c, d = (x[k + 2] - mean_x[k]) * (y[k + 2] - mean_y[k]), (x[k + 3] - mean_x[k]) * (y[k + 3] - mean_y[k])
        out[k] = out[k] + a + b + c + d


@inlined
def _moments(x: Floats, y: Floats, n: int, room: Floats, xy: Floats) -> None:
    """The same sums of xy, of xx in room[2] and of yy in room[3], around the means in room[:2]; two bars at a time."""
    mean_x, mean_y, xx, yy = room[0, : xy.size], room[1, : xy.size], room[2, : xy.size], room[3, : xy.size]
    for k in range(xy.size):
        xy[k], xx[k], yy[k] = 0.0, 0.0, 0.0
    for j in range(0, n - 1, 2):
        _add_two_moments(x[j:], y[j:], mean_x, mean_y, xy, xx, yy)
    if n % 2:
        _add_moments(x[n - 1 :], y[n - 1 :], mean_x, mean_y, xy, xx, yy)


@inlined
def _add_moments(x: Floats, y: Floats, mean_x: Floats, mean_y: Floats, xy: Floats, xx: Floats, yy: Floats) -> None:
    for k in range(xy.size):
        a, b = x[k] - mean_x[k], y[k] - mean_y[k]
        xy[k] += a * b
        xx[k] += a * a
        yy[k] += b * b


@inlined
def _add_two_moments(x: Floats, y: Floats, mean_x: Floats, mean_y: Floats, xy: Floats, xx: Floats, yy: Floats) -> None:
    for k in range(xy.size):
        a, b, c, d = x[k] - mean_x[k], y[k] - mean_y[k], x[k + 1] - mean_x[k], y[k + 1] - mean_y[k]
        xy[k] = xy[k] + a * b + c * d
        xx[k] = xx[k] + a * a + c * c
        yy[k] = yy[k] + b * b + d * d


@inlined
def _tilts(x: Floats, n: int, out: Floats) -> None:
    """Sums of (time - its mean) * x over the windows that begin at the first bars, in pairs from the outermost to the middle.

    A pair is weighted by half its distance, so that constants give 0 exactly. The middle of an odd window has no weight, but its NaN has.
    """
    for k in range(out.size):
        out[k] = 0.0
    pairs = (n + 1) // 2
    for j in range(0, pairs - 1, 2):
        _add_two_pairs((n - 1) / 2.0 - j, x[j:], x[n - 2 - j :], out)
    if pairs % 2:
        _add_pair((n + 1) / 2.0 - pairs, x[pairs - 1 :], x[n - pairs :], out)


@inlined
def _add_pair(weight: float, older: Floats, newer: Floats, out: Floats) -> None:
    for k in range(out.size):
        out[k] += weight * (newer[k] - older[k])


@inlined
def _add_two_pairs(weight: float, older: Floats, newer: Floats, out: Floats) -> None:
    """The outer pair first, then the inner."""
    for k in range(out.size):
        out[k] = out[k] + weight * (newer[k + 1] - older[k]) + (weight - 1.0) * (newer[k] - older[k + 1])


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
