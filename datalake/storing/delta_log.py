"""Which files of a Delta table a version needs: those of its log, and those that hold its rows."""

import re
from collections.abc import Iterable
from typing import NamedTuple

import polars as pl
from deltalake import DeltaTable

FOLDER = "_delta_log"

_NAME = re.compile(r"(\d{20})\.(?:json|checkpoint(?:\.(\d{10})\.(\d{10}))?\.parquet)")


_NONE = -1
"""Before every version."""


class LogFile(NamedTuple):
    """A commit, or one of the files of a checkpoint: the state after a commit. Sorted, they are in the order to be written in."""

    version: int
    is_checkpoint: bool
    of: int
    """How many files the checkpoint has."""
    name: str


def log_file(name: str) -> LogFile | None:
    """None: no part of a log that counts (a hint, a check sum)."""
    match = _NAME.fullmatch(name)
    return LogFile(int(match[1]), not name.endswith(".json"), int(match[3] or 1), name) if match else None


def needed(names: Iterable[str], version: int) -> list[str]:
    """Of the files of a log those that open a version: its commits from the first on, and the newest checkpoint before it, which
    saves reading them all.

    Where the first commits are gone, the checkpoint that stands for them and the commits behind it. A checkpoint of the version
    itself is taken only where there is no other way: it may be made at any later time. Empty: the version cannot be opened.
    """
    files = sorted(file for name in names if (file := log_file(name)) and file.version <= version)
    commits = {file.version for file in files if not file.is_checkpoint}
    checkpoints = _whole([file for file in files if file.is_checkpoint])
    chosen = max((number for number in checkpoints if number < version), default=_NONE)
    if commits >= set(range(version + 1)):
        return [file.name for file in files if not file.is_checkpoint or file.name in checkpoints.get(chosen, ())]
    if chosen == _NONE or not commits >= set(range(chosen + 1, version + 1)):
        chosen = version
    if chosen not in checkpoints:
        return []
    return [file.name for file in files if file.name in checkpoints[chosen] or (not file.is_checkpoint and file.version >= chosen)]


def _whole(files: Iterable[LogFile]) -> dict[int, list[str]]:
    """The names of each checkpoint that has all of its files; of several the one of fewest files."""
    found: dict[tuple[int, int], list[str]] = {}
    for file in files:
        found.setdefault((file.version, file.of), []).append(file.name)
    whole: dict[int, list[str]] = {}
    for (version, of), names in sorted(found.items()):
        if len(names) == of:
            whole.setdefault(version, names)
    return whole


def data_files(delta: DeltaTable) -> dict[str, int]:
    """The files that hold a version's rows: bytes by their place in the table's folder."""
    added = pl.DataFrame(delta.get_add_actions(flatten=True))
    return dict(added.select("path", "size_bytes").rows()) if added.height else {}
