"""Runs the kernels stock by stock over packed bars: one compiled call for all stocks."""

from engine.arrays import Flags, Floats, Integers
from engine.compiled import kernel
from engine.indicators import kernels
from engine.indicators.elementwise import place

PREFIX_SUMS, SUM_EXACT, SMA_EXACT, SUM_FRESH, SMA_FRESH, EMA, RSI, REF, DELTA, ROC, HIGHEST, LOWEST = range(12)


@kernel
def window(operation: int, offsets: Integers, x: Floats, n: int, room: Floats, out: Floats) -> None:  # noqa: PLR0912 (a table of operations)
    """offsets (N + 1,): stock i has the bars offsets[i] to offsets[i + 1]."""
    for i in range(offsets.size - 1):
        low, high = offsets[i], offsets[i + 1]
        result = out[low:high]
        own = x[place(x, low, out.size) :][: result.size]
        if operation == PREFIX_SUMS:
            kernels.prefix_sums(own, result)
        elif operation == SUM_EXACT:
            kernels.sum_exact(own, n, result)
        elif operation == SMA_EXACT:
            kernels.sma_exact(own, n, result)
        elif operation == SUM_FRESH:
            kernels.sum_fresh(own, n, result)
        elif operation == SMA_FRESH:
            kernels.sma_fresh(own, n, result)
        elif operation == EMA:
            kernels.ema(own, n, result)
        elif operation == RSI:
            kernels.rsi(own, n, result)
        elif operation == REF:
            kernels.ref(own, n, result)
        elif operation == DELTA:
            kernels.delta(own, n, result)
        elif operation == ROC:
            kernels.roc(own, n, result)
        elif operation == HIGHEST:
            kernels.highest(own, n, room, result)
        else:
            kernels.lowest(own, n, room, result)


@kernel
def std(offsets: Integers, x: Floats, mean: Floats, n: int, out: Floats) -> None:
    for i in range(offsets.size - 1):
        low, high = offsets[i], offsets[i + 1]
        kernels.std(x[place(x, low, out.size) :], mean[low:high], n, out[low:high])


@kernel
def count(offsets: Integers, flags: Flags, n: int, out: Floats) -> None:
    for i in range(offsets.size - 1):
        low, high = offsets[i], offsets[i + 1]
        kernels.count(flags[low:high], n, out[low:high])


@kernel
def cross_above(offsets: Integers, a: Floats, b: Floats, out: Flags) -> None:
    for i in range(offsets.size - 1):
        low, high = offsets[i], offsets[i + 1]
        kernels.cross_above(a[place(a, low, out.size) :], b[place(b, low, out.size) :], out[low:high])
