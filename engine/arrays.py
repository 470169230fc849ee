"""Names for the array types that travel through the engine."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Prices = npt.NDArray[np.int32]
"""Prices in li (0.001 CNY)."""
Flags = npt.NDArray[np.uint8]
Bits = npt.NDArray[np.uint64]
"""Bit sets over stocks, 64 to a word: stock i is bit i % 64 of word i // 64."""
