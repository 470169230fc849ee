"""Compaction and vacuum: fewer files, the same rows, and every version that was ever published readable for ever."""

import os
import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake
from hypothesis import given, settings
from hypothesis import strategies as st

from datalake.errors import CorruptObjectError, UnknownDatasetError
from datalake.lake import Lake, at_version, current, scan
from datalake.objects import local_folder, put_new
from datalake.panels.packing import pack
from datalake.panels.panel import FORMAT
from datalake.storing.compaction import Compacted, Files, compact
from datalake.storing.lifetimes import lifetimes
from datalake.storing.merging import merge
from datalake.storing.pieces import Origin, stage, staged
from datalake.storing.publishing import publish_tables
from datalake.storing.vacuum import Swept, vacuum
from datalake.tables import TABLES
from datalake.versions import Dataset, list_versions, resolve
from tests.datalake.rows import bars

A, B = date(2019, 12, 31), date(2020, 1, 2)
AT_ONCE = timedelta(0)
Rows = list[tuple[Any, ...]]


def put(lake: Lake, *rows: tuple[str, date, int], within: pl.Expr | None = None) -> Dataset:
    return publish_tables(lake, "import", {"bars_1d": merge(lake, "import", "bars_1d", bars(*rows), within)}, {})


def rows_of(lake: Lake, dataset: Dataset, table: str = "bars_1d") -> Rows:
    found = scan(lake, dataset.source, table, dataset.tables[table].delta_version)
    return found.select(TABLES[table].names).sort(TABLES[table].key).collect().rows()


def files_of(lake: Lake, table: str = "import/bars_1d") -> set[Path]:
    return set(folder_of(lake).glob(f"{table}/**/*.parquet")) - set(folder_of(lake).glob(f"{table}/_delta_log/*"))


def folder_of(lake: Lake) -> Path:
    folder = local_folder(lake.url)
    assert folder
    return folder


def age(lake: Lake, days: int) -> None:
    """As if everything had been written so long ago."""
    then = time.time() - days * 86_400
    for file in folder_of(lake).rglob("*"):
        if file.is_file():
            os.utime(file, (then, then))


def test_small_files_become_one_sorted_file_and_old_versions_stay(lake: Lake):
    made = [put(lake, ("b", B, 1), ("a", A, 1)), put(lake, ("c", B, 2)), put(lake, ("a", B, 3))]
    before = [rows_of(lake, one) for one in made]
    assert compact(lake, "import") == Compacted("import:v4", {"bars_1d": Files(4, 2)})
    newest = resolve(lake.store, "import")
    stored = at_version(lake, "import", "bars_1d", newest.tables["bars_1d"].delta_version).file_uris()
    (file,) = [uri for uri in stored if "year=2020" in uri]
    assert pl.read_parquet(file.removeprefix("file://"), hive_partitioning=False)["ts_code"].to_list() == ["a", "b", "c"]
    assert [rows_of(lake, one) for one in (*made, newest)] == [*before, before[-1]]
    assert newest.catalog == made[-1].catalog and newest.note == {"compacted": ["bars_1d"]}


def test_where_nothing_is_to_do_there_is_no_new_version(lake: Lake):
    put(lake, ("a", A, 1), ("a", B, 1))
    assert compact(lake, "import") == Compacted("import:v1", {})
    with pytest.raises(UnknownDatasetError):
        compact(lake, "tushare")


def test_what_another_process_has_committed_was_published_by_a_compaction(lake: Lake):
    put(lake, ("a", B, 1))
    published = put(lake, ("b", B, 2))
    merge(lake, "import", "bars_1d", bars(("c", B, 3)))
    assert compact(lake, "import") == Compacted("import:v2", {})
    assert resolve(lake.store, "import") == published


