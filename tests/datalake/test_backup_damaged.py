"""Backups that are damaged, cut off, somebody else's, or made to do harm: each is refused whole, and the lake stays as it is."""

import json
import random
import tarfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import pytest

from datalake.backup.archive import written
from datalake.backup.export import export
from datalake.backup.restore import restore
from datalake.errors import BackupError, DataError, StorageError
from datalake.lake import Lake
from datalake.objects import sizes
from tests.datalake.backups import three


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("good")
    lake = Lake(f"file://{folder}/lake")
    three(lake)
    export(lake, "import", f"{folder}/backup.tar")
    return (folder / "backup.tar").read_bytes()


def refused(data: bytes, file: Path, lake: Lake, error: type[DataError] = BackupError) -> str:
    """What is said of a file; the lake stays as it is."""
    file.write_bytes(data)
    with pytest.raises(error) as raised:
        restore(str(file), lake)
    assert sizes(lake.store, "") == {}
    return str(raised.value)


def test_every_damaged_byte_is_found(good: bytes, file: Path, other: Lake) -> None:
    chosen = random.Random(1)
    places = {*range(0, 1100, 7), *range(len(good) - 1500, len(good), 11), *(chosen.randrange(len(good)) for _ in range(300))}
    for place in sorted(places):
        damaged = bytearray(good)
        damaged[place] ^= 1 << chosen.randrange(8)
        assert str(file) in refused(bytes(damaged), file, other), place


def test_a_file_that_is_not_whole_is_refused(good: bytes, file: Path, other: Lake) -> None:
    for length in (0, 1, 511, 512, 1024, 5000, len(good) // 2, len(good) - 1024, len(good) - 1):
        said = refused(good[:length], file, other)
        assert "not whole" in said or "damaged" in said, length
    assert "behind its end" in refused(good + b"x", file, other)


def test_files_of_others_are_refused(file: Path, other: Lake, tmp_path: Path) -> None:
    assert "no backup" in refused(b"x" * 100_000, file, other)
    made = BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        tar.add(__file__, "test.py")
    assert "no backup" in refused(made.getvalue(), file, other)
    assert "there is no such file" in _said(lambda: restore(str(tmp_path / "none.tar"), other))
    assert "there is no such file" in _said(lambda: restore(str(tmp_path), other))


def _said(call: Callable[[], object]) -> str:
    with pytest.raises(BackupError) as raised:
        call()
    return str(raised.value)


def objects_in(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=BytesIO(data)) as tar:
        return {name: tar.extractfile(name).read() for name in tar.getnames()[1:-1]}  # type: ignore[union-attr]


def archive_of(objects: Mapping[str, bytes], dataset: str = "import:v3") -> bytes:
    """A file whose hashes are all right."""
    return b"".join(written(dataset, {key: len(data) for key, data in objects.items()}, lambda key: (objects[key],)))


@pytest.mark.parametrize(
    "name",
    ["../out", "/etc/passwd", "import/../../out", "import/./x", "a//b", "..", "import/bars_1d/", "a\\b", "C:/x", "index.json", "a b"],
)
def test_names_that_lead_elsewhere_are_refused(good: bytes, file: Path, other: Lake, name: str) -> None:
    objects = objects_in(good)
    rows = [promise(len(objects) + 1, sum(map(len, objects.values())) + 1), (member(name, 1), b"x")]
    assert "is no name of an object of a lake" in refused(members(*rows), file, other)
    if name != "index.json":
        with pytest.raises(StorageError, match="a backup cannot hold an object of this name"):
            archive_of({name: b"x"})
    assert not (file.parent / "out").exists()


def members(*rows: tuple[tarfile.TarInfo, bytes]) -> bytes:
    return b"".join(member.tobuf(tarfile.GNU_FORMAT) + data + bytes(-len(data) % 512) for member, data in rows)


def member(name: str, size: int, **more: object) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.size = size
    for key, value in more.items():
        setattr(made, key, value)
    return made


def promise(objects: int, size: int) -> tuple[tarfile.TarInfo, bytes]:
    value = {"kind": "lianghu backup", "format": 1, "dataset": "import:v1", "objects": objects, "bytes": size}
    data = json.dumps(value).encode()
    return member("backup.json", len(data)), data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (members(promise(1, 0), (member("a", 0, type=tarfile.SYMTYPE, linkname="/etc/passwd"), b"")), "is no plain file"),
        (members(promise(1, 0), (member("a", 0, type=tarfile.DIRTYPE), b"")), "is no plain file"),
        (members(promise(1, 9), (member("a", 2**62), b"xx")), "ends in the middle of a"),
        (members(promise(2, 2), (member("a", 1), b"x"), (member("a", 1), b"x")), "a is there twice"),
        (members(promise(2, 3), (member("a", 2), b"xx"), (member("b", 2), b"xx")), "b is more than backup.json promises"),
        (members(promise(1, 5), (member("a", 2), b"xx"), (member("b", 2), b"xx")), "3 bytes less than backup.json promises"),
        (members(promise(1, 2), (member("a", 2), b"xx"), (member("b", 2), b"xx")), "'b' stands where the index should"),
        (members(promise(1, 2), (member("a", 2), b"xx"), (member("index.json", 10**6), b"x" * 10**6)), "stands where the index should"),
        (members(promise(1, 2), (member("a", 2), b"xx"), (member("index.json", 2), b"[]")), "a is damaged"),
        (members(promise(1, 2), (member("a", 2), b"xx"), (member("index.json", 9000), b"[" * 9000)), "a is damaged"),
        (members((member("backup.json", 60_000), b"[" * 60_000)), "this is no backup of a lake"),
        (members((member("backup.json", 2), b"{}")), "this is no backup of a lake"),
        (members((member("backup.json", 10**6), b"{" * 10**6)), "this is no backup of a lake"),
    ],
)
def test_files_made_to_do_harm_are_refused(data: bytes, words: str, file: Path, other: Lake) -> None:
    assert words in refused(data + bytes(1024), file, other)


