"""Pages of a stored table, read where they lie: a page costs what it shows, however long the table is. Pure but for `read`."""

import csv
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from datalake.errors import CorruptObjectError, Problem
from functions.jobs.columns import Columns, told_rows

CHUNK = 256 * 1024
LARGEST_PAGE = 1024 * 1024
"""Bytes of CSV that one page shows at most: as JSON about three times as many, and an answer may have six megabytes."""
MOST_LOOKED_AT = 4 * 1024 * 1024
"""Bytes of CSV that one page looks at for the rows that are wanted: about a second of work, however large the table is."""
LONGEST_HEADER = 64 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Read = Callable[[int, int], bytes]
"""Bytes from a place on, so many."""


class File(NamedTuple):
    read: Read
    size: int
    """Bytes."""


class Rows(NamedTuple):
    items: list[dict[str, Any]]
    following: int | None
    """The byte at which the next page begins; None after the last row."""


def page_of(file: File, columns: Columns, first: int, limit: int, keeps: Callable[[Mapping[str, Any]], bool]) -> Rows:
    """Up to `limit` rows that `keeps` keeps, from the byte `first` on (0: the first row). Fewer where they would be larger than a page, and
    fewer, or none, where they lie far apart: the next page goes on looking.

    ValueError: no row begins there. CorruptObjectError: the file is not what was written.
    """
    header, begin = _header(file)
    if first and not (begin <= first < file.size and file.read(first - 1, 1) == b"\n"):
        raise ValueError("no row begins there")
    items: list[dict[str, Any]] = []
    shown = 0
    for place, record in _records(file, first or begin):
        if len(items) == limit or shown > LARGEST_PAGE or place - (first or begin) >= MOST_LOOKED_AT:
            return Rows(items, place)
        try:
            (row,) = told_rows(header, csv.reader([record.decode()]), columns)
        except (ValueError, csv.Error) as error:
            if first:
                raise ValueError("no row begins there") from error
            raise CorruptObjectError(Problem("results", "a run's table is damaged")) from error
        if keeps(row):
            items.append(row)
            shown += len(record)
    return Rows(items, None)


def _header(file: File) -> tuple[list[str], int]:
    """The columns' names, and the byte at which the rows begin."""
    start = file.read(0, min(LONGEST_HEADER, file.size)) if file.size else b""
    line, ended, _ = start.partition(b"\n")
    if not ended:
        raise CorruptObjectError(Problem("results", "a run's table has no header"))
    try:
        return next(csv.reader([line.removeprefix(BYTE_ORDER_MARK).decode()])), len(line) + 1
    except (UnicodeDecodeError, csv.Error) as error:
        raise CorruptObjectError(Problem("results", "the header of a run's table is damaged")) from error


def _records(file: File, first: int) -> Iterator[tuple[int, bytes]]:
    """Each row with the byte at which it begins. A line feed within quotes ends no row."""
    place, record = first, b""
    for line in _lines(file, first):
        record += line
        if record.count(b'"') % 2 == 0:
            yield place, record
            place, record = place + len(record), b""
    if record:
        yield place, record


def _lines(file: File, first: int) -> Iterator[bytes]:
    """With their line feeds."""
    at, rest = first, b""
    while at < file.size:
        chunk = file.read(at, min(CHUNK, file.size - at))
        if not chunk:
            raise CorruptObjectError(Problem("results", "a run's table ends too early"))
        at += len(chunk)
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line + b"\n" for line in lines)
    if rest:
        yield rest
