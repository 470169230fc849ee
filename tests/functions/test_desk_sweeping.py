"""What ends or goes on by itself in Postgres: budgets that are used up, bells that were lost, rows that are old."""

import psycopg

from functions.jobs.database import Database
from functions.jobs.desk import Desk, Due
from functions.jobs.lease import Verdict
from functions.jobs.records import RunResult
from functions.jobs.store import Store
from functions.stores.keys import Keys, Limits
from functions.stores.requests import Requests
from tests.functions.submissions import (
    ENGINE,
    claim,
    events,
    make_backtest,
    make_submission,
    pass_time,
    results_of,
    statuses,
    submit_grid,
    whole,
)


def test_beyond_its_budget_a_grid_is_cancelled_and_keeps_what_it_has(
    store: Store, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 6, 2, budget_ms=60_000)
    first, second = claim(desk), claim(desk)
    assert not desk.complete_block(first.block_id, first.attempt, results_of(first.run_ids)).over_budget
    admin.execute("update public.grids set spent_ms = 60001")
    completion = desk.complete_block(second.block_id, second.attempt, results_of(second.run_ids))
    assert (completion.ready_to_aggregate, completion.over_budget) == (False, True)
    assert desk.enforce_budget(submitted.grid_id)
    runs, _ = store.list_runs(user, backtest_id)
    assert [run.status for run in runs] == ["succeeded"] * 4 + ["cancelled"] * 2
    assert runs[5].error is not None
    assert runs[5].error["details"] == {"reason": "budget"}


def test_a_running_block_beyond_the_budget_stops(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 1, 1, mode="single", budget_ms=60_000)
    task = claim(desk)
    assert desk.heartbeat(task.block_id, task.attempt, 1, 30)
    assert desk.heartbeat(task.block_id, task.attempt, 2, 30, 59.0) is Verdict.KEPT
    assert desk.heartbeat(task.block_id, task.attempt, 3, 30, 61.0) is Verdict.OVER_BUDGET
    assert desk.heartbeat(task.block_id, task.attempt, 3, 30, 61.0) is Verdict.OVER_BUDGET, "the lease is kept for what is finished"
    assert not desk.enforce_budget(submitted.grid_id), "who computes is left to report it"
    assert statuses(store, user, backtest_id) == ["running"]
    partial = RunResult(task.run_ids[0], None, None, {"trades_path": "t"}, partial=True)
    assert desk.complete_block(task.block_id, task.attempt, [partial], 61.5, "budget").ready_to_aggregate
    run = store.get_run(user, backtest_id, task.run_ids[0])
    assert run is not None and run.error is not None
    assert (run.status, run.stats, run.content_hash, run.artifacts) == ("cancelled", None, None, {"trades_path": "t"})
    assert run.error["details"] == {"reason": "budget"}
    assert events(admin)[-1] == ("cancelled", 1)
    assert desk.claim_aggregate(submitted.grid_id) is not None


def test_the_sweeper_enforces_budgets_too(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 4, 2, budget_ms=1)
    admin.execute("update public.grids set spent_ms = 2")
    assert Due("aggregate", submitted.grid_id, 1, 0) in desk.sweep(ENGINE)
    assert set(statuses(store, user, backtest_id)) == {"cancelled"}


def test_the_sweeper_rings_for_everything_that_waits(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    unplanned = store.submit(user, make_submission(make_backtest(store, user)))
    _, waiting = submit_grid(store, desk, user, 6, 2, priority=9)
    _, leased = submit_grid(store, desk, user, 2, 2, priority=0)
    assert claim(desk).grid_id == leased.grid_id
    _, finished = submit_grid(store, desk, user, 2, 2, priority=0)
    desk.complete_block(*whole(claim(desk)))

    due = {(each.queue, each.grid_id): each for each in desk.sweep(ENGINE)}
    assert due.keys() == {
        ("plan", unplanned.grid_id),
        ("block", waiting.grid_id),
        ("block", leased.grid_id),
        ("aggregate", finished.grid_id),
    }
    assert (due["block", waiting.grid_id].count, due["block", waiting.grid_id].delay) == (3, 0)
    assert 25 < due["block", leased.grid_id].delay <= 30, "for the moment at which the lease ends"
    pass_time(admin, 31)
    assert {each.delay for each in desk.sweep(ENGINE) if each.grid_id == leased.grid_id} == {0}
    assert claim(desk).attempt == 2


def test_what_an_engine_left_behind_does_not_wait_for_ever(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 4, 2)
    desk.complete_block(*whole(claim(desk)))
    assert store.request_ledger(user, submitted.run_ids[0])
    desk.sweep("engine-2")
    ledger = desk.claim_block("w", "engine-2", 30)
    assert ledger is not None
    assert ledger.run_ids == submitted.run_ids[:1], "files of a finished run may come from any engine that reproduces it"
    assert statuses(store, user, backtest_id) == ["succeeded", "succeeded", "queued", "queued"], "another deployment may still run"
    pass_time(admin, 16 * 60)
    assert Due("aggregate", submitted.grid_id, 1, 0) in desk.sweep("engine-2")
    runs, _ = store.list_runs(user, backtest_id)
    assert [run.status for run in runs] == ["succeeded", "succeeded", "failed", "failed"]
    assert runs[3].error is not None
    assert "submit it again" in runs[3].error["message"]


def test_a_block_that_waits_for_a_panel_that_is_there_is_opened(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    """An account was asked for while a lost panel was made anew, and added when the planner had opened what waited."""
    submit_grid(store, desk, user, count=4, per_block=2)
    admin.execute("update public.run_blocks set status = 'waiting'")
    desk.sweep(ENGINE)
    assert desk.claim_block("w", ENGINE, 30) is None, "the planner may be at it"
    admin.execute("update public.grids set planned_at = planned_at - interval '11 seconds'")
    desk.sweep(ENGINE)
    assert desk.claim_block("w", ENGINE, 30) and desk.claim_block("w", ENGINE, 30)


def test_the_sweeper_forgets_what_is_old(
    database: Database, store: Store, requests: Requests, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    submit_grid(store, desk, user)
    requests.begin_idempotent(user, "00000000-0000-4000-8000-000000000000", "x")
    Keys(database).admit(user, Limits(1, 1, 60))
    for table, column in (("idempotency", "created_at"), ("outbox", "created_at"), ("rate_limits", "window_start")):
        admin.execute(f"update public.{table} set {column} = now() - interval '40 days'")
    desk.sweep(ENGINE)
    for table in ("idempotency", "outbox", "rate_limits"):
        assert admin.execute(f"select count(*) from public.{table}").fetchone() == (0,), table
