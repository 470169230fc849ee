"""The machine: carries out a program of instructions on stock after stock, so that what they hand on to each other stays in the cache."""

from typing import NamedTuple

import numpy as np

from engine.arrays import Bits, Flags, Floats, Integers
from engine.compiled import array_at, kernel, part, spliced
from engine.indicators import averages, elementwise, kernels, memories, orderings, oscillators, regressions, truths
from engine.indicators import instructions as do

CODE, OUT, ALSO, FIRST, SECOND, THIRD, BARS, MORE_BARS = range(8)
"""Columns of a step: what it does; the places of its result, of the other result of a CROSS, of its operands; its whole numbers."""
BASE, EACH = 0, 1
"""Columns of a place: the address of its memory; 8 where all bars have theirs there, 0 where one stock's is written over by the next."""


class Code(NamedTuple):
    """K steps, each with its operands before it."""

    steps: Integers
    """(K, 8)"""
    numbers: Floats
    """(K,) the number of a step that is no whole one."""


class Span(NamedTuple):
    """The bars of N stocks, as in bars.Layout."""

    offsets: Integers
    words: Integers


class Desk(NamedTuple):
    """What one thread writes on: places of its own, and scratch."""

    places: Bits
    """(V, 2)"""
    room: Floats
    """Scratch of the kernels: see kernels.ROOM_ROWS."""
    flags: Flags
    """(L,) truths of a stock as bytes."""
    bits: Bits
    """(1, 1) says what bits are to the compiler."""


@kernel
def run(code: Code, span: Span, desk: Desk, first: int, end: int) -> None:
    """The stocks first to end - 1."""
    for i in range(first, end):
        low, bars = span.offsets[i], span.offsets[i + 1] - span.offsets[i]
        start, count = span.words[i], span.words[i + 1] - span.words[i]
        if bars > 0:
            for k in range(code.steps.shape[0]):
                step = code.steps[k]
                if step[CODE] >= do.GT and step[CODE] <= do.CROSS:
                    _decide(step, desk, low, bars, start, count)
                else:
                    _compute(step, code.numbers[k], desk, low, bars, start, count)


@part
def _decide(step: Integers, desk: Desk, low: int, bars: int, start: int, count: int) -> None:
    """Steps whose result is bits."""
    code, out = step[CODE], _truths(desk, step[OUT], start, count)
    if code <= do.NE:
        truths.compare(code - do.GT, _numbers(desk, step[FIRST], low, bars), _numbers(desk, step[SECOND], low, bars), out)
    elif code <= do.NOT:
        first, second = _truths(desk, step[FIRST], start, count), _truths(desk, step[SECOND], start, count)
        truths.logic(code - do.AND, first, second, bars, out)
    else:
        also = _truths(desk, step[ALSO], start, count)
        truths.crosses(_numbers(desk, step[FIRST], low, bars), _numbers(desk, step[SECOND], low, bars), out, also)


@part
def _compute(step: Integers, number: float, desk: Desk, low: int, bars: int, start: int, count: int) -> None:  # noqa: PLR0912 PLR0915 (a table)
    """Steps whose result is numbers."""
    code, n, m, room = step[CODE], step[BARS], step[MORE_BARS], desk.room
    x, y, z = _numbers(desk, step[FIRST], low, bars), _numbers(desk, step[SECOND], low, bars), _numbers(desk, step[THIRD], low, bars)
    out, flags = _numbers(desk, step[OUT], low, bars), desk.flags[:bars]
    if code == do.COUNT or code == do.DAYS_SINCE:  # noqa: PLR1714  Numba would make a list of a tuple
        truths.unpack(_truths(desk, step[FIRST], start, count), flags)
    if code <= do.ABS:
        elementwise.arithmetic(code - do.ADD, x, y, out)
    elif code == do.IF_ELSE:
        truths.choose(_truths(desk, step[FIRST], start, count), y, z, out)
    elif code == do.SUM_EXACT:
        kernels.sum_exact(x, n, out)
    elif code == do.SMA_EXACT:
        kernels.sma_exact(x, n, out)
    elif code == do.SUM:
        kernels.sum_fresh(x, n, out)
    elif code == do.SMA:
        kernels.sma_fresh(x, n, out)
    elif code == do.STD:
        kernels.std(x, y, n, out)
    elif code == do.EMA:
        kernels.ema(x, n, out)
    elif code == do.RSI:
        kernels.rsi(x, n, out)
    elif code == do.REF:
        kernels.ref(x, n, out)
    elif code == do.DELTA:
        kernels.delta(x, n, out)
    elif code == do.ROC:
        kernels.roc(x, n, out)
    elif code == do.HIGHEST:
        kernels.highest(x, n, room, out)
    elif code == do.LOWEST:
        kernels.lowest(x, n, room, out)
    elif code == do.COUNT:
        kernels.count(flags, n, out)
    elif code == do.WMA:
        averages.wma(x, n, out)
    elif code == do.WILDER:
        averages.wilder(x, n, out)
    elif code == do.KAMA:
        averages.kama(x, n, out)
    elif code == do.SMOOTH:
        averages.smooth(x, n, m, out)
    elif code == do.AVEDEV:
        oscillators.avedev(x, y, n, out)
    elif code == do.MFI:
        oscillators.mfi(x, y, n, room, out)
    elif code <= do.ADX:
        oscillators.directional(code - do.DI_PLUS, x, y, z, n, out)
    elif code == do.ARGMAX:
        orderings.argmax(x, n, room, out)
    elif code == do.ARGMIN:
        orderings.argmin(x, n, room, out)
    elif code == do.TS_RANK:
        orderings.ts_rank(x, n, out)
    elif code == do.QUANTILE:
        orderings.quantile(x, n, number, room, out)
    elif code == do.COV:
        regressions.cov(x, y, n, room, out)
    elif code == do.CORR:
        regressions.corr(x, y, n, room, out)
    elif code == do.SLOPE:
        regressions.slope(x, n, out)
    elif code == do.RSQUARE:
        regressions.rsquare(x, n, room, out)
    elif code == do.DAYS_SINCE:
        memories.days_since(flags, out)
    else:
        memories.obv(x, y, out)


@spliced
def _numbers(desk: Desk, place: int, low: int, bars: int) -> Floats:
    address = desk.places[place, BASE] + desk.places[place, EACH] * _unsigned(low)
    return array_at(address, 1, bars, desk.room)[0]  # type: ignore[no-any-return]


@spliced
def _truths(desk: Desk, place: int, start: int, count: int) -> Bits:
    address = desk.places[place, BASE] + desk.places[place, EACH] * _unsigned(start)
    return array_at(address, 1, count, desk.bits)[0]  # type: ignore[no-any-return]


@spliced
def _unsigned(x: int) -> int:
    return np.uint64(x)  # type: ignore[return-value]
