"""The shape of a metric's row: one formula, for one run and for a grid's columns alike. Free of numba."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from engine.arrays import Floats
from engine.statistics.curve import SESSIONS_A_YEAR, Curve
from engine.words import Words

Unit = Literal["yuan", "rate", "ratio", "sessions", "count", "date", "per year"]
"""rate: a fraction, shown as percent. date: YYYYMMDD. per year: how many times a year."""

YEAR_ROOT = sqrt(SESSIONS_A_YEAR)


@dataclass(frozen=True)
class Metric:
    key: str
    """As on the wire."""
    label: Words
    unit: Unit
    formula: str
    """r: returns per session; b: the benchmark's; B: its closes; S: sessions; Y = 244 sessions a year; E: equity; risk-free rate 0."""
    source: str
    of: Callable[[Curve], Floats | int]
    """Of columns, by + - * / alone; what is not finite (nothing to divide by) does not exist. A number is the same for all runs."""
    least: int = 0
    """Of a smaller sample than this many of `of_what`, the figure says little."""
    of_what: Literal["sessions", "trades", ""] = ""
    differs: str = ""
    """Where a well-known library's figure of that name is another one."""
    is_whole: bool = False
    """A count or a date: told as a whole number."""
