"""What operations work with: the bars, the values of their operands, and room for what they make."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import Flags, Floats
from engine.indicators.bars import OwnBars

Values = npt.NDArray[Any]
"""Float64 numbers or uint8 flags of all bars (B,), a constant's first few, or what was brought to sessions (T, ...)."""


class Workspace:
    """The bars, and room for values: what is no longer needed is written over, because fresh memory costs more than most kernels."""

    def __init__(self, bars: OwnBars) -> None:
        self.bars = bars
        self._spare: dict[np.dtype[Any], list[Values]] = {np.dtype(np.float64): [], np.dtype(np.uint8): []}

    def numbers(self) -> Floats:
        return self._room(np.dtype(np.float64))

    def flags(self) -> Flags:
        return self._room(np.dtype(np.uint8))

    def give_back(self, values: Values) -> None:
        """Nobody looks at the values any more."""
        if values.shape == (self.bars.count,):
            self._spare[values.dtype].append(values)

    def _room(self, dtype: np.dtype[Any]) -> Values:
        return self._spare[dtype].pop() if self._spare[dtype] else np.empty(self.bars.count, dtype)


Operation = Callable[[Workspace, Sequence[Values], tuple[float, ...]], Values]
"""Never returns an operand itself: operands may be written over later."""


def whole(bars: OwnBars, x: Values) -> Values:
    """A constant as long as the bars."""
    return x if x.size == bars.count else np.full(bars.count, x[0], x.dtype)
