"""Parsed rows in the lake's units: prices in li, volumes in shares, amounts in li, factors in millionths."""

import polars as pl
import pyarrow as pa

from datalake.frames import conform
from datalake.tables import Table


def normalize(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Rows without bad ones, from Tushare's units to the table's types. Whole numbers are rounded."""
    scaled = [(pl.col(column.name) * column.scale).round(0) for column in table.columns if pa.types.is_integer(column.type)]
    return conform(rows.with_columns(scaled), table)
