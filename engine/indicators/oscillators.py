"""Oscillators that no expression says well: mean absolute deviation, money flow, directional movement; over stocks' own bars.

The caller checks n >= 1.
"""

import numpy as np

from engine.arrays import Floats
from engine.compiled import inlined, kernel
from engine.indicators.kernels import STRIP, add_up

DI_PLUS, DI_MINUS, ADX = range(3)


@kernel
def avedev(x: Floats, mean: Floats, n: int, out: Floats) -> None:
    """Mean distance of the last n bars from their mean, oldest to newest; NaN with a NaN in the window."""
    _fill(out[: min(n - 1, out.size)], np.nan)
    for low in range(n - 1, out.size, STRIP):
        result = out[low : low + STRIP]
        middle, first = mean[low : low + result.size], low - n + 1
        _fill(result, 0.0)
        for j in range(first, first + n - 3, 4):
            _add_four_distances(x[j:], middle, result)
        for j in range(first + n // 4 * 4, first + n):
            _add_distances(x[j:], middle, result)
        for k in range(result.size):
            result[k] = result[k] / n


@kernel
def mfi(price: Floats, money: Floats, n: int, room: Floats, out: Floats) -> None:
    """Of the money of those of the last n bars whose price moved, the part of those where it rose, in percent; 50 where none moved.

    The first n bars are NaN: the stock's first bar has no price before it. room: see kernels.ROOM_ROWS.
    """
    _fill(out[: min(n, out.size)], np.nan)
    rose, moved, total = room[0, 1 : out.size], room[1, 1 : out.size], room[2]
    _flows(price, price[1:], money[1:], rose, moved)
    for low in range(n, out.size, STRIP):
        result = out[low : low + STRIP]
        add_up(rose[low - n :], n, result)
        add_up(moved[low - n :], n, total[: result.size])
        for k in range(result.size):
            result[k] = 100.0 * result[k] / total[k] if total[k] > 0.0 else 50.0


@kernel
def directional(operation: int, high: Floats, low: Floats, close: Floats, n: int, out: Floats) -> None:
    """Wilder's directional indicators, and the average of their index, begun as TA-Lib begins them.

    Movements and true ranges start as the sum of the n-1 bars after the first, then sum - sum / n + new. The average is the mean of the
    first n indices 100 * |plus - minus| / (plus + minus), then (prev * (n - 1) + new) / n; a bar without any direction adds nothing to that
    mean, and leaves a later average as it was.
    """
    ups, downs, ranges, average = 0.0, 0.0, 0.0, 0.0
    first = 2 * n - 1 if operation == ADX else n
    _fill(out[: min(first, out.size)], np.nan)
    for k in range(1, out.size):
        up, down = high[k] - high[k - 1], low[k - 1] - low[k]
        if k >= n:
            ups, downs, ranges = ups - ups / n, downs - downs / n, ranges - ranges / n
        ups += up if (up > 0.0) & (up > down) else 0.0
        downs += down if (down > 0.0) & (down > up) else 0.0
        ranges += max(high[k] - low[k], abs(high[k] - close[k - 1]), abs(low[k] - close[k - 1]))
        if k < n:
            continue
        plus, minus = (100.0 * (ups / ranges), 100.0 * (downs / ranges)) if ranges > 0.0 else (0.0, 0.0)
        if operation != ADX:
            out[k] = plus if operation == DI_PLUS else minus
            continue
        both = plus + minus
        index = 100.0 * (abs(minus - plus) / both) if both > 0.0 else 0.0
        if k < first:
            average += index
        elif k == first:
            average = (average + index) / n
        elif both > 0.0:
            average = (average * (n - 1.0) + index) / n
        if k >= first:
            out[k] = average


@inlined
def _fill(out: Floats, value: float) -> None:
    for k in range(out.size):
        out[k] = value


@inlined
def _add_distances(x: Floats, mean: Floats, out: Floats) -> None:
    for k in range(out.size):
        out[k] += abs(x[k] - mean[k])


@inlined
def _add_four_distances(x: Floats, mean: Floats, out: Floats) -> None:
    for k in range(out.size):
        middle = mean[k]
        out[k] = out[k] + abs(x[k] - middle) + abs(x[k + 1] - middle) + abs(x[k + 2] - middle) + abs(x[k + 3] - middle)


@inlined
def _flows(before: Floats, price: Floats, money: Floats, rose: Floats, moved: Floats) -> None:
    for k in range(rose.size):
        rose[k] = money[k] if price[k] > before[k] else 0.0
        moved[k] = money[k] if price[k] != before[k] else 0.0
