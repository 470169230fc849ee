"""From which version of a Delta table to which each of its files holds rows: the log, read once from its first commit to its last."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote

from datalake.errors import CorruptObjectError, Problem
from datalake.lake import Lake, at_version
from datalake.objects import entries, get
from datalake.storing import delta_log


class Lifetime(NamedTuple):
    """A file holds rows of the versions from `since` until before `until`."""

    since: int
    until: int | None
    """None: of the newest one, too."""
    removed: datetime | None
    """When the commit was made that took it out."""


@dataclass(frozen=True)
class Lifetimes:
    first: int
    """The first version that can still be opened: what its log says of earlier ones is gone."""
    files: dict[str, tuple[Lifetime, ...]]
    """By the file's place in the table's folder."""


def lifetimes(lake: Lake, source: str, table: str) -> Lifetimes:
    """CorruptObjectError where a commit is missing in between or cannot be read."""
    root = f"{source}/{table}/{delta_log.FOLDER}/"
    listed = {key.removeprefix(root): entry for key, entry in entries(lake.store, root.rstrip("/")).items()}
    commits = sorted(file for name in listed if (file := delta_log.log_file(name)) and not file.is_checkpoint)
    numbers = [file.version for file in commits]
    first = next((number for number in numbers if delta_log.needed(listed, number)), None)
    if first is None or [number for number in numbers if number >= first] != list(range(first, numbers[-1] + 1)):
        raise CorruptObjectError(Problem(table, f"the log of {source}/{table} lacks commits"))
    open_since = dict.fromkeys(delta_log.data_files(at_version(lake, source, table, first)), first)
    closed: list[tuple[str, Lifetime]] = []
    later = [file for file in commits if file.version > first]
    with ThreadPoolExecutor(_AHEAD) as pool:
        texts = pool.map(lambda file: get(lake.store, root + file.name), later)
        for file, text in zip(later, texts, strict=True):
            for action in _actions(text, root + file.name):
                if added := action.get("add"):
                    open_since[unquote(added["path"])] = file.version
                elif (gone := action.get("remove")) and (path := unquote(gone["path"])) in open_since:
                    closed.append((path, Lifetime(open_since.pop(path), file.version, listed[file.name].modified)))
    return Lifetimes(first, _by_path([*closed, *((path, Lifetime(since, None, None)) for path, since in open_since.items())]))


_AHEAD = 16
"""Commits that are asked for at once: they are many small objects."""


def _actions(text: bytes, key: str) -> Iterable[dict[str, dict[str, str]]]:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise CorruptObjectError(Problem("store", f"{key} is no commit of a table: {error}")) from error


def _by_path(rows: Iterable[tuple[str, Lifetime]]) -> dict[str, tuple[Lifetime, ...]]:
    found: dict[str, tuple[Lifetime, ...]] = {}
    for path, row in rows:
        found[path] = (*found.get(path, ()), row)
    return found
