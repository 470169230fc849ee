"""Every call of the API and of the desk finds its rows by an index: nothing reads a large table from its beginning to its end."""

import inspect
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from bench.crowd import Crowd, gather, settle
from functions.api.app import create_app
from functions.jobs.database import Database
from functions.jobs.desk import Desk
from functions.jobs.records import RunResult
from functions.settings import Settings
from functions.stores.keys import Limits
from functions.wiring import House
from infra.local import postgres
from infra.local.migrate import migrate
from tests.functions.api.conftest import MESSAGES_SECRET, SECRET, SUPABASE, Bells, Letters, lake_url
from tests.security.operations import operations
from tests.security.people import Person, possess, sign_in
from tests.security.requests_of import Case, call_of, cases_of

__all__ = ["lake_url"]
pytestmark = pytest.mark.slow

CROWD = Crowd(users=150, strategies=8, grids=1, runs=20)
LARGE = 1000
"""Rows of a table that nobody may read whole."""
FEW = 500
"""Rows that a scan may still read: a call that needs no more of a table than this has not read a large one to its end."""
SMALL = {"system_config", "vendor_calls", "datasets", "datasets_told", "product_events"}
"""Tables that stay small: rows of the platform's own, an interface or a dataset each, a day and an event."""
FILLED = """
    insert into public.profiles (owner) select id from auth.users on conflict do nothing;
    insert into public.rate_limits (subject, owner, window_start, requests)
        select gen_random_uuid(), g.owner, now(), 1 from public.grids g;
    insert into public.feedback (owner, kind, message) select g.owner, 'idea', 'more' from public.grids g;
    insert into public.api_keys (id, owner, name, key_hash, scopes)
        select gen_random_uuid(), g.owner, 'a key', sha256(g.id::text::bytea), array['read'] from public.grids g;
    insert into public.message_clients (id, owner, name, scopes, reply_queue, window_seconds)
        select gen_random_uuid(), g.owner, 'a client', array['read'], 'arn:aws:sqs:ap-east-1:123456789012:lianghu-replies-x', 900
        from public.grids g;
    insert into public.shares (id, owner, run_id, includes, token_hash, snapshot_path, expires_at)
        select gen_random_uuid(), g.owner, g.id, '{}', sha256(g.id::text::bytea), 'x', now() + interval '9 days' from public.grids g;
    insert into public.second_attempts (block_id, owner, attempt, worker) select b.id, b.owner, 2, 'x' from public.run_blocks b;
    insert into public.held_results (block_id, owner, report) select b.id, b.owner, '{"results": []}' from public.run_blocks b;
    insert into public.artifacts (run_id, owner, key, path, bytes, sha256)
        select r.id, r.owner, 'trades_path', 'x', 1, repeat('0', 64) from public.backtest_runs r;
    insert into public.equity_curves (run_id, owner, backtest_id, sessions, equity, initial_cash)
        select r.id, r.owner, r.backtest_id, '{20240102}', '{1000}', 1000 from public.backtest_runs r;
    insert into public.archived_runs (run_id, owner, grid_id, backtest_id, status, params)
        select gen_random_uuid(), r.owner, r.grid_id, r.backtest_id, 'succeeded', r.params from public.backtest_runs r;
    insert into auth.users (id, email, encrypted_password)
        select id, id || '@example.org', '' from (select gen_random_uuid() as id from generate_series(1, 2000)) u;
    insert into public.profiles (owner) select id from auth.users on conflict do nothing
"""
CALLS: dict[str, tuple[Case, ...]] = {
    "list_runs": tuple(
        Case(query=lambda ids, sort=sort: {"sort": sort, "grid_id": ids["grid_id"]})  # type: ignore[misc]
        for sort in ("position", "-created_at", "-stats.sharpe", "stats.trades", "params.ma_long", "-finished_at")
    ),
    "compare_runs": (Case(query=lambda ids: {"run_ids": ids["run_id"]}),),
}
"""Operations that are tried in more ways than tests.security.requests_of has for them."""
ELSEWHERE = {"create_signals"}
"""Tried below: what makes the thing that the others look at."""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, lake_url: str) -> Iterator[tuple[House, psycopg.Connection]]:
    """A platform with a large crowd, whose one connection tells of each of its scans."""
    folder: Path = tmp_path_factory.mktemp("full")
    server = postgres.start(folder / "postgres")
    try:
        with psycopg.connect(server.url_admin, autocommit=True) as admin:
            admin.execute("alter system set synchronous_commit = off")
            admin.execute("select pg_reload_conf()")
            migrate(server.url_admin)
            gather(admin, CROWD)
            admin.execute(FILLED)
            settle(admin)
            house = House(
                Settings(
                    supabase_url=SUPABASE,
                    supabase_jwt_secret=SecretStr(SECRET),
                    database_url=SecretStr(server.url_login),
                    lake_url=lake_url,
                    results_url=(folder / "results").as_uri(),
                    data_cache_dir=folder / "cache",
                    workers=2,
                    rate_limit_requests=1_000_000,
                    messages_secret=SecretStr(MESSAGES_SECRET),
                )
            )
            vars(house)["queue"] = Bells()
            vars(house)["reply_queues"] = Letters()
            vars(house)["database"] = Database(server.url_login, size=1)
            yield house, admin
            house.database.close()
    finally:
        server.stop()


