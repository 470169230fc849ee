"""Whether a backup whose bytes are right is also one of a version: its manifest, its catalog, and logs that name just these files."""

import re
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError
from obstore.store import MemoryStore

from datalake.backup.archive import Archive
from datalake.errors import BackupError, DataError, Problem
from datalake.objects import put_new
from datalake.storing import delta_log
from datalake.tables import TABLES
from datalake.versions import Dataset, manifest_key, resolve

_THREADS = 8
_VERSION = re.compile(r"([a-z][a-z0-9_-]{0,31}):v([1-9]\d{0,7})")


def checked_dataset(archive: Archive) -> Dataset:
    """The version that its manifest describes."""
    match = _VERSION.fullmatch(archive.dataset)
    key = manifest_key(match[1], int(match[2])) if match else ""
    if not match or key not in archive.entries:
        _refuse(archive, f"it holds no manifest of {archive.dataset[:50]}")
    memory = MemoryStore()
    for name in archive.entries:
        if name == key or name.startswith(("catalogs/", "findings/")):
            put_new(memory, name, archive.bytes_of(name))
    try:
        dataset = resolve(memory, archive.dataset)
        _ = dataset.catalog, dataset.findings
    except (DataError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(Problem(archive.file.name, f"its manifest cannot be read: {error}", _HINT)) from error
    if (dataset.version, dataset.source, dataset.number) != (archive.dataset, match[1], int(match[2])):
        _refuse(archive, f"it is told to be of {archive.dataset}, and its manifest is of {dataset.version}")
    unknown = sorted(set(dataset.tables) - set(TABLES))
    if unknown:
        _refuse(archive, f"it holds tables that this program does not know: {', '.join(unknown)}", "use a newer program")
    return dataset


def check_contents(archive: Archive, dataset: Dataset) -> None:
    """Each table's log opens at its version, is of the table that the manifest names, and its files are there; nothing else is."""
    known = {manifest_key(dataset.source, dataset.number)}
    for key in filter(None, (dataset.catalog_key, dataset.findings_key)):
        entry = archive.entries.get(key)
        if entry is None or entry.sha256 != key.rpartition("/")[2].removesuffix(".json"):
            _refuse(archive, f"{key} is missing or not what its name says")
        known.add(key)
    for table in dataset.tables:
        known |= _of_table(archive, dataset, table)
    further = sorted(set(archive.entries) - known)
    if further:
        _refuse(archive, f"{further[0]} is no part of {dataset.version}")


_HINT = "nothing was written; take another copy of the backup"


def _refuse(archive: Archive, words: str, hint: str = _HINT) -> NoReturn:
    raise BackupError(Problem(archive.file.name, words, hint))


def _of_table(archive: Archive, dataset: Dataset, table: str) -> set[str]:
    """The keys of a table's objects. Its log, which is small, is opened in a folder of its own."""
    root, row = f"{dataset.source}/{table}", dataset.tables[table]
    log_folder = f"{root}/{delta_log.FOLDER}"
    names = [key.removeprefix(f"{log_folder}/") for key in archive.entries if key.startswith(f"{log_folder}/")]
    log = [f"{log_folder}/{name}" for name in delta_log.needed(names, row.delta_version)]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / delta_log.FOLDER).mkdir()
        with ThreadPoolExecutor(_THREADS) as pool:  # a backup in a bucket answers slowly, and logs are many small objects
            for key, data in zip(log, pool.map(archive.bytes_of, log), strict=True):
                (Path(folder) / delta_log.FOLDER / key.rpartition("/")[2]).write_bytes(data)
        snapshot, files = _opened(archive, Path(folder), root, row.delta_version)
    if snapshot != row.snapshot:
        _refuse(archive, f"the log of {root} is of another table than the manifest's")
    for path, size in files.items():
        entry = archive.entries.get(f"{root}/{path}")
        if entry is None or entry.size != size:
            _refuse(archive, f"{root}/{path} is missing or has another size than the table's log says")
    return {*log} | {f"{root}/{path}" for path in files}


def _opened(archive: Archive, folder: Path, root: str, version: int) -> tuple[str, Mapping[str, int]]:
    """A log's table and version, and the files that it names."""
    try:
        delta = DeltaTable(folder, version=version)
        files = {unquote(path): size for path, size in delta_log.data_files(delta).items()}
    except (DeltaError, OSError, ValueError) as error:
        raise BackupError(Problem(archive.file.name, f"the log of {root} cannot be opened: {str(error)[:200]}", _HINT)) from error
    return f"{delta.metadata().id}@{delta.version()}", files
