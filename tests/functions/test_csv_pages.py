"""Pages of a table read where they lie come to the whole table, whatever is in its cells."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datalake.errors import CorruptObjectError
from functions.jobs import csv_pages
from functions.jobs.columns import Columns, rows_of, table_csv
from functions.jobs.csv_pages import File, page_of

COLUMNS: Columns = {"name": "text", "n": "count"}
NAMES = st.text(st.sampled_from("=a,\"\n\r' 银"), max_size=12)


def file_of(data: bytes) -> File:
    return File(lambda start, length: data[start : start + length], len(data))


def all_pages(data: bytes, limit: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    first: int | None = 0
    while first is not None:
        rows = page_of(file_of(data), COLUMNS, first, limit, lambda row: True)
        assert len(rows.items) == limit or rows.following is None
        items += rows.items
        first = rows.following
    return items


@given(st.lists(st.tuples(NAMES, st.integers()), max_size=12), st.integers(1, 5), st.integers(3, 40), st.booleans())
def test_pages_come_to_the_whole_table(rows: list[tuple[str, int]], limit: int, chunk: int, has_mark: bool) -> None:
    data = (b"\xef\xbb\xbf" if has_mark else b"") + table_csv(COLUMNS, rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_pages, "CHUNK", chunk)
        assert all_pages(data, limit) == rows_of(data, COLUMNS)


def test_only_rows_that_are_kept_count() -> None:
    data = table_csv(COLUMNS, [(str(number % 3), number) for number in range(30)])
    first = page_of(file_of(data), COLUMNS, 0, 4, lambda row: row["name"] == "1")
    assert [row["n"] for row in first.items] == [1, 4, 7, 10] and first.following
    rest = page_of(file_of(data), COLUMNS, first.following, 100, lambda row: row["name"] == "1")
    assert [row["n"] for row in rest.items] == [13, 16, 19, 22, 25, 28] and rest.following is None


def test_a_page_reads_only_what_it_shows() -> None:
    data = table_csv(COLUMNS, [("x" * 100, number) for number in range(100_000)])
    read: list[int] = []

    def counted(start: int, length: int) -> bytes:
        read.append(length)
        return data[start : start + length]

    page = page_of(File(counted, len(data)), COLUMNS, 0, 10, lambda row: True)
    assert page.following and sum(read) < 1_000_000 < len(data)


def test_very_long_rows_make_shorter_pages() -> None:
    data = table_csv(COLUMNS, [("x" * 120_000, number) for number in range(30)])
    page = page_of(file_of(data), COLUMNS, 0, 1000, lambda row: True)
    assert 9 <= len(page.items) < 30 and page.following
    assert all_pages_of(data) == list(range(30))


def all_pages_of(data: bytes) -> list[int]:
    found: list[int] = []
    first: int | None = 0
    while first is not None:
        rows = page_of(file_of(data), COLUMNS, first, 1000, lambda row: True)
        found += [row["n"] for row in rows.items]
        first = rows.following
    return found


def test_a_place_in_the_middle_of_a_row_is_no_cursor() -> None:
    data = table_csv(COLUMNS, [("abc", 1), ("def", 2)])
    for first in (3, len(data), len(data) + 1, 9):
        with pytest.raises(ValueError, match="no row begins there"):
            page_of(file_of(data), COLUMNS, first, 10, lambda row: True)


@pytest.mark.parametrize("data", [b"", b"name,n", b"\xff\xfe,n\na,1\n", b"name,n\na\n", b"name,n\na,x\n"])
def test_a_damaged_table_is_told_so(data: bytes) -> None:
    with pytest.raises(CorruptObjectError):
        page_of(file_of(data), COLUMNS, 0, 10, lambda row: True)


def test_a_file_that_ends_too_early_is_damaged() -> None:
    data = table_csv(COLUMNS, [("abc", 1)])
    with pytest.raises(CorruptObjectError):
        page_of(File(lambda start, length: data[start : start + length], len(data) + 5), COLUMNS, 0, 10, lambda row: True)


def test_one_wanted_row_in_a_large_table_is_found_by_pages_that_each_look_at_a_part() -> None:
    """A filter that fits nothing made one request read the whole table: a third of a second for each megabyte, without an end."""
    data = table_csv(COLUMNS, [("x" * 100, number) for number in range(90_000)] + [("wanted", 1)])
    assert len(data) > 2 * csv_pages.MOST_LOOKED_AT
    found: list[dict[str, Any]] = []
    first: int | None = 0
    pages = 0
    while first is not None:
        read: list[int] = []

        def counted(start: int, length: int, read: list[int] = read) -> bytes:
            read.append(length)
            return data[start : start + length]

        rows = page_of(File(counted, len(data)), COLUMNS, first, 10, lambda row: row["name"] == "wanted")
        assert sum(read) <= csv_pages.MOST_LOOKED_AT + 3 * csv_pages.CHUNK
        found += rows.items
        first, pages = rows.following, pages + 1
    assert found == [{"name": "wanted", "n": 1}] and pages == 3
