"""A grid's figures over one or two of its parameters: what was asked for, checked, and the map."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.statistics.metrics import METRICS
from functions.api.answers import AxisShown, HeatmapShown
from functions.api.models import HeatmapQuery
from functions.api.problems import Problem, did_you_mean
from functions.errors import invalid_input
from functions.jobs.records import CellFigures
from functions.reports.heatmap import best, figure, heatmap, varied

Value = float | int
HELD = "params."
BEST_BY = "return"
KNOWN_METRICS = [metric.key for metric in METRICS]


def heatmap_of(cells: Sequence[CellFigures], query: HeatmapQuery) -> HeatmapShown:
    """INVALID_INPUT with every problem: what is no parameter or metric, or a held value that the grid does not have."""
    held = _checked(cells, query)
    axes = [name for name in (query.x, query.y) if name is not None]
    centre = best([cell for cell in cells if _has(cell, held)], BEST_BY) or next(cell for cell in cells if _has(cell, held))
    fixed = {name: value for name, value in centre.params.items() if name not in axes}
    taken = {tuple(cell.params[name] for name in axes): cell for cell in cells if _has(cell, fixed)}
    if query.y is None:
        columns = sorted(place[0] for place in taken)
        values = [[figure(taken[column,], query.metric) for column in columns]]
        return HeatmapShown(
            metric=query.metric,
            x=AxisShown(name=query.x, values=columns),
            y=None,
            fixed=fixed,
            values=values,
            run_ids=[[taken[column,].run_id for column in columns]],
        )
    found = heatmap(list(taken.values()), query.x, query.y, query.metric)
    ids = {place: cell.run_id for place, cell in taken.items()}
    return HeatmapShown(
        metric=query.metric,
        x=AxisShown(name=query.x, values=found["x"]),
        y=AxisShown(name=query.y, values=found["y"]),
        fixed=fixed,
        values=found["values"],
        run_ids=[[ids.get((column, line)) for column in found["x"]] for line in found["y"]],
    )


def figures_for(query: HeatmapQuery) -> tuple[str, ...]:
    """The metrics that a map is drawn from; what is no metric is refused later, and must not reach the database before."""
    return (BEST_BY, query.metric) if query.metric in KNOWN_METRICS else (BEST_BY,)


def _checked(cells: Sequence[CellFigures], query: HeatmapQuery) -> dict[str, Value]:
    """The held values."""
    names = list(cells[0].params)
    problems: list[Problem] = []
    for key, name in (("x", query.x), ("y", query.y)):
        if name is not None and name not in names:
            problems.append(Problem(key, f"the strategy has no parameter {name!r}", _hint(name, names)))
    if query.x == query.y:
        problems.append(Problem("y", "is the same parameter as x", _hint("", [name for name in names if name != query.x])))
    if query.metric not in KNOWN_METRICS:
        problems.append(
            Problem("metric", f"there is no metric {query.metric!r}", did_you_mean(query.metric, KNOWN_METRICS) or "see /api/metrics")
        )
    held: dict[str, Value] = {}
    for key, text in (query.model_extra or {}).items():
        name = key.removeprefix(HELD)
        if not key.startswith(HELD):
            problems.append(Problem(key, "unknown key", f"known: x, y, metric, {HELD}<name>"))
        elif name not in names:
            problems.append(Problem(key, f"the strategy has no parameter {name!r}", _hint(name, names)))
        elif name in (query.x, query.y):
            problems.append(Problem(key, "is an axis and cannot be held"))
        elif (value := _number(text)) is None or not any(cell.params[name] == value for cell in cells):
            known = varied(cells).get(name, [cells[0].params[name]])
            problems.append(Problem(key, f"no run of this grid has {text!r} there", f"known: {', '.join(map(str, known[:20]))}"))
        else:
            held[name] = value
    if not problems and not any(_has(cell, held) for cell in cells):
        problems.append(Problem(f"{HELD}{next(iter(held))}", "no run of this grid has these values together"))
    if problems:
        raise invalid_input(problems)
    return held


def _has(cell: CellFigures, held: Mapping[str, Value]) -> bool:
    return all(cell.params[name] == value for name, value in held.items())


def _number(text: Any) -> float | None:
    """What cannot be read is no value of a parameter."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def _hint(name: str, known: Sequence[str]) -> str | None:
    return did_you_mean(name, known) or (f"known: {', '.join(known)}" if known else None)
