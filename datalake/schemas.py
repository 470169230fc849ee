"""Whether a Delta table is one of ours: made by another program, or another version of this one, it is told before rows are mixed up."""

from functools import cache
from typing import Any

from deltalake import DeltaTable, Schema

from datalake.errors import Problem, StorageError
from datalake.tables import Table


def check_readable(delta: DeltaTable, table: Table, what: str) -> None:
    """Raises StorageError unless folders, keys and types are as they should be.

    A column of ours that it lacks reads as null, and one that we do not know is left out.
    """
    found = {field.name: field.type for field in delta.schema().fields}
    wanted = _types(table)
    problems = [
        Problem(f"{table.name}.{name}", f"{what} has {_said(found[name])}, {_said(dtype)} is expected", _HINT)
        for name, dtype in wanted.items()
        if name in found and found[name] != dtype
    ]
    needed = [column.name for column in table.columns if column.required and (column.name in table.key or column.name == table.date)]
    lacking = [name for name in (*needed, table.parts) if name and name not in found]
    problems += [Problem(f"{table.name}.{name}", f"{what} has no such column", _HINT) for name in lacking]
    folders = delta.metadata().partition_columns
    if folders != ([table.parts] if table.parts else []):
        said = f"{what} has folders by {', '.join(folders) or 'nothing'}, not by {table.parts or 'nothing'}"
        problems.append(Problem(table.name, said, _HINT))
    if problems:
        raise StorageError(problems)


def check_writable(delta: DeltaTable, table: Table, what: str) -> None:
    """Raises StorageError where something would be lost when a partition is written anew."""
    unknown = [field.name for field in delta.schema().fields if field.name not in _types(table)]
    if unknown:
        said = f"{what} has {', '.join(unknown)}, which this program does not know: writing would lose it"
        raise StorageError(Problem(table.name, said, "use the newer program that made it"))


_HINT = "another program, or another version of this one, made it: use that one, or make the lake anew"


@cache
def _types(table: Table) -> dict[str, Any]:
    return {field.name: field.type for field in Schema.from_arrow(table.schema).fields}


def _said(dtype: Any) -> str:
    return str(getattr(dtype, "type", dtype))
