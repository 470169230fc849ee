"""Maps of a grid as inline SVG: a colour for each combination, its figure where there is room, and marks on the best."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from itertools import groupby
from math import isfinite

from markupsafe import Markup

from functions.reports.heatmap import Place, Value

LEFT, TOP, BOTTOM, RIGHT = 58, 22, 38, 14
LETTER = 6.6
"""Width of a digit of 11 px."""
DETAILED = 1_600
"""Cells of a map that have a hint each; larger maps are drawn colour by colour, which is small."""
SHADES = 64

# Viridis (Smith and van der Walt, matplotlib, CC0), at every tenth; read by people who do not see red and green, and in grey.
_STOPS = ("440154", "482475", "414487", "355f8d", "2a788e", "21918c", "22a884", "44bf70", "7ad151", "bddf26", "fde725")


@dataclass(frozen=True)
class Scale:
    """The figures at both ends of the colours; the same for all slices of a metric."""

    low: float
    high: float

    @property
    def flat(self) -> bool:
        return not self.high > self.low

    def shade(self, value: float) -> int:
        """0 to SHADES - 1; where all figures are equal, the middle."""
        return SHADES // 2 if self.flat else min(SHADES - 1, int((value - self.low) / (self.high - self.low) * SHADES))


@dataclass(frozen=True)
class Map:
    """What is drawn."""

    x: str
    y: str
    columns: Sequence[Value]
    rows: Sequence[Value]
    values: Sequence[Sequence[Value | None]]
    """As in a Matrix."""
    places: Mapping[Place, int]
    """The cells that were part of the grid; one of them without a value is hatched, any other is grey."""
    scale: Scale
    written: Callable[[float], str]
    """How a figure is written."""
    letters: int
    """Of the longest figure, in all maps beside this one: figures stand in all cells or in none."""
    marks: Mapping[Place, str] = field(default_factory=dict)
    width: int = 960
    """Of the picture, at most."""


def scale_of(values: Sequence[float | None]) -> Scale | None:
    """From the lowest to the highest; None where there is no figure."""
    known = [value for value in values if value is not None and isfinite(value)]
    return Scale(min(known), max(known)) if known else None


@cache
def colour(shade: int) -> str:
    """Viridis, between two stops in proportion: #rrggbb."""
    step, part = divmod(shade / (SHADES - 1) * (len(_STOPS) - 1), 1)
    low, high = _STOPS[int(step)], _STOPS[min(int(step) + 1, len(_STOPS) - 1)]
    mixed = (int(low[i : i + 2], 16) * (1 - part) + int(high[i : i + 2], 16) * part for i in (0, 2, 4))
    return "#" + "".join(f"{round(one):02x}" for one in mixed)


