"""The order in which candidates are bought: by rank, the highest first, ties by ts_code."""

import numpy as np

from engine.arrays import Bits, Floats, Prices
from engine.compiled import inlined, kernel
from engine.simulation.bits import listed

_RUN = 16


@kernel
def line_up(wanted: Bits, rank: Floats, queue: Prices, other: Prices) -> int:
    """The wanted stocks into queue by rank descending, ties by column; NaN is left out. Returns how many.

    rank (N,); queue and other (N,) int32. A stable sort: short runs by insertion, then merged, since a whole market may be wanted.
    """
    count = 0
    for x in range(listed(wanted, queue)):
        i = queue[x]
        if not np.isnan(rank[i]):
            queue[count] = i
            count += 1
    for first in range(0, count, _RUN):
        _insert(rank, queue, first, min(first + _RUN, count))
    width = _RUN
    while width < count:
        for first in range(0, count, 2 * width):
            _merge(rank, queue, other, first, min(first + width, count), min(first + 2 * width, count))
        width *= 2
    return count


@inlined
def _insert(rank: Floats, queue: Prices, first: int, end: int) -> None:
    for x in range(first + 1, end):
        i = queue[x]
        k = x
        while k > first and rank[queue[k - 1]] < rank[i]:
            queue[k] = queue[k - 1]
            k -= 1
        queue[k] = i


@inlined
def _merge(rank: Floats, queue: Prices, other: Prices, first: int, middle: int, end: int) -> None:
    """Two sorted neighbours into one; the left one wins ties, so equal ranks stay in the order of their columns."""
    for x in range(first, middle):
        other[x] = queue[x]
    a, b = first, middle
    for x in range(first, end):
        if b >= end or (a < middle and rank[other[a]] >= rank[queue[b]]):
            queue[x] = other[a]
            a += 1
        else:
            queue[x] = queue[b]
            b += 1
        if a >= middle:
            return
