"""Where a chart's marks stand: round values on a linear or logarithmic scale, and the beginnings of years, quarters and months."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, floor, log, log10
from typing import NamedTuple

from engine.words import Words

LEAST = 1e-200
"""Of a logarithmic scale: no figure is smaller, and ratios of doubles above it stay numbers."""
WHOLE_MARKS = 9
"""More marks of dates than that do not fit beside one another on a telephone."""


class Axis(NamedTuple):
    """Values from low to high, low < high; of a logarithmic one both are positive."""

    low: float
    high: float
    ticks: Sequence[float]
    is_log: bool = False

    def place(self, value: float) -> float:
        """0 at the top, 1 at the bottom."""
        if self.is_log:
            return log(self.high / value) / log(self.high / self.low)
        return (self.high - value) / (self.high - self.low)


def linear_axis(low: float, high: float) -> Axis:
    """From the round value below to the one above; what is flat lies in the middle."""
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        room = max(abs(low), abs(high)) * 0.05 or 0.01
        low, high = low - room, high + room
    ticks = value_ticks(low, high)
    return Axis(min(low, ticks[0]), max(high, ticks[-1]), ticks)


def log_axis(low: float, high: float) -> Axis | None:
    """None where something is not positive, so that it has no logarithm, or as good as zero."""
    if low < LEAST:
        return None
    if high / low < 1.02:
        low, high = low / 1.01, high * 1.01
    return Axis(low, high, log_ticks(low, high), is_log=True)


def value_ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers (1, 2 or 5 times a power of ten apart) that enclose the range."""
    span = max(high - low, 1e-9 * max(1.0, abs(low), abs(high)))  # a flat line has no span of its own
    step = 10.0 ** floor(log10(span / about))
    step *= next(factor for factor in (1, 2, 5, 10) if span / (step * factor) <= about)
    first = floor(low / step)
    ticks = [first * step]
    while ticks[-1] < high - step * 1e-9:
        ticks.append((first + len(ticks)) * step)
    return ticks


def log_ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten within the range, or only the powers; of a narrow range the round numbers within it."""
    if high / low < 10:
        return [tick for tick in value_ticks(low, high, about=6) if low <= tick <= high]
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    factors = (1, 2, 5) if len(powers) <= 4 else (1,)
    return [factor * 10.0**power for power in powers for factor in factors if low <= factor * 10.0**power <= high]


def date_ticks(sessions: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Where a year begins, or every second or fifth of many; where a quarter or a month begins, when the whole is short."""
    years = len({session // 10_000 for session in sessions})
    months = len({session // 100 for session in sessions})
    every = 12 if years > 3 else 6 if months > 24 else 3 if months > 6 else 1
    apart = next(apart for apart in (1, 2, 5, 10) if years <= WHOLE_MARKS * apart or apart == 10)
    for index, (before, now) in enumerate(pairwise(sessions), start=1):
        year, month = now // 10_000, now // 100 % 100
        if now // 100 != before // 100 and (month - 1) % every == 0 and year % apart == 0:
            yield index, str(year) if every == 12 else f"{year}-{month:02d}"


def money_label(yuan: float) -> Words:
    """In 万 and 亿, or in thousands and millions."""
    zh = next((f"{yuan / unit:,.6g}{name}" for unit, name in ((1e8, "亿"), (1e4, "万")) if abs(yuan) >= unit), f"{yuan:,.6g}")
    en = next((f"{yuan / unit:,.6g}{name}" for unit, name in ((1e9, "bn"), (1e6, "m"), (1e3, "k")) if abs(yuan) >= unit), f"{yuan:,.6g}")
    return Words(zh, en)


def percent_label(value: float) -> str:
    return f"{value * 100:.4g}%" if value else "0%"


def number_label(value: float) -> str:
    return f"{value:,.6g}" if value else "0"
