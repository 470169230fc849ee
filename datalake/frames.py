"""Tables as polars frames: their types, an empty one, and rows brought into their shape."""

import polars as pl

from datalake.tables import Table


def types_of(table: Table) -> pl.Schema:
    """Of the columns as they are stored, the partition column too. (By way of an empty Arrow table it would load pandas.)"""
    return pl.Schema(table.schema)


def conform(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The table's columns in its order and types; an optional column that the rows lack is null."""
    types = types_of(table)
    there = set(rows.columns)
    return rows.select(
        pl.lit(None, types[column.name]).alias(column.name)
        if column.name not in there and not column.required
        else pl.col(column.name).cast(types[column.name])
        for column in table.columns
    )
