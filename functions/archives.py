"""The object that a submission's rows lie in while they are archived: their text, compressed, named by its SHA-256."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Sequence

from datalake.errors import CorruptObjectError, MissingObjectError, Problem
from datalake.objects import Store, delete, get, put_new, put_over, sizes

ROOM = "archives"
HINT = "put it back from a backup of the results"


def put_archive(objects: Store, owner: str, grid_id: str, body: str) -> tuple[str, str]:
    """Its key and digest. It is there, whole and readable when this returns: an object of that name that is damaged is written anew."""
    digest = digest_of(body)
    key = f"{folder_of(owner, grid_id)}{digest}.json.gz"
    data = gzip.compress(body.encode(), mtime=0)
    if not put_new(objects, key, data):
        try:
            read_archive(objects, key, digest)
        except CorruptObjectError:
            put_over(objects, key, data)
    read_archive(objects, key, digest)
    return key, digest


def read_archive(objects: Store, key: str, digest: str) -> str:
    """The text. CorruptObjectError where it is not what was archived, or is gone."""
    try:
        data = get(objects, key)
    except MissingObjectError as error:
        raise CorruptObjectError(Problem("results", f"{key}, which holds archived runs, is gone", HINT)) from error
    try:
        body = gzip.decompress(data).decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise _damaged(key) from error
    if digest_of(body) != digest:
        raise _damaged(key)
    return body


def forget_others(objects: Store, owner: str, grid_id: str, key: str) -> None:
    """Objects of tries that broke off, whose rows changed before they could be taken away."""
    delete(objects, [other for other in sizes(objects, folder_of(owner, grid_id)) if other != key])


def folders_of(body: str, owner: str) -> list[str]:
    """The folders in which the full accounts of its runs lie: their own, and those of runs whose results they were answered with.

    Curves, which the runs of a block share, are in none.
    """
    paths = {path for run in json.loads(body)["runs"] for path in run["artifacts"].values()}
    return sorted({path.split("/")[2] for path in paths if path.startswith(f"artifacts/{owner}/")})


def delete_folders(objects: Store, owner: str, folders: Sequence[str]) -> int:
    """With everything that was made of the files in them. How many files there were; none the second time."""
    keys = [key for folder in folders for key in sizes(objects, f"artifacts/{owner}/{folder}/")]
    delete(objects, keys)
    return len(keys)


def digest_of(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def folder_of(owner: str, grid_id: str) -> str:
    return f"{ROOM}/{owner}/{grid_id}/"


def _damaged(key: str) -> CorruptObjectError:
    return CorruptObjectError(Problem("results", f"{key} is not what was archived", HINT))
