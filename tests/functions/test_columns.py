"""Cells that no spreadsheet takes for a formula, and that come back as they were; tables as CSV, JSON and Parquet alike."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalake.errors import CorruptObjectError
from functions.commands.harmless import harmless_column, harmless_frame
from functions.jobs.columns import TABLES, held, let_go, rows_of, table_csv
from functions.wishes.parquet import parquet_of

DANGEROUS = "=+-@\t\r"
TEXTS = st.text(st.sampled_from("=+-@\t\r'\",\nab银\ufeff"), max_size=8) | st.text(max_size=20)


@given(TEXTS)
def test_no_cell_begins_like_a_formula_and_every_text_comes_back(text: str) -> None:
    assert held(text)[:1] not in DANGEROUS or held(text) == ""
    assert let_go(held(text)) == text


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=20))
def test_other_libraries_hold_texts_back_alike(texts: list[str]) -> None:
    expected = [held(text) for text in texts]
    frame = pl.DataFrame({"name": texts, "n": [-1.5] * len(texts)}, schema={"name": pl.String, "n": pl.Float64})
    assert harmless_frame(frame)["name"].to_list() == expected and harmless_frame(frame)["n"].to_list() == [-1.5] * len(texts)
    assert harmless_column(pa.array(texts, pa.string())).to_pylist() == expected
    assert harmless_column(pa.array([-1, None])).to_pylist() == [-1, None]


def test_a_carriage_return_within_a_text_began_a_row() -> None:
    """Python's csv writer does not quote it where lines end with a line feed alone."""
    data = table_csv({"name": "text", "n": "count"}, [("a\r=cmd()", 1)])
    assert data == b'name,n\n"a\r=cmd()",1\n'


@pytest.mark.parametrize("text", ["", "a=1", "'quoted'", "银行", " =1", "000001.SZ"])
def test_harmless_texts_stay_as_they_are(text: str) -> None:
    assert held(text) == text == let_go(text)


@given(st.lists(st.tuples(TEXTS, st.integers(-(2**62), 2**62)), max_size=5))
def test_texts_are_held_back_and_negative_numbers_stay_numbers(rows: list[tuple[str, int]]) -> None:
    data = table_csv({"name": "text", "n": "count"}, rows)
    cells = list(csv.reader(io.StringIO(data.decode(), newline="")))[1:]
    assert [(let_go(name), int(number)) for name, number in cells] == rows
    assert [row["n"] for row in rows_of(data, {"name": "text", "n": "count"})] == [number for _, number in rows]
    assert [row["name"] or "" for row in rows_of(data, {"name": "text", "n": "count"})] == [name for name, _ in rows]


REFUSALS: list[tuple[Any, ...]] = [
    ("2024-01-02", "2024-01-02T07:00:00Z", "=HYPERLINK(1)", "buy", "limit_up", "-9.210", "0.125", '-a"b\nc,'),
    ("2024-01-03", "", "'@x", "sell", "", "123456789012345.001", "", ""),
]


def test_parquet_has_the_exact_values() -> None:
    data = table_csv(TABLES["refusals"], REFUSALS)
    made = parquet_of(data, TABLES["refusals"])
    assert made == parquet_of(data, TABLES["refusals"]), "the same bytes again"
    first, second = pl.read_parquet(io.BytesIO(made)).rows(named=True)
    assert first["date"] == date(2024, 1, 2) and first["time"] == datetime(2024, 1, 2, 7, tzinfo=UTC)
    assert (first["ts_code"], first["price_yuan"], first["would_have_returned"]) == ("=HYPERLINK(1)", Decimal("-9.210"), 0.125)
    assert first["explanation"] == '-a"b\nc,' and second["ts_code"] == "'@x" and second["price_yuan"] == Decimal("123456789012345.001")
    assert second["time"] is None and second["would_have_returned"] is None and second["explanation"] is None


@pytest.mark.parametrize("kind", list(TABLES))
def test_a_table_without_rows_keeps_its_types(kind: str) -> None:
    empty = pl.read_parquet(io.BytesIO(parquet_of(table_csv(TABLES[kind], []), TABLES[kind])))
    assert empty.height == 0 and empty.columns == list(TABLES[kind]) and pl.Null not in empty.dtypes


@pytest.mark.parametrize("data", [b"", b"date,time\n1,2,3\n", b"date,time\nx,2024-01-02T07:00:00Z\n"])
def test_a_damaged_table_is_told_so(data: bytes) -> None:
    with pytest.raises(CorruptObjectError):
        parquet_of(data, TABLES["equity"])
