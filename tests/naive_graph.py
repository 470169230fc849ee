"""The nodes of a graph one at a time, each over each stock's own bars, or each day's members, by the slow twins."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from engine.arrays import Floats
from engine.indicators.bars import FLAGS, OwnBars
from engine.indicators.catalog.cross_section import FUNCTIONS as ACROSS
from engine.language.graph import Node
from tests import naive_cross_section, naive_indicators, naive_windows

TWINS = (naive_indicators, naive_windows)
OF_ONE: dict[str, Callable[[Any], Any]] = {"neg": lambda a: -a, "not": lambda a: not a}
OF_TWO: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": naive_indicators.divide,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a < b or a > b,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
}


def evaluated(bars: OwnBars, nodes: Sequence[Node]) -> list[Floats]:
    """(B,) of each node, truths as 0 and 1. Operands come first."""
    found: list[Floats] = []
    for op, args, numbers, _ in nodes:
        operands = [found[argument] for argument in args]
        if op == "constant":
            found.append(np.full(bars.count, numbers[0]))
        elif not args:
            found.append((bars.flags(op) if op in FLAGS else bars.numbers(op)).astype(np.float64))
        elif op in {row.name for row in ACROSS}:
            found.append(_across(bars, op, operands[0], numbers))
        else:
            own = [[x[low:high].tolist() for x in operands] for low, high in pairwise(bars.offsets)]
            found.append(np.array([value for each in own for value in _of_stock(op, each, numbers)], np.float64))
    return found


def _of_stock(op: str, operands: list[list[float]], numbers: Sequence[float]) -> list[Any]:
    if op in OF_ONE:
        return [OF_ONE[op](a) for a in operands[0]]
    if op in OF_TWO:
        return [OF_TWO[op](a, b) for a, b in zip(*operands, strict=True)]
    twin = next(getattr(module, op) for module in TWINS if hasattr(module, op))
    made: list[Any] = twin(*operands, *(int(number) if number == int(number) else number for number in numbers))
    return made


def _across(bars: OwnBars, op: str, x: Floats, numbers: Sequence[float]) -> Floats:
    """Members of each session in order of columns; NaN for others."""
    out = np.full(bars.count, np.nan)
    stocks = bars.cells % bars.market.shape[1]
    for row in range(bars.market.shape[0]):
        day = [at for at in np.flatnonzero(bars.rows == row) if bars.market.member[row, stocks[at]]]
        day.sort(key=lambda at: int(stocks[at]))
        more: Sequence[Any] = [[bars.market.listings.industries[stocks[at]] for at in day]] if op == "neutralize" else numbers
        out[day] = getattr(naive_cross_section, op)(x[day].tolist(), *more)
    return out
