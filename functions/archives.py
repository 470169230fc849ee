"""The object that a submission's rows lie in while they are archived: their text, compressed, named by its SHA-256."""

import gzip
import hashlib
import json
import zlib

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


def delete_files(objects: Store, body: str, owner: str) -> int:
    """Deletes the full accounts of its runs, with everything that was made of them. How many files there were; none the second time.

    Curves, which the runs of a block share, stay.
    """
    gone = 0
    for run in json.loads(body)["runs"]:
        if run["artifacts"].keys() - {"cells_path"}:
            keys = sizes(objects, f"artifacts/{owner}/{run['id']}/")
            delete(objects, keys)
            gone += len(keys)
    return gone


def digest_of(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def folder_of(owner: str, grid_id: str) -> str:
    return f"{ROOM}/{owner}/{grid_id}/"


def _damaged(key: str) -> CorruptObjectError:
    return CorruptObjectError(Problem("results", f"{key} is not what was archived", HINT))
