"""A version as one file and back: the same bytes, the same panels; nothing half, nothing foreign, nothing overwritten."""

import hashlib
import itertools
import random
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from datalake.backup.archive import examined
from datalake.backup.export import Exported, contents, export
from datalake.backup.outside import free_bytes, outside_file
from datalake.backup.restore import Restored, restore
from datalake.errors import BackupError, CorruptObjectError, MissingObjectError, StorageError, UnknownDatasetError
from datalake.files.imports import import_table
from datalake.lake import Lake, at_version, scan
from datalake.objects import exists, get, sizes
from datalake.panels.build import build_panel
from datalake.panels.panel import PanelSpec
from datalake.storing.merging import merge, replace
from datalake.storing.publishing import publish_tables
from datalake.versions import Dataset, list_versions, resolve
from tests.datalake.backups import DAYS, add, closes, folder_of, three, tree
from tests.datalake.rows import bars, daily
from tests.datalake.standin import StandIn
from tests.datalake.test_s3 import bucket, options  # noqa: F401  fixtures
from tests.datalake.test_sync import (
    SESSIONS,
    standin,  # noqa: F401  fixture
)
from tests.datalake.test_sync import run as run_sync


def test_a_restored_version_has_the_same_panels(sample_lake: Lake, sample: Dataset, other: Lake, file: Path) -> None:
    told = export(sample_lake, "sample", str(file))
    assert told.bytes == file.stat().st_size and told.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    found = restore(str(file), other)
    assert (found.dataset, found.objects, found.there) == (sample.version, told.objects, 0)
    back = resolve(other.store, "sample")
    assert back == sample and back.snapshot == sample.snapshot and back.catalog == sample.catalog and back.findings == sample.findings
    before, after = (
        PanelSpec.of(dataset, ["609011.SH", "302909.SZ"], (20230103, 20241231), 60, fields=["is_st", "pe"]) for dataset in (sample, back)
    )
    assert before.key == after.key
    assert build_panel(sample_lake, before) == build_panel(other, after)
    kept, came = tree(folder_of(sample_lake)), tree(folder_of(other))
    assert came.items() <= kept.items() and set(came) == set(contents(sample_lake, sample))


def test_a_version_gives_the_same_bytes_whatever_came_later(lake: Lake, tmp_path: Path) -> None:
    first = three(lake)[0]
    told = export(lake, first.version, f"{tmp_path}/one.tar")
    add(lake, date(2024, 1, 4))
    at_version(lake, "import", "bars_1d", first.tables["bars_1d"].delta_version).create_checkpoint()
    (tmp_path / "folder").mkdir()
    again = export(lake, first.version, f"{tmp_path}/folder")
    assert again.sha256 == told.sha256 and again.file == f"{tmp_path}/folder/import-v1.tar"
    assert (tmp_path / "one.tar").read_bytes() == Path(again.file).read_bytes()
    with tarfile.open(again.file) as tar:
        assert {(member.mtime, member.uid, member.gid, member.uname) for member in tar} == {(0, 0, 0, "")}
        assert tar.getnames()[1:-1] == sorted(contents(lake, first))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_versions_come_back_in_any_order_and_the_lake_goes_on(lake: Lake, other: Lake, tmp_path: Path, order: tuple[int, ...]) -> None:
    made = three(lake)
    for dataset in made:
        export(lake, dataset.version, f"{tmp_path}/{dataset.number}.tar")
    for place in order:
        restore(f"{tmp_path}/{place + 1}.tar", other)
    assert list_versions(other.store) == made
    for dataset in made:
        assert closes(other, dataset) == closes(lake, dataset)
    assert tree(folder_of(other)).items() <= tree(folder_of(lake)).items()
    following = add(other, date(2024, 1, 4))
    assert following.number == 4 and len(closes(other, following)) == 10
    assert closes(other, following)[:4] == closes(lake, made[2])[:4]


def test_a_newer_lake_gets_only_what_it_lacks(lake: Lake, file: Path) -> None:
    first, _, third = three(lake)
    export(lake, first.version, str(file))
    before = tree(folder_of(lake))
    only = set(contents(lake, first)) - set(contents(lake, third))
    assert len(only) >= 2
    for key in only:
        (folder_of(lake) / key).unlink()
    assert restore(str(file), lake) == Restored("import:v1", lake.url, len(only), sum(_size(file, key) for key in only), 3)
    assert tree(folder_of(lake)) == before
    assert restore(str(file), lake).objects == 0


def _size(file: Path, key: str) -> int:
    with tarfile.open(file) as tar:
        return tar.getmember(key).size


