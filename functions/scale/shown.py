"""Figures of an estimate as texts: two digits that count, because more would not be true."""

from math import floor, log10

from functions.scale.figures import Range


def short(value: float) -> str:
    """Two digits that count; 1,234 -> 1,200."""
    if value == 0:
        return "0"
    step = floor(log10(abs(value))) - 1
    return f"{round(value, -step):,.{max(0, -step)}f}"


def seconds(value: float) -> str:
    if value < 100:
        return f"{short(value)} s"
    if value < 6_000:
        return f"{short(value / 60)} min"
    return f"{short(value / 3600)} h"


def size(value: float) -> str:
    for limit, unit in ((1e9, "GB"), (1e6, "MB")):
        if value >= limit:
            return f"{short(value / limit)} {unit}"
    return f"{short(value / 1e3)} kB"


def usd(value: float) -> str:
    return f"${short(value)}"


def between(value: Range) -> str:
    """The typical one, and between what it lies; dollars."""
    return f"{usd(value.typical)} ({short(value.low)} to {short(value.high)})"
