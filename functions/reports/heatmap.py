"""What a grid shows over two of its parameters: plain values, for the API as for the report."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import NamedTuple, Protocol, TypedDict, TypeVar

Value = float | int
Place = tuple[int, int]
"""Column and row of a cell: positions on the axes x and y."""


class Combination(Protocol):
    """A run of a grid."""

    @property
    def params(self) -> Mapping[str, Value]: ...

    @property
    def stats(self) -> Mapping[str, Value | None] | None:
        """None: it has not succeeded."""


Found = TypeVar("Found", bound=Combination)


class Matrix(TypedDict):
    """One metric over two parameters."""

    x: list[Value]
    """Ascending; so is y."""
    y: list[Value]
    values: list[list[Value | None]]
    """A row for each y, in it a value for each x; None: no such combination, or it failed, or the figure does not exist."""


class Slice(NamedTuple):
    """The rows of a grid in which every parameter but two has one value."""

    fixed: dict[str, Value]
    places: Mapping[Place, int]
    """Which row stands where; a place that is missing was not part of the grid."""


class Axes(NamedTuple):
    """Two parameters, as the whole grid varies them, so that all slices have the same columns and rows."""

    x: str
    y: str
    columns: list[Value]
    rows: list[Value]


def varied(rows: Sequence[Combination]) -> dict[str, list[Value]]:
    """The values of each parameter that takes more than one, ascending; parameters in the order of the strategy."""
    names = list(rows[0].params) if rows else []
    found = {name: sorted({row.params[name] for row in rows}) for name in names}
    return {name: values for name, values in found.items() if len(values) > 1}


def widest(values: Mapping[str, list[Value]]) -> tuple[str, str]:
    """The two parameters with the most values, the earlier first where they have as many; ValueError where only one varies."""
    if len(values) < 2:
        raise ValueError("a map needs two parameters that vary")
    first, second = sorted(values, key=lambda name: -len(values[name]))[:2]
    return first, second


def heatmap(rows: Sequence[Combination], x: str, y: str, metric: str, fixed: Mapping[str, Value] | None = None) -> Matrix:
    """One metric over x and y, of the rows that have the fixed values. KeyError where a parameter is unknown.

    ValueError where x is y, or where two rows fall into one cell, because another parameter varies that is not fixed.
    """
    if x == y:
        raise ValueError(f"a map of {x} over itself")
    taken = [row for row in rows if all(row.params[name] == value for name, value in (fixed or {}).items())]
    columns, lines = sorted({row.params[x] for row in taken}), sorted({row.params[y] for row in taken})
    axes = Axes(x, y, columns, lines)
    cells = _places(taken, range(len(taken)), axes)
    return {"x": columns, "y": lines, "values": matrix(taken, axes, cells, metric)}


def matrix(rows: Sequence[Combination], axes: Axes, places: Mapping[Place, int], metric: str) -> list[list[Value | None]]:
    found: list[list[Value | None]] = [[None] * len(axes.columns) for _ in axes.rows]
    for (column, line), index in places.items():
        found[line][column] = figure(rows[index], metric)
    return found


def slices(rows: Sequence[Combination], axes: Axes, centres: Sequence[Combination], most: int) -> list[Slice]:
    """The map of each combination of the other parameters, in their order; of many those of the centres and those nearest the first.

    Near: few steps along the other parameters' values, in all.
    """
    others = {name: values for name, values in varied(rows).items() if name not in (axes.x, axes.y)}
    parts: dict[tuple[Value, ...], list[int]] = {}
    for index, row in enumerate(rows):
        parts.setdefault(_key(row, others), []).append(index)
    steps = [{value: step for step, value in enumerate(values)} for values in others.values()]
    middles = [_key(row, others) for row in centres]

    def distance(key: tuple[Value, ...]) -> tuple[int, int]:
        own = middles.index(key) - len(middles) if key in middles else 0
        away = sum(abs(step[here] - step[there]) for step, here, there in zip(steps, key, middles[0], strict=True)) if middles else 0
        return own, away

    near = sorted(sorted(parts, key=distance)[:most])
    return [Slice(dict(zip(others, key, strict=True)), _places(rows, parts[key], axes)) for key in near]


def best(rows: Sequence[Found], metric: str) -> Found | None:
    """The row with the highest figure, the first of equals; None where no row has one."""
    known = [(value, row) for row in rows if (value := figure(row, metric)) is not None]
    return max(known, key=lambda pair: pair[0])[1] if known else None


def figure(row: Combination, metric: str) -> Value | None:
    """None where it does not exist; neither NaN nor an infinity is a figure."""
    value = (row.stats or {}).get(metric)
    return value if value is not None and isfinite(value) else None


def _key(row: Combination, names: Mapping[str, object]) -> tuple[Value, ...]:
    return tuple(row.params[name] for name in names)


def _places(rows: Sequence[Combination], indices: Sequence[int], axes: Axes) -> dict[Place, int]:
    columns = {value: column for column, value in enumerate(axes.columns)}
    lines = {value: line for line, value in enumerate(axes.rows)}
    found: dict[Place, int] = {}
    for index in indices:
        params = rows[index].params
        place = columns[params[axes.x]], lines[params[axes.y]]
        if place in found:
            raise ValueError(f"two combinations with {axes.x} {params[axes.x]} and {axes.y} {params[axes.y]}: another parameter varies too")
        found[place] = index
    return found
