"""A backup back into a lake: every byte is checked first, what is there stays, and the manifest comes last."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from datalake.backup.archive import Archive, Entry, examined
from datalake.backup.checks import check_contents, checked_dataset
from datalake.backup.export import Seen, unseen
from datalake.backup.outside import Free, enough_space, free_bytes, outside_file
from datalake.backup.streams import hash_of, put_stream, stream
from datalake.errors import BackupError, Problem
from datalake.lake import Lake, at_version
from datalake.objects import local_folder, put_new, size_of, sizes
from datalake.storing import delta_log, restoring
from datalake.storing.folding import FETCHES
from datalake.versions import Dataset, manifest_key, resolve

Item = TypeVar("Item")


@dataclass(frozen=True)
class Restored:
    """What came into the lake. Objects that were there already, the same, are not counted."""

    dataset: str
    lake: str
    objects: int
    bytes: int
    there: int
    """Objects that the lake had already."""


def restore(place: str, lake: Lake, seen: Seen = unseen, free: Free = free_bytes) -> Restored:
    """Bring a backup's version into the lake under its own name. Nothing is seen of it before all of it is there.

    An object that the lake holds with other content is an error, and nothing is written. A restore that was ended goes on when it is
    run again; until then nobody else writes to the source's tables.
    """
    _ = lake.store  # a lake that cannot be reached is told first
    archive = examined(outside_file(place, "", lake.options, free), lambda done, total: seen("checking the backup", done, total))
    dataset = checked_dataset(archive)
    check_contents(archive, dataset)
    _check_history(lake, dataset, archive.file.name)
    missing = _missing(lake, archive, dataset, seen)
    if missing:
        folder = local_folder(lake.url)
        if folder:
            enough_space(folder, sum(entry.size + _DISK_BLOCK for entry in missing), "the restore", free)
        restoring.begin(lake.store, dataset, archive.file.name)
        _Writing(lake, archive, dataset, missing, seen).run()
    restoring.end(lake.store, dataset)
    written = sum(entry.size for entry in missing)
    return Restored(dataset.version, lake.url, len(missing), written, len(archive.entries) - len(missing))


_DISK_BLOCK = 4096
_THREADS = 8
_SMALL = 8 * 2**20
"""Bytes of an object that is put at once, as a new one or not at all."""


def _check_history(lake: Lake, dataset: Dataset, file: str) -> None:
    """Versions of one source come from each other: their tables are the same ones, and grow. Looks at the versions next to this one."""
    names = (key.rpartition("/v")[2].removesuffix(".json") for key in sizes(lake.store, f"versions/{dataset.source}"))
    numbers = [int(name) for name in names if name.isdigit()]
    before = max((number for number in numbers if number < dataset.number), default=None)
    after = min((number for number in numbers if number > dataset.number), default=None)
    for number in (before, after):
        if number is None:
            continue
        other = resolve(lake.store, f"{dataset.source}:v{number}")
        older, newer = (other, dataset) if number < dataset.number else (dataset, other)
        for name, table in older.tables.items():
            later = newer.tables.get(name)
            if later is None or _id(later.snapshot) != _id(table.snapshot) or later.delta_version < table.delta_version:
                words = f"{other.version} of the lake has another history: its table {name} is not the backup's"
                raise BackupError(Problem(file, words, "nothing was written; restore into another lake with --into"))


def _id(snapshot: str) -> str:
    return snapshot.rpartition("@")[0]


def _missing(lake: Lake, archive: Archive, dataset: Dataset, seen: Seen) -> list[Entry]:
    """The objects that the lake lacks. All that it has otherwise are told."""
    entries = archive.entries.values()
    there = {key: size for table in dataset.tables for key, size in sizes(lake.store, f"{dataset.source}/{table}").items()}
    for key in archive.entries:
        if key.count("/") == 1 or key == manifest_key(dataset.source, dataset.number):
            size = size_of(lake.store, key)
            there |= {} if size is None else {key: size}
    common = [entry for entry in entries if entry.key in there]
    other: set[str] = set()

    def compare(entry: Entry) -> None:
        if there[entry.key] != entry.size or hash_of(stream(lake.store, entry.key)) != entry.sha256:
            other.add(entry.key)

    _each(compare, common, _size, seen, "comparing with the lake")
    wrong = [entry for entry in common if entry.key in other and not _same_state(entry.key, archive, there, other)]
    if wrong:
        hint = "nothing was written; where it is damaged, take it away; where the lake went on otherwise, restore --into another one"
        raise BackupError([Problem(entry.key, "the lake has other content under this name", hint) for entry in wrong])
    return [entry for entry in entries if entry.key not in there]


def _same_state(key: str, archive: Archive, there: Mapping[str, int], other: set[str]) -> bool:
    """Whether this is a checkpoint after a commit that both have: it says the same in other bytes, as whoever makes one does."""
    folder, _, name = key.rpartition("/")
    file = delta_log.log_file(name)
    if not file or not file.is_checkpoint:
        return False
    commit = f"{folder}/{file.version:020d}.json"
    return commit in archive.entries and commit in there and commit not in other


class _Writing:
    """Data first, then each table's log commit by commit, the manifest at the end."""

    def __init__(self, lake: Lake, archive: Archive, dataset: Dataset, missing: list[Entry], seen: Seen) -> None:
        self._lake, self._archive, self._dataset, self._seen = lake, archive, dataset, seen
        self._manifest = manifest_key(dataset.source, dataset.number)
        self._logs: dict[str, list[tuple[delta_log.LogFile, Entry]]] = {}
        self._data: list[Entry] = []
        for entry in missing:
            folder, _, name = entry.key.rpartition("/")
            file = delta_log.log_file(name) if folder.endswith(f"/{delta_log.FOLDER}") else None
            if file:
                self._logs.setdefault(folder, []).append((file, entry))
            elif entry.key != self._manifest:
                self._data.append(entry)

    def run(self) -> None:
        _each(self._put, self._data, _size, self._seen, "writing the tables")
        fetched = f"{self._dataset.source}/{FETCHES}/{delta_log.FOLDER}"
        self._write_logs([folder for folder in self._logs if folder != fetched])
        self._write_logs([folder for folder in self._logs if folder == fetched])  # last: it says that the others' rows are there
        for name, table in self._dataset.tables.items():
            at_version(self._lake, self._dataset.source, name, table.delta_version)
        self._put(self._archive.entries[self._manifest])

    def _write_logs(self, folders: Iterable[str]) -> None:
        """A table whose log had gone on otherwise meanwhile stays as it is; the others' become whole."""
        beaten: list[str] = []

        def put_log(entries: list[Entry]) -> None:
            for entry in entries:
                if not self._put_new(entry):
                    beaten.append(entry.key)
                    return

        logs = [[entry for _, entry in sorted(self._logs[folder])] for folder in folders]
        _each(put_log, logs, lambda entries: sum(map(_size, entries)), self._seen, "writing the logs")
        if beaten:
            restoring.end(self._lake.store, self._dataset)
            hint = "the version was not restored; try again, --into another lake where this one went on otherwise"
            raise BackupError([Problem(key, "somebody else wrote to the table meanwhile", hint) for key in beaten])

    def _put(self, entry: Entry) -> None:
        if entry.size > _SMALL:
            put_stream(self._lake.store, entry.key, self._archive.read(entry))
        elif not self._put_new(entry):
            hint = "the version was not restored; run it again"
            raise BackupError(Problem(entry.key, "somebody else wrote other content meanwhile", hint))

    def _put_new(self, entry: Entry) -> bool:
        """False: it is there with other content."""
        data = b"".join(self._archive.read(entry))
        return put_new(self._lake.store, entry.key, data) or hash_of(stream(self._lake.store, entry.key)) == entry.sha256


def _size(entry: Entry) -> int:
    return entry.size


def _each(work: Callable[[Item], None], items: Iterable[Item], size: Callable[[Item], int], seen: Seen, what: str) -> None:
    """Several at a time; the first error ends it."""
    waiting = list(items)
    done, total, lock = 0, sum(map(size, waiting)), Lock()

    def one(item: Item) -> None:
        nonlocal done
        work(item)
        with lock:
            done += size(item)
            seen(what, done, total)

    with ThreadPoolExecutor(_THREADS) as pool:
        futures = [pool.submit(one, item) for item in waiting]
        try:
            for future in as_completed(futures):
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
