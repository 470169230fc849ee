"""A version of a dataset as one file: every object that it consists of, byte for byte."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import unquote

from datalake.backup.archive import length, written
from datalake.backup.outside import Free, free_bytes, outside_file
from datalake.backup.streams import stream
from datalake.errors import CorruptObjectError, MissingObjectError, Problem
from datalake.lake import Lake, at_version
from datalake.objects import Store, get, size_of, sizes
from datalake.storing import delta_log
from datalake.versions import Dataset, manifest_key, resolve

Seen = Callable[[str, int, int], None]
"""What is being done, bytes done, bytes in all."""


def unseen(what: str, done: int, total: int) -> None:
    """Nobody looks."""


@dataclass(frozen=True)
class Exported:
    """The file that was written."""

    dataset: str
    file: str
    bytes: int
    objects: int
    sha256: str
    """Of the whole file: the same version gives the same."""


def export(lake: Lake, name: str, place: str, seen: Seen = unseen, free: Free = free_bytes) -> Exported:
    """Write a version (its name, or a source for its newest) into a file, a folder or a bucket. Never more in memory than a few parts."""
    dataset = resolve(lake.store, name)
    file = outside_file(place, f"{dataset.source}-v{dataset.number}.tar", lake.options, free)
    objects = contents(lake, dataset)
    total = length(dataset.version, objects)
    digest = hashlib.sha256()

    def parts() -> Iterator[bytes]:
        done = 0
        with ThreadPoolExecutor(_AHEAD) as pool:
            for part in written(dataset.version, objects, _Reader(lake.store, objects, pool)):
                digest.update(part)
                done += len(part)
                seen(f"writing {dataset.version}", done, total)
                yield part

    file.create(total, parts)
    return Exported(dataset.version, file.name, total, len(objects), digest.hexdigest())


def contents(lake: Lake, dataset: Dataset) -> dict[str, int]:
    """Bytes of every object that the version consists of, by key, sorted. One that is gone or has another size is an error."""
    found: dict[str, int] = {}
    for key in filter(None, (manifest_key(dataset.source, dataset.number), dataset.catalog_key, dataset.findings_key)):
        size = size_of(lake.store, key)
        if size is None:
            raise MissingObjectError(Problem(dataset.version, f"there is no object {key}"))
        found[key] = size
    for table in dataset.tables:
        found |= _of_table(lake, dataset, table)
    return dict(sorted(found.items()))


_AHEAD, _SMALL = 16, 2**20
"""So many objects of at most so many bytes are asked for before it is their turn: logs are many small ones."""


def _of_table(lake: Lake, dataset: Dataset, table: str) -> dict[str, int]:
    row, root = dataset.tables[table], f"{dataset.source}/{table}"
    delta = at_version(lake, dataset.source, table, row.delta_version)
    if f"{delta.metadata().id}@{delta.version()}" != row.snapshot:
        raise CorruptObjectError(Problem(table, f"{root} is not the table that {dataset.version} was made of"))
    there = {key.removeprefix(f"{root}/"): size for key, size in sizes(lake.store, root).items()}
    names = [key.rpartition("/")[2] for key in there if key.startswith(f"{delta_log.FOLDER}/")]
    log = [f"{delta_log.FOLDER}/{name}" for name in delta_log.needed(names, row.delta_version)]
    if not log:
        raise CorruptObjectError(Problem(table, f"the log of {root} has a gap before version {row.delta_version}"))
    files = {unquote(path): size for path, size in delta_log.data_files(delta).items()}
    for path, size in files.items():
        if path not in there:
            raise MissingObjectError(Problem(table, f"{root}/{path} is gone, and {dataset.version} needs it"))
        if there[path] != size:
            raise CorruptObjectError(Problem(table, f"{root}/{path} has {there[path]} bytes instead of {size}"))
    return {f"{root}/{path}": there[path] for path in [*log, *files]}


class _Reader:
    """Objects in the order of their keys: small ones asked for ahead, large ones in parts."""

    def __init__(self, store: Store, objects: Mapping[str, int], pool: ThreadPoolExecutor) -> None:
        self._store, self._objects, self._pool = store, objects, pool
        self._waiting = deque(key for key in sorted(objects) if objects[key] <= _SMALL)
        self._coming: dict[str, Future[bytes]] = {}

    def __call__(self, key: str) -> Iterable[bytes]:
        if self._objects[key] > _SMALL:
            return stream(self._store, key)
        while self._waiting and len(self._coming) < _AHEAD:
            ahead = self._waiting.popleft()
            self._coming[ahead] = self._pool.submit(get, self._store, ahead)
        return (self._coming.pop(key).result(),)
