"""What a stock remembers since its first bar of the warm-up: when something was last true, and the volume that went with the price."""

from collections.abc import Sequence

import numpy as np

from engine.arrays import Flags, Floats, Integers
from engine.compiled import kernel
from engine.indicators.elementwise import place
from engine.indicators.workspace import Operation, Values, Workspace


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


@kernel
def days_since_of_stocks(offsets: Integers, flags: Flags, out: Floats) -> None:
    """offsets (N + 1,): stock i has the bars offsets[i] to offsets[i + 1]."""
    for i in range(offsets.size - 1):
        days_since(flags[offsets[i] : offsets[i + 1]], out[offsets[i] : offsets[i + 1]])


@kernel
def obv_of_stocks(offsets: Integers, close: Floats, volume: Floats, out: Floats) -> None:
    for i in range(offsets.size - 1):
        low, high = offsets[i], offsets[i + 1]
        obv(close[place(close, low, out.size) :], volume[place(volume, low, out.size) :], out[low:high])


def _days_since(space: Workspace, operands: Sequence[Values], _: tuple[float, ...]) -> Values:
    out = space.numbers()
    days_since_of_stocks(space.bars.offsets, operands[0], out)
    return out


def _obv(space: Workspace, operands: Sequence[Values], _: tuple[float, ...]) -> Values:
    out = space.numbers()
    obv_of_stocks(space.bars.offsets, operands[0], operands[1], out)
    return out


OPERATIONS: dict[str, Operation] = {"days_since": _days_since, "obv": _obv}