def test_a_compaction_that_would_lose_a_row_writes_nothing(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    put(lake, ("a", B, 1))
    newest = put(lake, ("b", B, 2))
    before = rows_of(lake, newest)
    from datalake.storing.merging import _Plan

    whole = _Plan.written
    monkeypatch.setattr(_Plan, "written", lambda self, change, *, whole: _cut(self, change, whole))

    def _cut(plan: Any, change: Any, is_whole: bool) -> pl.DataFrame:
        return whole(plan, change, whole=is_whole).head(1)

    with pytest.raises(CorruptObjectError, match="would lose rows: nothing was written"):
        compact(lake, "import")
    head = current(lake, "import", "bars_1d")
    assert head and head.version() == newest.tables["bars_1d"].delta_version
    assert rows_of(lake, newest) == before


def test_new_files_that_cannot_be_read_back_are_undone(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    put(lake, ("a", B, 1))
    newest = put(lake, ("b", B, 2))
    before = rows_of(lake, newest)
    sums = iter(range(9))
    monkeypatch.setattr("datalake.storing.compaction.fingerprint", lambda rows: (2, next(sums)))
    with pytest.raises(CorruptObjectError, match="did not hold the rows"):
        compact(lake, "import")
    assert resolve(lake.store, "import") == newest
    monkeypatch.undo()
    after = put(lake, ("c", B, 3))
    assert rows_of(lake, after)[:2] == before


def test_vacuum_deletes_what_no_version_has(lake: Lake):
    """Three commits of the same day: the first and the last are published, the one between is nobody's."""
    first = put(lake, ("a", B, 1))
    merge(lake, "import", "bars_1d", bars(("a", B, 2)))
    lost = files_of(lake)
    last = put(lake, ("a", B, 3))
    (folder_of(lake) / "import/bars_1d/year=2020/part-00000-nobody.parquet").write_bytes(b"a writer that was killed")
    kept = {file for one in (first, last) for file in _files(lake, one)}
    lost = lost - kept
    assert lost
    before = [rows_of(lake, one) for one in (first, last)]
    size = sum(file.stat().st_size for file in lost) + len(b"a writer that was killed")
    assert vacuum(lake).swept == ()
    age(lake, 2)
    told = vacuum(lake, dry_run=True).swept
    assert Swept("import/bars_1d", 2, size) in told and lost < files_of(lake)
    assert vacuum(lake).swept == told
    assert files_of(lake) == kept
    assert [rows_of(lake, one) for one in (first, last)] == before
    assert vacuum(lake).swept == ()


def _files(lake: Lake, dataset: Dataset) -> set[Path]:
    delta = at_version(lake, "import", "bars_1d", dataset.tables["bars_1d"].delta_version)
    return {Path(uri.removeprefix("file://")) for uri in delta.file_uris()}


def test_a_commit_that_waits_to_be_published_lost_its_files_to_a_vacuum(lake: Lake):
    """An old file, taken out a moment ago by a commit after one that its writer is about to publish."""
    merge(lake, "import", "bars_1d", bars(("a", B, 1)))
    age(lake, 30)
    waits = merge(lake, "import", "bars_1d", bars(("a", A, 1)))
    merge(lake, "import", "bars_1d", bars(("a", B, 2)))
    vacuum(lake)
    published = publish_tables(lake, "import", {"bars_1d": waits}, {})
    assert [row[:3] for row in rows_of(lake, published)] == [("a", A, 1), ("a", B, 1)]


def test_a_log_with_a_gap_or_without_its_beginning_leaves_its_table_alone(lake: Lake):
    for price in range(1, 5):
        put(lake, ("a", B, price))
    merge(lake, "import", "bars_1d", bars(("a", B, 9)))
    merge(lake, "import", "bars_1d", bars(("a", B, 10)))
    log = folder_of(lake) / "import/bars_1d/_delta_log"
    there = files_of(lake)
    DeltaTable(f"{folder_of(lake)}/import/bars_1d").create_checkpoint()
    (log / f"{3:020d}.json").unlink()
    age(lake, 9)
    assert "lacks commits" in vacuum(lake).told[0] and files_of(lake) == there
    for number in range(6):
        (log / f"{number:020d}.json").unlink(missing_ok=True)
    assert lifetimes(lake, "import", "bars_1d").first == 6
    assert "the log of version 1, which a manifest names, is gone" in vacuum(lake).told[0] and files_of(lake) == there


def test_a_commit_that_is_damaged_leaves_its_table_alone(lake: Lake):
    put(lake, ("a", B, 1))
    put(lake, ("a", B, 2))
    (folder_of(lake) / f"import/bars_1d/_delta_log/{2:020d}.json").write_text('{"add"')
    there = files_of(lake)
    age(lake, 9)
    found = vacuum(lake)
    assert found.swept == () and files_of(lake) == there
    assert found.told[0].startswith(f"import/bars_1d was left alone: import/bars_1d/_delta_log/{2:020d}.json is no commit of a table")
    assert found.told[1].startswith("outlines were left alone")


def test_a_log_that_begins_with_a_checkpoint_is_swept(lake: Lake):
    """As a table that was made by another program: everything that manifests name is later."""
    for price in range(3):
        merge(lake, "import", "bars_1d", bars(("a", B, price + 1)))
    DeltaTable(f"{folder_of(lake)}/import/bars_1d").create_checkpoint()
    log = folder_of(lake) / "import/bars_1d/_delta_log"
    for number in range(3):
        (log / f"{number:020d}.json").unlink()
    made = [put(lake, ("a", B, 7)), put(lake, ("b", B, 8))]
    before = [rows_of(lake, one) for one in made]
    age(lake, 2)
    assert [(row.what, row.files) for row in vacuum(lake).swept] == [("import/bars_1d", 3), ("outlines", 1)]
    assert [rows_of(lake, one) for one in made] == before


def test_pieces_of_a_killed_import_go_and_answers_of_tushare_wait(lake: Lake):
    mine = stage(lake, "import", "bars_1d", bars(("a", B, 1)))
    theirs = stage(lake, "tushare", "bars_1d", bars(("a", B, 1)), Origin("daily", "20200102", 20200102))
    put_new(lake.store, "staging/tushare/bars_1d/half a name", b"x")
    assert vacuum(lake) == vacuum(lake, dry_run=True) and staged(lake, "import") == [mine]
    age(lake, 2)
    found = vacuum(lake)
    assert [(row.what, row.files) for row in found.swept] == [("staging/import", 1), ("staging/tushare", 1)]
    assert found.told[0] == "1 staged pieces of import/bars_1d were left by a process that ended"
    assert staged(lake, "import") == [] and staged(lake, "tushare") == [theirs]


def test_outlines_of_the_newest_version_stay_and_panels_go_only_if_asked(lake: Lake):
    for price in range(3):
        put(lake, ("a", B, price + 1))
    for name, header in (("now", {"format": FORMAT, "dataset": "import:v1"}), ("old", {"format": 1, "dataset": "import:v1"})):
        put_new(lake.store, f"panels/{name}.panel", pack(header, {}))
    put_new(lake.store, "panels/gone.panel", pack({"format": FORMAT, "dataset": "import:v9"}, {}))
    put_new(lake.store, "panels/torn.panel", pack({"format": FORMAT, "dataset": "import:v1"}, {})[:20])
    put_new(lake.store, "panels/tiny.panel", b"LIANGHU1")
    age(lake, 2)
    assert [(row.what, row.files) for row in vacuum(lake).swept] == [("outlines", 2)]
    assert [(row.what, row.files) for row in vacuum(lake, panels=True).swept] == [("panels", 4)]
    assert [file.name for file in (folder_of(lake) / "panels").iterdir()] == ["now.panel"]
    assert len(list((folder_of(lake) / "outlines").iterdir())) == 1


def test_a_damaged_manifest_ends_a_vacuum_before_anything_is_deleted(lake: Lake):
    put(lake, ("a", B, 1))
    put(lake, ("a", B, 2))
    manifest = folder_of(lake) / "versions/import/v00000001.json"
    manifest.write_text(manifest.read_text()[:40])
    there = files_of(lake)
    age(lake, 9)
    with pytest.raises(CorruptObjectError, match=r"versions/import/v00000001\.json is damaged"):
        vacuum(lake)
    assert files_of(lake) == there


STEP = st.one_of(
    st.tuples(st.just("put"), st.dictionaries(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), st.integers(1, 3), max_size=4)),
    st.tuples(st.just("answer"), st.dictionaries(st.tuples(st.sampled_from("abc"), st.just(3)), st.integers(1, 3), max_size=3)),
    st.tuples(st.sampled_from(["publish", "compact", "vacuum"]), st.just({})),
)
"""Rows merged in; all the rows of the fourth day, so that others of it go; and what is done to the lake."""


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(STEP, min_size=4, max_size=14))
def test_every_version_ever_published_reads_the_rows_it_had(steps: list[tuple[str, dict[tuple[str, int], int]]]):
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("datalake.storing.merging.MOST_FILES", 3)
        lake = Lake(f"file://{folder}")
        stored: dict[tuple[str, date], int] = {}
        waits = None
        published: dict[str, Rows] = {}
        for kind, given_rows in steps:
            rows = [(code, A + timedelta(days=day), price) for (code, day), price in given_rows.items()]
            if kind in {"put", "answer"}:
                day = A + timedelta(days=3)
                stored = {key: price for key, price in stored.items() if kind == "put" or key[1] != day}
                stored |= {(code, when): price for code, when, price in rows}
                waits = merge(lake, "import", "bars_1d", bars(*rows), pl.col("trade_date") == day if kind == "answer" else None)
            elif kind == "publish" and waits:
                dataset = publish_tables(lake, "import", {"bars_1d": waits}, {})
                published[dataset.version] = sorted((*key, price) for key, price in stored.items())
            elif kind == "compact" and published:
                rows_before = published[resolve(lake.store, "import").version]
                published[compact(lake, "import").dataset] = rows_before
            elif kind == "vacuum":
                vacuum(lake, AT_ONCE)
            assert [one.version for one in list_versions(lake.store)] == list(published)
            for one in list_versions(lake.store):
                assert [(row[0], row[1], row[5]) for row in rows_of(lake, one)] == published[one.version]


