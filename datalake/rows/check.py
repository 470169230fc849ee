"""A check of rows before they are written: a kind, what is wrong, the columns it looks at, and which rows have it."""

from collections.abc import Callable
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from datalake.finding import Severity
from datalake.tables import PRICE, Table


class Check(NamedTuple):
    kind: str
    message: str
    columns: Callable[[Table], list[str]]
    """The columns it looks at, of those that the table has; none: the check does not apply."""
    bad: Callable[[Table, list[str]], pl.Expr]
    """Over parsed rows (Tushare's units); null is not bad."""
    severity: Severity = "error"


def these(*names: str) -> Callable[[Table], list[str]]:
    """These columns, where the table has all of them."""
    return lambda table: list(names) if set(names) <= set(table.names) else []


def some(*names: str) -> Callable[[Table], list[str]]:
    """Those of these columns that the table has."""
    return lambda table: [name for name in names if name in table.names]


def of(table_name: str, *names: str) -> Callable[[Table], list[str]]:
    """These columns of one table."""
    return lambda table: list(names) if table.name == table_name else []


def prices(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.type == PRICE]


def dates(table: Table) -> list[str]:
    return [column.name for column in table.columns if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type)]


def numbers(table: Table) -> list[str]:
    return [column.name for column in table.columns if pa.types.is_integer(column.type) or pa.types.is_floating(column.type)]


def bars_of(table: Table, *kinds: str) -> list[str]:
    """OHLC, volume and amount of bars of stocks and funds: "day", "minute" or both."""
    kind = "day" if table.name == "bars_1d" else "minute" if table.name.startswith("bars_") else ""
    return ["open", "high", "low", "close", "volume", "amount"] if kind in kinds else []
