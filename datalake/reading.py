"""Rows of a dataset's tables at its pinned versions, cut by days and codes before they are read, and laid out as (days, codes) arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from datalake.calendar import to_date
from datalake.lake import Lake, scan
from datalake.tables import TABLES
from datalake.versions import Dataset

Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Reader:
    """One dataset of a lake."""

    lake: Lake
    dataset: Dataset

    def has(self, table: str) -> bool:
        return table in self.dataset.tables

    def rows(self, table: str, span: tuple[int, int] | None = None, codes: Sequence[str] | None = None) -> pl.LazyFrame:
        """Rows whose date lies within `span` (YYYYMMDD, both included) and whose ts_code is one of `codes`."""
        shape = TABLES[table]
        found = scan(self.lake, self.dataset.source, table, self.dataset.tables[table].delta_version)
        if span:
            unit = 10_000 if shape.parts == "year" else 100
            if shape.parts:
                found = found.filter(pl.col(shape.parts).is_between(span[0] // unit, span[1] // unit))
            found = found.filter(pl.col(shape.date).is_between(to_date(span[0]), to_date(span[1])))
        if codes is not None:
            found = found.filter(pl.col("ts_code").is_in(list(codes)))
        return found

    def while_listed(self, bars: pl.DataFrame) -> pl.DataFrame:
        """The bars before each stock's delisting. An import warns of later ones; a panel with them would be refused by the engine."""
        gone = {row.ts_code: to_date(row.delist_date) for row in self.dataset.catalog.instruments if row.delist_date}
        last = pl.col("ts_code").replace_strict(gone, default=None, return_dtype=pl.Date)
        return bars.filter((pl.col("trade_date") < last) | last.is_null()) if gone else bars


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
