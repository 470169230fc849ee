"""Objects in parts: all of one or none of it, in a folder and in a bucket."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from datalake.backup.streams import PART, hash_of, put_stream, stream
from datalake.errors import MissingObjectError, StorageError
from datalake.objects import Store, open_store, size_of, sizes
from tests.datalake.test_s3 import bucket, options  # noqa: F401  fixtures

DATA = bytes(range(256)) * (2 * PART // 256) + b"the end"


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return open_store(f"file://{tmp_path}/store")
    return open_store(request.getfixturevalue("bucket") + "/streams", request.getfixturevalue("options"))


def parts(upto: int = len(DATA)) -> Iterator[bytes]:
    for start in range(0, upto, 1_000_000):
        yield DATA[start : min(start + 1_000_000, upto)]


def test_an_object_of_many_parts_is_as_it_was(store: Store) -> None:
    put_stream(store, "a/large", parts())
    assert size_of(store, "a/large") == len(DATA)
    assert b"".join(stream(store, "a/large")) == DATA
    assert b"".join(stream(store, "a/large", PART - 3, 10)) == DATA[PART - 3 : PART + 7]
    assert list(stream(store, "a/large", 5, 0)) == []
    assert hash_of(stream(store, "a/large")) == hash_of([DATA])
    put_stream(store, "a/empty", [])
    assert size_of(store, "a/empty") == 0 and b"".join(stream(store, "a/empty")) == b""


def test_parts_that_end_in_an_error_leave_nothing(store: Store) -> None:
    def broken() -> Iterator[bytes]:
        yield from parts(PART + 5)
        raise ConnectionAbortedError("gone")

    with pytest.raises((ConnectionAbortedError, StorageError)):
        put_stream(store, "broken/large", broken())
    assert sizes(store, "broken") == {} and size_of(store, "broken/large") is None


def test_an_object_that_is_not_there_is_told(store: Store) -> None:
    with pytest.raises(MissingObjectError, match="there is no object nix"):
        list(stream(store, "nix"))


def test_a_bucket_that_is_not_there_is_told(options: dict[str, str]) -> None:  # noqa: F811
    gone = open_store("s3://no-such-bucket/x", options)
    with pytest.raises(StorageError, match=r"cannot write key.*make the bucket first"):
        put_stream(gone, "key", [b"x"])
    with pytest.raises(StorageError):
        list(stream(gone, "key"))
