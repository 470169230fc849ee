"""What a stock remembers since its first bar of the warm-up: when something was last true, and the volume that went with the price."""

from collections.abc import Sequence

import numpy as np

from engine.arrays import Flags, Floats, Integers
from engine.compiled import kernel
from engine.indicators.elementwise import place
from engine.indicators.workspace import Operation, Values, Workspace


@kernel
def days_since(offsets: Integers, flags: Flags, out: Floats) -> None:
    """Bars since the flag was last 1, 0 on such a bar; NaN before the first."""
    for i in range(offsets.size - 1):
        own, result, last = flags[offsets[i] : offsets[i + 1]], out[offsets[i] : offsets[i + 1]], -1
        for k in range(result.size):
            last = k if own[k] else last
            result[k] = float(k - last) if last >= 0 else np.nan


@kernel
def obv(offsets: Integers, close: Floats, volume: Floats, out: Floats) -> None:
    """On-balance volume: the first bar's volume, more each bar's where the close rose, less where it fell.

    Volumes are whole numbers: their total is exact below 2^53, so that its changes do not depend on where it began.
    """
    for i in range(offsets.size - 1):
        low, high = offsets[i], offsets[i + 1]
        price, shares, total = close[place(close, low, out.size) :], volume[place(volume, low, out.size) :], 0.0
        for k in range(high - low):
            if k == 0 or price[k] > price[k - 1]:
                total += shares[k]
            elif price[k] < price[k - 1]:
                total -= shares[k]
            out[low + k] = total


def _days_since(space: Workspace, operands: Sequence[Values], _: tuple[float, ...]) -> Values:
    out = space.numbers()
    days_since(space.bars.offsets, operands[0], out)
    return out


def _obv(space: Workspace, operands: Sequence[Values], _: tuple[float, ...]) -> Values:
    out = space.numbers()
    obv(space.bars.offsets, operands[0], operands[1], out)
    return out


OPERATIONS: dict[str, Operation] = {"days_since": _days_since, "obv": _obv}
