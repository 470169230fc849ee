"""Taking away what no version needs: data files, rows that were staged and given up, outlines, rankings of older versions, and panels if
asked.

A file that a manifest names is never taken away, and so every published version stays readable for ever. Delta's own vacuum
(deltalake 1.6: `vacuum(full=True, keep_versions=...)`) comes to the same files, but opens every version for it, which takes minutes
after a few years of daily versions, and makes two commits of its own; here each table's log is read once.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from datalake import series
from datalake.errors import CorruptObjectError, MissingObjectError, Problem, StorageError
from datalake.lake import Lake, at_version, current, files_by_part
from datalake.objects import WISHES, Entry, delete, entries, folders, get_range
from datalake.panels.packing import outline_of
from datalake.panels.panel import FORMAT
from datalake.rankings import stored as rankings
from datalake.storing.delta_log import FOLDER
from datalake.storing.lifetimes import Lifetime, Lifetimes, lifetimes
from datalake.storing.outlines import outline_key
from datalake.storing.pieces import staged
from datalake.tables import MINUTE_TABLES, TABLES
from datalake.versions import Dataset, list_versions

DAY = timedelta(hours=24)
"""What is younger may be somebody's who has not committed it yet, or has not published what he committed."""


class Swept(NamedTuple):
    """What was taken away (or would be) of one kind."""

    what: str
    """ "import/bars_1d", "staging/import", "outlines", "rankings", "bars", "wishes", "panels"."""
    files: int
    bytes: int


@dataclass(frozen=True)
class Vacuumed:
    swept: tuple[Swept, ...]
    """Only where there was something to take away."""
    told: tuple[str, ...]
    """What was left alone and why; what was staged and is nobody's any more."""


def vacuum(lake: Lake, older_than: timedelta = DAY, *, panels: bool = False, dry_run: bool = False) -> Vacuumed:
    """Delete what no manifest of any source and no table's newest commit needs, and what is older than so long.

    With `dry_run` nothing is deleted. Of panels those of another format and those of versions that the lake does not have.
    """
    before = datetime.now(UTC) - older_than
    told: list[str] = []
    tables = list(_tables(lake, told))  # listed before the manifests are read: what a later one names is on no list
    versions = list_versions(lake.store)
    found: dict[str, Mapping[str, Entry]] = {}
    for table in tables:
        try:
            found[table.name] = table.unneeded(versions, before)
        except CorruptObjectError as error:
            told.append(f"{table.name} was left alone: {error.problems[0].message}")
    found |= _given_up(lake, before, told)
    try:
        found["outlines"] = _outlines(lake, versions, before)
    except StorageError as error:
        told.append(f"outlines were left alone: {error.problems[0].message}")
    newest = {one.source: one for one in versions}.values()
    found["rankings"] = rankings.unneeded(lake.store, newest, before)
    found[series.ROOM] = series.unneeded(lake.store, newest, before)
    found[WISHES] = {key: entry for key, entry in entries(lake.store, WISHES).items() if entry.modified < before}
    if panels:
        found["panels"] = _panels(lake, versions, before)
    if not dry_run:
        for objects in found.values():
            delete(lake.store, objects)
    swept = (Swept(what, len(objects), sum(entry.bytes for entry in objects.values())) for what, objects in found.items() if objects)
    return Vacuumed(tuple(swept), tuple(told))


_NO_SOURCES = {"versions", "catalogs", "findings", "outlines", "panels", "rankings", "staging", "restoring", series.ROOM, WISHES}


