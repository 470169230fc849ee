"""Tables of polars and Arrow that go out as CSV: no text in them begins like a formula of a spreadsheet (functions.jobs.columns.held)."""

from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from functions.jobs.columns import FORMULA


def harmless_frame(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.String).str.replace(f"({FORMULA})", "'${1}"))


def harmless_column(column: "pa.Array[Any]") -> "pa.Array[Any]":
    """Of any type; only texts change."""
    return pc.replace_substring_regex(column, f"({FORMULA})", r"'\1") if pa.types.is_string(column.type) else column
