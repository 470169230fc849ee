"""The files that an import reads: those that are named, and those below folders, with the columns that the folders' names tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from datalake.errors import ImportRefusedError, Problem

KINDS = (".parquet", ".pq", ".csv", ".csv.gz")

_ADVICE = {
    ".xlsx": "save it as CSV with UTF-8",
    ".xls": "save it as CSV with UTF-8",
    ".zip": "unpack it first",
    ".rar": "unpack it first",
    ".7z": "unpack it first",
    ".tar": "unpack it first",
    ".gz": "of what is packed only .csv.gz is read: unpack it first",
    ".txt": "where its columns are separated by commas, name it .csv",
}


@dataclass(frozen=True)
class SourceFile:
    path: Path
    label: str
    """What its rows' places are told by."""
    bytes: int
    folders: Mapping[str, str | None]
    """Columns of all of its rows, from folders like `trade_date=20240102`."""

    @property
    def is_parquet(self) -> bool:
        return self.path.suffix.lower() in (".parquet", ".pq")


@dataclass(frozen=True)
class Sources:
    files: tuple[SourceFile, ...]
    skipped: tuple[str, ...]
    """Files below folders that are neither Parquet nor CSV."""


def find_sources(places: Sequence[Path]) -> Sources:
    """Each file once, in the order of the places; a folder's by their paths. ImportRefusedError tells everything that cannot be read."""
    problems: list[Problem] = []
    files: dict[Path, SourceFile] = {}
    skipped: list[str] = []
    for place in places:
        if place.is_dir():
            found = _below(place)
            problems += _refusals(place, found)
            skipped += [_label(place, path) for path in found if not _kind(path)]
            for path in found:
                if _kind(path):
                    files.setdefault(path.resolve(), _source(path, _label(place, path)))
        elif not place.is_file():
            problems.append(Problem(str(place), "there is no such file", "give Parquet or CSV files, or folders with such files"))
        elif not _kind(place):
            advice = _ADVICE.get(place.suffix.lower(), f"give {', '.join(KINDS)}")
            problems.append(Problem(str(place), f"unknown kind of file {place.suffix!r}", advice))
        else:
            files.setdefault(place.resolve(), _source(place, place.name))
    if problems:
        raise ImportRefusedError(problems)
    return Sources(tuple(files.values()), tuple(skipped))


def _below(folder: Path) -> list[Path]:
    """Every file that is not hidden (.DS_Store, .part.crc)."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not _hidden(path.relative_to(folder)))


def _hidden(path: Path) -> bool:
    return path.name == "_SUCCESS" or any(part.startswith(".") for part in path.parts)


def _refusals(folder: Path, found: Sequence[Path]) -> list[Problem]:
    if any("_delta_log" in path.parts for path in found):
        hint = "files that a newer version has replaced still lie in it: export the rows as Parquet first"
        return [Problem(str(folder), "the folder holds a Delta table, not plain files", hint)]
    if not any(_kind(path) for path in found):
        holds = f"it holds {len(found)} other files, {found[0].name} first" if found else "it is empty"
        return [Problem(str(folder), f"no file of {', '.join(KINDS)} lies in the folder", holds)]
    return []


def _kind(path: Path) -> bool:
    return path.name.lower().endswith(KINDS)


def _label(folder: Path, path: Path) -> str:
    return f"{folder.name}/{path.relative_to(folder).as_posix()}" if folder.name else path.relative_to(folder).as_posix()


def _source(path: Path, label: str) -> SourceFile:
    pairs = [part.partition("=") for part in path.parent.parts if "=" in part]
    folders = {name: None if value == _HIVE_NULL else unquote(value) for name, _, value in pairs if name}
    return SourceFile(path, label, path.stat().st_size, folders)


_HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"
"""What Hive, Spark and polars call the folder of rows without a value."""
