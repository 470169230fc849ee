"""An attempt that takes longer than any may is given up, also where its kernel never comes back; after the third the runs say so."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from functions.worker import work
from tests.functions.long_blocks import Hanging, Panels, house_of, submit_block, wait_until, working
from tests.functions.platform import Platform


@pytest.fixture(autouse=True)
def no_time_to_wait(admin: psycopg.Connection) -> Iterator[None]:
    """Before the platform connects: a setting of the database holds for new connections."""
    admin.execute("alter database postgres set lianghu.backoff_seconds = '0.01'")
    yield
    admin.execute("alter database postgres reset lianghu.backoff_seconds")


def told(platform: Platform, url: str) -> list[dict[str, Any]]:
    messages = platform.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in messages]


@pytest.mark.slow
def test_a_block_that_takes_too_long_three_times_fails_says_so_and_is_buried(
    platform: Platform, user: str, admin: psycopg.Connection
) -> None:
    backtest_id, submitted = submit_block(platform, user)
    house = house_of(platform, Panels(), heartbeat_seconds=0.05, block_timeout_seconds=0.5)
    while admin.execute("select status from public.run_blocks").fetchone() == ("ready",):
        work(house, lambda: 300.0)
    assert admin.execute("select status, attempt from public.run_blocks").fetchone() == ("failed", 3)
    runs, _ = platform.house.store.list_runs(user, backtest_id, limit=1000)
    assert {run.status for run in runs} == {"failed"}
    assert runs[0].error is not None and "given up after 0.5 seconds" in runs[0].error["message"]
    platform.run()
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None and grid.status == "incomplete", "the platform failed, no combination did"
    platform.sweep()
    dead = told(platform, platform.house.settings.dead_letters_url)
    assert [(letter["grid_id"], letter["error"]) for letter in dead] == [(submitted.grid_id, runs[0].error)]
    platform.sweep()
    assert told(platform, platform.house.settings.dead_letters_url) == [], "buried once"


@pytest.mark.slow
def test_a_worker_that_hangs_cannot_keep_its_block_by_its_heartbeats(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    backtest_id, _ = submit_block(platform, user, 4)
    panels = Hanging()
    with working(house_of(platform, panels, heartbeat_seconds=0.05, block_timeout_seconds=0.5)):
        try:
            assert panels.asked.wait(60)
            wait_until(lambda: admin.execute("select status from public.run_blocks").fetchone() == ("ready",))
            wait_until(lambda: admin.execute("select not_before <= now() from public.run_blocks").fetchone() == (True,))
            work(house_of(platform, Panels()), lambda: 300.0)
        finally:
            panels.let_go.set()
    runs, _ = platform.house.store.list_runs(user, backtest_id)
    assert [(run.status, run.attempt) for run in runs] == [("succeeded", 2)] * 4, "and what it says late changes nothing"


@pytest.mark.slow
def test_no_block_is_begun_with_less_time_than_it_may_take(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    """A block that was cut off with its function counted as an attempt, and three of those as a failure."""
    for _ in range(2):
        submit_block(platform, user, 1)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work, house_of(platform, Panels(), block_timeout_seconds=240), lambda: 249.0).result()
    left = admin.execute("select status, count(*) from public.run_blocks where decides group by status order by status").fetchall()
    assert left == [("done", 1), ("ready", 1)]
    assert platform.answer_one() in ("block", "aggregate")
