"""Tables that people bring, read as texts: CSV in UTF-8 or GB 18030, or Parquet."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from engine.orders.lines import Column, Table, column_of
from engine.orders.table import MOST_ROWS
from functions.commands.failures import CommandError

LARGEST_FILE = 512 * 2**20


def read_table(file: Path) -> Table:
    """CommandError where there is no such file, or it is no table."""
    if file.is_dir():
        raise CommandError(f"{file} is a folder, not a table")
    try:
        with file.open("rb") as stream:
            head = stream.read(4)
        size = file.stat().st_size
    except FileNotFoundError as error:
        raise CommandError(f"there is no file {file}") from error
    if size > LARGEST_FILE:
        raise CommandError(f"{file} has {size:,} bytes; a table has at most {LARGEST_FILE:,}")
    if head == b"PAR1":
        return _parquet(file)
    if head[:4] == b"PK\x03\x04":
        raise CommandError(f"{file} is a workbook of a spreadsheet", "save the sheet as CSV")
    return _csv(file)


def _csv(file: Path) -> Table:
    lines = csv.reader(_text(file).splitlines(keepends=True), dialect=_dialect(file), strict=True)
    rows: list[int] = []
    try:
        header = [name.strip() for name in next(lines, [])]
        columns = _columns(_whole(file, header, lines, rows), header)
    except csv.Error as error:
        raise CommandError(f"{file}, line {lines.line_num}: {error}", "cells with commas or quotes stand in quotes") from error
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise CommandError(f"{file} has the column {twice!r} twice", "leave one")
    return Table(columns, np.array(rows, np.int64))


def _whole(file: Path, header: Sequence[str], lines: "csv._reader", rows: list[int]) -> Iterator[list[str]]:  # type: ignore[name-defined]
    """The rows that hold something; where each stands goes into `rows`."""
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            found = f"{len(cells)} cells, and the header has {len(header)}"
            raise CommandError(f"{file}, line {lines.line_num}: {found}", "a comma inside a cell needs quotes around the cell")
        rows.append(lines.line_num)
        yield cells


def _columns(lines: Iterable[Sequence[str]], header: Sequence[str]) -> dict[str, Column]:
    """Column by column, each text kept once."""
    texts: list[dict[str, int]] = [{} for _ in header]
    at: list[list[int]] = [[] for _ in header]
    for cells in lines:
        for found, places, cell in zip(texts, at, cells, strict=True):
            places.append(found.setdefault(cell.strip(), len(found)))
        if header and len(at[0]) > MOST_ROWS:
            raise CommandError(f"the table has more than {MOST_ROWS:,} rows", "run it in parts")
    return {name: Column(tuple(found), np.array(places, np.int64)) for name, found, places in zip(header, texts, at, strict=True)}


def _text(file: Path) -> str:
    data = file.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CommandError(f"{file} is neither UTF-8 nor GB 18030 text", "save it as CSV in UTF-8")


def _dialect(file: Path) -> type[csv.Dialect]:
    """Commas, unless the first line has only semicolons or tabs."""
    with file.open("rb") as stream:
        first = stream.readline(10_000)

    class Dialect(csv.excel):
        delimiter = next((mark for mark in (",", "\t", ";") if mark.encode() in first), ",")

    return Dialect


def _parquet(file: Path) -> Table:
    import polars as pl  # noqa: PLC0415  the other commands do without

    try:
        frame = pl.read_parquet(file, n_rows=MOST_ROWS + 1)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CommandError(f"{file} cannot be read as Parquet: {str(error).splitlines()[0]}") from error
    if frame.height > MOST_ROWS:
        raise CommandError(f"{file} has more than {MOST_ROWS:,} rows", "run it in parts")
    columns = {}
    for series in frame:
        if isinstance(series.dtype, pl.Datetime) and series.dtype.time_zone:
            series = series.dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)  # noqa: PLW2901
        try:
            texts = series.cast(pl.String)
        except pl.exceptions.PolarsError:
            continue  # a column of lists or structures, which no order has
        columns[series.name] = column_of((text or "").strip() for text in texts.to_list())
    return Table(columns, np.arange(1, frame.height + 1))
