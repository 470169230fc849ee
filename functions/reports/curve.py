"""A run's equity at the closes of its sessions, beside what its benchmark made of the same money."""

from collections.abc import Sequence
from itertools import accumulate
from math import isfinite
from typing import NamedTuple

from engine.market import Benchmark


class Curve(NamedTuple):
    """S sessions, and one value for each."""

    sessions: Sequence[int]
    """YYYYMMDD, ascending."""
    equity: Sequence[int]
    """li"""
    drawdown: Sequence[float]
    """Below the highest so far, the initial cash included; at most 0."""
    benchmark_code: str = ""
    """ "" without one."""
    benchmark: Sequence[float | None] = ()
    """yuan: the initial cash, had it followed the benchmark from before the first session. None where the benchmark has a gap; empty
    without a benchmark, and where it is not known before the first session, so that nothing can be measured against it."""
    excess: Sequence[float | None] = ()
    """By how much the equity is above the benchmark's: 0.1 is 10% more money."""


def curve_of(sessions: Sequence[int], equity: Sequence[int], initial_cash: int, benchmark: Benchmark | None) -> Curve:
    """equity and initial_cash in li; the benchmark's closes (S + 1,)."""
    fallen = drawdowns_of(equity, initial_cash)
    if benchmark is None:
        return Curve(sessions, equity, fallen)
    before, *closes = benchmark.closes.tolist()
    if not (isfinite(before) and before > 0) or not closes:
        return Curve(sessions, equity, fallen, benchmark.code)
    worth = [initial_cash / 1000 * close / before if isfinite(close) and close > 0 else None for close in closes]
    excess = [None if value is None else mine / 1000 / value - 1 for mine, value in zip(equity, worth, strict=True)]
    return Curve(sessions, equity, fallen, benchmark.code, worth, excess)


def drawdowns_of(equity: Sequence[int], initial_cash: int) -> list[float]:
    """Each value's distance below the highest so far, the initial cash included."""
    peaks = list(accumulate(equity, max, initial=initial_cash))[1:]
    return [value / peak - 1 for value, peak in zip(equity, peaks, strict=True)]
