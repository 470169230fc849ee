"""A budget is compute time: what was finished before it was used up is kept, the rest is cancelled and says why."""

import uuid

import psycopg
import pytest

from engine.evaluate import evaluate
from engine.language import compile_strategy
from functions.jobs.desk import Desk
from functions.jobs.lease import Verdict
from functions.jobs.plan import overrides
from functions.jobs.records import Run
from functions.jobs.store import Store
from functions.messages import Doorbell
from tests.functions.long_blocks import Panels, house_of, submit_block, wait_until, working
from tests.functions.platform import Platform
from tests.functions.submissions import ENGINE, results_of, submit_grid


def all_runs(store: Store, user: str, backtest_id: str) -> list[Run]:
    runs: list[Run] = []
    cursor = None
    while True:
        page, cursor = store.list_runs(user, backtest_id, limit=1000, cursor=cursor)
        runs += page
        if cursor is None:
            return runs


@pytest.mark.slow
def test_combinations_that_were_finished_before_the_budget_was_used_up_are_kept(
    platform: Platform, user: str, admin: psycopg.Connection
) -> None:
    """The figures of a part of a block are those of a whole one, and the grid has its summary and its curves."""
    backtest_id, submitted = submit_block(platform, user, budget_ms=86_400_000)
    with working(house_of(platform, Panels(), heartbeat_seconds=0.05)):
        wait_until(lambda: platform.house.store.list_runs(user, backtest_id, limit=1)[0][0].progress >= 30)
        admin.execute("update public.grids set budget_ms = 1")
    runs = all_runs(platform.house.store, user, backtest_id)
    kept = [run for run in runs if run.status == "succeeded"]
    assert 0 < len(kept) < len(runs)
    assert {(run.status, run.error and run.error["details"]["reason"]) for run in runs} == {("succeeded", None), ("cancelled", "budget")}
    backtest = platform.house.strategies.get_backtest(user, backtest_id)
    assert backtest is not None
    program = compile_strategy(backtest.strategy.source, overrides(backtest.context))
    for run in (kept[0], kept[-1]):
        alone = evaluate(program, Panels().load("").market, run.params, 1_000_000_000).cell
        assert (run.content_hash, run.stats) == (alone.content_hash, alone.stats)
        assert platform.house.results.get_equity(run.artifacts["cells_path"], run.content_hash or "")[1].tolist() == alone.equity.tolist()
    assert all(run.stats is None and run.content_hash is None and not run.artifacts for run in runs if run.status == "cancelled")
    platform.answer("aggregate", Doorbell(grid_id=uuid.UUID(submitted.grid_id)))
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None and grid.summary is not None
    assert (grid.status, grid.summary["counts"]) == ("finished", {"cancelled": len(runs) - len(kept), "succeeded": len(kept)})


def test_time_is_what_workers_measure_so_a_clock_that_jumps_uses_up_no_budget(
    store: Store, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    """The time since a claim was once read from the database's clock: an hour forward, and everything with a budget was cancelled."""
    backtest_id, submitted = submit_grid(store, desk, user, 4, 2, budget_ms=60_000)
    task = desk.claim_block("w", ENGINE, 30)
    assert task is not None
    admin.execute("update public.run_blocks set claimed_at = claimed_at - interval '1 hour'")
    assert desk.heartbeat(task.block_id, task.attempt, 10, 30, 1.5) is Verdict.KEPT
    assert not desk.enforce_budget(submitted.grid_id)
    done = desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids), 2.0)
    assert (done.accepted, done.over_budget) == (True, False)
    assert admin.execute("select spent_ms from public.grids").fetchone() == (2000,)
    assert [run.status for run in all_runs(store, user, backtest_id)] == ["succeeded"] * 2 + ["queued"] * 2


def test_all_workers_of_a_grid_share_its_budget_and_keep_what_they_have(store: Store, desk: Desk, user: str) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 8, 2, budget_ms=1000)
    first, second = desk.claim_block("w1", ENGINE, 30), desk.claim_block("w2", ENGINE, 30)
    assert first is not None and second is not None
    assert desk.heartbeat(first.block_id, first.attempt, 50, 30, 0.6) is Verdict.KEPT
    assert desk.heartbeat(second.block_id, second.attempt, 50, 30, 0.6) is Verdict.OVER_BUDGET
    done = desk.complete_block(second.block_id, second.attempt, results_of(second.run_ids[:1]), 0.6, "budget")
    assert (done.ready_to_aggregate, done.over_budget) == (False, True)
    assert not desk.enforce_budget(submitted.grid_id), "the other one still has something to report"
    assert desk.claim_block("w2", ENGINE, 30) is None, "nothing more is begun"
    assert desk.heartbeat(first.block_id, first.attempt, 60, 30, 0.7) is Verdict.OVER_BUDGET
    assert desk.complete_block(first.block_id, first.attempt, results_of(first.run_ids), 0.7, "budget").ready_to_aggregate
    runs = all_runs(store, user, backtest_id)
    assert [run.status for run in runs] == ["succeeded"] * 3 + ["cancelled"] * 5
    assert {run.error["details"]["reason"] for run in runs if run.error} == {"budget"}


def test_the_time_of_an_attempt_that_was_lost_is_not_the_users(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, _ = submit_grid(store, desk, user, 2, 2, budget_ms=1000)
    dead = desk.claim_block("dead", ENGINE, 30)
    assert dead is not None
    assert desk.heartbeat(dead.block_id, dead.attempt, 50, 30, 1.5) is Verdict.OVER_BUDGET
    admin.execute("update public.run_blocks set lease_until = now() - interval '1 second'")
    living = desk.claim_block("living", ENGINE, 30)
    assert living is not None and living.attempt == 2
    assert desk.heartbeat(living.block_id, living.attempt, 10, 30, 0.1) is Verdict.KEPT
    assert desk.complete_block(living.block_id, living.attempt, results_of(living.run_ids), 0.9).ready_to_aggregate
    assert [run.status for run in all_runs(store, user, backtest_id)] == ["succeeded"] * 2


def test_an_account_that_somebody_asks_for_later_costs_no_budget(store: Store, desk: Desk, user: str) -> None:
    _, submitted = submit_grid(store, desk, user, 1, 1, budget_ms=1000)
    task = desk.claim_block("w", ENGINE, 30)
    assert task is not None
    desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids), 0.9)
    assert store.request_ledger(user, submitted.run_ids[0])
    ledger = desk.claim_block("w", ENGINE, 30)
    assert ledger is not None
    assert desk.heartbeat(ledger.block_id, ledger.attempt, 50, 30, 5.0) is Verdict.KEPT
