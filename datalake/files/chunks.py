"""Rows of files in chunks of a bounded size, whatever the files' sizes: a CSV's columns are texts, a Parquet file's are as they are."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import polars as pl

from datalake.errors import ImportRefusedError, Problem
from datalake.files.plain_text import head_of, plain_text
from datalake.files.sources import SourceFile
from datalake.rows.parsing import FILE, ROW

ROWS = 500_000
"""Of a chunk at most, however many files it comes from."""

Progress = Callable[[float, str], None]
"""How much is done, from 0 to 1, and what is being done."""


def quiet(done: float, text: str) -> None:
    """Tells nobody."""


class Chunk(NamedTuple):
    rows: pl.DataFrame
    """The columns wanted, as they are in the file; FILE (its label) and ROW (from 1)."""
    columns: Mapping[str, str]
    """As in `Part`."""
    done: int
    """Bytes of all files that are behind it, roughly."""


class Wanted(NamedTuple):
    """What is to be read of a file."""

    file: SourceFile
    columns: Mapping[str, str]
    """The table's column to the file's."""


def columns_of(file: SourceFile) -> list[str]:
    """What a file has, its folders' columns last. ImportRefusedError where it cannot be read, or has a column twice."""
    if file.is_parquet:
        with _translated(file):
            names = pl.scan_parquet(file.path, glob=False, hive_partitioning=False).collect_schema().names()
    else:
        names = head_of(file)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ImportRefusedError([Problem(str(file.path), f"there is more than one column {name!r}") for name in twice])
    return [*names, *(name for name in file.folders if name not in names)]


def chunks(wanted: Sequence[Wanted]) -> Iterator[Chunk]:
    """All rows, in order. Pieces of files with the same columns are put together; none is larger than ROWS."""
    waiting: list[pl.DataFrame] = []
    columns: Mapping[str, str] = {}
    done = behind = 0
    for want in wanted:
        for rows, share in _rows(want):
            if rows.is_empty():
                continue
            fits = waiting and columns == want.columns and waiting[0].schema == rows.schema
            if waiting and not (fits and sum(map(len, waiting)) + rows.height <= ROWS):
                yield Chunk(pl.concat(waiting), columns, done)
                waiting = []
            waiting.append(rows)
            columns, done = want.columns, behind + int(want.file.bytes * share)
        behind += want.file.bytes
    if waiting:
        yield Chunk(pl.concat(waiting), columns, behind)


def _rows(want: Wanted) -> Iterator[tuple[pl.DataFrame, float]]:
    """Pieces of one file, each with the share of the file that is behind it."""
    file = want.file
    with tempfile.TemporaryDirectory(prefix="lianghu-csv-") as scratch:
        if file.is_parquet:
            lazy = pl.scan_parquet(file.path, glob=False, hive_partitioning=False)
            with _translated(file):
                total = lazy.select(pl.len()).collect().item()
        else:
            path = plain_text(file, Path(scratch))
            lazy = pl.scan_csv(path, infer_schema=False, glob=False)
            total = _lines(path)
        with _translated(file):
            names = set(lazy.collect_schema().names())
        there = [name for name in dict.fromkeys(want.columns.values()) if name in names]
        told = {name: pl.lit(file.folders[name], pl.String) for name in want.columns.values() if name not in names}
        first = 1
        with _translated(file):
            for rows in lazy.select(there).collect_batches(chunk_size=ROWS):
                numbers = pl.int_range(first, first + rows.height, dtype=pl.UInt32, eager=True)
                first += rows.height
                label = pl.lit(file.label, pl.String).cast(pl.Categorical)
                placed = rows.with_columns(numbers.alias(ROW), label.alias(FILE), **told)
                yield placed if file.is_parquet else _without_blank_lines(placed, there), min(first / max(total, 1), 1.0)


def _without_blank_lines(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Lines of nothing, or of commas only, as they stand at the end of many CSV files."""
    return rows.remove(pl.all_horizontal(pl.col(names).is_null())) if names and rows[names[0]].null_count() else rows


def _lines(path: Path) -> float:
    """How many there will be, by the length of the first ones."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(65_536)
    return size * max(start.count(b"\n"), 1) / max(len(start), 1)


@contextmanager
def _translated(file: SourceFile) -> Iterator[None]:
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:  # damaged Parquet makes the reader panic
        line = (str(error).strip().splitlines() or ["unreadable"])[0][:200]
        hint = "Parquet or CSV with a head line was expected"
        raise ImportRefusedError(Problem(str(file.path), f"malformed file: {line}", hint)) from error
