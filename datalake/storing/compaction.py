"""Many small files, as a daily increment leaves them, become one sorted file for each year or month. Old versions keep theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from deltalake import CommitProperties
from deltalake.exceptions import DeltaError

from datalake.errors import CorruptObjectError, Problem
from datalake.lake import Lake, at_version, files_by_part, scan_files, translated
from datalake.storing.merging import compact as compact_table
from datalake.storing.merging import fingerprint
from datalake.storing.publishing import publish_tables
from datalake.tables import TABLES
from datalake.versions import TableVersion, resolve


class Files(NamedTuple):
    """Of one table, in the version before and in the one after."""

    before: int
    after: int


@dataclass(frozen=True)
class Compacted:
    """`dataset` is the version that has the new files; the one before where nothing was to do."""

    dataset: str
    tables: Mapping[str, Files]
    """Those that were written anew."""


def compact(lake: Lake, source: str) -> Compacted:
    """Put the files of the source's newest version together, and publish that as its next one.

    The rows of each partition are compared before the commit, and as they are read from the new files before they are published.
    """
    newest = resolve(lake.store, source)
    written: dict[str, TableVersion] = {}
    files: dict[str, Files] = {}
    for name in (name for name in TABLES if name in newest.tables):
        before = newest.tables[name].delta_version
        made = compact_table(lake, newest.source, name, before)
        if made:
            written[name] = made
            files[name] = _compared(lake, newest.source, name, before, made.delta_version)
    if not written:
        return Compacted(newest.version, {})
    dataset = publish_tables(lake, newest.source, written, {"compacted": sorted(written)})
    return Compacted(dataset.version, files)


def _compared(lake: Lake, source: str, table: str, old: int, new: int) -> Files:
    """Undoes the commit, and tells, where the new files do not hold what the old ones do."""
    shape = TABLES[table]
    before, after = (files_by_part(at_version(lake, source, table, version), shape) for version in (old, new))
    for part in sorted({*before, *after}):
        sides = [before.get(part, []), after.get(part, [])]
        if sides[0] != sides[1]:
            was, now = (fingerprint(scan_files(lake, uris, shape).select(shape.names)) for uris in sides)
            if was != now:
                _undo(lake, source, table, new, old)
                raise CorruptObjectError(Problem(table, f"the new files of {source}/{table} did not hold the rows of the old ones"))
    return Files(sum(map(len, before.values())), sum(map(len, after.values())))


def _undo(lake: Lake, source: str, table: str, new: int, old: int) -> None:
    """Only where nobody has committed since: what came later must not be lost with it."""
    try:
        at_version(lake, source, table, new).restore(old, commit_properties=CommitProperties(max_commit_retries=0))
    except (DeltaError, OSError) as error:
        raise translated(error, source, table) from error
