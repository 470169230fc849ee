"""What the estimate counts is what a real grid makes: bells, blocks, events, calls of Postgres, objects, one by one."""

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from functions.jobs.plan import Wanted
from functions.scale.work import Market, Work, grid, single, sum_of, work_of
from tests.functions.platform import CODES, PREPARED, WINDOW, Platform

CALLS = ("claim_block", "complete_block", "ended_runs", "claim_plan", "panel_ready", "claim_aggregate", "finish_grid", "submit")
WORKERS = 2


@pytest.fixture
def calls(admin: psycopg.Connection) -> Iterator[None]:
    """Postgres counts the calls of functions by whoever connects meanwhile."""
    name = sql.Identifier(admin.info.dbname)
    admin.execute(sql.SQL("alter database {} set track_functions = 'all'").format(name))
    admin.execute("select pg_stat_reset()")
    yield
    admin.execute(sql.SQL("alter database {} reset track_functions").format(name))


def counted_calls(admin: psycopg.Connection) -> dict[str, int]:
    """Once the connections that were closed have told theirs."""
    query = "select funcname, calls::int from pg_stat_user_functions where funcname = any(%s)"
    before: dict[str, int] = {}
    for _ in range(50):
        found = dict(admin.execute(query, (list(CALLS),)).fetchall())
        if found == before and "finish_grid" in found:
            break
        before = found
        time.sleep(0.3)
    return before


def made(platform: Platform, admin: psycopg.Connection, user: str, wanted: Wanted) -> tuple[int, dict[str, int], dict[str, int]]:
    """Combinations, what happened, and what the functions of Postgres were called."""
    planned = platform.plan(user, platform.backtest(user), wanted, workers=WORKERS)
    house = platform.house
    submitted = platform.submit(user, planned.submission)
    bells = platform.run()
    files = [file for file in Path(house.settings.results_url.removeprefix("file://")).rglob("*") if file.is_file()]
    one = admin.execute(
        "select count(*) filter (where decides), count(*) filter (where kind = 'ledgers') from public.run_blocks"
    ).fetchone()
    events = admin.execute("select count(*) from public.outbox where body ->> 'event' <> 'run.progress'").fetchone()
    assert one is not None and events is not None
    found = {
        "bells": bells,
        "decide": one[0],
        "accounts": one[1],
        "events": events[0],
        "objects": len(files),
        "curve_bytes": sum(file.stat().st_size for file in files if file.suffix == ".cells"),
    }
    house.database.close()  # a connection that ends tells its counts
    assert submitted.reused == 0
    return len(planned.submission.combinations), found, counted_calls(admin)


def check(work: Work, found: dict[str, int], calls: dict[str, int]) -> None:
    told = {"bells": work.bells, "accounts": work.accounts, "events": work.events, "objects": work.objects}
    assert told == {name: found[name] for name in told}
    assert calls["claim_block"] == work.claims + work.idle_claims
    assert calls["complete_block"] == work.completions
    assert calls["ended_runs"] == work.readings
    assert [calls[name] for name in ("claim_plan", "panel_ready", "claim_aggregate", "finish_grid", "submit")] == [1] * 5


@pytest.mark.parametrize(("shorts", "longs"), [([3, 5, 8], [10, 20]), (list(range(2, 8)), list(range(10, 16)))])
def test_a_grid_makes_what_is_counted(
    platform: Platform, admin: psycopg.Connection, user: str, calls: None, shorts: list[int], longs: list[int]
) -> None:
    count, found, counted = made(platform, admin, user, Wanted("grid", {"ma_short": shorts, "ma_long": longs}))
    market = Market(len(CODES), 242)
    work = grid(count, market, WORKERS, prepared=PREPARED)
    check(work, found, counted)
    assert work.blocks == found["decide"] == WORKERS
    assert work.curve_bytes == pytest.approx(found["curve_bytes"], rel=0.1)
    assert WINDOW["start"][:4] == "2022", "which has 242 sessions"


def test_a_single_run_makes_what_is_counted(platform: Platform, admin: psycopg.Connection, user: str, calls: None) -> None:
    _, found, counted = made(platform, admin, user, Wanted("single", {"ma_short": 5, "ma_long": 20}))
    check(single(Market(len(CODES), 242)), found, counted)


def test_many_combinations_are_several_grids() -> None:
    market = Market(300, 2500)
    two = work_of(20_500, market, 50)
    assert two == sum_of([grid(10_000, market, 50), grid(10_000, market, 50), grid(500, market, 50)])
    assert (two.submissions, two.combinations, two.accounts) == (3, 20_500, 9)
    assert work_of(20_500, market, 50, prepared=20).accounts == 60
    assert work_of(500, market, 50) == grid(500, market, 50)
    assert two.largest_block == 200 and grid(500, market, 50).largest_block == 166


def test_a_block_is_as_large_as_one_says() -> None:
    found = grid(1000, Market(300, 2500), 50, block_runs=300)
    assert (found.blocks, found.largest_block) == (4, 300)
