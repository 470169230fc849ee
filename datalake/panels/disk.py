"""Panels on a machine's disk: fetched once for all its processes, checked whole, and the least recently used go when room is needed."""

import contextlib
import errno
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from datalake.errors import CorruptObjectError, Problem, StorageError
from datalake.objects import Store, get_stream
from datalake.panels.counts import Counts
from datalake.panels.packing import check, outline_of
from datalake.panels.panel import key_of, object_key

Mapping = npt.NDArray[np.uint8]

_PANEL, _CHECKED, _PART = ".panel", ".checked", ".part"
_FORGOTTEN_SECONDS = 3600.0
"""A part of a file that nobody has written to for so long was left by a process that died."""


class OnDisk(NamedTuple):
    """A panel's file."""

    key: str
    bytes: int
    used: float
    """When it was last mapped, seconds since 1970."""


class Held:
    """A mapped file. It stays open, so that a change is noticed even after somebody has put another file in its place."""

    def __init__(self, handle: int) -> None:
        self._file = os.fdopen(os.dup(handle), "rb")
        self._content = self._told()
        self.bytes: Mapping = np.memmap(self._file, dtype=np.uint8, mode="c") if self._content[0] else np.empty(0, np.uint8)
        """Copy-on-write. (An empty file cannot be mapped: it has no bytes.)"""

    def is_as_it_was(self) -> bool:
        """Whether nobody has written to the file since it was mapped: what is mapped would have changed with it."""
        return self._told() == self._content

    def _told(self) -> tuple[int, int]:
        told = os.fstat(self._file.fileno())
        return told.st_size, told.st_mtime_ns


class PanelFiles:
    """The files of a folder, for any number of processes at once. Whoever has mapped a file keeps it when it is taken away."""

    def __init__(self, folder: Path, limit: int, counts: Counts) -> None:
        """`limit`: bytes that all files together may take. The one that was fetched last stays, however large it is."""
        self._folder, self._limit, self._counts = folder, limit, counts

    def map(self, store: Store, key: str) -> tuple[Held, Literal["disk", "store"]]:
        """The panel's file, and where it came from.

        A file is hashed once, when it comes, and again when its size, times or inode are not those that were noted then; where it is not
        what was written it is fetched again. MissingObjectError; CorruptObjectError where the store's own object is not whole.
        """
        try:
            found = self._mapped(key)
            if found is not None:
                return found, "disk"
            with self._alone(key):
                found = self._mapped(key)  # somebody else may have been faster
                if found is not None:
                    return found, "disk"
                return self._fetched(store, key), "store"
        except OSError as error:
            hint = "free some space there, or let DATA_CACHE_DIR name another folder"
            raise StorageError(Problem("data_cache_dir", f"cannot use {self._folder}: {error.strerror}", hint)) from error

    def files(self) -> list[OnDisk]:
        """Those that are there, the least recently used first."""
        found = []
        for file in self._folder.glob(f"*{_PANEL}"):
            with contextlib.suppress(FileNotFoundError):  # taken away meanwhile
                found.append(OnDisk(file.stem, file.stat().st_size, self._used(file)))
        return sorted(found, key=lambda each: (each.used, each.key))

    def clear(self) -> list[OnDisk]:
        """Takes all of them away; what they were."""
        found = self.files()
        for each in found:
            self._drop(each.key)
        for note in self._folder.glob(f"*{_CHECKED}"):  # of files that somebody mapped while they were taken away
            note.unlink(missing_ok=True)
        return found

    def _mapped(self, key: str) -> Held | None:
        """None: it is not there, or not what was written."""
        try:
            with (self._folder / f"{key}{_PANEL}").open("rb") as file:
                stamp = _stamp(file.fileno())
                held = Held(file.fileno())
        except FileNotFoundError:
            return None
        if self._noted(key) != stamp:
            try:
                _examine(held.bytes, key)
            except CorruptObjectError:
                return None
            self._note(key, stamp)
        with contextlib.suppress(OSError):  # somebody else's folder, say: it is used all the same
            os.utime(self._folder / f"{key}{_CHECKED}")
        return held

    def _fetched(self, store: Store, key: str) -> Held:
        """Written beside, checked, and renamed: other processes see the whole file or none."""
        size, chunks = get_stream(store, object_key(key))
        self._make_room(size)
        handle, beside = tempfile.mkstemp(dir=self._folder, prefix=f".{key[:16]}-", suffix=_PART)
        try:
            for chunk in chunks:
                self._write(handle, chunk)
            held = Held(handle)
            _examine(held.bytes, key)
            file = self._folder / f"{key}{_PANEL}"
            if file.exists():
                self._counts.add("spoiled")
            Path(beside).replace(file)
            self._note(key, _stamp(handle))
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        return held

    def _write(self, handle: int, chunk: bytes) -> None:
        """All of it; on a full disk other panels make room, one after the other."""
        rest = memoryview(chunk)
        while rest:
            try:
                rest = rest[os.write(handle, rest) :]
            except OSError as error:
                others = self.files()
                if error.errno not in {errno.ENOSPC, errno.EDQUOT} or not others:
                    raise
                self._drop(others[0].key)

    def _make_room(self, size: int) -> None:
        """Takes away the least recently used until one more of so many bytes fits, and what dead processes left behind."""
        for part in self._folder.glob(f".*{_PART}"):
            with contextlib.suppress(FileNotFoundError):
                if part.stat().st_mtime < time.time() - _FORGOTTEN_SECONDS:
                    part.unlink()
        others = self.files()
        total = size + sum(each.bytes for each in others)
        for each in others:
            if total <= self._limit:
                return
            self._drop(each.key)
            total -= each.bytes

    def _drop(self, key: str) -> None:
        for ending in (_CHECKED, _PANEL):
            (self._folder / f"{key}{ending}").unlink(missing_ok=True)

    def _noted(self, key: str) -> str:
        try:
            return (self._folder / f"{key}{_CHECKED}").read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return ""

    def _note(self, key: str, stamp: str) -> None:
        """That the file with this stamp was checked. Without a note, or with half of one (a full disk), it is hashed once more."""
        with contextlib.suppress(OSError):
            (self._folder / f"{key}{_CHECKED}").write_text(stamp, encoding="ascii")

    def _used(self, file: Path) -> float:
        """Each time that a file is mapped its note is touched; a file without one was used when it was written."""
        try:
            return file.with_suffix(_CHECKED).stat().st_mtime
        except FileNotFoundError:
            return file.stat().st_mtime

    @contextlib.contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        """One process of the machine at a time; the lock ends with the process, however that ends."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f".fetching-{key[:1]}.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _examine(mapped: Mapping, key: str) -> None:
    """CorruptObjectError unless these are the very bytes of this panel."""
    check(mapped)
    if key_of(outline_of(lambda start, length: mapped[start : start + length].tobytes()).header) != key:
        raise CorruptObjectError(Problem("panel", f"the object of {key} is another panel, or one of an older program"))


def _stamp(handle: int) -> str:
    """What changes whenever a file does. (The time of its last change of any kind cannot be set back as that of its content can.)"""
    told = os.fstat(handle)
    return f"{told.st_size} {told.st_mtime_ns} {told.st_ctime_ns} {told.st_ino}\n"
