"""The index of dataset versions: the lake is read once, and what is told is right whatever the index holds."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import obstore
import psycopg
import pytest

from datalake.finding import Finding
from datalake.objects import Store as Objects
from datalake.objects import open_store
from datalake.versions import Catalog, Edition, TableVersion, list_versions, publish
from functions.jobs.database import Database
from functions.stores import datasets as module
from functions.stores.datasets import Datasets

EMPTY = Catalog((), (), {}, (), {})


@pytest.fixture
def url(tmp_path: Path) -> str:
    return (tmp_path / "lake").as_uri()


@pytest.fixture
def lake(url: str) -> Objects:
    return open_store(url)


@pytest.fixture
def index(database: Database, admin: psycopg.Connection) -> Datasets:
    admin.execute("truncate public.datasets")
    return Datasets(database)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Manifests that are read from a lake, by their keys."""
    seen: list[str] = []
    real = module.get

    def noting(store: Objects, key: str) -> bytes:
        seen.append(key)
        return real(store, key)

    monkeypatch.setattr(module, "get", noting)
    return seen


def publish_one(lake: Objects, source: str = "import", rows: int = 1) -> None:
    findings = (Finding("holes", "warning", rows, f"{rows} 个", ("x",), "bars_1d", 20200102, 20200103),)
    table = TableVersion(rows, rows, 20200102, 20200103, f"id@{rows}")
    publish(lake, source, lambda newest: Edition({"bars_1d": table}, EMPTY, {"rows": rows}, findings))


def told(index: Datasets, lake: Objects, url: str) -> list[tuple[dict[str, Any], tuple[Finding, ...]]]:
    return [(row.to_json(), row.findings) for row in index.read(lake, index.known(lake, url))]


def directly(lake: Objects) -> list[tuple[dict[str, Any], tuple[Finding, ...]]]:
    return [(row.to_json(), row.findings) for row in reversed(list_versions(lake))]


def test_the_lake_is_read_once(index: Datasets, lake: Objects, url: str, read: list[str]) -> None:
    for rows in range(1, 8):
        publish_one(lake, "import", rows)
        publish_one(lake, "tushare", rows)
    assert told(index, lake, url) == directly(lake) and len(read) == 14
    assert told(index, lake, url) == directly(lake) and len(read) == 14
    publish_one(lake, "import", 99)
    assert told(index, lake, url) == directly(lake) and read[14:] == ["versions/import/v00000008.json"]


def test_an_empty_lake_and_an_empty_index(index: Datasets, lake: Objects, url: str, admin: psycopg.Connection) -> None:
    assert told(index, lake, url) == []
    publish_one(lake)
    known = index.known(lake, url)
    admin.execute("truncate public.datasets")
    assert [row.to_json() for row in index.read(lake, known)] == [row[0] for row in directly(lake)], "forgotten in between"


def test_another_lake_with_the_same_versions_has_its_own(index: Datasets, lake: Objects, url: str, tmp_path: Path) -> None:
    other_url = (tmp_path / "other").as_uri()
    other = open_store(other_url)
    publish_one(lake, rows=1)
    publish_one(other, rows=2)
    for _ in range(2):
        assert told(index, lake, url) == directly(lake) != told(index, other, other_url) == directly(other)


def test_a_lake_that_was_built_anew_at_the_same_address_is_read_anew(index: Datasets, lake: Objects, url: str) -> None:
    publish_one(lake, rows=1)
    before = told(index, lake, url)
    obstore.delete(lake, "versions/import/v00000001.json")
    assert told(index, lake, url) == []
    publish_one(lake, rows=2)
    assert told(index, lake, url) == directly(lake) != before


NONSENSE: list[Callable[[psycopg.Connection], Any]] = [
    lambda admin: admin.execute("update public.datasets set manifest = '{}'"),
    lambda admin: admin.execute("update public.datasets set manifest = '[]'"),
    lambda admin: admin.execute("update public.datasets set findings = '{\"a\": 1}'"),
    lambda admin: admin.execute("update public.datasets set findings = '3'"),
    lambda admin: admin.execute("update public.datasets set source = 'other'"),
    lambda admin: admin.execute("update public.datasets set number = 7"),
    lambda admin: admin.execute("update public.datasets set manifest = (select manifest from public.datasets where number = 2)"),
]


