"""Combinations of parameters in columns: which values occur, and which combinations agree in some of the parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from engine.arrays import Integers
from engine.language.constants import Constant, exact, plain

Cell = TypeVar("Cell")

Uses = frozenset[str]
"""Parameters that something depends on, of those that vary: combinations that agree in them are a group."""
NOTHING: Uses = frozenset()


@dataclass(frozen=True)
class Column(Generic[Cell]):
    """Something that depends on some parameters: a cell for each of their groups."""

    uses: Uses
    cells: Sequence[Cell]


class Constants(Column[Constant]):
    """Exact constants."""


class Series(Column[int]):
    """Nodes of a graph."""


class _Groups(NamedTuple):
    of: Integers
    """(P,) the group of each combination."""
    first: Integers
    """(groups,) a combination of each group."""


class Combinations:
    """P combinations. `columns`: (P,) the checked values of each parameter; one that has the same value everywhere varies nothing."""

    def __init__(self, count: int, columns: Mapping[str, Sequence[float | int]]) -> None:
        self.count = count
        self.constants: dict[str, Constants] = {}
        """The parameters themselves."""
        self._codes: dict[str, Integers] = {}
        self._known = {NOTHING: _Groups(np.zeros(count, np.int64), np.zeros(1, np.int64))}
        self._inner: dict[tuple[Uses, Uses], list[int]] = {}
        for name, column in columns.items():
            number = {value: k for k, value in enumerate(dict.fromkeys(column))}
            uses = frozenset((name,)) if len(number) > 1 else NOTHING
            self.constants[name] = Constants(uses, [plain(exact(value)) for value in number])
            if uses:
                self._codes[name] = np.fromiter(map(number.__getitem__, column), np.int64, count)

    def spread(self, columns: Sequence[Column[Any]]) -> tuple[Uses, list[Sequence[Any]]]:
        """What all of some columns use together, and each one's cells on the groups of that."""
        uses = NOTHING.union(*(column.uses for column in columns))
        return uses, [self._on(uses, column) for column in columns]

    def each(self, column: Column[Cell]) -> list[Cell]:
        """(P,) the cell of each combination."""
        if not column.uses:
            return [column.cells[0]] * self.count
        return [column.cells[group] for group in self._groups(column.uses).of.tolist()]

    def _on(self, uses: Uses, column: Column[Cell]) -> Sequence[Cell]:
        if column.uses == uses:
            return column.cells
        groups = self._groups(uses)
        if not column.uses:
            return [column.cells[0]] * len(groups.first)
        key = column.uses, uses
        if key not in self._inner:
            self._inner[key] = self._groups(column.uses).of[groups.first].tolist()
        return [column.cells[group] for group in self._inner[key]]

    def _groups(self, uses: Uses) -> _Groups:
        """Groups are numbered by the values of their parameters, in the order in which these first occur."""
        if uses not in self._known:
            size, of = 1, np.zeros(self.count, np.int64)
            for codes in (codes for name, codes in self._codes.items() if name in uses):
                if size > _LARGEST // self.count:
                    size, of = self.count, np.unique(of, return_inverse=True)[1]
                size, of = size * (int(codes.max()) + 1), of * (int(codes.max()) + 1) + codes
            _, first, of = np.unique(of, return_index=True, return_inverse=True)
            self._known[uses] = _Groups(of, first)
        return self._known[uses]


_LARGEST = 2**62
"""Numbers of groups that int64 holds before they are numbered anew."""
