"""Cancelling in Postgres, at each point of a submission's life."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

from functions.jobs.desk import Desk
from functions.jobs.store import Store
from tests.functions.submissions import (
    ENGINE,
    ERROR,
    claim,
    events,
    make_backtest,
    make_submission,
    results_of,
    statuses,
    submit_grid,
    whole,
)


def test_cancelling_a_queued_run(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 4, 2)
    assert store.cancel_run(user, backtest_id, submitted.run_ids[1]) == "cancelled"
    assert store.cancel_run(user, backtest_id, submitted.run_ids[1]) == "cancelled", "again"
    task = claim(desk)
    assert task.run_ids == submitted.run_ids[:1], "the cancelled run is not computed"
    assert [dict(params)["n"] for params in task.combinations] == [0]
    desk.complete_block(task.block_id, task.attempt, results_of(submitted.run_ids[:2]))
    assert statuses(store, user, backtest_id) == ["succeeded", "cancelled", "queued", "queued"]
    assert store.cancel_run(user, backtest_id, submitted.run_ids[0]) == "finished"
    assert store.cancel_run(user, make_backtest(store, user), submitted.run_ids[2]) == "unknown", "of another backtest"
    assert store.cancel_run(user, backtest_id, "no uuid") == "unknown"
    assert ("cancelled", 1) in events(admin)


def test_cancelling_every_run_of_a_leased_block_stops_the_worker(store: Store, desk: Desk, user: str) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 2, 2)
    task = claim(desk)
    assert store.cancel_run(user, backtest_id, submitted.run_ids[0]) == "cancelled"
    assert desk.heartbeat(task.block_id, task.attempt, 10, 30), "one run is left"
    assert store.cancel_run(user, backtest_id, submitted.run_ids[1]) == "cancelled"
    assert not desk.heartbeat(task.block_id, task.attempt, 20, 30)
    assert not desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids)).accepted
    aggregate = desk.claim_aggregate(submitted.grid_id)
    assert aggregate is not None
    desk.finish_grid(submitted.grid_id, aggregate.attempt, {}, [])
    grid = store.get_grid(user, submitted.grid_id)
    assert grid is not None
    assert grid.status == "cancelled"


def test_cancelling_a_running_grid_keeps_what_is_finished(store: Store, desk: Desk, user: str) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 6, 2)
    done, running = claim(desk), claim(desk)
    desk.complete_block(done.block_id, done.attempt, results_of(done.run_ids))
    assert store.cancel_grid(user, submitted.grid_id) == "cancelled"
    assert store.cancel_grid(user, submitted.grid_id) == "cancelled", "again"
    assert not desk.heartbeat(running.block_id, running.attempt, 1, 30)
    assert not desk.complete_block(running.block_id, running.attempt, results_of(running.run_ids)).accepted
    assert statuses(store, user, backtest_id) == ["succeeded"] * 2 + ["cancelled"] * 4
    aggregate = desk.claim_aggregate(submitted.grid_id)
    assert aggregate is not None
    assert aggregate.cancelled
    assert desk.finish_grid(submitted.grid_id, aggregate.attempt, {"partial": True}, []) == 0
    grid = store.get_grid(user, submitted.grid_id)
    assert grid is not None
    assert (grid.status, grid.summary) == ("cancelled", {"partial": True})


def test_cancelling_before_the_plan(store: Store, desk: Desk, user: str) -> None:
    backtest_id = make_backtest(store, user)
    submitted = store.submit(user, make_submission(backtest_id))
    plan = desk.claim_plan(submitted.grid_id)
    assert plan is not None
    assert store.cancel_grid(user, submitted.grid_id) == "cancelled"
    assert not desk.extend_plan(submitted.grid_id, plan.attempt, 60)
    assert desk.panel_ready(submitted.grid_id, "p") == 0
    assert desk.plan_failed(submitted.grid_id, plan.attempt, ERROR, retriable=False).outcome == "lost"
    assert desk.claim_block("w", ENGINE, 30) is None
    assert desk.claim_plan(submitted.grid_id) is None


def test_a_grid_whose_runs_were_cancelled_one_by_one_was_called_finished(store: Store, desk: Desk, user: str) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 2, 2)
    assert [store.cancel_run(user, backtest_id, run) for run in submitted.run_ids] == ["cancelled"] * 2
    assert store.cancel_grid(user, submitted.grid_id) == "cancelled"


def test_a_finished_grid_cannot_be_cancelled(store: Store, desk: Desk, user: str) -> None:
    _, submitted = submit_grid(store, desk, user, 2, 2)
    desk.complete_block(*whole(claim(desk)))
    assert store.cancel_grid(user, submitted.grid_id) == "finished"


def test_cancelling_while_workers_complete_never_deadlocks_nor_loses_a_run(store: Store, desk: Desk, user: str) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 120, 3)

    def work(name: str) -> None:
        while task := desk.claim_block(name, ENGINE, 30):
            desk.heartbeat(task.block_id, task.attempt, 50, 30)
            desk.complete_block(*whole(task))

    def cancel_some() -> None:
        for run_id in submitted.run_ids[::-7]:
            store.cancel_run(user, backtest_id, run_id)
        store.cancel_grid(user, submitted.grid_id)

    def sweep() -> None:
        for _ in range(10):
            desk.sweep(ENGINE)

    with ThreadPoolExecutor(6) as pool:
        jobs: list[Any] = [pool.submit(work, f"w{n}") for n in range(3)]
        jobs += [pool.submit(cancel_some), pool.submit(sweep)]
        for job in jobs:
            job.result(timeout=60)
    assert set(statuses(store, user, backtest_id)) <= {"succeeded", "cancelled"}
    assert desk.claim_aggregate(submitted.grid_id) is not None
