"""CSV files as plain UTF-8 that polars can read piece by piece: packed ones are unpacked, and GBK is read as what it is."""

import codecs
import csv
import gzip
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datalake.errors import ImportRefusedError, Problem
from datalake.files.sources import SourceFile

CHINESE = "gb18030"
"""GB 18030, of which GBK and GB 2312 are parts: what Chinese Windows programs write."""

_BLOCK = 1 << 20


def head_of(file: SourceFile) -> list[str]:
    """The names in the first line. ImportRefusedError where there is no such line."""
    with _unpacking(file), gzip.open(file.path) if _packed(file) else file.path.open("rb") as source:
        line = source.readline(_BLOCK)
    for encoding in ("utf-8-sig", CHINESE):
        try:
            text = line.decode(encoding).strip("\r\n")
        except UnicodeDecodeError:
            continue
        break
    else:
        raise _unreadable(file, 0)
    if "\0" in text:
        raise _unreadable(file, line.index(b"\0"))
    if not text.strip():
        raise ImportRefusedError(Problem(str(file.path), "malformed file: it does not begin with a line of column names"))
    if "," not in text:
        raise ImportRefusedError(Problem(str(file.path), "no comma separates its columns", f"its head line is {text[:60]!r}"))
    try:
        return [name for row in csv.reader([text]) for name in row]
    except csv.Error as error:
        hint = "its lines may end as on an old Mac: save it again" if "\r" in text else None
        raise ImportRefusedError(Problem(str(file.path), f"malformed file: its first line cannot be read: {error}", hint)) from error


def plain_text(file: SourceFile, scratch: Path) -> Path:
    """The file itself where it is plain UTF-8, and otherwise a copy of it in `scratch`.

    ImportRefusedError where the text is neither UTF-8 nor GBK, or cannot be unpacked.
    """
    path = _unpacked(file, scratch) if _packed(file) else file.path
    broken = _broken(path, "utf-8")
    if broken is None:
        return path
    if _broken(path, CHINESE) is not None:
        raise _unreadable(file, broken)
    copy = scratch / "transcribed.csv"
    decoder = codecs.getincrementaldecoder(CHINESE)()
    with path.open("rb") as source, copy.open("wb") as target:
        while block := source.read(_BLOCK):
            target.write(decoder.decode(block).encode())
    return copy


def _packed(file: SourceFile) -> bool:
    return file.path.suffix.lower() == ".gz"


def _unpacked(file: SourceFile, scratch: Path) -> Path:
    copy = scratch / "unpacked.csv"
    with _unpacking(file), gzip.open(file.path) as source, copy.open("wb") as target:
        shutil.copyfileobj(source, target, _BLOCK)
    return copy


@contextmanager
def _unpacking(file: SourceFile) -> Iterator[None]:
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        problem = Problem(str(file.path), f"malformed file: it cannot be unpacked: {error}", "it is damaged or not whole: get it again")
        raise ImportRefusedError(problem) from error


def _broken(path: Path, encoding: str) -> int | None:
    """The first byte (about) that the encoding does not know; None: all of it can be read."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
                done += len(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return done + error.start
    return None


def _unreadable(file: SourceFile, place: int) -> ImportRefusedError:
    hint = "save it as CSV with UTF-8"
    return ImportRefusedError(Problem(str(file.path), f"the file is neither UTF-8 nor GBK text (at byte {place:,})", hint))
