"""Rows that come in, seen together with those that are stored: one day's rows read only the days around them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from datalake.frames import types_of
from datalake.lake import Lake, scan
from datalake.tables import TABLES, Table
from datalake.versions import Dataset

Span = tuple[date, date]
"""The first and the last day, both included."""

FEW = 200
"""So many codes are asked for by name; of more, everybody's rows are read."""


@dataclass(frozen=True)
class Beside:
    """Incoming rows of some tables on top of a version. (None: there is none, and incoming is all there is.)"""

    lake: Lake
    source: str
    newest: Dataset | None
    incoming: Mapping[str, pl.LazyFrame]
    _scans: dict[str, pl.LazyFrame] = field(default_factory=dict)
    _whole: dict[str, pl.DataFrame] = field(default_factory=dict)

    def has(self, table: str) -> bool:
        return table in self.incoming or self.is_stored(table)

    def is_stored(self, table: str) -> bool:
        return self.newest is not None and table in self.newest.tables and self.newest.tables[table].rows > 0

    def stored(self, table: str, span: Span | None = None, codes: Sequence[str] | None = None) -> pl.LazyFrame:
        """Of the version; without rows where it has none."""
        shape = TABLES[table]
        if self.newest is None or not self.is_stored(table):
            return pl.DataFrame(schema={name: types_of(shape)[name] for name in shape.names}).lazy()
        if table not in self._scans:
            self._scans[table] = scan(self.lake, self.source, table, self.newest.tables[table].delta_version)
        return _cut(self._scans[table], shape, span, codes)

    def coming(self, table: str, span: Span | None = None, codes: Sequence[str] | None = None) -> pl.LazyFrame:
        shape = TABLES[table]
        if table not in self.incoming:
            return pl.DataFrame(schema={name: types_of(shape)[name] for name in shape.names}).lazy()
        return _cut(self.incoming[table], shape, span, codes)

    def rows(self, table: str, columns: Sequence[str], span: Span | None = None, codes: Sequence[str] | None = None) -> pl.DataFrame:
        """The key and these columns of both, sorted by the key, with `new`: an incoming row takes the place of a stored one."""
        shape = TABLES[table]
        names = list(dict.fromkeys([*shape.key, *columns]))
        both = [
            self.stored(table, span, codes).select(*names, pl.lit(False).alias("new")).collect(),
            self.coming(table, span, codes).select(*names, pl.lit(True).alias("new")).collect(),
        ]
        found = pl.concat(both).sort(shape.key, maintain_order=True)
        if len(found) < 2:
            return found
        again = pl.all_horizontal(*(pl.col(name).eq_missing(pl.col(name).shift(-1)) for name in shape.key))
        last = pl.int_range(pl.len()) == pl.len() - 1
        return found.filter(~again | last)

    def whole(self, table: str) -> pl.DataFrame:
        """All of a small table (instruments, trade_cal, namechange), with `new`."""
        if table not in self._whole:
            self._whole[table] = self.rows(table, TABLES[table].names)
        return self._whole[table]

    def days(self, table: str) -> pl.DataFrame:
        """trade_date and `rows` of each incoming day of a table."""
        day = TABLES[table].date
        return self.coming(table).group_by(pl.col(day).alias("trade_date")).agg(pl.len().alias("rows")).sort("trade_date").collect()

    def codes(self, table: str, span: Span) -> list[str] | None:
        """The codes of incoming rows; None: there are many."""
        found = self.coming(table, span).select(pl.col("ts_code").unique()).collect().to_series()
        return found.to_list() if len(found) <= FEW else None


def attach(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """A left join on ts_code and trade_date, by which `right` is sorted and unique: faster than a hash join of a year."""
    if right.is_empty():
        return left.join(right, on=["ts_code", "trade_date"], how="left", maintain_order="left")
    codes = pl.Enum(right["ts_code"].unique().sort())
    number = pl.col("ts_code").cast(codes, strict=False).to_physical().cast(pl.Int64) * 2**32 + pl.col("trade_date").to_physical()
    wanted = left.select(number.fill_null(-1)).to_series().to_numpy()
    known = right.select(number).to_series().to_numpy()
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    found = right.drop("ts_code", "trade_date")[place]
    hit = pl.Series(known[place] == wanted)
    return left.hstack(found.select(pl.when(hit).then(pl.col(name)).alias(name) for name in found.columns))


def _part(day: date, table: Table) -> int:
    return day.year if table.parts == "year" else day.year * 100 + day.month


def _cut(rows: pl.LazyFrame, table: Table, span: Span | None, codes: Sequence[str] | None) -> pl.LazyFrame:
    if span and table.parts and table.parts in rows.collect_schema():  # rows of pieces do not know their folder
        low, high = (_part(day, table) for day in span)
        rows = rows.filter(pl.col(table.parts).is_between(low, high))
    if span:
        rows = rows.filter(pl.col(table.date).is_between(*span))
    return rows.filter(pl.col("ts_code").is_in(list(codes))) if codes is not None else rows
