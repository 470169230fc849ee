"""Table rows laid out as arrays of times and codes, portion by portion: memory holds the arrays and little else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from datalake.calendar import ints_to_dates
from datalake.reading import Days
from datalake.versions import Dataset

Array = npt.NDArray[Any]
Places = npt.NDArray[np.int64]

MINUTE_US = 60_000_000
_NEVER = 99991231


class Kind(NamedTuple):
    """How a column is laid out."""

    dtype: Any
    empty: float = 0
    """Where there is no row, or a null."""


class Grid:
    """Where rows belong in a (T, N) array of ascending days, or of times that are whole minutes apart, and of codes."""

    def __init__(self, axis: Days, codes: Sequence[str], ends: npt.NDArray[np.int64] | None = None) -> None:
        """`ends` (N,): from this row of the axis on nothing of a code is seen."""
        self.shape = len(axis), len(codes)
        self._codes = pl.Series(codes, dtype=pl.String)
        self._ends = ends if ends is not None and (ends < len(axis)).any() else None
        self._unit = 1 if axis.dtype == np.dtype("datetime64[D]") else MINUTE_US
        numbers = axis.astype("datetime64[D]" if self._unit == 1 else "datetime64[us]").astype(np.int64) // self._unit
        self._first = int(numbers[0]) - 1
        self._rows = np.full(int(numbers[-1]) - self._first + 2, -1, dtype=np.int64)  # whatever lies beyond meets an end, which is -1
        self._rows[numbers - self._first] = np.arange(len(axis))

    def empty(self, kinds: Mapping[str, Kind]) -> dict[str, Array]:
        return {
            name: np.full(self.shape, kind.empty, kind.dtype) if kind.empty else np.zeros(self.shape, kind.dtype)
            for name, kind in kinds.items()
        }

    def places(self, rows: pl.DataFrame, column: str) -> Places:
        """(R,) of each row, counted through the array row by row; -1: it is not on the axis, of no such code, or too late."""
        numbers = rows[column].to_physical().to_numpy()
        day, rest = (numbers, None) if self._unit == 1 else np.divmod(numbers, self._unit)
        found = self._rows.take(day.astype(np.int64) - self._first, mode="clip")
        stocks = self._columns(rows["ts_code"])
        out = found * self.shape[1] + stocks
        seen = (found >= 0) & (stocks >= 0)
        if rest is not None:
            seen &= rest == 0
        if self._ends is not None:
            seen &= found < self._ends[stocks]
        return out if seen.all() else np.where(seen, out, -1)

    def _columns(self, codes: pl.Series) -> Places:
        """Rows of one code mostly stand together: what is looked up are the first ones of each."""
        runs = codes.rle().struct.unnest()
        numbers = pl.int_range(self.shape[1], dtype=pl.Int64, eager=True)  # a Series of an array would load numpy.ma
        columns = runs["value"].replace_strict(self._codes, numbers, default=-1, return_dtype=pl.Int64).to_numpy()
        return np.repeat(columns, runs["len"].to_numpy())


def delisted_on(dataset: Dataset, axis: Days, codes: Sequence[str]) -> Places:
    """(N,) the row of an axis from which on a code's bars are not seen. An import warns of bars after a delisting; a panel with them would
    be refused by the engine."""
    known = dataset.catalog.by_code
    gone = [known[code].delist_date if code in known else 0 for code in codes]
    return np.searchsorted(axis, ints_to_dates([day or _NEVER for day in gone])).astype(np.int64)


def lay_out(portions: Iterable[pl.DataFrame], column: str, grid: Grid, kinds: Mapping[str, Kind]) -> dict[str, Array]:
    """(T, N) arrays of some columns of rows that have a ts_code and, in `column`, their time. Rows outside the grid are passed over."""
    out = grid.empty(kinds)
    for rows in portions:
        where = grid.places(rows, column)
        inside = where >= 0
        all_inside = bool(inside.all())
        if not all_inside:
            where = where[inside]
        for name, kind in kinds.items():
            told = rows[name]
            values = (told.fill_null(kind.empty) if told.null_count() else told).to_numpy()  # to fill none is a query all the same
            out[name].reshape(-1)[where] = values if all_inside else values[inside]
    return out