def test_a_lake_that_went_on_otherwise_is_left_alone(lake: Lake, other: Lake, tmp_path: Path) -> None:
    for dataset in three(lake):
        export(lake, dataset.version, f"{tmp_path}/{dataset.number}.tar")
    restore(f"{tmp_path}/1.tar", other)
    add(other, date(2024, 2, 1))
    before = tree(folder_of(other))
    for number in (2, 3):
        with pytest.raises(BackupError, match="the lake has other content under this name") as refused:
            restore(f"{tmp_path}/{number}.tar", other)
        assert any("_delta_log" in problem.field for problem in refused.value.problems)
        assert all("--into" in (problem.hint or "") for problem in refused.value.problems)
    assert tree(folder_of(other)) == before and add(other, date(2024, 2, 2)).number == 3


def test_a_lake_with_another_history_is_left_alone(lake: Lake, other: Lake, tmp_path: Path) -> None:
    made = three(lake)
    export(lake, made[1].version, f"{tmp_path}/2.tar")
    add(other, *DAYS)
    before = tree(folder_of(other))
    with pytest.raises(BackupError, match="import:v1 of the lake has another history: its table bars_1d"):
        restore(f"{tmp_path}/2.tar", other)
    for number in range(2, 4):
        add(other, DAYS[0], price=number)
    (folder_of(other) / "versions/import/v00000001.json").unlink()
    before = tree(folder_of(other))
    export(lake, made[0].version, f"{tmp_path}/1.tar")
    with pytest.raises(BackupError, match="import:v2 of the lake has another history"):
        restore(f"{tmp_path}/1.tar", other)
    assert tree(folder_of(other)) == before


def test_a_damaged_object_of_the_lake_is_told_and_comes_back_once_it_is_gone(lake: Lake, file: Path) -> None:
    newest = three(lake)[-1]
    export(lake, newest.version, str(file))
    whole = tree(folder_of(lake))
    key = next(key for key in contents(lake, newest) if key.endswith(".parquet"))
    damaged = folder_of(lake) / key
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    with pytest.raises(BackupError, match="other content") as refused:
        restore(str(file), lake)
    assert [problem.field for problem in refused.value.problems] == [key]
    damaged.unlink()
    assert restore(str(file), lake).objects == 1
    assert tree(folder_of(lake)) == whole


@pytest.mark.slow
def test_a_restored_lake_is_imported_into_and_synced_as_before(
    lake: Lake,
    other: Lake,
    tmp_path: Path,
    standin: StandIn,  # noqa: F811
) -> None:
    daily().write_csv(tmp_path / "daily.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"])
    run_sync(lake, standin, end=20190614)
    for source in ("import", "tushare"):
        restore(export(lake, source, f"{tmp_path}/").file, other)
    assert import_table(other.url, "bars_1d", [tmp_path / "daily.csv"]).dataset == "import:v1", "nothing is new"
    daily(close=[16.90, 17.18, 1130.0, 1078.56]).write_csv(tmp_path / "daily.csv")
    assert import_table(other.url, "bars_1d", [tmp_path / "daily.csv"]).dataset == "import:v2"
    here, there = run_sync(lake, standin), run_sync(other, standin)
    assert there == here and there.dataset == "tushare:v2"
    assert there.there > 5 and there.fetched > 5 and there.there + there.fetched == SESSIONS
    assert resolve(other.store, "tushare").tables.keys() == resolve(lake.store, "tushare").tables.keys()
    for name, table in resolve(other.store, "tushare").tables.items():
        mine = resolve(lake.store, "tushare").tables[name]
        assert table._replace(snapshot="") == mine._replace(snapshot="")
        assert scan(other, "tushare", name, table.delta_version).collect().equals(scan(lake, "tushare", name, mine.delta_version).collect())


# Restores that end early


class StoppedError(Exception):
    """Somebody pulls the plug."""


def stopping(after: int, stages: Iterable[str] = ("writing the tables", "writing the logs")) -> Callable[[str, int, int], None]:
    """Ends a restore behind so many objects that were written."""
    count = itertools.count(1)

    def seen(what: str, done: int, total: int) -> None:
        if what in stages and next(count) >= after:
            raise StoppedError

    return seen


def test_a_stopped_restore_shows_nothing_and_goes_on(lake: Lake, tmp_path: Path) -> None:
    days = pl.DataFrame({"exchange": "SSE", "cal_date": DAYS, "is_open": 1, "pretrade_date": DAYS[:1] * 4})
    publish_tables(lake, "import", {"trade_cal": replace(lake, "import", "trade_cal", days)}, {})
    made = [resolve(lake.store, "import:v1"), *three(lake)]
    first, last = (export(lake, made[number].version, f"{tmp_path}/").file for number in (1, 3))
    for after in itertools.count(1):
        other = Lake(f"file://{tmp_path}/{after}")
        restore(first, other)
        try:
            restore(last, other, stopping(after))
        except StoppedError:
            assert [dataset.version for dataset in list_versions(other.store)] == ["import:v2"]
            assert closes(other, made[1]) == closes(lake, made[1])
            with pytest.raises(StorageError, match="a restore of import:v4 was begun and has not ended") as raised:
                add(other, date(2024, 2, 1))
            with pytest.raises(StorageError, match="a restore of import:v4 was begun"):
                publish_tables(other, "import", {}, {})
            assert "data restore" in (raised.value.problems[0].hint or "")
            restore(last, other)
        else:
            assert after >= 4
            break
        assert closes(other, made[3]) == closes(lake, made[3])
        assert sizes(other.store, "restoring") == {}
        assert add(other, date(2024, 2, 1)).number == 5


