"""Questions in SQL over the tables of a dataset version, answered by DuckDB: read-only, within bounds of memory and time."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from threading import Thread
from time import monotonic
from typing import NamedTuple, TypeVar

import duckdb
import pyarrow as pa
import pyarrow.dataset as pads

from datalake.explore.errors import told
from datalake.explore.views import STORED, view_of
from datalake.explore.wall import refused, tables_asked
from datalake.lake import Lake, at_version, reading
from datalake.tables import ALIASES, TABLES
from datalake.versions import Dataset

MEMORY_MB = 2_048
"""Of DuckDB; nothing is written to disk when it is not enough."""
SECONDS = 120.0
BATCH = 10_000
"""Rows that are handed on at once."""

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
}
_Value = TypeVar("_Value")


class Bounds(NamedTuple):
    """What an answer may cost."""

    seconds: float = SECONDS
    memory_mb: int = MEMORY_MB


class Answer(NamedTuple):
    """Rows, of which nothing is computed before they are asked for."""

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]
    """At most BATCH rows each. Whoever stops before the end closes the iterator."""


@contextmanager
def asked(lake: Lake, dataset: Dataset, sql: str, bounds: Bounds | None = None) -> Iterator[Answer]:
    """The answer to one SELECT over the dataset's tables at their pinned versions.

    QueryError where it is none, where DuckDB finds a mistake in it, or where it needs more time or memory than its bounds; StorageError
    where a table cannot be read. Ctrl-C ends what is being computed.
    """
    allowed, text = bounds or Bounds(), f"\n{sql}"
    connection = duckdb.connect(config=_SETTINGS | {"memory_limit": f"{allowed.memory_mb}MB"})
    run = _Patience(connection, allowed.seconds)
    try:
        with reading(f"the tables of {dataset.version}"), told(text, allowed.seconds, allowed.memory_mb):
            _open(connection, lake, dataset, tables_asked(connection, text))
            run.wait(lambda: connection.execute(f"explain{text}").fetchall())  # its errors know their place, and nothing is read
            reader = run.wait(lambda: connection.sql(text).to_arrow_reader(BATCH))
            yield Answer(reader.schema, _batches(run, reader))
    finally:
        if run.is_over:
            connection.close()


class _Patience:
    """Waits in the main thread for what DuckDB does in another: so Ctrl-C is heard at once, and time has an end."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, seconds: float) -> None:
        self._connection, self._end = connection, monotonic() + seconds
        self.is_over = True
        """False where DuckDB was not waited for: what goes on within one value, like a text of a billion signs, hears no interrupt."""

    def wait(self, work: Callable[[], _Value]) -> _Value:
        """What the work gives or raises; TimeoutError at the end of the time."""
        future: Future[_Value] = Future()
        Thread(target=_do, args=(work, future), daemon=True).start()  # a daemon: nobody waits for it when the process ends
        try:
            return future.result(self._end - monotonic())
        except BaseException:
            self._stop(future)
            raise

    def _stop(self, future: "Future[_Value]") -> None:
        """An interrupt that comes before the work has begun is lost, so it is said until the work has ended. Ctrl-C ends the waiting."""
        self.is_over = False
        while not future.done():
            self._connection.interrupt()
            wait((future,), 0.05)
        self.is_over = True


def _do(work: Callable[[], _Value], future: "Future[_Value]") -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001  whatever it is, whoever waits raises it
        future.set_exception(error)


def _batches(run: _Patience, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    while True:
        batch = run.wait(lambda: next(reader, None))
        if batch is None:
            return
        yield batch


def _open(connection: duckdb.DuckDBPyConnection, lake: Lake, dataset: Dataset, names: set[str]) -> None:
    """Both views of every table of the dataset; those that the statement does not name are only there to be suggested, and are empty."""
    for name in sorted(names - set(dataset.tables)):
        if known := ALIASES.get(name, name if name in TABLES else ""):
            there = known in dataset.tables
            hint = f"it is called {known} here" if there and known != name else f"it has {', '.join(sorted(dataset.tables))}"
            raise refused(f"{dataset.version} has no table {name}", hint)
    connection.execute("create schema raw")
    for name in dataset.tables:
        if name not in TABLES:
            continue
        if name in names:
            delta = at_version(lake, dataset.source, name, dataset.tables[name].delta_version)
            rows: pads.Dataset | pa.Table = delta.to_pyarrow_dataset(schema=TABLES[name].schema)
        else:
            rows = TABLES[name].schema.empty_table()
        connection.register(f"{STORED}{name}", rows)
        for statement in view_of(name, f"{STORED}{name}"):
            connection.execute(statement)
    for statement in ("set TimeZone = 'UTC'", "set enable_external_access = false", "set lock_configuration = true"):
        connection.execute(statement)
