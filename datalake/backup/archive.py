"""A tar of objects with an index of their hashes: the same objects give the same bytes, and no other tar is taken for one.

First HEAD (what it is a backup of, how much follows), then the objects by their keys, last INDEX (size and sha256 of each).
"""

import hashlib
import json
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

from datalake.backup.outside import OutsideFile
from datalake.backup.streams import hash_of
from datalake.errors import BackupError, Problem, StorageError

HEAD, INDEX = "backup.json", "index.json"
KIND, FORMAT = "lianghu backup", 1

_BLOCK = 512
_LONGEST_HEAD = 65_536
_END = bytes(2 * _BLOCK)
_SAFE = re.compile(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[A-Za-z0-9_.=-]+(?:/[A-Za-z0-9_.=-]+)*")
"""Names of members: neither absolute nor climbing out, plain characters."""


class Entry(NamedTuple):
    """An object of an archive."""

    key: str
    size: int
    sha256: str
    start: int
    """Its first byte's place in the file."""


@dataclass(frozen=True)
class Archive:
    """A file of which every byte was found to be as its index says."""

    file: OutsideFile
    dataset: str
    """The version that it is a backup of, "import:v3"."""
    entries: Mapping[str, Entry]
    """By key, sorted."""

    def read(self, entry: Entry) -> Iterator[bytes]:
        """The object once more, and an error at the end where it is not what it was."""
        digest = hashlib.sha256()
        for part in self.file.read(entry.start, entry.size):
            digest.update(part)
            yield part
        if digest.hexdigest() != entry.sha256:
            _refuse(self.file.name, f"{entry.key} changed while it was read")

    def bytes_of(self, key: str) -> bytes:
        return b"".join(self.read(self.entries[key]))


def length(dataset: str, sizes: Mapping[str, int]) -> int:
    """Bytes of the archive of these objects."""
    index = _index({key: (size, "0" * 64) for key, size in sizes.items()})
    members = [len(_head(dataset, sizes)), *sizes.values(), len(index)]
    return sum(_BLOCK + size + _padding(size) for size in members) + len(_END)


def written(dataset: str, sizes: Mapping[str, int], read: Callable[[str], Iterable[bytes]]) -> Iterator[bytes]:
    """The archive's bytes, in parts. An object that is not as long as was told is an error."""
    yield from _member(HEAD, _head(dataset, sizes))
    hashes: dict[str, tuple[int, str]] = {}
    for key in sorted(sizes):
        digest, count = hashlib.sha256(), 0
        yield _header(key, sizes[key])
        for part in read(key):
            digest.update(part)
            count += len(part)
            yield part
        if count != sizes[key]:
            raise StorageError(Problem(key, f"the object has {count} bytes, and {sizes[key]} were listed", "it changed: try again"))
        yield bytes(_padding(count))
        hashes[key] = (count, digest.hexdigest())
    yield from _member(INDEX, _index(hashes))
    yield _END


def examined(file: OutsideFile, seen: Callable[[int, int], None] = lambda done, total: None) -> Archive:
    """Read the whole file and hold it against its index. `seen` is told bytes done and bytes in all."""
    tape = _Tape(file, seen)
    _, size = tape.header()
    if size > _LONGEST_HEAD:
        _refuse(file.name, "this is no backup of a lake")
    dataset, count, total = _promise(file.name, tape.whole(size))
    found: dict[str, Entry] = {}
    for _ in range(count):
        key, size = tape.header()
        total -= size
        if not _SAFE.fullmatch(key) or key in (HEAD, INDEX):
            _refuse(file.name, f"{key[:100]!r} is no name of an object of a lake")
        if key in found:
            _refuse(file.name, f"{key} is there twice")
        if total < 0:
            _refuse(file.name, f"{key} is more than {HEAD} promises")
        found[key] = Entry(key, size, "", tape.place)
        found[key] = found[key]._replace(sha256=tape.hashed(size))
    if total:
        _refuse(file.name, f"{total:,} bytes less than {HEAD} promises are there")
    _compare(file.name, found, tape)
    return Archive(file, dataset, dict(sorted(found.items())))


def _compare(name: str, found: Mapping[str, Entry], tape: "_Tape") -> None:
    """What was read beside the index, and the end of the file."""
    expected = _index({key: (entry.size, entry.sha256) for key, entry in found.items()})
    key, size = tape.header()
    if key != INDEX or size > 4 * len(expected) + _LONGEST_HEAD:
        _refuse(name, f"{key[:100]!r} stands where the index should")
    text = tape.whole(size)
    if text != expected:
        told = _rows(text)
        words = [f"{key} is damaged: it is not what the index says" for key, row in sorted(_rows(expected).items()) if told.get(key) != row]
        raise BackupError([Problem(name, word, _HINT) for word in words or ["the index is damaged"]])
    if tape.whole(len(_END)) != _END or tape.left:
        _refuse(name, "something stands behind its end")


def _rows(index: bytes) -> dict[str, list[Any]]:
    """An index's rows by key; none where it is no index."""
    try:
        return {key: row for key, *row in json.loads(index)["objects"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}


_HINT = "nothing was written; take another copy of the backup"


def _refuse(name: str, words: str) -> NoReturn:
    raise BackupError(Problem(name, words, _HINT))


class _Tape:
    """The file from its beginning to its end."""

    def __init__(self, file: OutsideFile, seen: Callable[[int, int], None]) -> None:
        self._name, self._size, self._seen = file.name, file.size(), seen
        self._parts = iter(file.read(0, self._size))
        self._part, self._used = b"", 0
        self.place = 0

    @property
    def left(self) -> int:
        return self._size - self.place

    def header(self) -> tuple[str, int]:
        """The next member's name and size: a plain file."""
        block = self.whole(_BLOCK)
        try:
            member = tarfile.TarInfo.frombuf(block, "utf-8", "replace")
        except tarfile.HeaderError:
            _refuse(self._name, f"this is no backup of a lake, or damaged at byte {self.place - _BLOCK:,}")
        if self.place == _BLOCK and member.name != HEAD:
            _refuse(self._name, "this is no backup of a lake")
        if member.type != tarfile.REGTYPE or member.size < 0:
            _refuse(self._name, f"{member.name[:100]!r} is no plain file")
        if member.size > self.left:
            _refuse(self._name, f"the file ends in the middle of {member.name[:100]}: it is not whole")
        return member.name, member.size

    def whole(self, size: int) -> bytes:
        """A short member's bytes."""
        return b"".join(self._take(size))

    def hashed(self, size: int) -> str:
        return hash_of(self._take(size))

    def _take(self, size: int) -> Iterator[bytes]:
        """A member's bytes, and behind them zeros up to the next block."""
        yield from self._next(size)
        if any(map(any, self._next(_padding(size)))):
            _refuse(self._name, f"damaged near byte {self.place:,}")
        self._seen(self.place, self._size)

    def _next(self, size: int) -> Iterator[bytes]:
        while size:
            if self._used == len(self._part):
                self._part, self._used = next(self._parts, b""), 0
            part = self._part[self._used : self._used + size]
            if not part:
                _refuse(self._name, f"the file ends at byte {self.place:,}: it is not whole")
            self._used += len(part)
            self.place += len(part)
            size -= len(part)
            yield part


def _member(name: str, data: bytes) -> Iterator[bytes]:
    yield _header(name, len(data)) + data + bytes(_padding(len(data)))


def _header(name: str, size: int) -> bytes:
    """Nobody's, of no time: a tar tells nothing but its members."""
    if not _SAFE.fullmatch(name):
        raise StorageError(Problem(name, "a backup cannot hold an object of this name"))
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o644, 0
    try:
        return member.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")
    except ValueError as error:
        raise StorageError(Problem(name, f"a tar cannot hold it: {error}")) from error


def _padding(size: int) -> int:
    return -size % _BLOCK


def _head(dataset: str, sizes: Mapping[str, int]) -> bytes:
    return _text({"kind": KIND, "format": FORMAT, "dataset": dataset, "objects": len(sizes), "bytes": sum(sizes.values())})


def _index(objects: Mapping[str, tuple[int, str]]) -> bytes:
    return _text({"objects": [[key, *row] for key, row in sorted(objects.items())]})


def _text(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def _promise(name: str, head: bytes) -> tuple[str, int, int]:
    """What a backup says to be of: the version, how many objects, how many bytes."""
    try:
        value = json.loads(head)
        dataset, count, total = str(value["dataset"]), int(value["objects"]), int(value["bytes"])
    except (ValueError, KeyError, TypeError, RecursionError):
        _refuse(name, "this is no backup of a lake")
    if value.get("kind") != KIND or value.get("format") != FORMAT:
        _refuse(name, f"this is no backup that this program can read (kind {value.get('kind')!r}, format {value.get('format')!r})")
    return dataset, count, total
