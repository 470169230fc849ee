"""What operations on whole panels work with: the bars, the values of their operands, and room for what they make."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arrays import Bits, Flags, Floats
from engine.indicators.bars import OwnBars
from engine.indicators.instructions import NUMBER, TRUTH
from engine.indicators.truths import pack_all, unpack_all

Values = npt.NDArray[Any]
"""Float64 numbers (B,) or truths as uint8 flags (B,) of all bars; or what was decided by session (T, ...)."""

BY_SESSION = "by session"
"""A result that stands in the panel's rows and columns already: nothing is computed from it."""


class Workspace:
    """The bars, and room for numbers: what is no longer needed is written over, because fresh memory costs more than most kernels."""

    def __init__(self, bars: OwnBars) -> None:
        self.bars = bars
        self._spare: list[Floats] = []

    def numbers(self) -> Floats:
        try:
            return self._spare.pop()
        except IndexError:  # not asked before: another thread may take the last one
            return np.empty(self.bars.count)

    def give_back(self, numbers: Floats) -> None:
        """Nobody looks at the numbers any more."""
        self._spare.append(numbers)

    def flags_of(self, bits: Bits) -> Flags:
        """(B,) bytes of truths."""
        out = np.empty(self.bars.count, np.uint8)
        unpack_all(self.bars.offsets, self.bars.words, bits, out)
        return out

    def bits_of(self, flags: Flags) -> Bits:
        out = np.empty(self.bars.words[-1], np.uint64)
        pack_all(self.bars.offsets, self.bars.words, flags, out)
        return out


class Operation(NamedTuple):
    """Something that is done to all bars of all stocks at once. Its operands are whole, and are never written over or returned."""

    run: Callable[[Workspace, Sequence[Values], tuple[float, ...]], Values]
    result: str = NUMBER
    """NUMBER, TRUTH (as flags) or BY_SESSION."""


__all__ = ["BY_SESSION", "NUMBER", "TRUTH", "Operation", "Values", "Workspace"]
