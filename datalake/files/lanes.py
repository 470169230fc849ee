"""Rows on their way into tables, sorted out by partition, on the disk when they are many: memory holds one partition at a time."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from datalake.tables import Table

MEMORY = 1_000_000_000
"""Bytes of rows that wait in memory."""
PIECE = 2_500_000
"""Rows that are sorted together, about: those of one code stay together."""

_PART = "part of the table"


class Lanes:
    """One table's rows, by its partitions. `scratch` is an empty folder of its own."""

    def __init__(self, table: Table, scratch: Path) -> None:
        self._table, self._scratch = table, scratch
        self._waiting: dict[int, list[pl.DataFrame]] = {}
        self._stored: dict[int, list[Path]] = {}
        self._heights: dict[int, int] = {}
        self._bytes = 0

    @property
    def height(self) -> int:
        return sum(self._heights.values())

    def add(self, rows: pl.DataFrame) -> None:
        """Rows of the table's columns (and others that go with them), every one with a date where the table has partitions."""
        for part, found in self._split(rows):
            self._waiting.setdefault(part, []).append(found)
            self._heights[part] = self._heights.get(part, 0) + found.height
        self._bytes += int(rows.estimated_size())
        if self._bytes > MEMORY:
            self._set_down()

    def rows(self) -> pl.LazyFrame:
        """All of them, in no order."""
        return pl.concat([rows for part in sorted(self._heights) for rows in self._lane(part)])

    def sorted(self) -> Iterator[pl.DataFrame]:
        """All rows, by partition and key; among rows with one key those that were added first come first. Each key is in one frame only."""
        for part in sorted(self._heights):
            lazy = pl.concat(self._lane(part))
            if self._heights[part] <= PIECE:
                yield lazy.collect().sort(self._table.key, maintain_order=True)
            else:
                for first, last in self._ranges(lazy):
                    inside = lazy.filter(pl.col(self._table.key[0]).is_between(pl.lit(first), pl.lit(last)))
                    yield inside.collect().sort(self._table.key, maintain_order=True)

    def _lane(self, part: int) -> list[pl.LazyFrame]:
        """In the order in which they were added."""
        stored = [pl.scan_ipc(path) for path in self._stored.get(part, ())]
        return [*stored, *(rows.lazy() for rows in self._waiting.get(part, ()))]

    def _ranges(self, rows: pl.LazyFrame) -> list[tuple[str, str]]:
        """The first and the last code of frames of about PIECE rows."""
        code = self._table.key[0]
        counts = rows.group_by(code).len().collect().sort(code)
        number = (counts["len"].cum_sum() - 1) // PIECE
        return [
            (group[code][0], group[code][-1]) for group in counts.with_columns(number=number).partition_by("number", maintain_order=True)
        ]

    def _split(self, rows: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
        if not self._table.parts:
            yield 0, rows
            return
        day = pl.col(self._table.date).dt
        part = day.year() if self._table.parts == "year" else day.year() * 100 + day.month()
        for (key,), found in rows.with_columns(part.alias(_PART)).partition_by(_PART, as_dict=True, include_key=False).items():
            yield int(str(key)), found

    def _set_down(self) -> None:
        for part, waiting in self._waiting.items():
            stored = self._stored.setdefault(part, [])
            path = self._scratch / f"{part}-{len(stored)}.arrow"
            pl.concat(waiting).write_ipc(path, compression="lz4")
            stored.append(path)
        self._waiting.clear()
        self._bytes = 0
