"""What may be asked in SQL: one SELECT over the dataset's tables, which neither reads files, changes anything, nor runs texts as SQL."""

import json
from collections.abc import Iterator
from typing import Any

import duckdb

from datalake.errors import PlacedProblem, QueryError
from datalake.explore.views import RAW, STORED

FIELD = "sql"
LONGEST = 100_000
"""Characters."""

FUNCTIONS = frozenset({
    "range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree", "regexp_split_to_table", "histogram",
    "histogram_values", "pg_timezone_names", "duckdb_functions", "duckdb_keywords", "duckdb_types", "pragma_version",
})  # fmt: skip
"""Functions that give tables and may stand in FROM. Others read files, memory by its address (arrow_scan), or run a text (query)."""

_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
"""Of a query; others insert, update, delete or merge."""
_SELECT = "ask with SELECT, WITH, FROM, VALUES, DESCRIBE or SUMMARIZE"
_PIVOT = "in FROM, with its values, it is: from (pivot t on ts_code in ('600519.SH', '000001.SZ') using sum(amount))"


def tables_asked(connection: duckdb.DuckDBPyConnection, sql: str) -> set[str]:
    """The names of all tables that a statement reads, in lower case. QueryError where it may not be asked."""
    _check_text(sql)
    kinds = [_kind(statement) for statement in connection.extract_statements(sql)]
    if not kinds:
        raise refused("there is no statement", _SELECT)
    if len(kinds) > 1:
        raise refused(f"these are {len(kinds)} statements", "one at a time")
    if kinds != ["SELECT"]:
        many = kinds == ["MULTI"]  # DuckDB's word for PIVOT, which first makes a type of the values
        raise refused(f"{'PIVOT' if many else kinds[0]} is not answered: the lake is only read", _PIVOT if many else _SELECT)
    found = {table for node in _nodes(_tree(connection, sql)) for table in _reads(node)}
    if inner := [name for name in found if name.startswith(STORED)]:
        raise refused(f"there is no table {inner[0]}", f"as it is stored: {RAW}.{inner[0].removeprefix(STORED)}")
    return found


def refused(message: str, hint: str | None = None) -> QueryError:
    return QueryError(PlacedProblem(FIELD, message, hint))


def _check_text(sql: str) -> None:
    if len(sql) > LONGEST:
        raise refused(f"the statement has {len(sql):,} characters, {LONGEST:,} are allowed")
    if "\0" in sql:
        raise refused("the statement holds a NUL character")
    try:
        sql.encode()
    except UnicodeEncodeError as error:
        raise refused("the statement is no text in UTF-8") from error


def _kind(statement: Any) -> str:
    return str(statement.type).rpartition(".")[2]


def _tree(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """The statement as DuckDB's own parser reads it."""
    row = connection.execute("select json_serialize_sql(?::VARCHAR)", [sql]).fetchall()[0]
    try:
        tree = json.loads(row[0])
    except RecursionError as error:
        raise refused("the statement is nested too deeply") from error
    if tree["error"]:
        raise refused(f"the statement cannot be read: {tree['error_message']}", _SELECT)
    return tree["statements"]


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object in it."""
    waiting = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _reads(node: dict[str, Any]) -> Iterator[str]:
    """The table that the node names, if it is one."""
    kind = str(node.get("type", ""))
    if kind == "BASE_TABLE":
        yield str(node["table_name"]).casefold()
    elif kind == "SHOW_REF" and node.get("query") is None:
        raise refused("SHOW is not answered", "`lianghu data query` without a statement lists the tables and their columns")
    elif kind == "TABLE_FUNCTION":
        name = str(node["function"]["function_name"]).casefold()
        if name not in FUNCTIONS:
            raise refused(
                f"{name}() may not stand in FROM: only the dataset's tables are read", "unnest, range, generate_series and json_each may"
            )
    elif kind.endswith("_NODE") and kind not in _NODES:
        raise refused(f"{kind.partition('_')[0]} is not answered: the lake is only read", _SELECT)
