"""Small charts as inline SVG, for reports that must open anywhere, without scripts."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import floor, log10
from typing import NamedTuple

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 960, 72, 12, 10, 22


class Series(NamedTuple):
    """One line over sessions. `sessions` are YYYYMMDD, ascending, as long as `values`."""

    sessions: Sequence[int]
    values: Sequence[float]


def line_chart(series: Series, *, height: int, style: str, percent: bool = False, base: float | None = None) -> str:
    """An SVG element: the line, its area down (or up) to `base`, a value grid and a mark at each year or quarter.

    Lines longer than the picture is wide keep the first, lowest, highest and last value of each pixel column, so no extreme is lost.
    """
    if not series.values:
        return ""
    low, high = min(series.values), max(series.values)
    if base is not None:
        low, high = min(low, base), max(high, base)
    ticks = value_ticks(low, high)
    low, high = min(low, ticks[0]), max(high, ticks[-1])
    inner_width, inner_height = WIDTH - LEFT - RIGHT, height - TOP - BOTTOM
    last = max(1, len(series.values) - 1)

    def x(index: int) -> float:
        return LEFT + inner_width * index / last

    def y(value: float) -> float:
        return TOP + inner_height * (1 - (value - low) / ((high - low) or 1))

    points = " ".join(f"{x(i):.1f},{y(series.values[i]):.1f}" for i in kept(series.values, inner_width))
    floor_y = y(low if base is None else base)
    parts = [f'<svg viewBox="0 0 {WIDTH} {height}" role="img" class="chart {style}" xmlns="http://www.w3.org/2000/svg">']
    for tick in ticks:
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>')
        parts.append(f'<text class="value" x="{LEFT - 8}" y="{y(tick) + 4:.1f}">{_label(tick, percent)}</text>')
    for index, text in date_ticks(series.sessions):
        parts.append(f'<line class="grid" x1="{x(index):.1f}" x2="{x(index):.1f}" y1="{TOP}" y2="{height - BOTTOM}"/>')
        parts.append(f'<text class="date" x="{x(index):.1f}" y="{height - 6}">{text}</text>')
    parts.append(f'<polygon class="area" points="{x(0):.1f},{floor_y:.1f} {points} {x(len(series.values) - 1):.1f},{floor_y:.1f}"/>')
    parts.append(f'<polyline class="line" points="{points}"/></svg>')
    return "".join(parts)


def kept(values: Sequence[float], columns: int) -> list[int]:
    """The indices that are drawn: all of them, or at most four a column."""
    if len(values) <= columns:
        return list(range(len(values)))
    found: set[int] = set()
    for column in range(columns):
        part = range(column * len(values) // columns, (column + 1) * len(values) // columns)
        found |= {part[0], part[-1], min(part, key=values.__getitem__), max(part, key=values.__getitem__)}
    return sorted(found)


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


def date_ticks(sessions: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Where a year begins; where a quarter or a month begins, when the whole is short."""
    years = len({session // 10_000 for session in sessions})
    months = len({session // 100 for session in sessions})
    every = 12 if years > 4 else 3 if months > 6 else 1
    for index, (before, now) in enumerate(pairwise(sessions), start=1):
        year, month = now // 10_000, now // 100 % 100
        if now // 100 != before // 100 and (month - 1) % every == 0:
            yield index, str(year) if every == 12 else f"{year}-{month:02d}"


def _label(value: float, percent: bool) -> str:
    return f"{value * 100:.4g}%" if percent else f"{value:,.10g}"
