"""How often panels were found where, counted by all processes of a machine in one small file."""

import contextlib
import fcntl
import os
from pathlib import Path

COUNTED = ("memory", "disk", "store", "spoiled", "found", "built")
"""Asked for by who computes, and found in the process's memory, on the machine's disk, or fetched from the store; files of the disk that
were not what had been written; asked for by who plans, and found in the store, or built."""
_BYTES = 8


class Counts:
    """One number each of COUNTED, which only grows."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "panel-counts"

    def add(self, name: str) -> None:
        """One more. A count that cannot be written (a full disk, a folder that may only be read) is lost: nobody's work fails for it."""
        place = COUNTED.index(name) * _BYTES
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                before = int.from_bytes(os.pread(handle, _BYTES, place), "little")
                os.pwrite(handle, ((before + 1) % 2**64).to_bytes(_BYTES, "little"), place)
            finally:
                os.close(handle)

    def read(self) -> dict[str, int]:
        """By name, in the order of COUNTED."""
        try:
            data = self._file.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            data = b""
        return {name: int.from_bytes(data[place * _BYTES : (place + 1) * _BYTES], "little") for place, name in enumerate(COUNTED)}
