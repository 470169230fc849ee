"""The order in which candidates are bought: by rank, the highest first, ties by ts_code."""

import numpy as np

from engine.arrays import Bits, Floats
from engine.compiled import inlined, kernel, spliced
from engine.simulation.bits import integer, listed
from engine.simulation.book import Book
from engine.simulation.state import Wish, place_of

_RUN = 16


@spliced
def line_up(book: Book, wish: Wish, row: int, in_turn: bool) -> int:
    """The wanted stocks into the book's queue by the rank of a row, the highest first; NaN is left out. Returns how many.

    Unless `in_turn` they are only counted."""
    if wish.rank.shape[0] == 0:
        return listed(book.wanted, book.queue)
    count = 0
    for x in range(listed(book.wanted, book.queue)):
        i = integer(book.queue[x])
        place = place_of(wish, row, i)
        rank = wish.rank[0, place] if place >= 0 else np.nan
        if not np.isnan(rank):
            book.queue[count] = i
            book.ranks[i] = rank
            count += 1
    if in_turn and count > 1:
        in_order(book.ranks, book.queue, book.other, count)
    return count


@kernel
def in_order(rank: Floats, queue: Bits, other: Bits, count: int) -> None:
    """Sort `count` stocks of the queue by rank (N,), the highest first; queue and other (N,) uint32.

    Stably, so that ties stay as they stood: short runs by insertion, then merged, since a whole market may be wanted.
    """
    for first in range(0, count, _RUN):
        _insert(rank, queue, first, min(first + _RUN, count))
    width = _RUN
    while width < count:
        for first in range(0, count, 2 * width):
            _merge(rank, queue, other, first, min(first + width, count), min(first + 2 * width, count))
        width *= 2


@inlined
def _insert(rank: Floats, queue: Bits, first: int, end: int) -> None:
    for x in range(first + 1, end):
        i = queue[x]
        k = x
        while k > first and rank[queue[k - 1]] < rank[i]:
            queue[k] = queue[k - 1]
            k -= 1
        queue[k] = i


@inlined
def _merge(rank: Floats, queue: Bits, other: Bits, first: int, middle: int, end: int) -> None:
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
