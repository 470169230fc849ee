"""What a stock remembers since its first bar of the warm-up: when something was last true, and the volume that went with the price."""

import numpy as np

from engine.arrays import Flags, Floats
from engine.compiled import kernel


@kernel
def days_since(flags: Flags, out: Floats) -> None:
    """Bars since the flag was last 1, 0 on such a bar; NaN before the first."""
    last = -1
    for k in range(out.size):
        last = k if flags[k] else last
        out[k] = float(k - last) if last >= 0 else np.nan


@kernel
def obv(close: Floats, volume: Floats, out: Floats) -> None:
    """On-balance volume: the first bar's volume, more each bar's where the close rose, less where it fell.

    Volumes are whole numbers: their total is exact below 2^53, so that its changes do not depend on where it began.
    """
    total = 0.0
    for k in range(out.size):
        if k == 0 or close[k] > close[k - 1]:
            total += volume[k]
        elif close[k] < close[k - 1]:
            total -= volume[k]
        out[k] = total
