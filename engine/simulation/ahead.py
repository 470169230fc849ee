"""Reading ahead: a tile of bars is read from front to back before it is traded, because memory streams what it is asked for in order.

Fills then find their prices in the cache. Each would else wait for lines of its own: that was half the time of a grid (measured).
"""

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from engine.compiled import kernel

LINE = 64
"""Bytes of a cache line."""


def read_ahead(arrays: Sequence[npt.NDArray[Any]], first: int, until: int) -> None:
    """Rows first..until-1 of C-contiguous panels (R, N)."""
    for array in arrays:
        _read(array, first, until, LINE // array.itemsize)


@kernel
def _read(array: npt.NDArray[Any], first: int, until: int, step: int) -> int:
    """One item of each line. The sum means nothing, but without it no compiler would leave the reads where they are."""
    total = 0
    for t in range(first, until):
        for i in range(0, array.shape[1], step):
            total += int(array[t, i])
    return total
