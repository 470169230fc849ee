"""A grid over one parameter: a bar for each of its values, or a line over many, as inline SVG."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from functions.reports.axes import linear_axis
from functions.reports.charts import HEIGHT, WIDTH, kept, runs
from functions.reports.figures import tone

BARS = 120
"""More values become a line."""
LABELS = 16
"""Values that are written below the chart, at most."""


@dataclass(frozen=True)
class Profile:
    """One metric over the values of one parameter."""

    name: str
    at: Sequence[float | int]
    """The parameter's values, ascending."""
    values: Sequence[float | None]
    """The metric; None is a gap."""
    written: Callable[[float], str]
    tick: Callable[[float], str]
    """How a round value is written at the axis."""
    best: int | None = None
    """Which value is marked."""
    height: int = 240


def profile_chart(shown: Profile) -> Markup:
    """The chart's HTML; nothing where no value has a figure."""
    known = [value for value in shown.values if value is not None]
    if not known:
        return Markup("")
    axis = linear_axis(min(0.0, *known), max(0.0, *known))
    count = len(shown.at)
    places = [None if value is None else axis.place(value) * HEIGHT for value in shown.values]
    nought = axis.place(0.0) * HEIGHT
    grid = "".join(f"M0,{axis.place(tick) * HEIGHT:.2f}H{WIDTH}" for tick in axis.ticks)
    drawn = _bars(shown, places, nought) if count <= BARS else _line(places)
    labels = [
        Markup('<span class="value" style="top:{:.2f}%">{}</span>').format(axis.place(tick) * 100, shown.tick(tick)) for tick in axis.ticks
    ]
    for index in range(0, count, -(-count // LABELS)):
        labels.append(Markup('<span class="date" style="left:{:.2f}%">{:.10g}</span>').format((index + 0.5) / count * 100, shown.at[index]))
    if shown.best is not None and (top := places[shown.best]) is not None:
        place = (shown.best + 0.5) / count * 100, min(top, nought) / HEIGHT * 100
        labels.append(Markup('<span class="star" style="left:{:.2f}%;top:{:.2f}%">★</span>').format(*place))
    return Markup(
        '<div class="chart" style="height:{}px"><svg viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<path class="grid" d="{}"/>{}<path class="base" d="M0,{:.2f}H{}"/></svg>{}</div>'
    ).format(shown.height, WIDTH, HEIGHT, shown.name, grid, drawn, nought, WIDTH, Markup("").join(labels))


def _bars(shown: Profile, places: Sequence[float | None], nought: float) -> Markup:
    wide = WIDTH / len(shown.at)
    drawn = []
    for index, (at, value, place) in enumerate(zip(shown.at, shown.values, places, strict=True)):
        said = f"{shown.name} {at:.10g}: {'—' if value is None else shown.written(value)}"
        gap = value is None or place is None
        style, top, high = ("missing", 0.0, HEIGHT) if gap else (tone(value), min(place or 0.0, nought), abs((place or 0.0) - nought))
        drawn.append(
            Markup('<rect class="{}" x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}"><title>{}</title></rect>').format(
                style, wide * (index + 0.15), top, wide * 0.7, high, said
            )
        )
    return Markup("").join(drawn)


def _line(places: Sequence[float | None]) -> Markup:
    """With gaps where a figure is missing; of many values the extremes of each pixel column are kept."""
    parts = []
    for run in runs(places):
        values = [places[index] or 0.0 for index in run]
        points = [(WIDTH * (run[0] + i + 0.5) / len(places), values[i]) for i in kept(values, max(1, WIDTH * len(run) // len(places)))]
        parts.append("M" + " ".join(f"{x:.1f},{y:.2f}" for x, y in points) + ("h1" if len(points) == 1 else ""))
    return Markup('<path class="line curve" d="{}"/>').format("".join(parts))
