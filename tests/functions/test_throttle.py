"""The pace of calls to the vendor, counted by real Postgres for many callers at once."""

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from functions.errors import ApiError
from functions.jobs.database import Database
from functions.jobs.throttle import PostgresThrottle
from functions.settings import Settings
from functions.wiring import House
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


def test_the_wait_is_until_the_oldest_call_leaves_the_window(throttle: PostgresThrottle, admin: psycopg.Connection, interface: str) -> None:
    def called(*seconds: float) -> None:
        """So long ago, on the database's clock."""
        admin.execute("delete from public.vendor_calls where interface = %s", (interface,))
        admin.execute(
            "insert into public.vendor_calls (interface, calls) "
            "values (%s, array(select now() - make_interval(secs => s) from unnest(%s::float8[]) s))",
            (interface, [float(second) for second in seconds]),
        )

    called(50, 20)
    assert 9 < throttle.take(interface, 2) <= 11
    assert 39 < throttle.take(interface, 1) <= 41, "of a smaller account the last call must be gone"
    assert throttle.take(interface, 3) == 0
    called(62, 20)
    assert throttle.take(interface, 2) == 0
    assert 38 < throttle.take(interface, 2) <= 41
    called(62, 61.5)
    assert throttle.take(interface, 1) == 0


def test_a_refusal_stops_everybody(throttle: PostgresThrottle, other: PostgresThrottle, interface: str) -> None:
    throttle.hold(interface, 75)
    assert 74 < other.take(interface, 100) <= 75
    other.hold(interface, 1)
    assert throttle.take(interface, 100) > 73, "a shorter hold does not end a longer one"
    throttle.hold(interface, 200)
    assert 199 < other.take(interface, 100) <= 200
    assert other.take(f"{interface}-2", 100) == 0


def test_a_hold_ends(throttle: PostgresThrottle, admin: psycopg.Connection, interface: str) -> None:
    throttle.hold(interface, 3600)
    assert throttle.take(interface, 9) > 3590
    admin.execute("update public.vendor_calls set held_until = held_until - interval '1 hour' where interface = %s", (interface,))
    assert throttle.take(interface, 9) == 0


@pytest.fixture
def log(admin: psycopg.Connection) -> Iterator[Callable[[str], list[float]]]:
    """When calls of an interface were counted, on the database's clock; seconds."""
    admin.execute(
        """
        create schema pace;
        create table pace.calls (interface text, at timestamptz);
        create function pace.note() returns trigger language plpgsql security definer as $$
        begin
            insert into pace.calls values (new.interface, new.calls[cardinality(new.calls)]);
            return null;
        end
        $$;
        create trigger note after update of calls on public.vendor_calls for each row execute function pace.note();
        """
    )
    try:
        yield lambda name: [
            float(at) for (at,) in admin.execute("select extract(epoch from at) from pace.calls where interface = %s order by at", (name,))
        ]
    finally:
        admin.execute("drop schema pace cascade")


def test_many_callers_never_exceed_the_cap_in_any_window(
    servers: Servers, admin: psycopg.Connection, log: Callable[[str], list[float]], interface: str
) -> None:
    """Two functions with four threads each call as fast as they may; no window of the length holds more calls than the cap."""
    window, cap, seconds = 0.4, 7, 2.0
    databases = [Database(servers.login, size=4) for _ in range(2)]
    end = time.monotonic() + seconds

    def call(database: Database) -> int:
        throttle, calls = PostgresThrottle(database, window), 0
        while (now := time.monotonic()) < end:
            wait = throttle.take(interface, cap)
            if wait:
                time.sleep(min(wait, max(0.0, end - now)))
            else:
                calls += 1
        return calls

    try:
        with ThreadPoolExecutor(8) as pool:
            allowed = sum(pool.map(call, databases * 4))
    finally:
        for database in databases:
            database.close()
    calls = log(interface)
    assert len(calls) == allowed > 2 * cap, "and nobody waits for nothing"
    assert all(later - first >= window for first, later in zip(calls, calls[cap:], strict=False))
    (kept,) = admin.execute("select cardinality(calls) from public.vendor_calls where interface = %s", (interface,)).fetchone() or (0,)
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


def test_the_pace_is_kept_where_everybody_sees_it(servers: Servers, tmp_path: Path, interface: str) -> None:
    """In the database if there is one, else on this machine."""
    alone = Settings(lianghu_home=tmp_path / "home")
    assert House(alone).throttle.take(interface, 1) == 0
    assert House(alone).throttle.take(interface, 1) > 0, "another process of this machine"
    shared = Settings(lianghu_home=tmp_path / "elsewhere", database_url=SecretStr(servers.login))
    for expected in (True, False):
        house = House(shared)
        assert (house.throttle.take(interface, 1) == 0) is expected
        house.database.close()
    assert not (tmp_path / "elsewhere").exists()


def test_no_account_has_no_calls(throttle: PostgresThrottle, interface: str) -> None:
    with pytest.raises(ValueError, match="0 calls a minute"):
        throttle.take(interface, 0)


def test_a_database_that_is_gone_is_told(interface: str) -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none", timeout=0.5)
    try:
        for call in (lambda: PostgresThrottle(database).take(interface, 1), lambda: PostgresThrottle(database).hold(interface, 1)):
            with pytest.raises(ApiError, match="database does not answer"):
                call()
    finally:
        database.close()
