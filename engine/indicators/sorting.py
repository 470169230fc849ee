"""Puts the numbers of one day in order, and finds the n-th largest; numbers are never NaN, and equals stay in the order they came in."""

from typing import Final, NamedTuple

import numpy as np

from engine.arrays import Floats, Integers
from engine.compiled import inlined, kernel

SHORT: Final = 8
"""Runs of so many are put in order one by one, and longer ones merged from two halves."""
SORTED: Final = 100
"""Steps of the machine that it costs to find the place of one of a day's numbers."""
CROWD: Final = 24
"""Numbers in one bucket that make merging the quicker way."""


class Room(NamedTuple):
    """What is put in order, and scratch; rows are used in turns. L > 2 N."""

    numbers: Floats
    """(2, L)"""
    places: Integers
    """(2, L) where each number comes from."""
    buckets: Integers
    """(2, L)"""


def room_of(stocks: int) -> Room:
    length = 2 * stocks + SHORT
    return Room(np.empty((2, length)), np.empty((2, length), np.int64), np.empty((2, length), np.int64))


@kernel
def ascending(room: Room, count: int) -> int:
    """Puts the first `count` numbers of row 0, and their places, in ascending order; the row that has them then."""
    if _in_buckets(room, count):
        _insert(room.numbers[1], room.places[1], 0, count)
        return 1
    return _merged(room, count)


@kernel
def nth_largest(x: Floats, count: int, n: int) -> float:
    """Of the first `count` numbers, which are not kept: 1 <= n <= count. Those on the n-th's side of one of them are gone through again."""
    while True:
        middle = _middle(x[0], x[count // 2], x[count - 1])
        above, equal = 0, 0
        for k in range(count):
            above += x[k] > middle
            equal += x[k] == middle
        if above < n <= above + equal:
            return middle
        left = 0
        if n <= above:
            for k in range(count):
                value = x[k]
                x[left] = value
                left += value > middle
        else:
            n -= above + equal
            for k in range(count):
                value = x[k]
                x[left] = value
                left += value < middle
        count = left


@inlined
def _middle(a: float, b: float, c: float) -> float:
    return max(min(a, b), min(max(a, b), c))


@inlined
def _in_buckets(room: Room, count: int) -> bool:
    """Into row 1, by twice as many equal steps from the smallest to the largest as there are numbers.

    Then a number has few places to go. False, and nothing of use in row 1, where the steps have no width (an infinite number, all equal)
    or one has a crowd (heavy tails, many equals).
    """
    x, starts, index = room.numbers[0], room.buckets[0, : 2 * count + 1], room.buckets[1, :count]
    low, high = _range(x[:count])
    scale = (2.0 * count - 1.0) / (high - low)
    if not 0.0 < scale < np.inf:
        return False
    for k in range(count):
        index[k] = np.int32((x[k] - low) * scale)
    for step in range(starts.size):
        starts[step] = 0
    for k in range(count):
        starts[index[k] + 1] += 1
    total, most = 0, 0
    for step in range(starts.size):
        most = max(most, starts[step])
        total += starts[step]
        starts[step] = total
    if most > CROWD:
        return False
    for k in range(count):
        at = starts[index[k]]
        starts[index[k]] = at + 1
        room.numbers[1, at], room.places[1, at] = x[k], room.places[0, k]
    return True


@inlined
def _range(x: Floats) -> tuple[float, float]:
    """The smallest and the largest, in two halves at once: one comparison need not wait for another."""
    half = x.size // 2
    low, other_low, high, other_high = np.inf, np.inf, -np.inf, -np.inf
    for k in range(half):
        a, b = x[k], x[half + k]
        low, other_low = a if a < low else low, b if b < other_low else other_low
        high, other_high = a if a > high else high, b if b > other_high else other_high
    if x.size % 2:
        low, high = min(low, x[x.size - 1]), max(high, x[x.size - 1])
    return min(low, other_low), max(high, other_high)


@inlined
def _insert(numbers: Floats, places: Integers, low: int, high: int) -> None:
    for k in range(low + 1, high):
        number, place, at = numbers[k], places[k], k
        while at > low and numbers[at - 1] > number:
            numbers[at], places[at] = numbers[at - 1], places[at - 1]
            at -= 1
        numbers[at], places[at] = number, place


@inlined
def _merged(room: Room, count: int) -> int:
    """Runs of one length, made whole with inf at the end, are merged in pairs; the row that has the result."""
    runs, length = 1, count
    while length > SHORT:
        runs *= 2
        length = (count + runs - 1) // runs
    end, side = runs * length, 0
    for k in range(count, end):
        room.numbers[0, k], room.places[0, k] = np.inf, -1
    for low in range(0, end, max(length, 1)):
        _insert(room.numbers[0], room.places[0], low, low + length)
    while length < end:
        for low in range(0, end, 2 * length):
            _merge(room.numbers[side, low:], room.places[side, low:], length, room.numbers[1 - side, low:], room.places[1 - side, low:])
        side, length = 1 - side, 2 * length
    return side


@inlined
def _merge(x: Floats, places: Integers, length: int, out: Floats, out_places: Integers) -> None:
    """Two runs after each other, from both ends at once: after `length` steps all is done, and no run was left before."""
    a, b, c, d = 0, length, length - 1, 2 * length - 1
    for k in range(length):
        second, first, last = x[b] < x[a], x[d] < x[c], 2 * length - 1 - k
        out[k], out_places[k] = x[b] if second else x[a], places[b] if second else places[a]
        out[last], out_places[last] = x[c] if first else x[d], places[c] if first else places[d]
        a, b = a + (1 - second), b + second
        c, d = c - first, d - (1 - first)
