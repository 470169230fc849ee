"""Rows of a dataset's tables at its pinned versions, cut by days and codes before they are read, and laid out as (days, codes) arrays."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from deltalake import DeltaTable

from datalake.calendar import to_date
from datalake.lake import Lake, at_version, files_by_part, rows_at, scan_files
from datalake.tables import TABLES
from datalake.versions import Dataset

Days = npt.NDArray[np.datetime64]
Span = tuple[int, int]
"""The first and the last day, YYYYMMDD."""


@dataclass(frozen=True)
class Reader:
    """One dataset of a lake. A table is opened once."""

    lake: Lake
    dataset: Dataset
    portion: int = 1_000_000
    """About so many rows of a table are read at once; more where a single year or month has more."""
    _opened: dict[str, DeltaTable] = field(default_factory=dict, repr=False, compare=False)

    def has(self, table: str) -> bool:
        return table in self.dataset.tables

    def rows(self, table: str, span: Span | None = None, codes: Sequence[str] | None = None) -> pl.LazyFrame:
        """Rows whose date lies within `span` and whose ts_code is one of `codes`."""
        return _cut(rows_at(self.lake, self._delta(table), TABLES[table]), table, span, codes)

    def portions(
        self, table: str, wanted: Sequence[str], span: Span, codes: Sequence[str], only: pl.Expr | None = None
    ) -> Iterator[pl.DataFrame]:
        """The `wanted` columns of the same rows, of those that `only` says, some years or months at a time: the next ones are read
        while these are worked on. A table that has no folders comes at once. Where most codes are wanted, rows of others come, too.
        """
        known = len(self.dataset.catalog.instruments)
        some = codes if 2 * len(codes) < known else None
        with ThreadPoolExecutor(1) as beside:
            ahead: Future[pl.DataFrame] | None = None
            for uris in self._in_portions(table, span):
                rows = _cut(scan_files(self.lake, uris, TABLES[table]), table, span, some)
                behind, ahead = ahead, beside.submit((rows if only is None else rows.filter(only)).select(wanted).collect)
                if behind:
                    yield behind.result()
            if ahead:
                yield ahead.result()

    def _delta(self, table: str) -> DeltaTable:
        if table not in self._opened:
            self._opened[table] = at_version(self.lake, self.dataset.source, table, self.dataset.tables[table].delta_version)
        return self._opened[table]

    def _in_portions(self, table: str, span: Span) -> Iterator[list[str]]:
        """The table's files whose year or month touches the span."""
        shape = TABLES[table]
        by_part = files_by_part(self._delta(table), shape)
        first, last = (day // _unit(shape.parts) for day in span)
        found = [uris for part, uris in by_part.items() if first <= part <= last or not shape.parts]
        rows_a_part = self.dataset.tables[table].rows // max(len(by_part), 1)
        at_once = max(self.portion // max(rows_a_part, 1), 1)
        for start in range(0, len(found), at_once):
            yield [uri for uris in found[start : start + at_once] for uri in uris]


def _cut(rows: pl.LazyFrame, table: str, span: Span | None, codes: Sequence[str] | None) -> pl.LazyFrame:
    shape = TABLES[table]
    if span and shape.parts:
        first, last = (day // _unit(shape.parts) for day in span)
        rows = rows.filter(pl.col(shape.parts).is_between(first, last))
    if span:
        rows = rows.filter(pl.col(shape.date).is_between(to_date(span[0]), to_date(span[1])))
    return rows if codes is None else rows.filter(pl.col("ts_code").is_in(list(codes)))


def _unit(parts: str) -> int:
    """YYYYMMDD divided by this is the part."""
    return 10_000 if parts == "year" else 100


def places(rows: pl.DataFrame, column: str, axis: Days, codes: Sequence[str]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Row and column of each table row in a (len(axis), len(codes)) array; `axis` ascends. Both must hold every value."""
    numbers = pl.Series(np.arange(len(codes), dtype=np.uint32))
    columns = rows["ts_code"].replace_strict(pl.Series(codes, dtype=pl.String), numbers, return_dtype=pl.UInt32).to_numpy()
    return np.searchsorted(axis, rows[column].to_numpy()), columns.astype(np.intp)


def spread(
    values: pl.Series, where: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]], shape: tuple[int, int], dtype: Any, empty: float = 0
) -> npt.NDArray[Any]:
    """Table values as an array; `empty` where there is none or a null."""
    out = np.full(shape, empty, dtype=dtype)
    out[where] = values.fill_null(empty).to_numpy()
    return out
