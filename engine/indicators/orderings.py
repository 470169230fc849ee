"""How the last n bars of a stock are ordered: since when one is the extreme, the rank of the newest, and quantiles.

The first n-1 bars are NaN, and a NaN in the window makes the result NaN. Results depend on the window's bars alone.
room: see kernels.ROOM_ROWS.
"""

import numpy as np

from engine.arrays import Floats
from engine.compiled import inlined, kernel
from engine.indicators.kernels import STRIP

BLOCK = 16
"""Numbers that are worked upon at once."""


@kernel
def argmax(x: Floats, n: int, room: Floats, out: Floats) -> None:
    """Bars since the largest of the last n, the newest of equals."""
    _age_of_extreme(True, x, n, room, out)


@kernel
def argmin(x: Floats, n: int, room: Floats, out: Floats) -> None:
    """Bars since the smallest of the last n, the newest of equals."""
    _age_of_extreme(False, x, n, room, out)


@kernel
def ts_rank(x: Floats, n: int, out: Floats) -> None:
    """Share of the window's n - 1 older bars that lie below the newest; equals count half, so that equal values have equal ranks.

    Halves are counted exactly, a strip of results at a time, and divided once. n = 1 has no older bar: 0 / 0.
    """
    for low in range(n - 1, out.size, STRIP):
        result = out[low : low + STRIP]
        newest = x[low : low + result.size]
        for k in range(result.size):
            result[k] = 0.0
        for j in range(low - n + 1, low - 3, 4):
            _count_four(x[j:], newest, result)
        for j in range(low - (n - 1) % 4, low):
            _count(x[j:], newest, result)
    last_nan = -1
    for k in range(out.size):
        last_nan = k if np.isnan(x[k]) else last_nan
        out[k] = out[k] / (n - 1.0) if k >= n - 1 and last_nan <= k - n else np.nan


@kernel
def quantile(x: Floats, n: int, q: float, room: Floats, out: Floats) -> None:
    """The window in ascending order at place q * (n - 1), linear between two. 0 <= q <= 1.

    Two rows of room hold the window's numbers in ascending order, in turns, between -inf and as many inf as make whole blocks. The newest
    takes the place of the oldest: n steps without a branch take less time than a search. A NaN is held as inf, and remembered. Adding 0.0
    makes -0.0 the other zero: which of the two a window of both gives would depend on what was there before.
    """
    if n > out.size:
        _fill(out, np.nan)
        return
    lower = min(int(np.floor(q * (n - 1))), n - 1)
    share = q * (n - 1) - lower
    end, side, last_nan = (n + BLOCK - 1) // BLOCK * BLOCK + 1, 0, -1
    for row in range(2):
        _fill(room[row, : end + 1], np.inf)
        room[row, 0] = -np.inf
    for k in range(out.size):
        last_nan = k if np.isnan(x[k]) else last_nan
        oldest = np.inf if k < n or np.isnan(x[k - n]) else x[k - n] + 0.0
        _exchange(room[side], oldest, np.inf if last_nan == k else x[k] + 0.0, room[1 - side, 1:end])
        side = 1 - side
        here, above = room[side, 1 + lower], room[side, 2 + lower]
        if k < n - 1 or last_nan > k - n:
            out[k] = np.nan
        elif share == 0.0 or here == above:
            out[k] = here
        else:
            out[k] = here + (above - here) * share


@inlined
def _count(older: Floats, newest: Floats, out: Floats) -> None:
    for k in range(out.size):
        out[k] += _half_below(older[k], newest[k])


@inlined
def _count_four(older: Floats, newest: Floats, out: Floats) -> None:
    for k in range(out.size):
        a, b = _half_below(older[k], newest[k]), _half_below(older[k + 1], newest[k])
        c, d = _half_below(older[k + 2], newest[k]), _half_below(older[k + 3], newest[k])
        out[k] += a + b + c + d


@inlined
def _half_below(older: float, newest: float) -> float:
    """1 if the older lies below, 0.5 if they are equal."""
    return (0.5 if older < newest else 0.0) + (0.5 if older <= newest else 0.0)


@inlined
def _age_of_extreme(largest: bool, x: Floats, n: int, room: Floats, out: Floats) -> None:
    """As kernels.highest finds it, with where in its window it stands, counted from the oldest bar.

    Rows of room: extremes of windows of 1, 2, 4 ... bars by the oldest of them, in turns, and their places.
    """
    _fill(out[: min(n - 1, out.size)], np.nan)
    if n > out.size:
        return
    side, width = 0, 1
    for k in range(out.size):
        room[0, k], room[2, k] = x[k], 0.0
    while 2 * width < n:
        count = out.size - 2 * width + 1
        _later(largest, room[side], room[2 + side], width, room[1 - side, :count], room[3 - side])
        side, width = 1 - side, 2 * width
    result = out[n - 1 :]
    _later(largest, room[side], room[2 + side], n - width, room[1 - side, : result.size], room[3 - side])
    for k in range(result.size):
        result[k] = np.nan if np.isnan(room[1 - side, k]) else n - 1.0 - room[3 - side, k]


@inlined
def _later(largest: bool, x: Floats, places: Floats, shift: int, extremes: Floats, out: Floats) -> None:
    """Of two windows, the newer `shift` bars after the older: the extreme, the newer of equals, and its place; NaN if either is."""
    newer, theirs = x[shift:], places[shift:]
    if largest:
        for k in range(extremes.size):
            first = (x[k] > newer[k]) | np.isnan(x[k])
            extremes[k], out[k] = x[k] if first else newer[k], places[k] if first else theirs[k] + shift
    else:
        for k in range(extremes.size):
            first = (x[k] < newer[k]) | np.isnan(x[k])
            extremes[k], out[k] = x[k] if first else newer[k], places[k] if first else theirs[k] + shift


@inlined
def _exchange(order: Floats, old: float, new: float, out: Floats) -> None:
    """The ascending numbers after order[0] with one that is `old` taken out and `new` put in: each is one of its neighbours, or new."""
    for k in range(out.size):
        before = order[k] if order[k] < old else order[k + 1]
        here = order[k + 1] if order[k + 1] < old else order[k + 2]
        largest = before if before > new else new
        out[k] = here if here < largest else largest


@inlined
def _fill(out: Floats, value: float) -> None:
    for k in range(out.size):
        out[k] = value