def legend(scale: Scale, written: Callable[[float], str]) -> Markup:
    """The colours with the figures at both ends and in the middle; one colour where all figures are equal."""
    shades = [SHADES // 2] if scale.flat else range(SHADES)
    wide = 256 / len(shades)
    bar = "".join(f'<path fill="{colour(shade)}" d="M{i * wide:g} 0h{wide:g}v10h-{wide:g}z"/>' for i, shade in enumerate(shades))
    ends = [(128, "middle", scale.low)] if scale.flat else [(0, "start", scale.low), (256, "end", scale.high)]
    if not scale.flat:
        ends.insert(1, (128, "middle", (scale.low + scale.high) / 2))
    texts = "".join(f'<text x="{x}" y="24" text-anchor="{anchor}">{written(value)}</text>' for x, anchor, value in ends)
    return Markup(f'<svg class="scale" viewBox="0 0 256 28" width="256" height="28" aria-hidden="true">{bar}{texts}</svg>')  # noqa: S704  only figures


def map_chart(shown: Map) -> Markup:
    """An SVG element. y grows upwards. It needs the pattern #missing somewhere on its page."""
    inner = shown.width - LEFT - RIGHT
    wide = min(108.0, inner / len(shown.columns))
    high = min(34.0, max(wide * 0.55, 5.0), max(1.0, 640 / len(shown.rows)))
    drawing = _Drawing(shown, wide, high)
    names = (max(len(shown.x), len(shown.y)) + 3) * LETTER
    width, height = max(names, LEFT + wide * len(shown.columns) + RIGHT), TOP + high * len(shown.rows) + BOTTOM
    parts = [*drawing.cells(), *drawing.figures(), *drawing.marks(), *drawing.ticks(width, height)]
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    label = escape(f"{shown.x} × {shown.y}")
    return Markup(f'<svg class="map" {size} role="img" aria-label="{label}">{"".join(parts)}</svg>')  # noqa: S704  names are escaped below


@dataclass(frozen=True)
class _Drawing:
    map: Map
    wide: float
    high: float

    def x(self, column: float) -> float:
        return LEFT + self.wide * column

    def y(self, line: float) -> float:
        """Of the upper edge of a line's cells."""
        return TOP + self.high * (len(self.map.rows) - 1 - line)

    def cells(self) -> Iterator[str]:
        kinds = self._kinds()
        if len(self.map.columns) * len(self.map.rows) > DETAILED:
            dense = 'shape-rendering="crispEdges" d='
            yield from (f'<path {paint} {dense}"{"".join(map(self._run, _runs(places)))}"/>' for paint, places in kinds.items())
            return
        for paint, places in kinds.items():
            yield f'<g {paint} class="cells">'
            for column, line in places:
                yield f'<path d="{self._run((column, line, 1))}"><title>{self._hint((column, line))}</title></path>'
            yield "</g>"

    def figures(self) -> Iterator[str]:
        if self.high < 15 or self.map.letters * LETTER > self.wide - 4:
            return
        for line, values in enumerate(self.map.values):
            for column, value in enumerate(values):
                if value is None:
                    continue
                x, y = self.x(column + 0.5), self.y(line) + self.high / 2 + 4
                ink = "light" if self.map.scale.shade(value) < SHADES * 0.55 else "dark"
                yield f'<text class="{ink}" x="{x:.4g}" y="{y:.4g}">{self.map.written(value)}</text>'

    def marks(self) -> Iterator[str]:
        for (column, line), mark in self.map.marks.items():
            x, y, wide, high = self.x(column), self.y(line), self.wide, self.high
            for name in ("around", "mark"):
                yield f'<rect class="{name}" x="{x:.5g}" y="{y:.5g}" width="{wide:.4g}" height="{high:.4g}"/>'
            yield f'<text class="sign" x="{x + wide - 1:.5g}" y="{y + 5:.5g}">{mark}</text>'

    def ticks(self, width: float, height: float) -> Iterator[str]:
        texts = [_written(value) for value in self.map.columns]
        every = _every(max(map(len, texts)) * LETTER + 6, self.wide)
        for column in range(0, len(texts), every):
            yield f'<text class="tick" x="{self.x(column + 0.5):.5g}" y="{height - BOTTOM + 14:.5g}">{texts[column]}</text>'
        for line in range(0, len(self.map.rows), _every(13, self.high)):
            yield f'<text class="side" x="{LEFT - 6}" y="{self.y(line) + self.high / 2 + 4:.5g}">{_written(self.map.rows[line])}</text>'
        yield f'<text class="name" x="2" y="13">{escape(self.map.y)} ↑</text>'
        yield f'<text class="side name" x="{width - RIGHT:.5g}" y="{height - 6:.5g}">{escape(self.map.x)} →</text>'

    def _kinds(self) -> dict[str, list[Place]]:
        """The places of each paint, line by line."""
        found: dict[str, list[Place]] = {}
        for line, values in enumerate(self.map.values):
            for column, value in enumerate(values):
                missing = "url(#missing)" if (column, line) in self.map.places else "var(--tint)"
                paint = missing if value is None else colour(self.map.scale.shade(value))
                found.setdefault(f'fill="{paint}"', []).append((column, line))
        return found

    def _run(self, run: tuple[int, int, int]) -> str:
        column, line, cells = run
        wide = f"{self.wide * cells:.5g}"
        return f"M{self.x(column):.5g} {self.y(line):.5g}h{wide}v{self.high:.5g}h-{wide}z"

    def _hint(self, place: Place) -> str:
        column, line = place
        value = self.map.values[line][column]
        figure = "—" if value is None else self.map.written(value)
        where = f"{self.map.x} {_written(self.map.columns[column])}, {self.map.y} {_written(self.map.rows[line])}"
        return escape(f"{where}: {figure}")


def _runs(places: Sequence[Place]) -> Iterator[tuple[int, int, int]]:
    """Neighbours in a line as one: first column, line, how many."""
    for (line, _), group in groupby(enumerate(places), key=lambda pair: (pair[1][1], pair[1][0] - pair[0])):
        columns = [place[0] for _, place in group]
        yield columns[0], line, len(columns)


def _every(needed: float, room: float) -> int:
    """Each how manyeth label has room."""
    return max(1, -int(-needed // room))


def _written(value: Value) -> str:
    return f"{value:.10g}"
