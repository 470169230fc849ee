"""A cancelled submission is over at once, and its workers are somebody else's within two seconds."""

import time

import psycopg
import pytest

from functions.jobs.desk import Desk
from functions.jobs.store import Store
from tests.functions.long_blocks import Panels, house_of, submit_block, wait_until, working
from tests.functions.platform import Platform
from tests.functions.submissions import ENGINE, submit_grid

TRIES = 3
"""The machine may be busy with other things: one of so many must hold."""


def seconds_to_the_next_claim(platform: Platform, user: str, admin: psycopg.Connection) -> tuple[float, float]:
    """Of cancelling a long block's grid, and until its worker has claimed the next block."""
    backtest_id, long = submit_block(platform, user)
    house = house_of(platform, Panels(), heartbeat_seconds=10)
    with working(house):
        wait_until(lambda: any(run.progress > 0 for run in house.store.list_runs(user, backtest_id, limit=1)[0]))
        other_id, other = submit_block(platform, user, 1)
        began = time.monotonic()
        assert house.store.cancel_grid(user, long.grid_id) == "cancelled"
        rows = time.monotonic() - began
        assert {run.status for run in house.store.list_runs(user, backtest_id, limit=1000)[0]} == {"cancelled"}
        wait_until(lambda: house.store.list_runs(user, other_id)[0][0].started_at is not None)
        taken = time.monotonic() - began
    assert [run.status for run in house.store.list_runs(user, other_id)[0]] == ["succeeded"]
    assert admin.execute("select count(*) from public.run_blocks where status = 'leased'").fetchone() == (0,)
    assert house.store.get_grid(user, other.grid_id) is not None
    return rows, taken


@pytest.mark.slow
def test_a_cancelled_grid_gives_its_worker_to_the_next_within_two_seconds(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    best = (9.0, 9.0)
    for _ in range(TRIES):
        best = min(best, seconds_to_the_next_claim(platform, user, admin), key=lambda measured: measured[1])
        if best[1] <= 2:
            break
    assert best[0] < 1 and best[1] <= 2, best


@pytest.mark.slow
def test_ten_thousand_runs_are_cancelled_at_once(store: Store, desk: Desk, user: str) -> None:
    """While workers hold some of the blocks."""
    best = 9.0
    for _ in range(TRIES):
        _, submitted = submit_grid(store, desk, user, 10_000, 100)
        for worker in range(8):
            assert desk.claim_block(f"w{worker}", ENGINE, 30)
        began = time.monotonic()
        assert store.cancel_grid(user, submitted.grid_id) == "cancelled"
        best = min(best, time.monotonic() - began)
        grid = store.get_grid(user, submitted.grid_id)
        assert grid is not None and (grid.status, grid.counts) == ("cancelled", {"cancelled": 10_000})
        assert desk.claim_block("w", ENGINE, 30) is None
        if best < 2:
            break
    assert best < 2
