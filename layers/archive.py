"""Zips of the same bytes, wherever and whenever they are made of the same files."""

import hashlib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from layers.sizes import Size

LONG_AGO = (1980, 1, 1, 0, 0, 0)
READABLE = 0o100644 << 16
UNIX = 3


@dataclass(frozen=True)
class Part:
    """A folder whose files lie below `below` in the package."""

    name: str
    folder: Path
    below: str = ""

    def files(self) -> Iterable[tuple[str, Path]]:
        for file in self.folder.rglob("*"):
            if file.is_file():
                path = file.relative_to(self.folder).as_posix()
                yield f"{self.below}/{path}" if self.below else path, file

    @property
    def size(self) -> int:
        return sum(file.stat().st_size for _, file in self.files())


def pack(parts: Iterable[Part], target: Path) -> Size:
    """Sorted by path, all of one time and mode. Where two parts have the same file, their bytes are the same, and it is there once."""
    parts = list(parts)
    fresh = target.with_name(f"{target.name}.new")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path, file in sorted({path: file for part in parts for path, file in part.files()}.items()):
            entry = zipfile.ZipInfo(path, LONG_AGO)
            entry.external_attr, entry.create_system, entry.compress_type = READABLE, UNIX, zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
        unzipped = {part.name: part.size for part in parts}
    data = fresh.read_bytes()
    fresh.replace(target)  # whoever reads the old one reads it to its end
    return Size(unzipped, len(data), hashlib.sha256(data).hexdigest())
