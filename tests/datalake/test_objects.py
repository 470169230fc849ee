from pathlib import Path

import pytest

from datalake.errors import MissingObjectError, StorageError
from datalake.objects import exists, get, open_store, put_new, sizes


def test_an_object_is_put_once(tmp_path: Path):
    store = open_store(f"file://{tmp_path}/a b/c")
    assert put_new(store, "x/y.json", b"first")
    assert not put_new(store, "x/y.json", b"second")
    assert get(store, "x/y.json") == b"first"
    assert exists(store, "x/y.json") and not exists(store, "x/z.json")
    assert sizes(store, "x") == {"x/y.json": 5}
    assert sizes(store, "nothing") == {}


def test_a_missing_object_is_told(tmp_path: Path):
    with pytest.raises(MissingObjectError, match=r"no object a\.json"):
        get(open_store(f"file://{tmp_path}"), "a.json")


@pytest.mark.parametrize("url", ["", "lake", "/tmp/lake", "http://somewhere/lake"])
def test_other_addresses_are_refused_with_advice(url: str):
    with pytest.raises(StorageError, match="file:///folder or s3://bucket/prefix"):
        open_store(url)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot make the folder"):
        open_store(f"file://{tmp_path}/file/lake")
