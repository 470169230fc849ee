"""A SIGKILL of the whole platform in the middle of a grid: the next start finishes it, every run exactly once."""

import time
from collections import Counter

import psycopg
import pytest

from functions.client import GRID_ENDED, Client
from infra.local import postgres
from tests.e2e.conftest import Platform, signed_in

pytestmark = [pytest.mark.slow, pytest.mark.stack]

SPEC = {"ma_short": {"start": 2, "stop": 61, "step": 1}, "ma_long": {"start": 65, "stop": 114, "step": 1}}
RUNS = 3_000


def test_a_killed_platform_finishes_its_grid_with_every_run_exactly_once(platform: Platform) -> None:
    platform.lianghu("data", "sample")
    with signed_in(platform.start()) as client:
        context = {"window": {"start": "2019-01-02", "end": "2024-12-31"}, "datasource_version": "sample"}
        backtest_id = client.create_backtest({"template": "dual-moving-average"}, context)
        submitted = client.submit_grid(backtest_id, SPEC)
        grid_id = str(submitted.grid_id)
        before = _in_the_middle(client, backtest_id, grid_id)
    platform.kill()

    with signed_in(platform.start()) as client:
        grid = client.wait_grid(backtest_id, grid_id)
        runs = list(client.runs(backtest_id, grid_id=grid_id))
    platform.stop()

    assert 0 < before < RUNS
    assert (grid.status, grid.counts) == ("finished", {"succeeded": RUNS})
    assert [run.run_id for run in runs] == submitted.run_ids
    assert all(run.content_hash and run.stats for run in runs)
    told = _told(platform, grid_id)
    assert told["run.succeeded"] == Counter(submitted.run_ids), "a run ended twice, or never"
    assert told["run.started"] == Counter(submitted.run_ids)


def _in_the_middle(client: Client, backtest_id: str, grid_id: str) -> int:
    """Waits until some runs have succeeded; how many."""
    while True:
        grid = client.grid(backtest_id, grid_id)
        assert grid.status not in GRID_ENDED, "the grid ended before it could be killed: give it more to do"
        if done := grid.counts.get("succeeded", 0):
            return done
        time.sleep(0.02)


def _told(platform: Platform, grid_id: str) -> dict[str, Counter[str]]:
    """How often the events of each kind name each run."""
    server = postgres.start(platform.home / "postgres")
    try:
        with psycopg.connect(server.url_admin) as connection:
            rows = connection.execute("select body from public.outbox where body ->> 'grid_id' = %s", (grid_id,)).fetchall()
    finally:
        server.stop()
    told: dict[str, Counter[str]] = {}
    for (body,) in rows:
        told.setdefault(body["event"], Counter()).update(body.get("run_ids", []))
    return told
