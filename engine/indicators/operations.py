"""What each operation of a graph does to the values of its operands: one row per operation, one compiled call per row."""

from collections.abc import Sequence

import numpy as np

from engine.errors import MarketError, Problem
from engine.indicators import (
    averages,
    cross_section,
    elementwise,
    kernels,
    memories,
    orderings,
    oscillators,
    prices,
    regressions,
    selection,
    sessions,
    stocks,
    weighting,
)
from engine.indicators.workspace import Operation, Values, Workspace, whole

EXACT_LIMIT = 2.0**53


def _constant(space: Workspace, _: Sequence[Values], numbers: tuple[float, ...]) -> Values:
    """A constant is kept as long as the longest stretch that a kernel looks at, not as long as all bars."""
    return np.full(max(elementwise.CHUNK, space.bars.longest), numbers[0])


def _arithmetic(operation: int) -> Operation:
    def compute(space: Workspace, operands: Sequence[Values], _: tuple[float, ...]) -> Values:
        out = space.numbers()
        elementwise.arithmetic(operation, operands[0], operands[-1], out)
        return out

    return compute


def _comparison(operation: int) -> Operation:
    def compute(space: Workspace, operands: Sequence[Values], _: tuple[float, ...]) -> Values:
        out = space.flags()
        elementwise.compare(operation, operands[0], operands[1], out)
        return out

    return compute


def _logic(operation: int) -> Operation:
    def compute(space: Workspace, operands: Sequence[Values], _: tuple[float, ...]) -> Values:
        out = space.flags()
        elementwise.logic(operation, operands[0], operands[-1], out)
        return out

    return compute


def _window(operation: int) -> Operation:
    def compute(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
        out = space.numbers()
        stocks.window(operation, space.bars.offsets, operands[0], int(numbers[0]), kernels.room_for(space.bars.longest), out)
        return out

    return compute


def _prefix_sums(space: Workspace, operands: Sequence[Values], _: tuple[float, ...]) -> Values:
    out = space.numbers()
    stocks.window(stocks.PREFIX_SUMS, space.bars.offsets, operands[0], 1, kernels.room_for(0), out)
    if out.size and out.max() >= EXACT_LIMIT:
        raise MarketError(
            [Problem("bars", "prices or volumes are too large: their sums exceed 2^53", hint="look for wrong adjustment factors")]
        )
    return out


def _std(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
    out = space.numbers()
    stocks.std(space.bars.offsets, operands[0], operands[1], int(numbers[0]), out)
    return out


def _count(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
    out = space.numbers()
    stocks.count(space.bars.offsets, operands[0], int(numbers[0]), out)
    return out


def _cross_above(space: Workspace, operands: Sequence[Values], _: tuple[float, ...]) -> Values:
    out = space.flags()
    stocks.cross_above(space.bars.offsets, operands[0], operands[1], out)
    return out


def _if_else(space: Workspace, operands: Sequence[Values], _: tuple[float, ...]) -> Values:
    out = space.numbers()
    elementwise.choose(operands[0], operands[1], operands[2], out)
    return out


def _select_entry(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
    return selection.select_entry(space.bars, whole(space.bars, operands[0]), operands[1], int(numbers[0]), int(numbers[1]))


def _select_exit(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
    return selection.select_exit(space.bars, whole(space.bars, operands[0]), operands[1], int(numbers[0]), int(numbers[1]))


def _select_weights(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
    by, eligible, weight = operands
    wish = weighting.Wish(whole(space.bars, by), eligible, whole(space.bars, weight))
    return weighting.select_weights(space.bars, wish, *map(int, numbers))


def _order_price(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
    out = space.numbers()
    units = operands[1] if len(operands) > 1 else None
    prices.order_price(space.bars, whole(space.bars, operands[0]), units, bool(numbers[1]), out)
    return out


def _bits_by_session(space: Workspace, operands: Sequence[Values], _: tuple[float, ...]) -> Values:
    return sessions.bits_by_session(space.bars, operands[0])


def _numbers_by_session(space: Workspace, operands: Sequence[Values], _: tuple[float, ...]) -> Values:
    return sessions.numbers_by_session(space.bars, whole(space.bars, operands[0]))


def _prices_by_session(space: Workspace, operands: Sequence[Values], _: tuple[float, ...]) -> Values:
    return sessions.prices_by_session(space.bars, operands[0])


def _equal_ranks(space: Workspace, _operands: Sequence[Values], _numbers: tuple[float, ...]) -> Values:
    """Without a rank all are equal, and ties go by ts_code."""
    count, width = space.bars.market.shape
    return np.zeros((count, sessions.words(width) * sessions.WORD))


OPERATIONS: dict[str, Operation] = {
    "constant": _constant,
    "add": _arithmetic(elementwise.ADD),
    "sub": _arithmetic(elementwise.SUB),
    "mul": _arithmetic(elementwise.MUL),
    "div": _arithmetic(elementwise.DIV),
    "max": _arithmetic(elementwise.MAX),
    "min": _arithmetic(elementwise.MIN),
    "neg": _arithmetic(elementwise.NEG),
    "abs": _arithmetic(elementwise.ABS),
    "gt": _comparison(elementwise.GT),
    "ge": _comparison(elementwise.GE),
    "eq": _comparison(elementwise.EQ),
    "ne": _comparison(elementwise.NE),
    "and": _logic(elementwise.AND),
    "or": _logic(elementwise.OR),
    "not": _logic(elementwise.NOT),
    "if_else": _if_else,
    "prefix_sums": _prefix_sums,
    "sum_exact": _window(stocks.SUM_EXACT),
    "sma_exact": _window(stocks.SMA_EXACT),
    "sum": _window(stocks.SUM_FRESH),
    "sma": _window(stocks.SMA_FRESH),
    "std": _std,
    "ema": _window(stocks.EMA),
    "rsi": _window(stocks.RSI),
    "ref": _window(stocks.REF),
    "delta": _window(stocks.DELTA),
    "roc": _window(stocks.ROC),
    "highest": _window(stocks.HIGHEST),
    "lowest": _window(stocks.LOWEST),
    "count": _count,
    **averages.OPERATIONS,
    **oscillators.OPERATIONS,
    **orderings.OPERATIONS,
    **regressions.OPERATIONS,
    **memories.OPERATIONS,
    **cross_section.OPERATIONS,
    "cross_above": _cross_above,
    "select_entry": _select_entry,
    "select_exit": _select_exit,
    "select_weights": _select_weights,
    "order_price": _order_price,
    "bits_by_session": _bits_by_session,
    "numbers_by_session": _numbers_by_session,
    "prices_by_session": _prices_by_session,
    "equal_ranks": _equal_ranks,
}
