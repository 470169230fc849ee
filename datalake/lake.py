"""Delta tables of a lake: where they are, what a version of one holds, and its rows.

A table lives at <lake>/<source>/<table>. Writing is merging.py's; nothing that is written is seen until it is published.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from datalake.errors import MissingObjectError, Problem, StorageError
from datalake.frames import types_of
from datalake.objects import NO_OPTIONS, Store, local_folder, open_store
from datalake.schemas import check_readable
from datalake.tables import TABLES, Table
from datalake.versions import TableVersion


@dataclass(frozen=True)
class Lake:
    """Where the lake is, and the storage options to reach it."""

    url: str
    options: Mapping[str, str] = field(default_factory=lambda: NO_OPTIONS, repr=False)

    @cached_property
    def store(self) -> Store:
        return open_store(self.url, self.options)

    def object_url(self, key: str) -> str:
        """Of a local lake the plain path: it may hold spaces or Chinese."""
        folder = local_folder(self.url)
        return str(folder / key) if folder else f"{self.url.rstrip('/')}/{key}"

    def table_url(self, source: str, table: str) -> str:
        return self.object_url(f"{source}/{table}")


def current(lake: Lake, source: str, table: str) -> DeltaTable | None:
    """The table at its newest commit; None where there is none."""
    try:
        found = DeltaTable(lake.table_url(source, table), storage_options=dict(lake.options))
    except TableNotFoundError:
        return None
    except (DeltaError, OSError) as error:
        raise translated(error, source, table) from error
    check_readable(found, TABLES[table], f"{source}/{table}")
    return found


def at_version(lake: Lake, source: str, table: str, version: int) -> DeltaTable:
    """The table as it was at a Delta version."""
    try:
        found = DeltaTable(lake.table_url(source, table), version=version, storage_options=dict(lake.options))
    except TableNotFoundError as error:
        raise MissingObjectError(Problem(table, f"{source}/{table} is gone from the lake", f"version {version} was wanted")) from error
    except (DeltaError, OSError) as error:
        raise translated(error, source, table) from error
    check_readable(found, TABLES[table], f"{source}/{table}")
    return found


def scan(lake: Lake, source: str, table: str, version: int) -> pl.LazyFrame:
    """The table at a Delta version, without its partition column's meaning: filter by `year` or `month` to skip files."""
    return rows_at(lake, at_version(lake, source, table, version), TABLES[table])


def rows_at(lake: Lake, delta: DeltaTable, table: Table) -> pl.LazyFrame:
    """The rows of a table as it was loaded."""
    return scan_files(lake, delta.file_uris(), table)


def scan_files(lake: Lake, uris: Sequence[str], table: Table) -> pl.LazyFrame:
    """Rows of some files of a table; columns that the table did not have when they were written are null.

    (Delta names files percent-encoded, in folders and in buckets; polars takes names as they are. Its own scan_delta does not find those
    whose folders have spaces or Chinese in their names.)
    """
    files = [unquote(uri) for uri in uris]
    types = types_of(table)
    if not files:
        return pl.DataFrame(schema=types).lazy()
    hive: Mapping[str, pl.DataType] | None = {str(table.parts): types[table.parts]} if table.parts else None
    return pl.scan_parquet(
        files,
        schema=types,
        missing_columns="insert",
        extra_columns="ignore",
        hive_partitioning=bool(hive),
        hive_schema=hive,
        storage_options=dict(lake.options) or None,
    )


def files_by_part(delta: DeltaTable, table: Table) -> dict[int, list[str]]:
    """The addresses of a table's files by the year or month of their folder; 0 where it has no folders."""
    found: dict[int, list[str]] = {}
    for uri in sorted(delta.file_uris()):
        part = int(uri.rsplit("/", 2)[-2].partition("=")[2]) if table.parts else 0
        found.setdefault(part, []).append(uri)
    return dict(sorted(found.items()))


def describe(delta: DeltaTable, table: Table) -> TableVersion:
    """What a version's manifest says about a table, from the counts that Delta keeps of each file: no row is read."""
    added = pl.DataFrame(delta.get_add_actions(flatten=True))
    first, last = _range(added, table.date) if table.date and added.height else (0, 0)
    rows = int(added["num_records"].sum()) if added.height else 0
    return TableVersion(delta.version(), rows, first, last, f"{delta.metadata().id}@{delta.version()}")


def _range(added: pl.DataFrame, column: str) -> tuple[int, int]:
    low, high = added[f"min.{column}"].min(), added[f"max.{column}"].max()
    return tuple(int(str(day).replace("-", "")[:8]) if day is not None else 0 for day in (low, high))  # type: ignore[return-value]


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Around everything that reads rows: a file that is gone or cannot be read is an error of the store. Who reads no more is none."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError, OSError) as error:
        raise _unusable(error, what, what) from error


def translated(error: Exception, source: str, table: str) -> StorageError:
    """A foreign error about a table in our words."""
    return _unusable(error, table, f"{source}/{table}")


def _unusable(error: Exception, field: str, what: str) -> StorageError:
    text = str(error) or type(error).__name__
    full = "No space left" in text or "os error 28" in text
    hint = "the disk is full: free some space and try again" if full else None
    return StorageError(Problem(field, f"cannot use {what}: {text.splitlines()[0][:300]}", hint))
