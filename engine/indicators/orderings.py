"""How the last n bars of a stock are ordered: since when one is the extreme, the rank of the newest, and quantiles.

The first n-1 bars are NaN, and a NaN in the window makes the result NaN. Results depend on the window's bars alone.
room: see kernels.ROOM_ROWS.
"""

from collections.abc import Sequence

import numpy as np

from engine.arrays import Floats, Integers
from engine.compiled import inlined, kernel
from engine.indicators.elementwise import place
from engine.indicators.kernels import STRIP, room_for
from engine.indicators.workspace import Operation, Values, Workspace

ARGMAX, ARGMIN, TS_RANK = range(3)


@kernel
def argmax(x: Floats, n: int, room: Floats, out: Floats) -> None:
    """Bars since the largest of the last n, the newest of equals."""
    _age_of_extreme(x, 1.0, n, out)


@kernel
def argmin(x: Floats, n: int, room: Floats, out: Floats) -> None:
    """Bars since the smallest of the last n, the newest of equals."""
    _age_of_extreme(x, -1.0, n, out)


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
        for back in range(1, n):
            older = x[low - back : low - back + result.size]
            for k in range(result.size):
                result[k] += 0.5 * (older[k] < newest[k]) + 0.5 * (older[k] <= newest[k])
    last_nan = -1
    for k in range(out.size):
        last_nan = k if np.isnan(x[k]) else last_nan
        out[k] = out[k] / (n - 1.0) if k >= n - 1 and last_nan <= k - n else np.nan


@kernel
def quantile(x: Floats, n: int, q: float, room: Floats, out: Floats) -> None:
    """The window in ascending order at place q * (n - 1), linear between two. 0 <= q <= 1.

    A row of room holds the window's numbers in ascending order: the newest takes the place of the oldest and moves to its own. A NaN is
    not held, so that a window with one is short. Adding 0.0 makes -0.0 the other zero: which of the two a window of both gives would
    depend on what was there before.
    """
    lower = min(int(np.floor(q * (n - 1))), n - 1)
    share = q * (n - 1) - lower
    order, held = room[0], 0
    for k in range(out.size):
        new, at = x[k] + 0.0, held
        if k >= n and not np.isnan(x[k - n]):
            at = _find(order, held, x[k - n] + 0.0)
        else:
            held += 1
        _settle(order, held, at, np.inf if np.isnan(new) else new)
        held -= 1 if np.isnan(new) else 0
        if held < n:
            out[k] = np.nan
        elif share == 0.0 or order[lower] == order[lower + 1]:
            out[k] = order[lower]
        else:
            out[k] = order[lower] + (order[lower + 1] - order[lower]) * share


@kernel
def of_stocks(operation: int, offsets: Integers, x: Floats, n: int, room: Floats, out: Floats) -> None:
    """offsets (N + 1,): stock i has the bars offsets[i] to offsets[i + 1]."""
    for i in range(offsets.size - 1):
        low, high = offsets[i], offsets[i + 1]
        own = x[place(x, low, out.size) :]
        if operation == ARGMAX:
            argmax(own, n, room, out[low:high])
        elif operation == ARGMIN:
            argmin(own, n, room, out[low:high])
        else:
            ts_rank(own, n, out[low:high])


@kernel
def quantile_of_stocks(offsets: Integers, x: Floats, n: int, q: float, room: Floats, out: Floats) -> None:
    for i in range(offsets.size - 1):
        low, high = offsets[i], offsets[i + 1]
        quantile(x[place(x, low, out.size) :], n, q, room, out[low:high])


@inlined
def _age_of_extreme(x: Floats, sign: float, n: int, out: Floats) -> None:
    """Bars since the largest of sign * x, the newest of equals: the window is searched again only when that one has left it."""
    at, last_nan = -1, -1
    for k in range(out.size):
        if np.isnan(x[k]):
            last_nan = k
        elif at > k - n and at >= 0:
            at = k if sign * x[k] >= sign * x[at] else at
        else:
            at = k
            for back in range(1, min(n, k + 1)):
                at = k - back if sign * x[k - back] > sign * x[at] else at
        out[k] = float(k - at) if k >= n - 1 and last_nan <= k - n else np.nan


@inlined
def _find(room: Floats, held: int, value: float) -> int:
    """The first place whose number is not below the value."""
    low, high = 0, held
    while low < high:
        middle = (low + high) // 2
        if room[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@inlined
def _settle(room: Floats, held: int, at: int, value: float) -> None:
    """Puts a value where `at` was, and moves its neighbours until the order is right again."""
    while at + 1 < held and room[at + 1] < value:
        room[at] = room[at + 1]
        at += 1
    while at > 0 and room[at - 1] > value:
        room[at] = room[at - 1]
        at -= 1
    room[at] = value


def _window(operation: int) -> Operation:
    def compute(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
        out = space.numbers()
        of_stocks(operation, space.bars.offsets, operands[0], int(numbers[0]), room_for(space.bars.longest), out)
        return out

    return compute


def _quantile(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
    out = space.numbers()
    quantile_of_stocks(space.bars.offsets, operands[0], int(numbers[0]), numbers[1], room_for(space.bars.longest), out)
    return out


OPERATIONS: dict[str, Operation] = {
    "argmax": _window(ARGMAX),
    "argmin": _window(ARGMIN),
    "ts_rank": _window(TS_RANK),
    "quantile": _quantile,
}