_KILLED = """
import os, signal, sys
from datalake.lake import Lake
from datalake.backup.restore import restore
place, url, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
def seen(what, done, total):
    global left
    if what.startswith("writing"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
restore(place, Lake(url), seen)
"""


@pytest.mark.slow
def test_a_killed_restore_leaves_no_half_version(sample_lake: Lake, sample: Dataset, other: Lake, tmp_path: Path, file: Path) -> None:
    export(sample_lake, "sample", str(file))
    told: list[str] = []
    restore(str(file), other, lambda what, done, total: told.append(what))
    steps = sum(what.startswith("writing") for what in told)
    for after in (1, steps // 4, steps // 2, steps - 5, steps):
        lake = Lake(f"file://{tmp_path}/{after}")
        done = subprocess.run([sys.executable, "-c", _KILLED, str(file), lake.url, str(after)], check=False)
        assert done.returncode == -signal.SIGKILL and exists(lake.store, "restoring/sample/v1.json")
        assert list_versions(lake.store) == []
        with pytest.raises(UnknownDatasetError):
            resolve(lake.store, "sample")
        restore(str(file), lake)
        assert tree(folder_of(lake)) == tree(folder_of(other))
        assert resolve(lake.store, "sample") == sample and sizes(lake.store, "restoring") == {}


def test_somebody_who_writes_meanwhile_keeps_what_he_wrote(lake: Lake, other: Lake, tmp_path: Path) -> None:
    """A commit that was under way when the restore began wins, and the lake stays whole."""
    for dataset in three(lake):
        export(lake, dataset.version, f"{tmp_path}/{dataset.number}.tar")
    restore(f"{tmp_path}/1.tar", other)
    delta = at_version(other, "import", "bars_1d", resolve(other.store, "import").tables["bars_1d"].delta_version)

    def seen(what: str, done: int, total: int) -> None:
        if what == "writing the tables" and done == total:
            delta.delete("ts_code = '600519.SH'")

    with pytest.raises(BackupError, match="somebody else wrote to the table meanwhile"):
        restore(f"{tmp_path}/3.tar", other, seen)
    assert [dataset.version for dataset in list_versions(other.store)] == ["import:v1"]
    following = add(other, date(2024, 2, 1))
    assert following.number == 2 and {row[0] for row in closes(other, following)[:3]} == {"000001.SZ"}


def test_a_file_that_changes_while_it_is_restored_ends_it(lake: Lake, other: Lake, file: Path) -> None:
    three(lake)
    export(lake, "import", str(file))

    def seen(what: str, done: int, total: int) -> None:
        if what == "comparing with the lake" or (what == "checking the backup" and done == total):
            data = bytearray(file.read_bytes())
            data[1536:9000] = b"x" * (9000 - 1536)
            file.write_bytes(data)

    with pytest.raises(BackupError, match="changed while it was read"):
        restore(str(file), other, seen)
    assert list_versions(other.store) == []


def test_two_restores_at_once_do_not_disturb_each_other(sample_lake: Lake, sample: Dataset, other: Lake, file: Path) -> None:
    export(sample_lake, "sample", str(file))
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: restore(str(file), other), range(3)))
    assert {row.dataset for row in found} == {"sample:v1"} and tree(folder_of(other)).items() <= tree(folder_of(sample_lake)).items()
    assert resolve(other.store, "sample") == sample


def test_an_object_that_somebody_puts_meanwhile_is_not_overwritten(lake: Lake, other: Lake, file: Path) -> None:
    newest = three(lake)[-1]
    export(lake, "import", str(file))

    def seen(what: str, done: int, total: int) -> None:
        if what == "writing the logs" and done == total:
            (folder_of(other) / "versions/import").mkdir(parents=True)
            (folder_of(other) / "versions/import/v00000003.json").write_text("somebody's")

    with pytest.raises(BackupError, match="somebody else wrote other content meanwhile"):
        restore(str(file), other, seen)
    assert get(other.store, "versions/import/v00000003.json") == b"somebody's"
    (folder_of(other) / "versions/import/v00000003.json").unlink()
    assert restore(str(file), other).objects == 1 and resolve(other.store, "import") == newest


# Space and places