class _Table(NamedTuple):
    source: str
    table: str
    listed: Mapping[str, Entry]
    """Its data files, by their place in its folder."""
    lives: Lifetimes

    @property
    def name(self) -> str:
        return f"{self.source}/{self.table}"

    def unneeded(self, versions: Iterable[Dataset], before: datetime) -> dict[str, Entry]:
        """By key. Whoever has committed and not yet published pins what was the newest commit a moment ago: that stays, too."""
        pinned = sorted(
            {one.tables[self.table].delta_version for one in versions if one.source == self.source and self.table in one.tables}
        )
        if pinned and pinned[0] < self.lives.first:
            raise CorruptObjectError(Problem(self.table, f"the log of version {pinned[0]}, which a manifest names, is gone"))
        needed = {path for path, rows in self.lives.files.items() if any(_is_needed(row, pinned, before) for row in rows)}
        return {f"{self.name}/{path}": entry for path, entry in self.listed.items() if entry.modified < before and path not in needed}


def _is_needed(row: Lifetime, pinned: Sequence[int], before: datetime) -> bool:
    if row.until is None or row.removed is None or row.removed >= before:
        return True
    place = bisect_left(pinned, row.since)
    return place < len(pinned) and pinned[place] < row.until


def _tables(lake: Lake, told: list[str]) -> Iterator[_Table]:
    for source in (name for name in folders(lake.store) if name not in _NO_SOURCES):
        for table in (name for name in folders(lake.store, source) if name in TABLES):
            root = f"{source}/{table}/"
            objects = {key.removeprefix(root): entry for key, entry in entries(lake.store, root.rstrip("/")).items()}
            if not any(path.startswith(f"{FOLDER}/") for path in objects):
                told.append(f"{source}/{table} was left alone: it is no table")
                continue
            data = {path: entry for path, entry in objects.items() if path.endswith(".parquet") and not path.startswith("_")}
            try:
                yield _Table(source, table, data, lifetimes(lake, source, table))
            except StorageError as error:
                told.append(f"{source}/{table} was left alone: {error.problems[0].message}")


def _given_up(lake: Lake, before: datetime, told: list[str]) -> dict[str, dict[str, Entry]]:
    """Staged pieces of files: an import stages and folds its own, so an old one is of a process that was killed. Tushare's answers wait
    for the next sync, however long."""
    found: dict[str, dict[str, Entry]] = {}
    for source in folders(lake.store, "staging"):
        waiting = {piece.key for piece in staged(lake, source) if piece.origin or piece.table == "fetches"}
        old = {
            key: entry for key, entry in entries(lake.store, f"staging/{source}").items() if key not in waiting and entry.modified < before
        }
        found[f"staging/{source}"] = old
        by_table = Counter(key.split("/")[2] for key in old)
        told += [
            f"{count} staged pieces of {source}/{table} were left by a process that ended" for table, count in sorted(by_table.items())
        ]
    return found


def _outlines(lake: Lake, versions: Sequence[Dataset], before: datetime) -> dict[str, Entry]:
    """They help to describe the next version, so those of each source's newest are enough; any can be made anew."""
    newest = {one.source: one for one in versions}
    needed = set()
    for source, one in newest.items():
        for table in (name for name in ("bars_1d", *MINUTE_TABLES) if name in one.tables):
            for delta in (at_version(lake, source, table, one.tables[table].delta_version), current(lake, source, table)):
                needed |= {outline_key(uris) for uris in files_by_part(delta, TABLES[table]).values()} if delta else set()
    return {key: entry for key, entry in entries(lake.store, "outlines").items() if entry.modified < before and key not in needed}


def _panels(lake: Lake, versions: Iterable[Dataset], before: datetime) -> dict[str, Entry]:
    known = {one.version for one in versions}
    return {
        key: entry
        for key, entry in entries(lake.store, "panels").items()
        if entry.modified < before and not _is_panel(lake, key, entry.bytes, known)
    }


def _is_panel(lake: Lake, key: str, size: int, versions: set[str]) -> bool:
    """Whether some backtest can still ask for it."""

    def read(start: int, length: int) -> bytes:
        inside = min(length, size - start)
        return get_range(lake.store, key, start, inside) if inside > 0 else b""

    try:
        header = outline_of(read).header
    except CorruptObjectError:
        return False
    except MissingObjectError:
        return True  # somebody else took it away
    return header.get("format") == FORMAT and header.get("dataset") in versions
