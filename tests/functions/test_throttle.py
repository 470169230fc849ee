"""The pace of calls to the vendor, counted by real Postgres for many callers at once."""

import time
import uuid
from bisect import bisect_left
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from functions.errors import ApiError
from functions.jobs.database import Database
from functions.jobs.throttle import PostgresThrottle
from tests.functions.conftest import Servers


@pytest.fixture
def interface() -> str:
    """One that nobody else calls."""
    return f"daily-{uuid.uuid4()}"


@pytest.fixture
def throttle(database: Database) -> PostgresThrottle:
    return PostgresThrottle(database)


@pytest.fixture
def other(servers: Servers) -> Iterator[PostgresThrottle]:
    """The same throttle as another function sees it."""
    database = Database(servers.login)
    yield PostgresThrottle(database)
    database.close()


def test_calls_go_until_the_minute_is_full(throttle: PostgresThrottle, other: PostgresThrottle, interface: str) -> None:
    assert [throttle.take(interface, 4), other.take(interface, 4), throttle.take(interface, 4), other.take(interface, 4)] == [0.0] * 4
    assert 59 < throttle.take(interface, 4) <= 61
    assert 59 < other.take(interface, 4) <= 61, "a refusal counts nothing"
    assert throttle.take(interface, 5) == 0, "a larger account goes on"
    assert throttle.take(f"{interface}-2", 4) == 0, "each interface has a minute of its own"


def test_the_wait_is_until_the_oldest_call_leaves_the_window(database: Database, interface: str) -> None:
    throttle = PostgresThrottle(database, window=0.6)
    assert throttle.take(interface, 2) == 0
    time.sleep(0.3)
    assert throttle.take(interface, 2) == 0
    wait = throttle.take(interface, 2)
    assert 0 < wait <= 0.3
    time.sleep(wait)
    assert throttle.take(interface, 2) == 0
    assert 0 < throttle.take(interface, 2) <= 0.3
    assert throttle.take(interface, 1) > 0.25, "with a smaller account every one of the last calls counts"


def test_a_refusal_stops_everybody(throttle: PostgresThrottle, other: PostgresThrottle, interface: str) -> None:
    throttle.hold(interface, 75)
    assert 74 < other.take(interface, 100) <= 75
    other.hold(interface, 1)
    assert throttle.take(interface, 100) > 73, "a shorter hold does not end a longer one"
    throttle.hold(interface, 200)
    assert 199 < other.take(interface, 100) <= 200
    assert other.take(f"{interface}-2", 100) == 0


def test_a_hold_ends(throttle: PostgresThrottle, interface: str) -> None:
    throttle.hold(interface, 0.2)
    assert 0 < throttle.take(interface, 9) <= 0.2
    time.sleep(0.25)
    assert throttle.take(interface, 9) == 0


def test_many_callers_never_exceed_the_cap_in_any_window(servers: Servers, interface: str) -> None:
    """Two functions with four threads each call as fast as they may; no window of the length holds more calls than the cap."""
    window, cap, seconds = 0.4, 7, 2.0
    databases = [Database(servers.login, size=4) for _ in range(2)]
    end = time.monotonic() + seconds

    def call(database: Database) -> list[float]:
        throttle, calls = PostgresThrottle(database, window), []
        while (now := time.monotonic()) < end:
            wait = throttle.take(interface, cap)
            if wait:
                time.sleep(min(wait, max(0.0, end - now)))
            else:
                calls.append(time.monotonic())
        return calls

    try:
        with ThreadPoolExecutor(8) as pool:
            calls = sorted(at for found in pool.map(call, databases * 4) for at in found)
        with psycopg.connect(servers.admin) as admin:
            (kept,) = admin.execute("select cardinality(calls) from public.vendor_calls where interface = %s", (interface,)).fetchone() or (
                0,
            )
    finally:
        for database in databases:
            database.close()
    slack = 0.05  # between the database's clock and ours
    busiest = max(bisect_left(calls, at + window - slack) - place for place, at in enumerate(calls))
    assert busiest <= cap
    assert len(calls) >= cap * (seconds / window - 1), "and nobody waits for nothing"
    assert kept <= cap, "calls that count no longer are forgotten"


def test_a_caller_that_dies_in_the_middle_holds_nobody_up(servers: Servers, database: Database, interface: str) -> None:
    throttle = PostgresThrottle(database)
    throttle.take(interface, 9)
    with psycopg.connect(servers.admin) as dying:
        dying.execute("select * from public.vendor_calls where interface = %s for update", (interface,))
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(throttle.take, interface, 9)
            time.sleep(0.2)
            assert not waiting.done(), "callers stand in a queue"
            dying.close()
            assert waiting.result(5) == 0


def test_a_database_that_is_gone_is_told(interface: str) -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none", timeout=0.5)
    try:
        for call in (lambda: PostgresThrottle(database).take(interface, 1), lambda: PostgresThrottle(database).hold(interface, 1)):
            with pytest.raises(ApiError, match="database does not answer"):
                call()
    finally:
        database.close()
