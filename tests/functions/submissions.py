"""Small submissions for the tests of jobs."""

from collections.abc import Sequence
from typing import Any

import psycopg

from functions.jobs.desk import Desk
from functions.jobs.records import BlockTask, RunResult, Submission, Submitted
from functions.jobs.store import Store
from functions.stores.strategies import Strategies

ENGINE = "engine-1"
SOURCE = "name: test"
ERROR = {"code": "INTERNAL_ERROR", "message": "boom", "details": {}}


def make_backtest(store: Store, user: str) -> str:
    strategies = Strategies(store.database)
    version = strategies.create_strategy_version(user, "a strategy", SOURCE, "identity-1")
    return strategies.create_backtest(user, version.id, {"universe": ["000001.SZ"], "datasource_version": "sample:v1"}, "notes")


def make_submission(backtest_id: str, count: int = 6, per_block: int = 2, **facts: Any) -> Submission:
    values: dict[str, Any] = {
        "backtest_id": backtest_id,
        "mode": "grid",
        "combinations": tuple({"n": position, "x": position / 10} for position in range(count)),
        "identities": tuple(f"identity-{position}" for position in range(count)),
        "block_runs": per_block,
        "skipped": 0,
        "spec": {"n": list(range(count))},
        "panel": {"key": "p" * 8},
        "engine_version": ENGINE,
        "rules_version": "rules-1",
        "family": "family-1",
        "reuse": False,
    }
    return Submission(**values | facts)


def submit_grid(store: Store, desk: Desk, user: str, count: int = 6, per_block: int = 2, **facts: Any) -> tuple[str, Submitted]:
    """A grid whose panel is ready: backtest and submission."""
    backtest_id = make_backtest(store, user)
    submitted = store.submit(user, make_submission(backtest_id, count, per_block, **facts))
    task = desk.claim_plan(submitted.grid_id)
    assert task is not None
    desk.panel_ready(submitted.grid_id, "panels/p.panel")
    return backtest_id, submitted


def results_of(run_ids: Sequence[str], **stats: float | None) -> list[RunResult]:
    return [RunResult(run_id, {"return": 0.1, **stats}, f"hash-{run_id}", {"cells_path": "cells/x"}) for run_id in run_ids]


def claim(desk: Desk, worker: str = "w") -> BlockTask:
    task = desk.claim_block(worker, ENGINE, 30)
    assert task is not None
    return task


def pass_time(admin: psycopg.Connection, seconds: int) -> None:
    """As if leases and delays were given `seconds` earlier."""
    step = f"interval '{seconds} seconds'"
    admin.execute(f"update public.run_blocks set lease_until = lease_until - {step}, not_before = not_before - {step}")
    admin.execute(f"update public.grids set plan_lease = plan_lease - {step}, aggregate_lease = aggregate_lease - {step}")


def statuses(store: Store, user: str, backtest_id: str) -> list[str]:
    return [run.status for run in store.list_runs(user, backtest_id, limit=1000)[0]]


def events(admin: psycopg.Connection) -> list[tuple[str, int]]:
    told = "select body ->> 'event', jsonb_array_length(body -> 'run_ids') from public.outbox where body ? 'run_ids' order by number"
    rows = admin.execute(told)
    return [(str(event).removeprefix("run."), int(runs)) for event, runs in rows.fetchall()]


def whole(task: BlockTask) -> tuple[int, int, list[RunResult]]:
    """What completes a block all of whose runs succeeded."""
    return task.block_id, task.attempt, results_of(task.run_ids)
