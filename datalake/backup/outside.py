"""A file outside the lake, in a folder or a bucket: read in parts, and written whole or not at all."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from datalake.backup.streams import PART, put_stream, stream
from datalake.errors import BackupError, Problem, StorageError
from datalake.objects import NO_OPTIONS, Store, local_folder, open_store, size_of

Free = Callable[[Path], int]
"""From a folder to the bytes that are free on its disk."""


def free_bytes(folder: Path) -> int:
    """Of the disk of a folder, which need not be there yet."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    return shutil.disk_usage(there).free


class OutsideFile(Protocol):
    @property
    def name(self) -> str:
        """As the user knows it."""

    def size(self) -> int:
        """Bytes. There being no such file is an error."""

    def read(self, start: int, length: int) -> Iterator[bytes]:
        """So many bytes, in parts; fewer where the file ends."""

    def create(self, size: int, parts: Callable[[], Iterable[bytes]]) -> None:
        """Write the file; `parts` are asked for once it is clear that it may be written. Readers see all of it or nothing."""


def outside_file(place: str, file_name: str, options: Mapping[str, str] = NO_OPTIONS, free: Free = free_bytes) -> OutsideFile:
    """The file at a path, at file:///abs/path or at s3://bucket/key; where a place is a folder (also: ends with /), `file_name` in it."""
    address = urlsplit(place)
    if address.scheme == "s3":
        key = address.path.strip("/")
        if place.endswith("/") or not key:
            key = f"{key}/{file_name}".strip("/")
        folder, _, last = key.rpartition("/")
        return _BucketFile(f"s3://{address.netloc}/{key}", open_store(f"s3://{address.netloc}/{folder}", options), last)
    path = local_folder(place) or Path(place).expanduser()
    if place.endswith("/") or path.is_dir():
        path = path / file_name
    return _FolderFile(path, free)


def enough_space(folder: Path, needed: int, what: str, free: Free) -> None:
    """Refuse before anything is written rather than fill the disk."""
    there = free(folder)
    if needed > there:
        hint = "free some space, or name another place"
        raise StorageError(Problem("disk", f"{what} needs {told_size(needed)}, and {told_size(there)} are free at {folder}", hint))


def told_size(count: int) -> str:
    """Bytes as people read them."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{count / scale:,.1f} {unit}"
    return f"{count} bytes"


@dataclass(frozen=True)
class _FolderFile:
    path: Path
    free: Free

    @property
    def name(self) -> str:
        return str(self.path)

    def size(self) -> int:
        if not self.path.is_file():
            raise BackupError(Problem(self.name, "there is no such file"))
        return self.path.stat().st_size

    def read(self, start: int, length: int) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                file.seek(start)
                while length > 0 and (part := file.read(min(length, PART))):
                    length -= len(part)
                    yield part
        except OSError as error:
            raise StorageError(Problem(self.name, f"cannot read it: {error.strerror or error}")) from error

    def create(self, size: int, parts: Callable[[], Iterable[bytes]]) -> None:
        _absent(self.name, self.path.exists())
        enough_space(self.path.parent, size, "the file", self.free)
        unfinished = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}.part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(Problem(self.name, f"cannot make its folder: {error.strerror or error}")) from error
        try:
            with unfinished.open("xb") as file:
                for part in parts():
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            _absent(self.name, self.path.exists())
            unfinished.rename(self.path)
        except OSError as error:
            raise StorageError(Problem(self.name, f"cannot write it: {error.strerror or error}")) from error
        finally:
            unfinished.unlink(missing_ok=True)


@dataclass(frozen=True)
class _BucketFile:
    name: str
    store: Store
    key: str

    def size(self) -> int:
        found = size_of(self.store, self.key)
        if found is None:
            raise BackupError(Problem(self.name, "there is no such object"))
        return found

    def read(self, start: int, length: int) -> Iterator[bytes]:
        return stream(self.store, self.key, start, length)

    def create(self, size: int, parts: Callable[[], Iterable[bytes]]) -> None:
        _absent(self.name, size_of(self.store, self.key) is not None)
        put_stream(self.store, self.key, parts())


def _absent(name: str, is_there: bool) -> None:
    if is_there:
        raise BackupError(Problem(name, "it is there already", "take it away first, or name another file"))
