"""Migrations: once each, in order, all or nothing, and never silently different from what a database has."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from infra.local import postgres
from infra.local.errors import StackError
from infra.local.migrate import MIGRATIONS, migrate


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Postgres]:
    server = postgres.start(tmp_path_factory.mktemp("migrate") / "postgres")
    yield server
    server.stop()


@pytest.fixture
def url(server: postgres.Postgres, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of its own for each test."""
    name = f"db_{abs(hash(request.node.name))}"
    with psycopg.connect(server.url_admin, autocommit=True) as connection:
        connection.execute(f"create database {name} owner postgres")
    yield server.url_admin.rsplit("/", 1)[0] + f"/{name}"


def write(folder: Path, **texts: str) -> None:
    for number, (name, text) in enumerate(texts.items(), 1):
        (folder / f"{20250101000000 + number}_{name}.sql").write_text(text)


def test_each_is_applied_once_and_recorded_as_supabase_does(url: str, tmp_path: Path) -> None:
    write(tmp_path, first="create table a (n int);", second="insert into a values (1); insert into a values (2);")
    assert migrate(url, tmp_path) == ["20250101000001_first", "20250101000002_second"]
    assert migrate(url, tmp_path) == []
    with psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from a").fetchone() == (2,)
        rows = connection.execute("select version, name from supabase_migrations.schema_migrations order by 1").fetchall()
        owner = connection.execute("select tableowner from pg_tables where tablename = 'a'").fetchone()
    assert rows == [("20250101000001", "first"), ("20250101000002", "second")]
    assert owner == ("postgres",), "migrations must not need the superuser: a Supabase project has none"


def test_a_failing_one_leaves_nothing_of_itself(url: str, tmp_path: Path) -> None:
    write(tmp_path, first="create table a (n int);", second="create table b (n int); select 1 / 0;")
    with pytest.raises(StackError, match="failed: division by zero"):
        migrate(url, tmp_path)
    with psycopg.connect(url) as connection:
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    assert tables == [("a",)]
    write(tmp_path, first="create table a (n int);", second="create table b (n int);")
    assert migrate(url, tmp_path) == ["20250101000002_second"]


def test_an_edited_or_unknown_one_is_refused(url: str, tmp_path: Path) -> None:
    write(tmp_path, first="create table a (n int);", second="create table b (n int);")
    migrate(url, tmp_path)
    (tmp_path / "20250101000001_first.sql").write_text("create table other (n int);")
    with pytest.raises(StackError, match="was changed after"):
        migrate(url, tmp_path)
    (tmp_path / "20250101000001_first.sql").unlink()
    with pytest.raises(StackError, match="does not know: 20250101000001"):
        migrate(url, tmp_path)


def test_a_wrong_name_is_refused(url: str, tmp_path: Path) -> None:
    (tmp_path / "1_first.sql").write_text("select 1")
    with pytest.raises(StackError, match="14 digits"):
        migrate(url, tmp_path)


def test_ours_apply_without_a_superuser(url: str) -> None:
    assert len(migrate(url)) == len(list(MIGRATIONS.glob("*.sql"))) > 0
    assert migrate(url) == []
