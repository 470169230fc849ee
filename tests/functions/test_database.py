"""What Postgres itself refuses, in words; connections that it cut."""

from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from psycopg import sql

from functions.errors import ApiError
from functions.jobs.database import CutError, Database
from tests.functions.conftest import Servers

MINE = "test_database"


@pytest.fixture
def several(servers: Servers) -> Iterator[Database]:
    """A pool that has four idle connections, named so that they can be cut."""
    database = Database(f"{servers.login}?application_name={MINE}", size=4)
    with ExitStack() as at_once:
        for _ in range(4):
            at_once.enter_context(database.as_user(None))
    yield database
    database.close()


def cut(admin: psycopg.Connection) -> int:
    """Every connection of the pool, from Postgres' side: how many."""
    return len(admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'lianghu_login'").fetchall())


def test_a_full_disk_was_called_a_database_that_does_not_answer(database: Database) -> None:
    with pytest.raises(ApiError, match="disk is full") as error, database.as_worker():
        raise psycopg.errors.DiskFull("could not extend file")
    assert error.value.code == "UPSTREAM_ERROR"


def test_whoever_came_first_after_a_restart_paid_for_each_connection_that_it_had_cut(several: Database, admin: psycopg.Connection) -> None:
    assert cut(admin) >= 4
    with several.as_user(None) as connection:
        assert connection.execute("select 1 as one").fetchone() == {"one": 1}


def test_a_question_is_asked_again_where_the_connection_was_cut(several: Database, admin: psycopg.Connection) -> None:
    assert cut(admin) >= 4
    assert several.ask(None, sql.SQL("select 2 as two").format()) == {"two": 2}


def test_what_was_cut_in_the_middle_is_not_repeated_by_itself_and_says_so(several: Database, admin: psycopg.Connection) -> None:
    with pytest.raises(CutError, match="may have happened") as error, several.as_user(None) as connection:
        assert cut(admin) >= 4
        connection.execute("select 1")
    assert (error.value.status, error.value.headers) == (502, {"Retry-After": "2"})
    several.check()


def test_a_cut_in_the_middle_does_not_hide_what_was_wrong_before(several: Database, admin: psycopg.Connection) -> None:
    with pytest.raises(ZeroDivisionError), several.as_user(None):
        assert cut(admin) >= 4
        raise ZeroDivisionError
    several.check()


def test_what_took_too_long_is_no_cut_connection(several: Database) -> None:
    with pytest.raises(ApiError) as error, several.as_user(None) as connection:
        connection.execute("set local statement_timeout = '10ms'")
        connection.execute("select pg_sleep(1)")
    assert not isinstance(error.value, CutError)


def test_a_database_that_is_not_there_is_told_with_when_to_come_again() -> None:
    nobody = Database("postgresql://lianghu_login@127.0.0.1:9/postgres", timeout=0.2)
    with pytest.raises(ApiError, match="does not answer") as error:
        nobody.check()
    assert (error.value.status, error.value.headers["Retry-After"]) == (502, "2")
    nobody.close()
