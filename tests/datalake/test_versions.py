import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from datalake.errors import CorruptObjectError, StorageError, UnknownDatasetError
from datalake.finding import Finding
from datalake.objects import open_store
from datalake.versions import Bars, Catalog, Dataset, Edition, Instrument, TableVersion, list_versions, publish, resolve

CATALOG = Catalog(
    instruments=(Instrument("600519.SH", "贵州茅台", "main", "白酒", 20010827, 0),),
    sessions=(20200102, 20200103),
    indices={"000300.SH": "bars"},
    fields=("pe",),
    bars={"1d": Bars(20200102, 20200103, ())},
    ex_dates={"2020": (3, 2)},
)


def edition(rows: int) -> Edition:
    return Edition({"bars_1d": TableVersion(rows, rows, 20200102, 20200103, f"x@{rows}")}, CATALOG, {"why": "test"})


def test_a_version_is_found_by_its_names_and_stays(tmp_path: Path):
    store = open_store(f"file://{tmp_path}")
    first = publish(store, "import", lambda newest: edition(1))
    second = publish(store, "import", lambda newest: edition(2))
    assert (first.version, second.version) == ("import:v1", "import:v2")
    assert resolve(store, "import:v1") == first
    assert resolve(store, "import") == second == resolve(store)
    assert resolve(store, "import:v1").catalog == CATALOG
    assert first.snapshot != second.snapshot


def test_the_same_content_makes_no_new_version(tmp_path: Path):
    store = open_store(f"file://{tmp_path}")
    assert publish(store, "import", lambda newest: edition(1)) == publish(store, "import", lambda newest: edition(1))
    assert len(list_versions(store)) == 1


def test_the_newest_of_all_sources_is_the_default(tmp_path: Path):
    store = open_store(f"file://{tmp_path}")
    publish(store, "tushare", lambda newest: edition(1))
    publish(store, "import", lambda newest: edition(1))
    assert resolve(store).version == "import:v1"
    publish(store, "tushare", lambda newest: edition(2))
    assert resolve(store).version == "tushare:v2"


def test_publishers_at_the_same_time_get_different_versions_and_forget_nothing(tmp_path: Path):
    """Each adds a table of its own to what the newest version has."""
    url = f"file://{tmp_path}"

    def add(number: int) -> Dataset:
        own = {f"table{number}": TableVersion(number, 1, 0, 0, f"t{number}")}
        return publish(open_store(url), "import", lambda newest: Edition({**(newest.tables if newest else {}), **own}, CATALOG, {}))

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(add, range(24)))
    assert sorted(dataset.number for dataset in made) == list(range(1, 25))
    assert set(resolve(open_store(url), "import").tables) == {f"table{number}" for number in range(24)}


@pytest.mark.parametrize("name", ["sample:v9", "simple", "sample:vx", "sample:v", "", "sample:v1:v1"])
def test_an_unknown_version_names_the_field_and_what_there_is(tmp_path: Path, name: str):
    store = open_store(f"file://{tmp_path}")
    publish(store, "sample", lambda newest: edition(1))
    with pytest.raises(UnknownDatasetError) as caught:
        resolve(store, name)
    assert caught.value.problems[0].field == "context.datasource_version"
    assert "sample:v1" in (caught.value.problems[0].hint or "")


def test_an_empty_lake_says_what_to_do(tmp_path: Path):
    with pytest.raises(UnknownDatasetError, match="the lake is empty"):
        resolve(open_store(f"file://{tmp_path}"))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version":"import:v1"}', '"tables"', "\x00", "null"])
def test_a_damaged_manifest_is_named(tmp_path: Path, text: str):
    store = open_store(f"file://{tmp_path}")
    publish(store, "import", lambda newest: edition(1))
    whole = publish(store, "import", lambda newest: edition(2))
    (tmp_path / "versions/import/v00000001.json").write_text(text)
    assert resolve(store, "import") == whole == resolve(store)
    for read in (lambda: resolve(store, "import:v1"), lambda: list_versions(store)):
        with pytest.raises(CorruptObjectError, match=r"store: versions/import/v00000001\.json is damaged") as caught:
            read()
        assert "put it back from a backup" in (caught.value.problems[0].hint or "")


def test_a_manifest_that_lies_under_another_name_is_damaged(tmp_path: Path):
    store = open_store(f"file://{tmp_path}")
    publish(store, "import", lambda newest: edition(1))
    folder = tmp_path / "versions/import"
    (folder / "v00000002.json").write_bytes((folder / "v00000001.json").read_bytes())
    with pytest.raises(CorruptObjectError, match="it says that it is import:v1"):
        resolve(store, "import")


def test_a_manifest_of_before_findings_were_kept_is_read(tmp_path: Path):
    store = open_store(f"file://{tmp_path}")
    made = publish(store, "import", lambda newest: edition(1))
    file = tmp_path / "versions/import/v00000001.json"
    value = json.loads(file.read_text())
    del value["findings"]
    file.write_text(json.dumps(value))
    assert resolve(store, "import") == made and made.findings == ()


def test_damaged_catalogs_and_findings_are_named(tmp_path: Path):
    store = open_store(f"file://{tmp_path}")
    found = Finding("off_tick", "warning", 1, "price off the tick", ("a row",))
    made = publish(store, "import", lambda newest: edition(1)._replace(findings=(found,)))
    assert resolve(store, "import").findings == (found,)
    for key in (made.catalog_key, made.findings_key):
        (tmp_path / key).write_text('{"instruments":[')
    with pytest.raises(CorruptObjectError, match=f"store: {made.catalog_key} is damaged"):
        _ = resolve(store, "import").catalog
    with pytest.raises(CorruptObjectError, match=f"store: {made.findings_key} is damaged"):
        _ = resolve(store, "import").findings


def test_a_catalog_of_an_older_version_is_read():
    value = json.loads(json.dumps(CATALOG.to_json()))
    assert Catalog.from_json(value) == CATALOG
    del value["ex_dates"]
    value["instruments"] = [row[:6] for row in value["instruments"]]
    assert Catalog.from_json(value) == replace(CATALOG, ex_dates={})


def test_a_source_has_a_plain_name(tmp_path: Path):
    with pytest.raises(StorageError, match="no name of a source"):
        publish(open_store(f"file://{tmp_path}"), "../up", lambda newest: edition(1))
