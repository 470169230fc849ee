"""The Sharpe ratio as a landscape over the parameters: is the best on a high plain or on a needle, and how many needles are there?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from engine.arrays import Floats, Integers
from engine.words import Words

LEAST_VALUES = 3
"""Of one parameter at least: with two values everybody is the other's neighbour."""
LEAST_FILLED = 1 / 3
"""Of the cells of the full grid: "fast below slow" leaves a half, a random search leaves cells without neighbours."""


@dataclass(frozen=True)
class Surface:
    """Sharpe ratios on the grid of the values that were tried; cells are neighbours one step apart in one parameter or in several."""

    value: Floats
    """One axis for each parameter that varies; 0 for a curve that does not vary, and where there is none."""
    present: Integers
    """1 where a combination was judged, 0 where none was allowed or it failed."""
    position: Integers
    """(P, axes): each combination's cell."""

    def plateau(self, best: int) -> float | None:
        """Mean Sharpe ratio of the best's neighbours over the best's own, within 0 and 1; None without neighbours or an edge."""
        cell = tuple(int(place) for place in self.position[best])
        around = tuple(slice(max(0, place - 1), place + 2) for place in cell)
        neighbours = int(self.present[around].sum()) - 1
        if neighbours < 1 or self.value[cell] <= 0:
            return None
        mean = (float(self.value[around].sum()) - float(self.value[cell])) / neighbours
        return min(1.0, max(0.0, mean / float(self.value[cell])))

    def peaks(self) -> tuple[int, float]:
        """Cells above all their neighbours, and how many of those pure noise would show: the sum over cells of 1 / (1 + neighbours).

        Of equal cells the earlier one is higher, so that a flat plain is one peak.
        """
        cells = tuple(self.position.T)
        order = np.lexsort((-np.arange(len(self.position)), self.value[cells]))
        height = np.full(self.value.shape, -1, dtype=np.int64)
        height[tuple(self.position[order].T)] = np.arange(len(order))
        top, near = height, self.present
        for axis in range(height.ndim):
            top = _around(top, axis, np.maximum, -1)
            near = _around(near, axis, np.add, 0)
        return int((top[cells] == height[cells]).sum()), float((1.0 / near[cells]).sum())


def surface(params: Sequence[Mapping[str, float | int]], sharpe: Floats) -> Surface | Words:
    """sharpe (P,), NaN: cash. Words: why these combinations are no landscape."""
    axes = {name: sorted({one[name] for one in params}) for name in (params[0] if params else {})}
    axes = {name: values for name, values in axes.items() if len(values) > 1}
    if not any(len(values) >= LEAST_VALUES for values in axes.values()):
        return Words("没有一个参数取了三个以上的值，谈不上邻域", "no parameter has three values or more, so there is no neighbourhood")
    full = prod(len(values) for values in axes.values())
    if len(params) < LEAST_FILLED * full:
        filled = {"share": f"{len(params) / full:.0%}"}
        return Words("网格只算了{share}，邻格太少", "only {share} of the grid were computed, too few neighbours").filled(**filled)
    index = [{value: place for place, value in enumerate(values)} for values in axes.values()]
    position = np.array([[places[one[name]] for name, places in zip(axes, index, strict=True)] for one in params], dtype=np.int64)
    value, present = (
        np.zeros([len(values) for values in axes.values()]),
        np.zeros([len(values) for values in axes.values()], dtype=np.int64),
    )
    value[tuple(position.T)] = np.nan_to_num(sharpe, nan=0.0)
    present[tuple(position.T)] = 1
    if int(present.sum()) != len(params):
        return Words("有的组合出现了两次", "a combination stands there twice")
    return Surface(value, present, position)


def _around(cells: Integers, axis: int, join: np.ufunc, outside: int) -> Integers:
    """Each cell joined with the one before and the one after it along an axis."""
    before, after = np.full_like(cells, outside), np.full_like(cells, outside)
    first, last = [slice(None)] * cells.ndim, [slice(None)] * cells.ndim
    first[axis], last[axis] = slice(1, None), slice(None, -1)
    before[tuple(first)], after[tuple(last)] = cells[tuple(last)], cells[tuple(first)]
    joined: Integers = join(join(before, cells), after)
    return joined
