"""Two real workers between people who want much and people who want little."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from datalake.sample import build_sample
from functions.jobs.desk import Desk
from functions.jobs.plan import Wanted
from functions.jobs.records import Submitted
from functions.messages import Doorbell
from functions.planner import plan
from functions.wiring import House
from functions.worker import work
from tests.functions.conftest import Servers
from tests.functions.platform import Platform, platform_of

pytestmark = pytest.mark.slow

WORKERS = 2
CLAIMS = """
    select b.owner::text from public.run_blocks b
    where b.claimed_at >= (select max(g.planned_at) from public.grids g where g.owner = any(%s)) order by b.claimed_at
"""


@pytest.fixture(scope="module")
def lake_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"file://{tmp_path_factory.mktemp('lake')}"
    build_sample(url)
    return url


@pytest.fixture
def platform(servers: Servers, desk: Desk, aws: str, lake_url: str, tmp_path: Path) -> Iterator[Platform]:
    with platform_of(servers.login, aws, lake_url, tmp_path) as made:
        yield made


@contextmanager
def workers(platform: Platform) -> Iterator[list[Future[None]]]:
    """At work until nothing is left."""
    houses = [House(platform.house.settings) for _ in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        yield [pool.submit(work, house, lambda: 300.0) for house in houses]
    for house in houses:
        house.database.close()


def submit(platform: Platform, user: str, wanted: Wanted, blocks: int = 1) -> Submitted:
    """Planned, and open to the workers."""
    backtest = platform.backtest(user)
    submitted = platform.house.store.submit(user, replace(platform.plan(user, backtest, wanted).submission, workers=blocks))
    plan(Doorbell(grid_id=UUID(submitted.grid_id)), platform.house)
    return submitted


def wait_for(admin: psycopg.Connection, question: str, *values: object) -> None:
    deadline = time.monotonic() + 120
    while admin.execute(question, values).fetchone() != (True,):
        assert time.monotonic() < deadline, question
        time.sleep(0.005)


def test_a_single_run_behind_ten_thousand_combinations_waits_for_nobody_elses_next_block(
    platform: Platform, new_user: Callable[[], str], admin: psycopg.Connection
) -> None:
    busy, quick = new_user(), new_user()
    everything = {"ma_short": {"start": 2, "stop": 101, "step": 1}, "ma_long": {"start": 102, "stop": 201, "step": 1}}
    large = submit(platform, busy, Wanted("grid", everything), blocks=10)
    assert len(large.run_ids) == 10_000
    with workers(platform) as working:
        wait_for(admin, "select count(*) = 2 from public.run_blocks where status = 'leased'")
        single = submit(platform, quick, Wanted("single", {"ma_short": 5, "ma_long": 20}))
        wait_for(admin, "select status = 'succeeded' from public.backtest_runs where id = %s", single.run_ids[0])
        assert admin.execute("select open_blocks > 0 from public.grids where id = %s", (large.grid_id,)).fetchone() == (True,)
        assert platform.house.store.cancel_grid(busy, large.grid_id) == "cancelled"
        for each in working:
            each.result()
    (first, *_) = [owner for (owner,) in admin.execute(CLAIMS, ([quick],)).fetchall()]
    assert first == quick, "the next claim after it was planned"


def test_ten_users_grids_advance_together(platform: Platform, new_user: Callable[[], str], admin: psycopg.Connection) -> None:
    users = [new_user() for _ in range(10)]
    spec = {"ma_short": list(range(2, 8)), "ma_long": list(range(10, 20))}
    grids = [submit(platform, user, Wanted("grid", spec), blocks=6) for user in users]
    with workers(platform) as working:
        for each in working:
            each.result()
    had: Counter[str] = Counter(dict.fromkeys(users, 0))
    order = [owner for (owner,) in admin.execute(CLAIMS, (users,)).fetchall()]
    for owner in order:
        had[owner] += 1
        assert max(had.values()) - min(had.values()) <= WORKERS, "two that claim in the same instant may serve the same person"
    assert set(had.values()) == {6}
    states = [platform.house.store.get_grid(user, grid.grid_id) for user, grid in zip(users, grids, strict=True)]
    assert [state and state.counts for state in states] == [{"succeeded": 60}] * 10