@pytest.fixture
def old_log(lake: Lake) -> list[dict[date, int]]:
    """250 commits, every tenth a version, two months old when the next one is made; what each one holds, from the first on."""
    held: list[dict[date, int]] = [{}]
    log = folder_of(lake) / "import/bars_1d/_delta_log"
    for number in range(1, 251):
        day = A + timedelta(days=number % 40)
        written = merge(lake, "import", "bars_1d", bars(("a", day, number)))
        assert written.delta_version == number
        if number % 10 == 0:
            publish_tables(lake, "import", {"bars_1d": written}, {})
        held.append({**held[-1], day: number})
        then = time.time() - 60 * 86_400
        for file in log.iterdir():
            os.utime(file, (then, then))
    return held


@pytest.mark.slow
def test_versions_older_than_a_month_could_not_be_opened_any_more(lake: Lake, old_log: list[dict[date, int]]):
    """A checkpoint deletes the log of what came before it, if a table is not told otherwise: the first 199 commits would be gone.

    Also a program that knows nothing of us and writes to the table takes nothing away.
    """

    def read(version: int) -> dict[date, int]:
        return dict(scan(lake, "import", "bars_1d", version).select("trade_date", "close").collect().iter_rows())

    log = folder_of(lake) / "import/bars_1d/_delta_log"
    assert len(list(log.glob("*.checkpoint.parquet"))) == 2
    foreign = bars(("z", B, 1)).with_columns(year=pl.lit(2020, pl.Int32)).to_arrow().cast(TABLES["bars_1d"].schema)
    for _ in range(60):
        write_deltalake(DeltaTable(f"{folder_of(lake)}/import/bars_1d"), foreign, mode="append")
    assert len(list(log.glob("*.checkpoint.parquet"))) == 3
    assert len(list(log.glob("*.json"))) == 311
    assert [read(version) for version in range(251)] == old_log
    age(lake, 60)
    assert [row.what for row in vacuum(lake).swept] == ["import/bars_1d", "outlines"]
    published = [one.tables["bars_1d"].delta_version for one in list_versions(lake.store)]
    assert published == list(range(10, 251, 10))
    assert [read(version) for version in published] == [old_log[version] for version in published]
