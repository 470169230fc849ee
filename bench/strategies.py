"""The texts that the workloads compile: a dual moving average with every market rule on, and the templates with what is varied in each."""

from collections.abc import Mapping
from itertools import combinations, islice, product
from pathlib import Path
from typing import NamedTuple

Combination = dict[str, float | int]

LONGEST = 500
"""The longest window that a combination may have."""
INITIAL_CASH = 10_000_000_000
"""Ten million CNY in li."""


def dual_moving_average(slots: int, longest: int = LONGEST) -> str:
    """T+1, price limits, lots, dated duty and fees are on by default; slippage and the volume cap are named."""
    return f"""
name: dual-moving-average
params:
  ma_short: {{default: 5, min: 2, max: {longest}}}
  ma_long: {{default: 20, min: 3, max: {longest}}}
require: [ma_short < ma_long]
universe: {{all: true}}
let: {{fast: "sma(close, ma_short)", slow: "sma(close, ma_long)"}}
entry: cross_above(fast, slow)
exit: cross_below(fast, slow)
rank: roc(close, 20)
portfolio: {{max_positions: {slots}}}
execution: {{slippage: {{bps: 5}}, volume_cap: 0.1}}
"""


def hundred_pairs(count: int = 100) -> list[Combination]:
    """10 short means by 10 long ones, the grid of W3; the first few of it."""
    return _pairs(range(3, 23, 2), range(30, 130, 10), count)


def wide_pairs(count: int) -> list[Combination]:
    """40 short means by 250 long ones; so many of the 10,000, evenly chosen."""
    every = _pairs(range(2, 42), range(42, 292), 10_000)
    return every[:: len(every) // count][:count]


def _pairs(shorts: range, longs: range, count: int) -> list[Combination]:
    return [{"ma_short": short, "ma_long": long} for short, long in islice(product(shorts, longs), count)]


def many_pairs(count: int) -> list[Combination]:
    """The first of all pairs of windows from 2, in the order of the shorter one; as many windows as that takes."""
    windows = 2
    while windows * (windows - 1) // 2 < count:
        windows += 1
    return [{"ma_short": short, "ma_long": long} for short, long in islice(combinations(range(2, 2 + windows), 2), count)]


def grid_of(workload: str, count: int) -> list[Combination]:
    """What W1, W2 and W3 evaluate."""
    if workload == "W2":
        return [{"ma_short": 5, "ma_long": 20}]
    return many_pairs(count) if workload == "W1" else hundred_pairs(count)


class Varied(NamedTuple):
    """A template, and the values that its parameters take: a hundred combinations."""

    template: str
    differs: str
    """What makes it another kind of work."""
    grid: Mapping[str, tuple[float, ...]]

    def text(self) -> str:
        """As it is shipped, not changed in a letter."""
        return (TEMPLATES / f"{self.template}.yaml").read_text()

    def combinations(self, count: int) -> list[Combination]:
        """The first few, in the order of the grid."""
        return [dict(zip(self.grid, values, strict=True)) for values in islice(product(*self.grid.values()), count)]


TEMPLATES = Path(__file__).parent.parent / "engine" / "templates"

TEN = (
    Varied(
        "bollinger-reversion",
        "standard deviations, a fresh sum of squares for each bar",
        {"window": (10, 15, 20, 25, 30, 35, 40, 50, 60, 80), "width": (1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.5)},
    ),
    Varied(
        "etf-rotation",
        "weekly choice of the best few by a rank of its own, and an index that says when",
        {"look": (20, 40, 60, 90, 120), "trend": (20, 40, 60, 90, 120), "regime": (60, 120), "top": (2, 5)},
    ),
    Varied(
        "kdj-cross",
        "highest and lowest of a window, and recursions behind them",
        {"window": (5, 9, 14, 19, 24), "smooth_k": (2, 3, 5, 8), "low_zone": (20.0, 25.0, 30.0, 35.0, 40.0)},
    ),
    Varied(
        "low-volatility-rotation",
        "deviations of returns, and a weight for each stock",
        {"look": (20, 30, 40, 60, 90), "top": (5, 10, 20, 30), "slack": (0, 5, 10, 15, 20)},
    ),
    Varied(
        "macd-cross",
        "recursions that combinations share",
        {"fast": (6, 8, 10, 12, 14), "slow": (20, 24, 26, 30, 36), "smoothing": (5, 7, 9, 12)},
    ),
    Varied(
        "multi-factor-rotation",
        "cross-sections: winsorized, neutral to industries, in standard deviations of the day",
        {"momentum": (0.5, 1.0, 1.5, 2.0, 2.5), "reversal": (0.0, 0.5, 1.0, 2.0), "look": (60, 90, 120, 180, 240)},
    ),
    Varied(
        "pullback-limit",
        "limit orders that rest until they fill or are cancelled",
        {"high_window": (20, 40, 60, 90, 120), "dip": (0.01, 0.02, 0.03, 0.05), "trend": (10, 20, 30, 60, 90)},
    ),
    Varied(
        "small-cap-value",
        "ranks across stocks of a company's figures, and slippage by the order's size",
        {"size": (0.5, 1.0, 1.5, 2.0, 2.5), "value": (0.5, 1.0, 1.5, 2.0), "top": (5, 10, 15, 20, 30)},
    ),
    Varied(
        "turtle",
        "true ranges, channels, and purchases that add to a position",
        {"entry_window": (20, 30, 40, 55, 80), "exit_window": (5, 10, 15, 19), "step": (0.0, 0.25, 0.5, 0.75, 1.0)},
    ),
    Varied(
        "volume-breakout",
        "volume against its own past, a trailing stop, and a pause after it",
        {"high_window": (20, 40, 60, 90, 120), "times": (1.5, 2.0, 2.5, 3.0), "give_back": (0.06, 0.08, 0.12, 0.16, 0.2)},
    ),
)
