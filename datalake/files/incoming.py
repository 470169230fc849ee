"""Rows of files on their way in: parsed, checked chunk by chunk, and waiting in the lake's units until all files are through."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from datalake.calendar import to_int
from datalake.files.chunks import Chunk
from datalake.files.codes import in_usual_shape
from datalake.files.lanes import Lanes
from datalake.finding import EXAMPLES, BadRowsError, Finding, together
from datalake.lake import Lake
from datalake.rows.mapping import Dialect
from datalake.rows.normalize import normalize
from datalake.rows.parsing import FILE, ROW, UNREADABLE, parse
from datalake.rows.quality import CHECKS, find
from datalake.storing.pieces import Piece, drop, stage
from datalake.tables import TABLES, Table

FACTORS = TABLES["adj_factor"]

DUPLICATE = next(check for check in CHECKS if check.kind == "duplicate_key")


def read_as(table: Table) -> Table:
    """With the columns that a file may carry for other tables: daily bars may come with their factors."""
    if table.name != "bars_1d":
        return table
    factor = next(column for column in FACTORS.columns if column.name == "adj_factor")
    return table._replace(columns=(*table.columns, factor._replace(required=False)))


class Incoming:
    """One command's rows. `scratch` is an empty folder; `today` the last day that files can know; `findings` what is known before."""

    def __init__(self, table: Table, dialect: Dialect, today: date, scratch: Path, findings: tuple[Finding, ...] = ()) -> None:
        self.table, self._dialect, self._today, self._scratch = table, dialect, today, scratch
        self._lanes: dict[str, Lanes] = {}
        self._findings = findings
        self.rows_read = self.height = 0
        """Of all files; and of those the good rows of the table itself, known once they are `through`."""
        self.codes: set[str] = set()
        self.first = self.last = 0
        """YYYYMMDD of the good rows; 0: the table has no dates."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self._findings

    def take(self, chunk: Chunk) -> None:
        rows = parse(chunk.rows, read_as(self.table), Path(str(chunk.rows[FILE][0])), self._dialect)
        rows, rewritten = in_usual_shape(rows, self.table)
        self.rows_read += rows.height
        found = [*rewritten, *self._good(rows, self.table)]
        if "adj_factor" in chunk.columns and self.table.name != FACTORS.name:
            factors = rows.filter(pl.col("adj_factor").is_not_null() | pl.col(f"{UNREADABLE}adj_factor"))
            told = {finding.kind for finding in found}  # the bars' findings say more than their factors'
            found += [finding for finding in self._good(factors, FACTORS) if finding.kind not in told]
        self._findings = together([*self._findings, *found])

    def _good(self, rows: pl.DataFrame, table: Table) -> tuple[Finding, ...]:
        """Sets the good rows aside, and tells of the others."""
        findings, wrong = find(rows, table, self._today)
        good = rows.filter(~wrong) if wrong.any() else rows
        if table.name not in self._lanes:
            folder = self._scratch / table.name
            folder.mkdir()
            self._lanes[table.name] = Lanes(table, folder)
        self._lanes[table.name].add(normalize(good, table).with_columns(good[FILE], good[ROW]))
        return findings

    def through(self, lake: Lake | None, source: str, skip_bad: bool) -> list[Piece]:
        """Look for keys that come more than once, and stage the good rows in `lake`; None: only look.

        BadRowsError where rows are bad and not to be skipped, or none is good. Nothing stays staged when anything goes wrong.
        """
        pieces: list[Piece] = []
        try:
            for name in sorted(self._lanes, key=lambda name: name != self.table.name):  # the table itself first
                for rows in self._distinct(name):
                    if lake is not None and rows.height and (skip_bad or not self._errors()):
                        pieces.append(stage(lake, source, name, rows))
            if self._errors() and (not skip_bad or not self.height):
                raise BadRowsError(self.table.name, self.rows_read, self._findings)
        except BaseException:
            if lake is not None:
                drop(lake, pieces)
            raise
        return pieces

    def _distinct(self, name: str) -> Iterator[pl.DataFrame]:
        """The good rows of a table, sorted; of those with the same key the first one, and the others are told."""
        table = TABLES[name]
        for waiting in self._lanes[name].sorted():
            again = _again(waiting, table)
            rows = waiting.filter(~again).select(table.names) if again.any() else waiting.select(table.names)
            if name == self.table.name:
                self._tell(waiting.filter(again), table)
                self._outline(rows)
            yield rows

    def _errors(self) -> list[Finding]:
        return [finding for finding in self._findings if finding.severity == "error"]

    def rows(self) -> dict[str, pl.LazyFrame]:
        """The good rows by table, as `review` wants them."""
        found = {name: lanes.rows().select(TABLES[name].names) for name, lanes in self._lanes.items()}
        if any(finding.kind == DUPLICATE.kind for finding in self._findings):
            found = {name: rows.unique(TABLES[name].key, keep="first", maintain_order=True) for name, rows in found.items()}
        return found

    def _tell(self, rows: pl.DataFrame, table: Table) -> None:
        """Keys that come again in another chunk. (Those of the factors that bars came with are those of the bars.)"""
        if rows.is_empty():
            return
        shown = rows.sort(FILE, ROW).head(EXAMPLES).iter_rows(named=True)
        examples = tuple(f"{row[FILE]} row {row[ROW]}: " + " ".join(f"{name}={row[name]}" for name in table.key) for row in shown)
        days = _days(rows, table)
        found = Finding(DUPLICATE.kind, DUPLICATE.severity, rows.height, DUPLICATE.message, examples, table.name, *days)
        self._findings = together([*self._findings, found])

    def _outline(self, rows: pl.DataFrame) -> None:
        self.height += rows.height
        if "ts_code" in rows.columns:
            self.codes.update(rows["ts_code"].unique().drop_nulls())
        first, last = _days(rows, self.table)
        self.first = min(self.first or first, first or self.first)
        self.last = max(self.last, last)


def _again(rows: pl.DataFrame, table: Table) -> pl.Series:
    """Of rows sorted by key: those whose key the row before has."""
    same = [pl.col(name).eq_missing(pl.col(name).shift(1)) for name in table.key]
    return rows.select(pl.all_horizontal(same) & (pl.int_range(pl.len()) > 0)).to_series()


def _days(rows: pl.DataFrame, table: Table) -> tuple[int, int]:
    days = rows[table.date].drop_nulls() if table.date else pl.Series([], dtype=pl.Date)
    return (to_int(days.min()), to_int(days.max())) if len(days) else (0, 0)  # type: ignore[arg-type]
