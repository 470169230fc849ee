"""Random numbers that are the same on every machine: raw words of a seeded PCG64, reduced by integer arithmetic only."""

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]

_PARTS = 4
_MIDDLE = _PARTS * 65_535 // 2
_DEVIATION = 37_837.0
"""Of the sum of four uniform 16-bit numbers: 65,536 · sqrt(4 / 12), rounded."""


class Draws:
    """A stream of draws. NumPy promises the bit generator's stream for ever, not that of its distributions."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def below(self, limit: int, *shape: int) -> Whole:
        """Uniform integers from 0 to limit - 1; limit < 2**31."""
        return (((self._words(shape) >> np.uint64(32)) * np.uint64(limit)) >> np.uint64(32)).astype(np.int64)

    def between(self, low: int, high: int, *shape: int) -> Whole:
        """Uniform integers from low to high, both included."""
        return low + self.below(high - low + 1, *shape)

    def bell(self, *shape: int) -> Real:
        """Bell-shaped numbers with mean 0 and deviation 1, at most about 3.46 from 0."""
        words = self._words(shape)
        mask = np.uint64(0xFFFF)
        total = sum((words >> np.uint64(16 * part) & mask).astype(np.int64) for part in range(_PARTS))
        return np.asarray((total - _MIDDLE) / _DEVIATION, dtype=np.float64)

    def _words(self, shape: tuple[int, ...]) -> npt.NDArray[np.uint64]:
        count = 1
        for side in shape:
            count *= side
        return np.asarray(self._bits.random_raw(count), dtype=np.uint64).reshape(shape)
