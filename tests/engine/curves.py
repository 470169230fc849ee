"""Equity curves to try statistics on: random walks, and those that hypothesis makes, by bars and sessions."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from engine.arrays import Floats, Integers, Prices
from engine.market import Benchmark
from engine.simulation import Reject, Tallies

INITIAL = 1_000_000_000
NONE = Tallies(*[0] * (len(Tallies._fields) - 1), tuple(0 for _ in Reject))


class Made(NamedTuple):
    equity: Integers
    days: Prices
    """Of each bar."""
    closes: list[float | None] | None
    """Of the benchmark, None for a gap."""

    @property
    def benchmark(self) -> Benchmark | None:
        return None if self.closes is None else Benchmark("000300.SH", self.gapped)

    @property
    def gapped(self) -> Floats:
        return np.array([np.nan if close is None else close for close in self.closes or ()], np.float64)


def weekdays(count: int, first: date = date(2023, 11, 27)) -> Prices:
    """YYYYMMDD of so many working days."""
    days = (first + timedelta(k) for k in range(count * 2 + 7))
    return np.array([int(f"{day:%Y%m%d}") for day in days if day.weekday() < 5][:count], np.int32)


def walk(seed: int, sessions: int, start: float = INITIAL, deviation: float = 0.015) -> Floats:
    steps = np.random.default_rng(seed).normal(0.0005, deviation, sessions)
    moved: Floats = start * np.cumprod(1.0 + steps)
    return moved


def random_curve(seed: int, sessions: int) -> list[int]:
    return [round(value) for value in walk(seed, sessions).tolist()]


def grown(start: int, steps: Sequence[int]) -> list[int]:
    """Steps in ten-thousandths."""
    points = [start]
    for step in steps:
        points.append(points[-1] * (10_000 + step) // 10_000)
    return points[1:]


@st.composite
def made_curves(draw: st.DrawFn, benchmark: bool = True) -> Made:
    """Of 0 to 40 sessions with the same number of bars each; falls and rises of whole ten-thousandths, flat stretches among them."""
    sessions, bars = draw(st.integers(0, 40)), draw(st.sampled_from((1, 1, 3)))
    step = st.sampled_from((0, 0, 1, 100, -100)) | st.integers(-2_000, 2_000)
    equity = grown(INITIAL, draw(st.lists(step, min_size=sessions * bars, max_size=sessions * bars)))
    closes: list[float | None] | None = None
    if benchmark and draw(st.booleans()):
        levels = grown(4_000_000_000, draw(st.lists(step, min_size=sessions, max_size=sessions)))
        closes = [level / 1_000_000 for level in (4_000_000_000, *levels)]
        for gap in draw(st.lists(st.integers(0, sessions), max_size=2)):
            closes[gap] = None
    return Made(np.array(equity, np.int64), np.repeat(weekdays(sessions), bars), closes)
