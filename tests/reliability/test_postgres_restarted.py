"""Postgres restarts in the middle of grids and submissions: whoever waits is answered a little later, nothing is lost and nothing twice."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.reliability.invariants import broken, unfinished
from tests.reliability.living import living
from tests.reliability.people import Person, Users, bearer_of, rest, submitted
from tests.reliability.servers import FAST, IMMEDIATE, SMART, OwnPostgres
from tests.reliability.truth import Truth

pytestmark = pytest.mark.slow


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[OwnPostgres]:
    made = OwnPostgres(tmp_path / "postgres")
    yield made
    made.stop()


@pytest.mark.timeout(600)
def test_postgres_restarts_in_every_way_in_the_middle_of_grids_and_submissions(
    postgres: OwnPostgres, aws: str, lake_url: str, tmp_path: Path
) -> None:
    with living(aws, postgres.login, lake_url, tmp_path) as platform:
        users = Users([Person(bearer_of(postgres.new_user()), lambda: platform.url) for _ in range(3)])
        try:
            time.sleep(3)
            for fault in FAULTS:
                fault(postgres)
                time.sleep(1)
        finally:
            users.stop()
        with psycopg.connect(postgres.admin, autocommit=True) as admin:
            rest(lambda: unfinished(admin), 120)
            assert broken(admin, platform.house.results, Truth(platform.house.panels)) == []
            assert sorted(submitted(admin)) == sorted(users.promised), "a submission was lost or made twice"
            assert len(users.promised) == users.submissions > len(FAULTS)
            assert _failures(admin) == 0
    told = [status for person in users.people for status in person.told]
    assert set(told) <= {409, 502} and len(told) <= len(FAULTS), "most wait a little and are answered"


def _restarted_after_smart_waited_for_its_clients(postgres: OwnPostgres) -> None:
    """Whoever is connected goes on; new connections have to wait. A smart shutdown of a busy platform is ended by a fast one."""
    postgres.ask_to_stop(SMART)
    time.sleep(2)
    postgres.restart(FAST)


FAULTS = (
    lambda postgres: postgres.restart(FAST),
    lambda postgres: postgres.restart(IMMEDIATE),
    _restarted_after_smart_waited_for_its_clients,
    OwnPostgres.kill_one_backend,
    OwnPostgres.cut_connections,
    lambda postgres: (postgres.kill(), postgres.start_again()),
)


def _failures(admin: psycopg.Connection[Any]) -> int:
    row = admin.execute("select count(*) from public.backtest_runs where status = 'failed'").fetchone()
    return int(row[0]) if row else -1
