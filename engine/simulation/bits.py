"""Sets of stocks as bits: a day's candidates among thousands of stocks are found a word at a time."""

import numpy as np

from engine.arrays import Bits
from engine.compiled import first_bit, inlined, kernel


@inlined
def integer(x: int) -> int:
    """int64, whatever came in: Numba makes int64 with uint64 a float64, so everything is cast at the door."""
    return np.int64(x)  # type: ignore[return-value]


@inlined
def has(row: Bits, i: int) -> bool:
    return (row[i >> 6] & _mask(i)) != np.uint64(0)  # type: ignore[no-any-return]


@inlined
def put(row: Bits, i: int) -> None:
    row[i >> 6] |= _mask(i)


@inlined
def drop(row: Bits, i: int) -> None:
    row[i >> 6] &= ~_mask(i)


@kernel
def listed(row: Bits, queue: Bits) -> int:
    """The stocks of the set, ascending, into queue (uint32); returns how many."""
    n = 0
    for w in range(row.size):
        word = row[w]
        while word:
            queue[n] = 64 * w + first_bit(word)
            word &= word - np.uint64(1)
            n += 1
    return n


@inlined
def _mask(i: int) -> np.uint64:
    return np.uint64(1) << np.uint64(i & 63)
