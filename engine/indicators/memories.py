"""What a stock remembers since its first bar of the warm-up: when something was last true, and the volume that went with the price."""

import numpy as np

from engine.arrays import Flags, Floats
from engine.compiled import inlined, kernel


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
    if out.size > 0:
        out[0] = volume[0]
    _signed(close, close[1:], volume[1:], out[1:])
    total = 0.0
    for k in range(out.size):
        total += out[k]
        out[k] = total


@inlined
def _signed(before: Floats, close: Floats, volume: Floats, out: Floats) -> None:
    for k in range(out.size):
        rose, fell = volume[k], -volume[k]
        out[k] = rose if close[k] > before[k] else (fell if close[k] < before[k] else 0.0)
