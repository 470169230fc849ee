from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from datalake.errors import MissingObjectError
from datalake.lake import Lake, current, scan
from datalake.storing.merging import merge, replace
from datalake.storing.publishing import publish_tables
from datalake.tables import TABLES
from datalake.versions import resolve
from tests.datalake.rows import bars

A, B = date(2019, 12, 31), date(2020, 1, 2)


def rows_of(lake: Lake, version: int) -> list[tuple]:
    return scan(lake, "import", "bars_1d", version).select("ts_code", "trade_date", "close").sort("ts_code", "trade_date").collect().rows()


def test_new_rows_take_the_place_of_old_ones_and_old_versions_stay(lake: Lake):
    first = merge(lake, "import", "bars_1d", bars(("a", A, 1), ("a", B, 2)))
    second = merge(lake, "import", "bars_1d", bars(("a", B, 3), ("b", B, 4)))
    assert rows_of(lake, first.delta_version) == [("a", A, 1), ("a", B, 2)]
    assert rows_of(lake, second.delta_version) == [("a", A, 1), ("a", B, 3), ("b", B, 4)]
    assert (second.rows, second.first, second.last) == (3, 20191231, 20200102)
    assert first.snapshot != second.snapshot


def test_nothing_to_add_changes_nothing(lake: Lake):
    first = merge(lake, "import", "bars_1d", bars(("a", A, 1)))
    assert merge(lake, "import", "bars_1d", bars()) == first


def test_replaced_tables_keep_only_the_new_rows(lake: Lake):
    merge(lake, "import", "bars_1d", bars(("a", A, 1)))
    made = replace(lake, "import", "bars_1d", bars(("b", B, 2)))
    assert rows_of(lake, made.delta_version) == [("b", B, 2)]


def test_stored_as_the_tables_say(lake: Lake):
    """By year, zstd, sorted by code then day, with the schema of TABLES."""
    import pyarrow.parquet as pq

    merge(lake, "import", "bars_1d", bars(("b", B, 4), ("a", B, 2), ("a", A, 1)))
    files = sorted((Path(lake.url.removeprefix("file://")) / "import" / "bars_1d").glob("year=*/*.parquet"))
    assert [file.parent.name for file in files] == ["year=2019", "year=2020"]
    stored = pq.ParquetFile(files[1])
    assert stored.metadata.row_group(0).column(0).compression == "ZSTD"
    assert stored.read().column("ts_code").to_pylist() == ["a", "b"]
    expected = {field.name: field.type for field in TABLES["bars_1d"].schema if field.name != "year"}
    assert {field.name: field.type for field in stored.schema_arrow} == expected


def test_a_table_gets_a_column_that_it_was_made_without(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    """By year: only the year that is written has it, and the others read as null."""
    whole = TABLES["bars_1d"]
    with monkeypatch.context() as patch:
        patch.setitem(TABLES, "bars_1d", whole._replace(columns=tuple(row for row in whole.columns if row.name != "pre_close")))
        old = merge(lake, "import", "bars_1d", bars(("a", A, 1), ("a", B, 2)))
    new = merge(lake, "import", "bars_1d", bars(("b", B, 3)))
    found = scan(lake, "import", "bars_1d", new.delta_version).select("ts_code", "close", "pre_close").sort("close").collect()
    assert found.rows() == [("a", 1, None), ("a", 2, None), ("b", 3, 3)]
    assert scan(lake, "import", "bars_1d", old.delta_version).select("pre_close").collect().to_series().to_list() == [None, None]


def test_a_table_that_is_not_there_is_told(lake: Lake):
    assert current(lake, "import", "bars_1d") is None
    with pytest.raises(MissingObjectError, match="import/bars_1d"):
        scan(lake, "import", "bars_1d", 0)


def test_writers_at_the_same_time_lose_nothing(lake: Lake):
    def write(number: int) -> None:
        written = merge(lake, "import", "bars_1d", bars((f"c{number}", B, number + 1)))
        publish_tables(lake, "import", {"bars_1d": written}, {})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(8)))
    newest = resolve(lake.store, "import")
    assert rows_of(lake, newest.tables["bars_1d"].delta_version) == [(f"c{number}", B, number + 1) for number in range(8)]


def test_a_commit_that_was_not_published_is_not_seen(lake: Lake):
    """The process ended between the table's commit and the manifest; then another table is written and published."""
    published = publish_tables(lake, "import", {"bars_1d": merge(lake, "import", "bars_1d", bars(("a", A, 1)))}, {})
    merge(lake, "import", "bars_1d", bars(("z", B, 9)))

    assert resolve(lake.store, "import") == published
    later = publish_tables(lake, "import", {"index_1d": merge(lake, "import", "index_1d", bars(("000300.SH", A, 4000)))}, {})
    assert later.version == "import:v2"
    assert rows_of(lake, later.tables["bars_1d"].delta_version) == [("a", A, 1)]
    assert [row.ts_code for row in later.catalog.instruments] == ["a"]


def test_a_manifest_that_fails_leaves_the_newest_version(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    published = publish_tables(lake, "import", {"bars_1d": merge(lake, "import", "bars_1d", bars(("a", A, 1)))}, {})
    written = merge(lake, "import", "bars_1d", bars(("b", B, 2)))
    monkeypatch.setattr("datalake.versions.put_new", _disk_full)
    with pytest.raises(OSError, match="No space"):
        publish_tables(lake, "import", {"bars_1d": written}, {})
    assert resolve(lake.store) == published
    assert rows_of(lake, published.tables["bars_1d"].delta_version) == [("a", A, 1)]


def _disk_full(*_: object) -> bool:
    raise OSError(28, "No space left on device")
