"""The pictures of a grid's report: maps over two parameters, bars over one, for each metric that can be chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from functions.reports.axes import number_label, percent_label
from functions.reports.figures import number, percent, signed_percent
from functions.reports.heatmap import Axes, Combination, Slice, Value, best, figure, matrix, slices, varied, widest
from functions.reports.heatmap_chart import Map, legend, map_chart, scale_of
from functions.reports.profile_chart import Profile, profile_chart

SLICES = 12
"""Maps of a grid with more than two parameters, at most."""
WIDE, HALF = 960, 480
"""Of a map that stands alone, and of one beside another; CSS pixels."""
JUDGED, RANKED = "sharpe", "return"
"""The metric that the diagnosis is about, and the one that tables are sorted by; the best by each is marked."""


@dataclass(frozen=True)
class Shown:
    """A metric that pictures are drawn of."""

    metric: str
    written: Callable[[float], str]
    tick: Callable[[float], str]
    """How a round value is written at an axis."""


SHOWN = (
    Shown(RANKED, lambda value: signed_percent(value, 1), percent_label),
    Shown(JUDGED, number, number_label),
    Shown("max_dd", lambda value: percent(value, 1), percent_label),
)


@dataclass(frozen=True)
class Picture:
    """One map or chart."""

    drawing: Markup
    fixed: Mapping[str, Value]
    """The values of the parameters that are not on its axes."""
    is_best: bool
    """It shows the best by the judged metric."""


@dataclass(frozen=True)
class Gallery:
    """All pictures of one metric, in one scale of colours."""

    metric: str
    key: Markup
    """What the colours mean; empty where there are none."""
    pictures: Sequence[Picture]


@dataclass(frozen=True)
class Pictures:
    axes: tuple[str, ...]
    """The parameters on the axes: two, one or none."""
    galleries: Sequence[Gallery]
    left_out: int = 0
    """Slices that are not shown."""


def pictures_of(rows: Sequence[Combination]) -> Pictures:
    """Nothing where no parameter varies."""
    values = varied(rows)
    if not values:
        return Pictures((), ())
    if len(values) == 1:
        name, at = next(iter(values.items()))
        galleries = [Gallery(shown.metric, Markup(""), [_profile(rows, name, at, shown)]) for shown in SHOWN]
        return Pictures((name,), [gallery for gallery in galleries if gallery.pictures[0].drawing])
    x, y = widest(values)
    axes = Axes(x, y, values[x], values[y])
    marked = [row for row in (best(rows, JUDGED), best(rows, RANKED)) if row is not None]
    parts = slices(rows, axes, marked, SLICES)
    left_out = len({tuple(row.params[name] for name in values if name not in (x, y)) for row in rows}) - len(parts)
    return Pictures((x, y), [gallery for shown in SHOWN if (gallery := _maps(rows, axes, parts, shown))], left_out)


def _maps(rows: Sequence[Combination], axes: Axes, parts: Sequence[Slice], shown: Shown) -> Gallery | None:
    """None where no combination has the figure."""
    tables = [matrix(rows, axes, part.places, shown.metric) for part in parts]
    known = [value for table in tables for line in table for value in line if value is not None]
    scale = scale_of(known)
    if scale is None:
        return None
    letters = max(len(shown.written(value)) for value in known)
    signs = {"★": best(rows, JUDGED), "◆": best(rows, RANKED)}
    pictures = []
    for part, table in zip(parts, tables, strict=True):
        marked = {place: "".join(sign for sign, row in signs.items() if rows[index] is row) for place, index in part.places.items()}
        marks = {place: mark for place, mark in marked.items() if mark}
        width = WIDE if len(parts) == 1 else HALF
        drawn = map_chart(Map(axes.x, axes.y, axes.columns, axes.rows, table, part.places, scale, shown.written, letters, marks, width))
        pictures.append(Picture(drawn, part.fixed, any("★" in mark for mark in marks.values())))
    return Gallery(shown.metric, legend(scale, shown.written), pictures)


def _profile(rows: Sequence[Combination], name: str, at: Sequence[Value], shown: Shown) -> Picture:
    by_value = {row.params[name]: row for row in rows}
    values = [figure(by_value[value], shown.metric) for value in at]
    top = best(rows, JUDGED)
    marked = None if top is None else at.index(top.params[name])
    return Picture(profile_chart(Profile(name, at, values, shown.written, shown.tick, marked)), {}, marked is not None)