@pytest.fixture(scope="module")
def person(full: tuple[House, psycopg.Connection]) -> Person:
    """Somebody in that crowd with one of everything."""
    house, admin = full
    user = str(uuid.uuid4())
    admin.execute("insert into auth.users (id, email, encrypted_password) values (%s, %s, '')", (user, f"{user}@example.com"))
    who = possess(sign_in(TestClient(create_app(lambda: house), raise_server_exceptions=False), house, user))
    ids = who.ids
    ids.setdefault("key_id", who.made("POST", "/api/keys", "key_id", json={"name": "a key", "scopes": ["read"]}))
    share = who.api.post(f"/api/runs/{ids['run_id']}/shares", json={"days": 1}).json()
    ids.setdefault("share_id", share["share_id"])
    ids.setdefault("token", share["token"])
    rows = [{"date": "2022-01-05", "ts_code": "009001.SZ", "weight": 0.5}]
    signals = {"name": "weights", "kind": "weights", "rows": rows}
    ids.setdefault("signal_id", who.made("POST", "/api/signals", "signal_id", json=signals))
    return who


def scans(full: tuple[House, psycopg.Connection], call: Callable[[], object]) -> dict[str, int]:
    """Rows that the call read by scanning large tables, by table."""
    house, admin = full

    def read() -> dict[str, int]:
        with house.database.as_user(None) as connection:
            connection.execute("select pg_stat_force_next_flush()")
        rows = admin.execute(
            "select s.relname, s.seq_tup_read from pg_stat_user_tables s join pg_class c on c.oid = s.relid"
            " where s.schemaname = 'public' and c.reltuples >= %s",
            (LARGE,),
        ).fetchall()
        return {str(name): int(count) for name, count in rows}

    before = read()
    call()
    return {name: count - before[name] for name, count in read().items() if count - before[name] > FEW}


def test_a_scan_of_a_large_table_is_seen(full: tuple[House, psycopg.Connection], person: Person) -> None:
    def look() -> None:
        with full[0].database.as_user(person.user) as connection:
            connection.execute("set local enable_indexscan = off; set local enable_bitmapscan = off; set local enable_indexonlyscan = off")
            connection.execute("select count(*) from public.backtest_runs").fetchone()

    assert scans(full, look)["backtest_runs"] > 10_000


