"""The deepest fall of an equity curve from a peak: bars at a time, looked at one by one only where the fall may be deeper."""

from math import nan

from engine.arrays import Floats, Integers, Prices
from engine.compiled import part

BARS = 32
"""At a time."""
MARGIN = 1e-15
"""More than rounding a quotient and a difference can take from a fall."""


@part
def put_fall(equity: Integers, initial: int, ends: Integers, dates: Prices, into: Floats) -> None:
    """The five of Fall. equity (R,) li at each bar, initial > 0 li, ends and dates (S,) as in Sessions."""
    depth, trough, peak = _deepest(equity, initial)
    into[0], into[1], into[2], into[3], into[4] = depth, nan, nan, nan, 0.0
    if trough < 0:
        return
    start, recovery = trough - 1, trough + 1
    while start >= 0 and equity[start] < peak:
        start -= 1
    while recovery < equity.size and equity[recovery] < peak:
        recovery += 1
    first, last = -1, ends.size - 1
    if start >= 0:
        first = _session(ends, start)
        into[1] = float(dates[first])
    into[2] = float(dates[_session(ends, trough)])
    if recovery < equity.size:
        last = _session(ends, recovery)
        into[3] = float(dates[last])
    into[4] = float(last - first)


@part
def _deepest(equity: Integers, peak: int) -> tuple[float, int, int]:
    """How deep, at most 0; the first bar that is (-1: none), and the peak before it. `peak` is the first point."""
    depth, trough, before = 0.0, -1, peak
    for first in range(0, equity.size, BARS):
        some = equity[first : min(first + BARS, equity.size)]
        low = high = some[0]
        for k in range(some.size):
            now = some[k]
            low = now if now < low else low
            high = now if now > high else high
        if float(low) < float(max(peak, high)) * (1.0 + depth + MARGIN):
            for k in range(some.size):
                now = some[k]
                peak = max(peak, now)
                if float(now) < float(peak) * (1.0 + depth + MARGIN):
                    fall = float(now) / float(peak) - 1.0
                    if fall < depth:
                        depth, trough, before = fall, first + k, peak
        peak = max(peak, high)
    return depth, trough, before


@part
def _session(ends: Integers, bar: int) -> int:
    """Which a bar belongs to."""
    low, high = 0, ends.size - 1
    while low < high:
        middle = (low + high) // 2
        if ends[middle] < bar:
            low = middle + 1
        else:
            high = middle
    return low
