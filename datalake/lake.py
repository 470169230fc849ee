"""Delta tables of a lake: read at a version, replace, or merge rows in. A commit is all or nothing, and unseen until it is published.

A table lives at <lake>/<source>/<table>.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from datalake.errors import MissingObjectError, Problem, StorageError
from datalake.frames import conform, types_of
from datalake.objects import NO_OPTIONS, Store, local_folder, open_store
from datalake.tables import TABLES, Table
from datalake.versions import TableVersion

Result = TypeVar("Result")


@dataclass(frozen=True)
class Lake:
    """Where the lake is, and the storage options to reach it."""

    url: str
    options: Mapping[str, str] = field(default_factory=lambda: NO_OPTIONS, repr=False)

    @cached_property
    def store(self) -> Store:
        return open_store(self.url, self.options)

    def table_url(self, source: str, table: str) -> str:
        """Of a local lake the plain path: it may hold spaces or Chinese."""
        folder = local_folder(self.url)
        return str(folder / source / table) if folder else f"{self.url.rstrip('/')}/{source}/{table}"


def current(lake: Lake, source: str, table: str) -> DeltaTable | None:
    """The table at its newest commit; None where there is none."""
    try:
        return DeltaTable(lake.table_url(source, table), storage_options=dict(lake.options))
    except TableNotFoundError:
        return None
    except (DeltaError, OSError) as error:
        raise _translated(error, source, table) from error


def scan(lake: Lake, source: str, table: str, version: int) -> pl.LazyFrame:
    """The table at a Delta version, without its partition column's meaning: filter by `year` or `month` to skip files."""
    try:
        delta = DeltaTable(lake.table_url(source, table), version=version, storage_options=dict(lake.options))
    except TableNotFoundError as error:
        raise MissingObjectError(Problem(table, f"{source}/{table} is gone from the lake", f"version {version} was wanted")) from error
    except (DeltaError, OSError) as error:
        raise _translated(error, source, table) from error
    return _scan(lake, delta, TABLES[table])


def replace(lake: Lake, source: str, table: str, rows: pl.DataFrame) -> TableVersion:
    """Make these rows the whole table."""
    row = TABLES[table]
    rows = conform(rows, row)

    def commit() -> TableVersion:
        delta = _opened(lake, source, row)
        _write(delta, row, rows, None)
        return describe(delta, row, rows.lazy())

    return _retried(commit, source, table)


def upsert(lake: Lake, source: str, table: str, rows: pl.DataFrame) -> TableVersion:
    """Add rows; a row whose key is there already takes the old one's place. Only the partitions touched are written anew, and nothing
    is when all was there."""
    row = TABLES[table]
    rows = conform(rows, row)

    def commit() -> TableVersion:
        delta = _opened(lake, source, row)
        stored = _scan(lake, delta, row)
        if rows.is_empty():
            return describe(delta, row, stored)
        parts = _parts_of(rows, row)
        touched = stored.filter(pl.col(row.parts).is_in(parts)) if row.parts else stored
        before = touched.select(row.names).sort(row.key).collect()
        kept = before.join(rows.select(row.key), on=row.key, how="anti", nulls_equal=True)
        merged = pl.concat([kept, rows]).sort(row.key)
        if merged.equals(before):
            return describe(delta, row, stored)
        _write(delta, row, merged, [str(part) for part in parts] if row.parts else None)
        return describe(delta, row, _scan(lake, delta, row))

    return _retried(commit, source, table)


def describe(delta: DeltaTable, table: Table, rows: pl.LazyFrame) -> TableVersion:
    """What a version's manifest says about a table."""
    wanted = [pl.len().alias("rows")]
    if table.date:
        wanted += [pl.col(table.date).min().alias("first"), pl.col(table.date).max().alias("last")]
    found = rows.select(wanted).collect().row(0, named=True)
    first, last = found.get("first"), found.get("last")
    return TableVersion(
        delta_version=delta.version(),
        rows=found["rows"],
        first=int(first.strftime("%Y%m%d")) if first else 0,
        last=int(last.strftime("%Y%m%d")) if last else 0,
        snapshot=f"{delta.metadata().id}@{delta.version()}",
    )


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Around everything that reads rows: a file that is gone or cannot be read is an error of the store."""
    try:
        yield
    except (pl.exceptions.ComputeError, OSError) as error:
        raise _unusable(error, what, what) from error


_ATTEMPTS = 20


def _opened(lake: Lake, source: str, table: Table) -> DeltaTable:
    """The table at its newest commit, made empty if it is not there: writing through it fails if somebody commits in between."""
    found = current(lake, source, table.name)
    if found is not None:
        return found
    _ = lake.store  # makes the folder of a new lake
    return DeltaTable.create(
        lake.table_url(source, table.name),
        schema=table.schema,
        mode="ignore",
        partition_by=[table.parts] if table.parts else None,
        storage_options=dict(lake.options),
    )


def _scan(lake: Lake, delta: DeltaTable, table: Table) -> pl.LazyFrame:
    """The version's files; columns that the table did not have when they were written are null.

    (polars' own scan_delta does not find files of folders with spaces or Chinese in their names.)
    """
    local = local_folder(lake.url) is not None
    files = [unquote(uri) if local else uri for uri in delta.file_uris()]
    types = types_of(table)
    if not files:
        return pl.DataFrame(schema=types).lazy()
    hive: Mapping[str, pl.DataType] | None = {str(table.parts): types[table.parts]} if table.parts else None
    return pl.scan_parquet(
        files,
        schema=types,
        missing_columns="insert",
        hive_partitioning=bool(hive),
        hive_schema=hive,
        storage_options=dict(lake.options) or None,
    )


def _write(delta: DeltaTable, table: Table, rows: pl.DataFrame, parts: Sequence[str] | None) -> None:
    data = rows.select(table.names).sort(table.key)
    if table.parts:
        data = data.with_columns(_part(table).alias(table.parts))
    predicate = " OR ".join(f"{table.parts} = {part}" for part in parts) if parts else None
    write_deltalake(
        delta,
        data.to_arrow().cast(table.schema),
        mode="overwrite",
        schema_mode="merge",  # a lake that was made before a column was thought of gets it
        predicate=predicate,
        writer_properties=_WRITER,
    )


_WRITER = WriterProperties(compression="ZSTD", compression_level=3, max_row_group_size=131_072)


def _part(table: Table) -> pl.Expr:
    day = pl.col(table.date).dt
    year = day.year()
    return (year if table.parts == "year" else year * 100 + day.month().cast(pl.Int32)).cast(pl.Int32)


def _parts_of(rows: pl.DataFrame, table: Table) -> list[int]:
    return rows.select(_part(table).unique().sort()).to_series().to_list() if table.parts else []


def _retried(commit: Callable[[], Result], source: str, table: str) -> Result:
    """Two writers: the second one's commit fails, and it starts again from what the first one wrote."""
    for _ in range(_ATTEMPTS):
        try:
            return commit()
        except CommitFailedError:
            continue
        except (DeltaError, OSError, pl.exceptions.ComputeError) as error:
            raise _translated(error, source, table) from error
    raise StorageError(Problem(table, f"{_ATTEMPTS} commits of other writers came first", "try again"))


def _translated(error: Exception, source: str, table: str) -> StorageError:
    return _unusable(error, table, f"{source}/{table}")


def _unusable(error: Exception, field: str, what: str) -> StorageError:
    text = str(error) or type(error).__name__
    full = "No space left" in text or "os error 28" in text
    hint = "the disk is full: free some space and try again" if full else None
    return StorageError(Problem(field, f"cannot use {what}: {text.splitlines()[0][:300]}", hint))
