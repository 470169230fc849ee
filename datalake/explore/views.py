"""The tables of a dataset as SQL sees them: money in CNY, prices as exact decimals, times of Shanghai; as they are stored beside it."""

from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa

from datalake.tables import TABLES, Column, Table

RAW = "raw"
"""The schema of the tables as they are stored."""
STORED = "stored:"
"""What the sources of both views are called, before the table's name: nobody asks for them."""


class Shown(NamedTuple):
    """A column of a view."""

    name: str
    sql: str
    """Made of the stored column."""
    type: str
    """DuckDB's name of what that gives."""
    unit: str


class _Unit(NamedTuple):
    """What becomes of columns of one stored type whose unit begins so."""

    stored: pa.DataType
    unit: str
    sql: str
    type: str
    shown: str
    """{rest}: what the stored unit says beyond its first words."""


_UNITS = (
    _Unit(pa.int32(), "li", "{name}::DECIMAL(10, 0) * 0.001::DECIMAL(3, 3)", "DECIMAL(13,3)", "CNY{rest}"),
    _Unit(pa.int64(), "li", "{name}::DECIMAL(19, 0) * 0.001::DECIMAL(3, 3)", "DECIMAL(22,3)", "CNY{rest}"),
    _Unit(pa.int64(), "micro-CNY", "{name}::DECIMAL(19, 0) * 0.000001::DECIMAL(6, 6)", "DECIMAL(25,6)", "CNY{rest}"),
    _Unit(pa.int64(), "millionths of a share", "{name} / 1e6", "DOUBLE", "shares{rest}"),
    _Unit(pa.int64(), "millionths", "{name} / 1e6", "DOUBLE", "{rest}"),
    # There has been no summer time since 1991, and bars of minutes are younger.
    _Unit(pa.timestamp("us", tz="UTC"), "", "{name}::TIMESTAMP + INTERVAL 8 HOUR", "TIMESTAMP", "{rest}, Asia/Shanghai"),
)
"""The first that fits; what none fits is shown as it is stored. (daily_basic keeps the units that strategies see, too.)"""

_PLAIN = {
    pa.string(): "VARCHAR", pa.date32(): "DATE", pa.float64(): "DOUBLE", pa.int8(): "TINYINT", pa.int32(): "INTEGER", pa.int64(): "BIGINT",
}  # fmt: skip


def shown(table: Table) -> list[Shown]:
    """The columns of a table's view, in its order. The folder's year or month is left out: it is in the date."""
    return [_shown(column) for column in table.columns]


def stored(table: Table) -> list[Shown]:
    """The columns of the table as it is stored, with that of its folders."""
    found = [Shown(column.name, _quoted(column.name), _stored_type(column.type), column.unit) for column in table.columns]
    return [*found, Shown(table.parts, table.parts, "INTEGER", "of the folder")] if table.parts else found


def view_of(table: str, source: str) -> Iterator[str]:
    """The statements that make both views of a table whose stored rows stand at `source`."""
    shape = TABLES[table]
    names = ", ".join(column.sql for column in stored(shape))
    yield f"create view {RAW}.{table} as select {names} from {_quoted(source)}"  # noqa: S608  names of ours
    columns = ", ".join(f"{column.sql} as {_quoted(column.name)}" for column in shown(shape))
    yield f"create view {table} as select {columns} from {RAW}.{table}"  # noqa: S608


def _shown(column: Column) -> Shown:
    for row in _UNITS:
        if column.type == row.stored and column.unit.startswith(row.unit):
            rest = column.unit.removeprefix(row.unit)
            return Shown(column.name, row.sql.format(name=_quoted(column.name)), row.type, row.shown.format(rest=rest).strip(": "))
    return Shown(column.name, _quoted(column.name), _PLAIN[column.type], column.unit)


def _stored_type(stored_as: pa.DataType) -> str:
    return _PLAIN.get(stored_as, "TIMESTAMP WITH TIME ZONE")


def _quoted(name: str) -> str:
    """Names of ours are plain words, and some of them are SQL's, too (time)."""
    return f'"{name}"'
