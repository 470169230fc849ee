"""Line charts over sessions as inline SVG. The drawing stretches with the page; its labels are text of the page, so they stay legible."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import NamedTuple

from markupsafe import Markup

from engine.words import Words
from functions.reports.axes import Axis, date_ticks, linear_axis, log_axis
from functions.reports.figures import NOTHING, day
from functions.reports.rendering import both

WIDTH, HEIGHT = 1000, 100
"""Of the drawing's own grid; the style sheet says how large that is."""

Label = Callable[[float], Words | str]


class Line(NamedTuple):
    values: Sequence[float | None]
    """One per session; None or NaN is a gap in the line."""
    style: str
    """A class of the style sheet: curve, other, up, down."""
    name: Words
    is_filled: bool = False
    """Down (or up) to the chart's base."""


@dataclass(frozen=True)
class Chart:
    """Lines over the same sessions (YYYYMMDD, ascending)."""

    sessions: Sequence[int]
    lines: Sequence[Line]
    label: Label
    """Of a value, at the marks of the axis and where the pointer rests."""
    height: int = 300
    """CSS pixels."""
    base: float | None = None
    """Always in the picture; None: the bottom."""


def line_chart(chart: Chart, *, is_log: bool = False) -> Markup:
    """The chart's HTML; nothing where no line has a value, or where a logarithmic scale meets one that has no logarithm.

    Lines with more values than the picture has columns keep the first, lowest, highest and last one of each column, so no extreme is lost.
    """
    axis = _axis(chart, is_log)
    if axis is None:
        return Markup("")
    base = axis.low if chart.base is None else chart.base
    ticks = [(axis.place(tick) * 100, tick) for tick in axis.ticks]
    marks = [(index / max(1, len(chart.sessions) - 1) * 100, text) for index, text in date_ticks(chart.sessions)]
    areas = [_area(line, axis, base) for line in chart.lines if line.is_filled]
    drawn = [_grid(ticks, marks), *areas, *(_line(line, axis) for line in chart.lines), *_pointers(chart)]
    labels = [value_label(place, both(chart.label(tick))) for place, tick in ticks] + [date_label(place, text) for place, text in marks]
    name = " · ".join(f"{line.name.zh} {line.name.en}" for line in chart.lines)
    return framed(drawn, labels, name, chart.height)


def framed(drawn: Iterable[Markup], labels: Iterable[Markup], name: str, height: int) -> Markup:
    """A drawing with its labels around it; `height` in CSS pixels, `name` for those who cannot see it."""
    box = f"0 0 {WIDTH} {HEIGHT}"
    svg = Markup('<svg viewBox="{}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>').format(box, name, _joined(drawn))
    return Markup('<div class="chart" style="height:{}px">{}{}</div>').format(height, svg, _joined(labels))


def value_label(place: float, text: Markup | str) -> Markup:
    """place: percent from the top."""
    return Markup('<span class="value" style="top:{:.2f}%">{}</span>').format(place, text)


def date_label(place: float, text: str | int) -> Markup:
    """place: percent from the left."""
    return Markup('<span class="date" style="left:{:.2f}%">{}</span>').format(place, text)


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)


def is_there(value: float | None) -> bool:
    return value is not None and isfinite(value)


def kept(values: Sequence[float], columns: int) -> list[int]:
    """The indices that are drawn: all of them, or at most four a column."""
    if len(values) <= columns:
        return list(range(len(values)))
    found: set[int] = set()
    for column in range(columns):
        part = range(column * len(values) // columns, (column + 1) * len(values) // columns)
        found |= {part[0], part[-1], min(part, key=values.__getitem__), max(part, key=values.__getitem__)}
    return sorted(found)


def runs(values: Sequence[float | None]) -> Iterator[range]:
    """Where the line goes on without a gap."""
    start = None
    for index, value in enumerate(values):
        if is_there(value):
            start = index if start is None else start
        elif start is not None:
            yield range(start, index)
            start = None
    if start is not None:
        yield range(start, len(values))


def _axis(chart: Chart, is_log: bool) -> Axis | None:
    values = [value for line in chart.lines for value in line.values if value is not None and isfinite(value)]
    if not values:
        return None
    values += [] if chart.base is None else [chart.base]
    return log_axis(min(values), max(values)) if is_log else linear_axis(min(values), max(values))


def _line(line: Line, axis: Axis) -> Markup:
    paths = [f"M{_written(points)}{'h0' if len(points) == 1 else ''}" for points in _points(line.values, axis)]  # h0: a dot
    return Markup('<path class="line {}" d="{}"/>').format(line.style, "".join(paths))


def _area(line: Line, axis: Axis, base: float) -> Markup:
    floor = axis.place(base) * HEIGHT
    paths = [
        f"M{points[0][0]:.1f},{floor:.2f} {_written(points)} {points[-1][0]:.1f},{floor:.2f}Z" for points in _points(line.values, axis)
    ]
    return Markup('<path class="area {}" d="{}"/>').format(line.style, "".join(paths))


def _points(values: Sequence[float | None], axis: Axis) -> Iterator[list[tuple[float, float]]]:
    """Of each stretch without a gap."""
    last = max(1, len(values) - 1)
    for run in runs(values):
        stretch = [values[index] or 0.0 for index in run]
        columns = max(1, WIDTH * len(run) // len(values))
        yield [(WIDTH * (run[0] + i) / last, axis.place(stretch[i]) * HEIGHT) for i in kept(stretch, columns)]


def _written(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.2f}" for x, y in points)


def _grid(ticks: Sequence[tuple[float, float]], marks: Sequence[tuple[float, str]]) -> Markup:
    across = "".join(f"M0,{place / 100 * HEIGHT:.2f}H{WIDTH}" for place, _ in ticks)
    down = "".join(f"M{place / 100 * WIDTH:.1f},0V{HEIGHT}" for place, _ in marks)
    return Markup('<path class="grid" d="{}"/>').format(across + down)


def _pointers(chart: Chart) -> Iterator[Markup]:
    """What the lines say at the end of each month, where the pointer rests on it."""
    last = max(1, len(chart.sessions) - 1)
    ends = [i for i, (now, then) in enumerate(pairwise(chart.sessions)) if now // 100 != then // 100] + [len(chart.sessions) - 1]
    before = 0.0
    for index in ends:
        x = WIDTH * index / last
        said = [f"{line.name.zh} {line.name.en} {_plain(chart.label, line.values[index])}" for line in chart.lines]
        yield Markup('<rect class="pointer" x="{:.1f}" width="{:.1f}" height="{}"><title>{}</title></rect>').format(
            before, max(x - before, 1), HEIGHT, " · ".join([day(chart.sessions[index]), *said])
        )
        before = x


def _plain(label: Label, value: float | None) -> str:
    if value is None or not isfinite(value):
        return NOTHING
    text = label(value)
    return text if isinstance(text, str) else text.zh
