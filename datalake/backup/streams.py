"""Objects too large to hold: read in parts, and put in parts, all of them or none."""

import hashlib
from collections.abc import Iterable, Iterator

import obstore
from obstore.exceptions import BaseError, NotFoundError

from datalake.errors import MissingObjectError, Problem
from datalake.objects import Store, failed

PART = 8 * 2**20
"""Bytes that are read and put at a time."""


def stream(store: Store, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """The object's bytes, or `length` of them from `start`, in parts."""
    if length == 0:
        return
    options = None if length is None else {"range": (start, start + length)}
    try:
        for part in obstore.get(store, key, options=options).stream(min_chunk_size=PART):  # type: ignore[arg-type]
            yield bytes(part)
    except (NotFoundError, FileNotFoundError) as error:
        raise MissingObjectError(Problem("store", f"there is no object {key}")) from error
    except (BaseError, OSError) as error:
        raise failed("read", key, error) from error


def put_stream(store: Store, key: str, parts: Iterable[bytes]) -> None:
    """Put an object in parts; nothing of it is seen when the parts end in an error. Takes the place of one that is there."""
    try:
        obstore.put(store, key, iter(parts), chunk_size=PART, max_concurrency=2)
    except (BaseError, OSError) as error:
        raise failed("write", key, error) from error


def hash_of(parts: Iterable[bytes]) -> str:
    """sha256"""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