def test_a_backup_of_a_later_kind_is_refused(file: Path, other: Lake) -> None:
    value = {"kind": "lianghu backup", "format": 2, "dataset": "import:v1", "objects": 0, "bytes": 0}
    data = json.dumps(value).encode()
    assert "format 2" in refused(members((member("backup.json", len(data)), data)), file, other)


def test_what_is_no_version_is_refused_though_every_hash_is_right(good: bytes, file: Path, other: Lake) -> None:
    objects = objects_in(good)
    manifest = "versions/import/v00000003.json"
    value = json.loads(objects[manifest])
    log = next(key for key in objects if key.endswith("00.json"))
    parquet = [key for key in objects if key.endswith(".parquet")]
    catalog = value["catalog"]

    def said(changed: Mapping[str, bytes], dataset: str = "import:v3") -> str:
        return refused(archive_of(changed, dataset), file, other)

    def told(**changes: object) -> str:
        return said(objects | {manifest: json.dumps(value | changes).encode()})

    def without(key: str) -> dict[str, bytes]:
        return {name: data for name, data in objects.items() if name != key}

    assert "holds no manifest of import:v3" in said(without(manifest))
    assert "holds no manifest of import:v4" in said(objects, "import:v4")
    assert "holds no manifest of ../x:v1" in said(objects, "../x:v1")
    assert "its manifest cannot be read" in said(objects | {manifest: b"{}"})
    assert "its manifest cannot be read" in said(objects | {manifest: b"[]"})
    assert "its manifest cannot be read" in said(objects | {catalog: b"{}"})
    assert "its manifest is of import:v9" in told(version="import:v9")
    assert "tables that this program does not know: bars_of_gold" in told(tables={"bars_of_gold": value["tables"]["bars_1d"]})
    assert "not what its name says" in said(objects | {catalog: objects[catalog].replace(b":", b": ", 1)})
    assert "cannot be opened" in said(without(log))
    assert "cannot be opened" in said(objects | {log: b"{]"})
    assert "of another table" in told(tables={"bars_1d": value["tables"]["bars_1d"] | {"snapshot": "somebody@3"}})
    assert "is missing or has another size" in said(without(parquet[0]))
    assert "is missing or has another size" in said(objects | {parquet[0]: b"PAR1"})
    assert "import/bars_1d/year=2024/more.parquet is no part of" in said(objects | {"import/bars_1d/year=2024/more.parquet": b"x"})
    assert "panels/x.panel is no part of" in said(objects | {"panels/x.panel": b"x"})
    assert restore(_saved(file, archive_of(objects)), other).dataset == "import:v3"


def _saved(file: Path, data: bytes) -> str:
    file.write_bytes(data)
    return str(file)
