"""Orders and target weights that come from outside instead of from signals, laid out by bar. Free of numba."""

from typing import NamedTuple

import numpy as np

from engine.arrays import Integers
from engine.errors import MarketError, Problem

BAR, STOCK, SHARES, LIMIT, STOP, EXACT, UNTIL_CANCELLED, NUMBER = range(8)
"""Columns of Script.orders."""


class Script(NamedTuple):
    """Rows of the window say when an order meets the market. Without rows there is nothing from outside."""

    order_at: Integers
    """(R + 1,) the orders of bar t are rows order_at[t]:order_at[t + 1]; empty: none at all."""
    orders: Integers
    """(X, 8) bar, stock, signed shares, limit, stop and exact price in li (0: none), 1 if until cancelled, the caller's number."""
    target_at: Integers
    """(R + 1,) likewise."""
    targets: Integers
    """(Y, 3) bar, stock (-1: none, a portfolio of nothing), weight in 1 / ONE. The targets of a bar are the complete portfolio."""


NO_SCRIPT = Script(np.zeros(0, np.int64), np.zeros((0, 8), np.int64), np.zeros(0, np.int64), np.zeros((0, 3), np.int64))


def script_of(orders: Integers, targets: Integers, rows: int) -> Script:
    """By bar, what stands first coming first. MarketError where a bar is no row of a window of `rows` bars, or rows are not in order."""
    problems = []
    for name, table, columns in (("orders", orders, 8), ("targets", targets, 3)):
        if table.dtype != np.int64 or table.ndim != 2 or table.shape[1] != columns:
            problems.append(Problem(name, f"must be int64 (X, {columns}), is {table.dtype} {table.shape}"))
        elif table.size and (table[0, BAR] < 0 or table[-1, BAR] >= rows or (np.diff(table[:, BAR]) < 0).any()):
            problems.append(Problem(name, f"must ascend by bar, from 0 to {rows - 1}"))
    if problems:
        raise MarketError(problems)
    edges = np.arange(rows + 1)
    return Script(
        order_at=np.searchsorted(orders[:, BAR], edges).astype(np.int64),
        orders=np.ascontiguousarray(orders),
        target_at=np.searchsorted(targets[:, BAR], edges).astype(np.int64),
        targets=np.ascontiguousarray(targets),
    )
