"""Tables as texts, whoever brings them: the text of a CSV, or rows of JSON. What is no table is told by its line."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from engine.errors import OrdersError, Problem
from engine.orders.lines import Column, Table
from engine.orders.table import MOST_ROWS

MOST_COLUMNS = 200
"""A name that nobody knows is compared with all that are known."""
MOST_CELLS = 1_000_000
"""Of rows of JSON: each may name a column of its own, and then all the others have it, too."""
ENCODINGS = ("utf-8-sig", "gb18030")


def decoded(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _no_table("file", "is neither UTF-8 nor GB 18030 text", "save it as CSV in UTF-8")


def table_of_csv(text: str) -> Table:
    """Its rows are called by their lines, the header being line 1. OrdersError where it is no table."""
    text = text.removeprefix("\ufeff")
    lines = csv.reader(text.splitlines(keepends=True), dialect=_dialect(text), strict=True)
    rows: list[int] = []
    try:
        header = [name.strip() for name in next(lines, [])]
        _check_header(header)
        columns = _columns(_whole(header, lines, rows), header)
    except csv.Error as error:
        raise _no_table(f"line {lines.line_num}", str(error), "cells with commas or quotes stand in quotes") from error
    return Table(columns, np.array(rows, np.int64))


def table_of_rows(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Its rows are called by their numbers from 1; a key that a row has not is an empty cell. OrdersError where it is no table."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    _check_header([name.strip() for name in header])
    if len(header) * len(rows) > MOST_CELLS:
        raise _no_table("rows", f"{len(rows):,} rows of {len(header)} columns are too many cells", "rows name the same columns")
    cells = ([_text(row.get(name)) for name in header] for row in rows)
    return Table(_columns(cells, [name.strip() for name in header]), np.arange(1, len(rows) + 1))


def _text(value: Any) -> str:
    """A cell of JSON as a CSV would have it."""
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def _check_header(header: Sequence[str]) -> None:
    if len(header) > MOST_COLUMNS:
        raise _no_table("columns", f"there are {len(header):,}", f"at most {MOST_COLUMNS}")
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise _no_table("columns", f"there is the column {twice!r} twice", "leave one")


def _whole(header: Sequence[str], lines: "csv._reader", rows: list[int]) -> Iterator[list[str]]:  # type: ignore[name-defined]
    """The rows that hold something; where each stands goes into `rows`."""
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            found = f"{len(cells)} cells, and the header has {len(header)}"
            raise _no_table(f"line {lines.line_num}", found, "a comma inside a cell needs quotes around the cell")
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
            raise _no_table("rows", f"there are more than {MOST_ROWS:,}", "run them in parts")
    return {name: Column(tuple(found), np.array(places, np.int64)) for name, found, places in zip(header, texts, at, strict=True)}


def _dialect(text: str) -> type[csv.Dialect]:
    """Commas, unless the first line has only semicolons or tabs."""
    first = text[:10_000].partition("\n")[0]

    class Dialect(csv.excel):
        delimiter = next((mark for mark in (",", "\t", ";") if mark in first), ",")

    return Dialect


def _no_table(place: str, message: str, hint: str) -> OrdersError:
    return OrdersError([Problem(place, message, hint)])