def test_every_table_is_large_or_known_to_stay_small(full: tuple[House, psycopg.Connection]) -> None:
    rows = (
        full[1].execute("select relname, reltuples from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace").fetchall()
    )
    assert {str(name) for name, count in rows if count < LARGE} <= SMALL, "fill it in FILLED, or say that it stays small"


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)
def test_no_call_of_the_api_reads_a_large_table_from_end_to_end(
    full: tuple[House, psycopg.Connection], person: Person, operation: Any
) -> None:
    cases = CALLS.get(operation.name) or cases_of(operation)
    if operation.name in ELSEWHERE:
        return
    assert cases, f"{operation.name} takes a body, and neither its example nor CALLS has one"
    for case in cases:
        call = call_of(operation, case, person.ids)
        answers: list[int] = []

        def send(call: Any = call, answers: list[int] = answers) -> None:
            answers.append(person.api.request(call.method, call.address, **call.keywords()).status_code)

        assert scans(full, send) == {}, (call.method, call.address)
        assert answers[0] < 500, (call.method, call.address, answers)


NOWHERE = "00000000-0000-4000-8000-000000000000"
DESK: Mapping[str, Callable[[Desk, str], object]] = {
    "claim_plan": lambda desk, grid: desk.claim_plan(grid),
    "extend_plan": lambda desk, grid: desk.extend_plan(grid, 1, 60),
    "panel_ready": lambda desk, grid: desk.panel_ready(grid, "panels/p"),
    "plan_failed": lambda desk, grid: desk.plan_failed(grid, 9, {}, retriable=True),
    "claim_block": lambda desk, grid: desk.claim_block("w", ENGINE, 30, 2.0),
    "next_straggler": lambda desk, grid: desk.next_straggler(ENGINE, 2.0),
    "heartbeat": lambda desk, grid: desk.heartbeat(1, 9, 1, 30),
    "complete_block": lambda desk, grid: desk.complete_block(1, 9, [RunResult(NOWHERE, {"return": 1.0}, "h")]),
    "advance_frontier": lambda desk, grid: desk.advance_frontier(grid),
    "enforce_budget": lambda desk, grid: desk.enforce_budget(grid),
    "release_block": lambda desk, grid: desk.release_block(1, 9, {}, retriable=True),
    "panel_lost": lambda desk, grid: desk.panel_lost(1, 9, {}),
    "claim_aggregate": lambda desk, grid: desk.claim_aggregate(grid),
    "ended_runs": lambda desk, grid: list(desk.ended_runs(grid)),
    "extend_aggregate": lambda desk, grid: desk.extend_aggregate(grid, 1, 30),
    "release_aggregate": lambda desk, grid: desk.release_aggregate(grid, 9),
    "count_trials": lambda desk, grid: desk.count_trials(grid),
    "finish_grid": lambda desk, grid: desk.finish_grid(grid, 9, {}, []),
    "sweep": lambda desk, grid: desk.sweep(ENGINE),
    "dead_blocks": lambda desk, grid: desk.dead_blocks(10),
    "mark_buried": lambda desk, grid: desk.mark_buried([1]),
    "take_events": lambda desk, grid: desk.take_events(10),
    "mark_published": lambda desk, grid: desk.mark_published([NOWHERE]),
}
ENGINE = "engine-of-this-test"
LIMITS = Limits(1_000_000, 1_000_000, 60)


def test_believing_and_admitting_a_message_reads_no_large_table_from_end_to_end(
    full: tuple[House, psycopg.Connection], person: Person
) -> None:
    clients, client_id = full[0].message_clients, person.ids["client_id"]
    assert scans(full, lambda: clients.find(client_id)) == {}
    assert scans(full, lambda: clients.admit(client_id, LIMITS)) == {}


def test_the_table_has_every_call_of_the_desk() -> None:
    assert set(DESK) == {name for name, _ in inspect.getmembers(Desk, inspect.isfunction) if not name.startswith("_")}


@pytest.mark.parametrize("name", DESK)
def test_no_call_of_the_desk_reads_a_large_table_from_end_to_end(full: tuple[House, psycopg.Connection], person: Person, name: str) -> None:
    assert scans(full, lambda: DESK[name](full[0].desk, person.ids["grid_id"])) == {}
