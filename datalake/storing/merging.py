"""Writing Delta tables: replace one, or merge rows in by their keys. A commit is all or nothing, and unseen until it is published.

Two writers lose nothing: a commit goes through only on the state that it was made from, and otherwise is made anew from the newer one.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

import polars as pl
import pyarrow as pa
from deltalake import ColumnProperties, CommitProperties, DeltaTable, PostCommitHookProperties, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from datalake.errors import CorruptObjectError, Problem, StorageError
from datalake.frames import conform, types_of
from datalake.lake import Lake, current, describe, files_by_part, scan_files, translated
from datalake.schemas import check_writable
from datalake.storing.restoring import refuse_while_restoring
from datalake.tables import NUMBER, TABLES, TEXT, Table
from datalake.versions import TableVersion

Result = TypeVar("Result")

MOST_FILES = 16
"""Of one partition: the next rows that come make one of them, sorted again."""


def merge(lake: Lake, source: str, table: str, rows: pl.DataFrame | pl.LazyFrame, within: pl.Expr | None = None) -> TableVersion:
    """Bring rows in; one whose key is there already takes the old one's place. Nothing is written when all was there.

    `within` names stored rows that these are all of: such rows with other keys are taken away. Of rows with equal keys the last one
    stays. Rows are read and written one partition after the other, so memory is bounded by the largest.
    """
    shape = TABLES[table]
    incoming = conform(rows, shape).lazy() if isinstance(rows, pl.DataFrame) else rows.select(shape.names)

    def commit() -> TableVersion:
        delta = _opened(lake, source, shape)
        plan = _Plan(lake, delta, shape, incoming, within)
        changes = [change for part in plan.parts() if (change := plan.change(part))]
        if changes:
            _write(delta, shape, plan, changes)
        return describe(delta, shape)

    return _retried(commit, source, table)


def replace(lake: Lake, source: str, table: str, rows: pl.DataFrame) -> TableVersion:
    """Make these rows the whole table."""
    return merge(lake, source, table, rows, within=pl.lit(True))


def compact(lake: Lake, source: str, table: str, version: int) -> TableVersion | None:
    """Make one sorted file of each partition that has several small ones; the rows stay the same, which is seen to before the commit.

    None: there is nothing to do, or `version` is not the newest commit (what others have committed is theirs to publish).
    """
    shape = TABLES[table]

    def commit() -> TableVersion | None:
        delta = _opened(lake, source, shape)
        nothing = pl.DataFrame(schema={name: types_of(shape)[name] for name in shape.names}).lazy()
        plan = _Plan(lake, delta, shape, nothing, None)
        changes = [_Change(part, "rewrite") for part in _scattered(delta, plan)]
        if delta.version() != version or not changes:
            return None
        for change in changes:
            if fingerprint(plan.stored(change.part)) != fingerprint(plan.written(change, whole=True).lazy()):
                raise CorruptObjectError(Problem(table, f"part {change.part} of {source}/{table} would lose rows: nothing was written"))
        _write(delta, shape, plan, changes)
        return describe(delta, shape)

    return _retried(commit, source, table)


def fingerprint(rows: pl.LazyFrame) -> tuple[int, int]:
    """How many rows there are, and a sum over the hashes of all of them: the same in any order."""
    found: tuple[int, int] = rows.select(pl.len(), pl.struct(pl.all()).hash().sum().alias("hash")).collect().row(0)
    return found


SMALL = 32 * 2**20
"""Bytes: Delta begins another file at 100 MB, so that of a partition that is as it should be at most the last one is small."""


def _scattered(delta: DeltaTable, plan: "_Plan") -> list[int]:
    """The partitions that have more than one small file."""
    added = pl.DataFrame(delta.get_add_actions(flatten=True))
    small = {path.rpartition("/")[2] for path in added.filter(pl.col("size_bytes") < SMALL)["path"]} if added.height else set()
    return [part for part, uris in plan.files.items() if sum(uri.rpartition("/")[2] in small for uri in uris) > 1]


_ATTEMPTS = 40


class _Change(NamedTuple):
    part: int
    kind: str
    """"append" or "rewrite"."""


class _Plan:
    """What becomes of each partition of a table as it was loaded."""

    def __init__(self, lake: Lake, delta: DeltaTable, table: Table, incoming: pl.LazyFrame, within: pl.Expr | None) -> None:
        self._lake, self._table = lake, table
        self._within = None if within is None else within.fill_null(False)  # a row of which it is not known stays
        self._incoming = incoming
        self.files = files_by_part(delta, table)

    def parts(self) -> list[int]:
        """Those that rows come into or may go from."""
        found = self._parts_of(self._incoming)
        if self._within is not None:
            stored = scan_files(self._lake, [uri for uris in self.files.values() for uri in uris], self._table)
            found |= self._parts_of(stored.filter(self._within))
        return sorted(found)

    def _parts_of(self, rows: pl.LazyFrame) -> set[int]:
        """None where there is no row (a literal by itself would be one)."""
        return set(
            rows.with_columns(_part(self._table).alias("part of it")).select(pl.col("part of it").unique()).collect().to_series().to_list()
        )

    def change(self, part: int) -> _Change | None:
        """None: it stays as it is."""
        if part not in self.files:
            return _Change(part, "append")
        new, before = self.incoming(part), self.stored(part)
        if self._loses(before, new):
            return _Change(part, "rewrite")
        met = self._met(before, new)
        if met.height == new.height and met.sort(self._table.key).equals(new.sort(self._table.key)):
            return None
        return _Change(part, "append" if met.is_empty() and len(self.files[part]) < MOST_FILES else "rewrite")

    def _loses(self, before: pl.LazyFrame, new: pl.DataFrame) -> bool:
        """Whether stored rows are to go."""
        if self._within is None:
            return False
        gone = before.filter(self._within).join(new.lazy(), on=self._table.key, how="anti", nulls_equal=True)
        return bool(gone.select(pl.len()).collect().item())

    def _met(self, before: pl.LazyFrame, new: pl.DataFrame) -> pl.DataFrame:
        """Stored rows whose keys come in."""
        if self._table.date and new.height:
            days = new[self._table.date]
            before = before.filter(pl.col(self._table.date).is_between(days.min(), days.max()))
        return before.join(new.lazy().select(self._table.key), on=self._table.key, how="semi", nulls_equal=True).collect()

    def incoming(self, part: int) -> pl.DataFrame:
        """Sorted; of rows with equal keys the last one."""
        rows = self._incoming.filter(_inside(self._table, part)).select(self._table.names).collect()
        ordered = rows.sort(self._table.key, maintain_order=True)  # quick where it is sorted, and quicker than hashing keys
        again = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(-1)) for name in self._table.key)
        return ordered.filter(~again | (pl.int_range(pl.len()) == pl.len() - 1))

    def stored(self, part: int) -> pl.LazyFrame:
        return scan_files(self._lake, self.files.get(part, ()), self._table).select(self._table.names)

    def written(self, change: _Change, *, whole: bool) -> pl.DataFrame:
        """The rows to write, sorted: the new ones, and where the partition is written anew those that stay."""
        new = self.incoming(change.part)
        if whole:
            before = self.stored(change.part)
            kept = before.filter(~self._within) if self._within is not None else before
            new = pl.concat([kept.join(new.lazy(), on=self._table.key, how="anti", nulls_equal=True).collect(), new])
        return new.sort(self._table.key)


def _opened(lake: Lake, source: str, table: Table) -> DeltaTable:
    """The table at its newest commit, made empty if it is not there: writing through it fails if somebody commits in between."""
    refuse_while_restoring(lake.store, source)
    found = current(lake, source, table.name)
    if found is not None:
        check_writable(found, table, f"{source}/{table.name}")
        return found
    _ = lake.store  # makes the folder of a new lake
    return DeltaTable.create(
        lake.table_url(source, table.name),
        schema=table.schema,
        mode="ignore",
        partition_by=[table.parts] if table.parts else None,
        configuration=_KEPT_FOR_EVER,
        storage_options=dict(lake.options),
    )


_KEPT_FOR_EVER = {"delta.enableExpiredLogCleanup": "false", "delta.logRetentionDuration": "interval 36500 days"}
"""Without it a checkpoint takes away the log of versions older than a month, which manifests still name."""


def _write(delta: DeltaTable, table: Table, plan: _Plan, changes: Sequence[_Change]) -> None:
    """One commit. Where some partition is written anew, all that change are."""
    whole = any(change.kind == "rewrite" for change in changes)
    predicate = " OR ".join(f"{table.parts} = {change.part}" for change in changes) if table.parts else None
    kind: dict[str, Any] = {"mode": "overwrite", "predicate": predicate} if whole else {"mode": "append"}
    write_deltalake(
        delta,
        pa.RecordBatchReader.from_batches(table.schema, _batches(table, plan, changes, whole=whole)),
        **kind,
        schema_mode="merge",  # a lake that was made before a column was thought of gets it
        writer_properties=_writer(table),
        commit_properties=CommitProperties(max_commit_retries=0),  # Delta itself lets two appends pass, which may hold the same keys
        post_commithook_properties=PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False),
    )


def _batches(table: Table, plan: _Plan, changes: Sequence[_Change], *, whole: bool) -> Iterator[pa.RecordBatch]:
    for change in changes:
        rows = plan.written(change, whole=whole)
        if table.parts:
            rows = rows.with_columns(_part(table).alias(table.parts))
        yield from rows.to_arrow().cast(table.schema).combine_chunks().to_batches()


def _writer(table: Table) -> WriterProperties:
    """zstd; whole numbers as steps from row to row, which are small where a table is sorted by code and day."""
    steps = ColumnProperties(dictionary_enabled=False, encoding="DELTA_BINARY_PACKED")
    names = [column.name for column in table.columns if column.type not in (NUMBER, TEXT) and column.type.bit_width >= 32]
    return WriterProperties(
        compression="ZSTD",
        compression_level=3,
        max_row_group_size=131_072,
        column_properties=dict.fromkeys(names, steps),
    )


def _part(table: Table) -> pl.Expr:
    if not table.parts:
        return pl.lit(0, pl.Int32)
    day = pl.col(table.date).dt
    year = day.year()
    return (year if table.parts == "year" else year * 100 + day.month().cast(pl.Int32)).cast(pl.Int32)


def _inside(table: Table, part: int) -> pl.Expr:
    """The rows of a partition, said in days: files know their first and last."""
    if not table.parts:
        return pl.lit(True)
    year, month = (part, 0) if table.parts == "year" else (part // 100, part % 100)
    first = date(year, month or 1, 1)
    after = date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
    return (pl.col(table.date) >= first) & (pl.col(table.date) < after)


def _retried(commit: Callable[[], Result], source: str, table: str) -> Result:
    """Two writers: the second one's commit fails, and it starts again from what the first one wrote."""
    for _ in range(_ATTEMPTS):
        try:
            return commit()
        except CommitFailedError:
            continue
        except (DeltaError, OSError, pl.exceptions.ComputeError, pl.exceptions.SchemaError) as error:
            raise translated(error, source, table) from error
    raise StorageError(Problem(table, f"{_ATTEMPTS} commits of other writers came first", "try again"))