@pytest.mark.parametrize("spoil", NONSENSE)
def test_nonsense_in_the_index_is_not_believed(
    index: Datasets, lake: Objects, url: str, admin: psycopg.Connection, spoil: Callable[[psycopg.Connection], Any]
) -> None:
    publish_one(lake, rows=1)
    publish_one(lake, rows=2)
    told(index, lake, url)
    spoil(admin)
    assert told(index, lake, url) == directly(lake)


def test_what_was_noted_long_ago_is_forgotten_and_noted_again(
    index: Datasets, lake: Objects, url: str, admin: psycopg.Connection, read: list[str]
) -> None:
    publish_one(lake, rows=1)
    told(index, lake, url)
    admin.execute("update public.datasets set noted_at = now() - interval '91 days'")
    publish_one(lake, rows=2)
    assert told(index, lake, url) == directly(lake)
    assert told(index, lake, url) == directly(lake)
    assert admin.execute("select count(*) from public.datasets").fetchone() == (2,)


def test_no_user_tells_another_what_the_data_are(database: Database, user: str, index: Datasets) -> None:
    calls = ("select lianghu.note_datasets('[]')", "select * from lianghu.known_datasets('{}')", "select * from public.datasets")
    for statement in calls:
        for role in ("authenticated", "anon", "lianghu_ingest"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), database._transaction(role, {"sub": user}) as connection:
                connection.execute(statement)


def events(admin: psycopg.Connection) -> list[dict[str, Any]]:
    rows = admin.execute("select id, body from public.outbox where body ->> 'event' = 'dataset.published' order by number").fetchall()
    return [{"id": str(identity), **body} for identity, body in rows]


@pytest.fixture
def untold(admin: psycopg.Connection) -> None:
    admin.execute("truncate public.outbox, public.datasets_told")


def test_a_version_is_told_once_whoever_notices_and_whatever_the_index_forgets(
    index: Datasets, lake: Objects, url: str, admin: psycopg.Connection, untold: None
) -> None:
    publish_one(lake, "tushare")
    publish_one(lake, "import")
    index.known(lake, url)
    first = events(admin)
    assert [(each["version"], each["source"], each["number"]) for each in first] == [
        ("tushare:v1", "tushare", 1),
        ("import:v1", "import", 1),
    ], "in the order in which they were published"
    assert [each["published_at"] for each in first] == [row.published_at for row in list_versions(lake)]
    admin.execute("truncate public.datasets")  # it is a cache
    admin.execute("truncate public.outbox")  # events are kept for a month
    index.known(lake, url)
    assert events(admin) == []
    admin.execute("truncate public.datasets, public.datasets_told")  # another database, the same lake
    index.known(lake, url)
    assert [each["id"] for each in events(admin)] == [each["id"] for each in first], "the same ids, so that nobody is told twice"


def test_another_lake_has_its_own_versions(
    index: Datasets, lake: Objects, url: str, tmp_path: Path, admin: psycopg.Connection, untold: None
) -> None:
    other = (tmp_path / "other").as_uri()
    for each in (lake, open_store(other)):
        publish_one(each)
    for address, store in ((url, lake), (other, open_store(other))):
        index.known(store, address)
    assert [each["version"] for each in events(admin)] == ["import:v1"] * 2
    assert len({each["id"] for each in events(admin)}) == 2


def test_many_who_notice_at_once_tell_it_once(index: Datasets, lake: Objects, url: str, admin: psycopg.Connection, untold: None) -> None:
    for rows in range(1, 6):
        publish_one(lake, "import", rows)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: index.known(lake, url), range(12)))
    assert [each["number"] for each in events(admin)] == [1, 2, 3, 4, 5]
