"""Returns over some sessions, in a fixed order of multiplication: nothing depends on where reading began."""

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

_COLUMNS = 64
"""Taken at once, so that they stay in the processor's cache over all multiplications."""


def day_ratios(close: Values, pre_close: Values) -> Values:
    """(R, S) close over reference price; 1 where there is no bar (close is NaN), NaN where the bar has no reference price."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(pre_close > 0, close / pre_close, np.nan)
    return np.where(np.isnan(close), 1.0, ratio)


def returns_over(ratios: Values, sessions: int) -> Values:
    """(R, S) the product of the ratios of the last so many rows, the oldest first, minus 1; NaN in the first so many rows."""
    rows = len(ratios) - sessions
    out = np.full(ratios.shape, np.nan)
    for first in range(0, ratios.shape[1] if rows > 0 else 0, _COLUMNS):
        block = np.ascontiguousarray(ratios[:, first : first + _COLUMNS])
        product = block[1 : rows + 1].copy()
        for later in range(2, sessions + 1):
            product *= block[later : later + rows]
        out[sessions:, first : first + _COLUMNS] = product - 1.0
    return out