def test_too_little_space_is_told_before_anything_is_written(lake: Lake, other: Lake, file: Path) -> None:
    three(lake)
    with pytest.raises(StorageError, match=r"the file needs .* kB, and 20 bytes are free"):
        export(lake, "import", str(file), free=lambda folder: 20)
    assert not file.exists() and list(file.parent.glob(".*")) == []
    export(lake, "import", str(file))
    with pytest.raises(StorageError, match=r"the restore needs .* kB, and 1.0 kB are free"):
        restore(str(file), other, free=lambda folder: 1000)
    assert sizes(other.store, "") == {}
    assert free_bytes(file.parent / "not/yet/there") > 0


def test_a_file_that_cannot_be_written_leaves_nothing(lake: Lake, tmp_path: Path) -> None:
    three(lake)
    (tmp_path / "plain").write_text("a file")
    with pytest.raises(StorageError, match="cannot make its folder"):
        export(lake, "import", str(tmp_path / "plain" / "x.tar"))
    target = outside_file(str(tmp_path / "new" / "x.tar"), "")

    def full() -> Iterable[bytes]:
        yield b"x"
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="No space left on device"):
        target.create(10, full)
    assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "x.tar").write_text("kept")
    with pytest.raises(BackupError, match="it is there already"):
        export(lake, "import", str(tmp_path / "x.tar"))
    assert (tmp_path / "x.tar").read_text() == "kept"


def test_a_version_whose_files_are_gone_is_not_exported(lake: Lake, file: Path) -> None:
    newest = three(lake)[-1]
    keys = [key for key in contents(lake, newest) if not key.startswith("versions")]
    for key in keys:
        place = folder_of(lake) / key
        data = place.read_bytes()
        place.unlink()
        with pytest.raises((MissingObjectError, CorruptObjectError, StorageError)):
            export(lake, "import", str(file))
        if key.endswith(".parquet"):
            place.write_bytes(data[:-1])
            with pytest.raises(CorruptObjectError, match="bytes instead of"):
                export(lake, "import", str(file))
        place.write_bytes(data)
    shutil.rmtree(folder_of(lake) / "import/bars_1d")
    replace(lake, "import", "bars_1d", bars(("600519.SH", DAYS[0], 1)))
    for number in range(3):
        merge(lake, "import", "bars_1d", bars(("600519.SH", DAYS[1], number)))
    with pytest.raises(CorruptObjectError, match="is not the table that import:v3 was made of"):
        export(lake, "import", str(file))
    assert not file.exists()


def test_objects_larger_than_a_part_pass_through(lake: Lake, other: Lake, file: Path) -> None:
    rows = 200_000
    days = pl.Series([date(2000, 1, 1) + timedelta(days=number // 800) for number in range(rows)])
    chosen = random.Random(3)
    noise = {name: [chosen.random() for _ in range(rows)] for name in ("pe", "pb", "ps", "turnover_rate", "total_mv", "circ_mv")}
    codes = [f"{600_000 + number % 800}.SH" for number in range(rows)]
    table = pl.DataFrame({"ts_code": codes, "trade_date": days, **noise}).with_columns(
        trade_date=pl.lit(date(2024, 1, 2)) + pl.duration(days=pl.int_range(pl.len()) // 800)
    )
    publish_tables(lake, "import", {"daily_basic": replace(lake, "import", "daily_basic", table)}, {})
    assert max(contents(lake, resolve(lake.store, "import")).values()) > 8 * 2**20
    told = export(lake, "import", str(file))
    restore(str(file), other)
    assert export(other, "import", f"{file}.again").sha256 == told.sha256


# Buckets


def test_from_a_bucket_into_a_bucket(bucket: str, options: dict[str, str], lake: Lake, tmp_path: Path) -> None:  # noqa: F811
    made = three(lake)[-1]
    local = export(Lake(lake.url, options), "import", f"{bucket}/backups/")
    assert local.file == f"{bucket}/backups/import-v3.tar"
    cloud = Lake(f"{bucket}/restored", options)
    assert restore(local.file, cloud).objects == local.objects
    assert closes(cloud, made) == closes(lake, made) and resolve(cloud.store, "import") == made
    back = export(cloud, "import:v3", str(tmp_path / "back.tar"))
    assert back.sha256 == local.sha256
    with pytest.raises(BackupError, match="it is there already"):
        export(cloud, "import:v3", local.file)
    with pytest.raises(BackupError, match="there is no such object"):
        restore(f"{bucket}/none.tar", cloud)
    assert restore(back.file, cloud).there == local.objects
    assert add(cloud, date(2024, 1, 4)).number == 4
    assert examined(outside_file(local.file, "", options)).entries == examined(outside_file(back.file, "")).entries
    assert not exists(cloud.store, "restoring/import/v3.json")
    assert isinstance(back, Exported)
