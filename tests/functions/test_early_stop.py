"""Early stop has a slow, obvious twin: who walks the finished runs in grid order, one by one, comes to the same end."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from datalake.panels.panel import PanelSpec
from engine.evaluate import evaluate
from engine.language import compile_strategy
from functions.jobs.desk import Desk
from functions.jobs.plan import Wanted, overrides
from functions.jobs.records import BlockTask, RunResult
from functions.jobs.store import Store
from tests.functions.platform import Platform
from tests.functions.submissions import ENGINE, submit_grid

Outcome = float | None | Literal["bad", "user"]
"""Of one combination: its figure (None: it has none), that it fails, or that its owner cancels it before it begins."""
ERROR = {"code": "INTERNAL_ERROR", "message": "boom", "details": {}}
BAD = {"code": "INVALID_INPUT", "message": "no such stock", "details": {}}


class Case(NamedTuple):
    outcomes: tuple[Outcome, ...]
    per_block: int
    poison: frozenset[int]
    """Blocks in which the platform fails every time."""
    mode: str
    patience: int


def walked(case: Case) -> list[tuple[str, str | None]]:
    """Status and reason of every run, as the page of the API says it."""
    ended: list[tuple[str, str | None]] = []
    best: float | None = None
    stale = 0
    for position, outcome in enumerate(case.outcomes):
        if outcome == "user":
            ended.append(("cancelled", "user"))
            continue
        if stale >= case.patience:
            ended.append(("cancelled", "early_stop"))
            continue
        failed = outcome == "bad" or position // case.per_block in case.poison
        ended.append(("failed", None) if failed else ("succeeded", None))
        if not failed and isinstance(outcome, float) and (best is None or (outcome > best if case.mode == "max" else outcome < best)):
            best, stale = outcome, 0
        else:
            stale += 1
    return ended


def reported(task: BlockTask, case: Case) -> list[RunResult]:
    results = []
    for run_id, params in zip(task.run_ids, task.combinations, strict=True):
        outcome = case.outcomes[int(params["n"])]
        if outcome == "bad":
            results.append(RunResult(run_id, None, None, error=BAD))
        else:
            results.append(RunResult(run_id, {"sharpe": outcome, "return": 0.5}, f"hash-{run_id}", {"cells_path": "cells/x"}))
    return results


def ended_as(store: Store, user: str, backtest_id: str, grid_id: str) -> list[tuple[str, str | None]]:
    runs, _ = store.list_runs(user, backtest_id, grid_id=grid_id, limit=1000)
    reasons = {"cancelled": lambda run: run.error["details"]["reason"] if run.error else "user"}
    return [(run.status, reasons[run.status](run) if run.status in reasons else None) for run in runs]


def is_poison(task: BlockTask, case: Case) -> bool:
    return int(task.combinations[0]["n"]) // case.per_block in case.poison


def no_wait(admin: psycopg.Connection) -> None:
    admin.execute("update public.run_blocks set not_before = now() - interval '1 second' where status = 'ready'")


def no_life(admin: psycopg.Connection, task: BlockTask) -> None:
    """Its worker fell silent."""
    admin.execute("update public.run_blocks set lease_until = now() - interval '1 second' where id = %s", (task.block_id,))


def compute_in_some_order(chance: random.Random, case: Case, desk: Desk, admin: psycopg.Connection) -> None:
    """Some workers at once, in any order; some die, some tell twice, some forget to ask for the frontier."""
    held: list[BlockTask] = []
    while True:
        no_wait(admin)
        if len(held) < 4 and chance.random() < 0.6 and (task := desk.claim_block("w", ENGINE, 30)):
            held.append(task)
            continue
        if not held:
            desk.sweep(ENGINE)
            if not (task := desk.claim_block("w", ENGINE, 30)):
                desk.sweep(ENGINE)  # The claim may have given up a block whose workers all fell silent.
                return
            held.append(task)
        task = held.pop(chance.randrange(len(held)))
        if is_poison(task, case):
            if chance.random() < 0.3:
                no_life(admin, task)
                continue
            ended = desk.release_block(task.block_id, task.attempt, ERROR, retriable=True).outcome == "failed"
        elif task.attempt < 3 and chance.random() < 0.2:
            no_life(admin, task)
            continue
        else:
            for _ in range(chance.choice((1, 2))):
                ended = desk.complete_block(task.block_id, task.attempt, reported(task, case)).held
        if ended and chance.random() < 0.8:
            desk.advance_frontier(task.grid_id)


def must_be_at_rest(admin: psycopg.Connection, runs: int) -> None:
    """Everything ended once, in its order, and nothing is left over."""
    assert admin.execute("select open_blocks, ready_at is not null from public.grids").fetchone() == (0, True)
    assert admin.execute("select count(*) from public.held_results").fetchone() == (0,)
    ends = admin.execute(
        """select r.id::text from public.outbox o, jsonb_array_elements_text(o.body -> 'run_ids') as r (id)
        where o.body ->> 'event' in ('run.succeeded', 'run.failed', 'run.cancelled')"""
    ).fetchall()
    assert len(ends) == len(set(ends)) == runs, "every run ends once"
    stray = "select count(*) from public.backtest_runs where status <> 'succeeded' and (stats is not null or content_hash is not null)"
    assert admin.execute(stray).fetchone() == (0,)
    shown = admin.execute(
        "select count(*) from public.metrics m join public.backtest_runs r on r.id = m.run_id where r.status <> 'succeeded'"
    )
    assert shown.fetchone() == (0,)


figures = some.one_of(some.floats(-3, 3).map(lambda x: round(x, 1)), some.none(), some.sampled_from(["bad", "user"]))
cases = some.builds(
    Case,
    some.lists(figures, min_size=1, max_size=24).map(tuple),
    some.integers(1, 5),
    some.frozensets(some.integers(0, 23), max_size=2),
    some.sampled_from(["max", "min"]),
    some.integers(1, 6),
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(case=cases, seed=some.integers(0, 2**32))
def test_the_outcome_is_the_same_in_any_order(
    case: Case, seed: int, store: Store, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    admin.execute("truncate public.strategies, public.outbox cascade")
    stop = {"metric": "sharpe", "mode": case.mode, "patience": case.patience}
    backtest_id, submitted = submit_grid(store, desk, user, len(case.outcomes), case.per_block, early_stop=stop)
    for run_id, outcome in zip(submitted.run_ids, case.outcomes, strict=True):
        if outcome == "user":
            assert store.cancel_run(user, backtest_id, run_id) == "cancelled"
    compute_in_some_order(random.Random(seed), case, desk, admin)
    expected = walked(case)
    assert ended_as(store, user, backtest_id, submitted.grid_id) == expected
    must_be_at_rest(admin, len(case.outcomes))
    platform = {position // case.per_block for position, (status, _) in enumerate(expected) if status == "failed"} & case.poison
    assert admin.execute("select platform_failures from public.grids").fetchone() == (len(platform),), "none behind the stop"


@pytest.mark.slow
def test_many_workers_at_once_come_to_the_same_end(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    chance = random.Random(7)
    outcomes = tuple(round(chance.uniform(0, 1), 3) for _ in range(200))
    case = Case(outcomes, 4, frozenset(), "max", 40)
    stop = {"metric": "sharpe", "mode": "max", "patience": 40}
    backtest_id, submitted = submit_grid(store, desk, user, 200, 4, early_stop=stop)

    def work(name: str) -> None:
        while task := desk.claim_block(name, ENGINE, 30):
            if desk.complete_block(task.block_id, task.attempt, reported(task, case)).held:
                desk.advance_frontier(task.grid_id)

    with ThreadPoolExecutor(6) as pool:
        for job in [pool.submit(work, f"w{n}") for n in range(6)]:
            job.result(timeout=60)
    assert ended_as(store, user, backtest_id, submitted.grid_id) == walked(case)
    must_be_at_rest(admin, 200)


@pytest.mark.slow
def test_cancelling_and_sweeping_meanwhile_never_deadlocks_nor_loses_a_run(
    store: Store, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    case = Case(tuple(position / 100 for position in range(120)), 3, frozenset({5}), "min", 100)
    stop = {"metric": "sharpe", "mode": "min", "patience": 100}
    backtest_id, submitted = submit_grid(store, desk, user, 120, 3, early_stop=stop)

    def work(name: str) -> None:
        while task := desk.claim_block(name, ENGINE, 30):
            desk.heartbeat(task.block_id, task.attempt, 50, 30)
            if is_poison(task, case):
                desk.release_block(task.block_id, task.attempt, ERROR, retriable=False)
            else:
                desk.complete_block(task.block_id, task.attempt, reported(task, case))
            desk.advance_frontier(task.grid_id)

    def cancel_some() -> None:
        for run_id in submitted.run_ids[::-7]:
            store.cancel_run(user, backtest_id, run_id)
        store.cancel_grid(user, submitted.grid_id)

    def sweep() -> None:
        for _ in range(10):
            desk.sweep(ENGINE)

    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(work, f"w{number}") for number in range(3)] + [pool.submit(cancel_some), pool.submit(sweep)]
        for job in jobs:
            job.result(timeout=60)
    desk.advance_frontier(submitted.grid_id)
    assert {status for status, _ in ended_as(store, user, backtest_id, submitted.grid_id)} <= {"succeeded", "failed", "cancelled"}
    must_be_at_rest(admin, 120)


def grid_of(
    store: Store, desk: Desk, user: str, outcomes: Sequence[Any], per_block: int, patience: int, **facts: Any
) -> tuple[str, str, Case]:
    stop = {"metric": "sharpe", "mode": "max", "patience": patience}
    backtest_id, submitted = submit_grid(store, desk, user, len(outcomes), per_block, early_stop=stop, **facts)
    return backtest_id, submitted.grid_id, Case(tuple(outcomes), per_block, frozenset(), "max", patience)


def claimed(desk: Desk) -> BlockTask:
    task = desk.claim_block("w", ENGINE, 30)
    assert task is not None
    return task


def test_what_is_computed_before_its_turn_shows_no_figure(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, grid_id, case = grid_of(store, desk, user, [0.1, 0.2, 0.3, 0.4], 2, 3)
    first, second = claimed(desk), claimed(desk)
    done = desk.complete_block(second.block_id, second.attempt, reported(second, case))
    assert (done.accepted, done.held, done.ready_to_aggregate) == (True, True, False)
    assert not desk.advance_frontier(grid_id)
    runs, _ = store.list_runs(user, backtest_id, sort="-stats.sharpe")
    assert {(run.status, run.stats, run.content_hash, run.finished_at) for run in runs} == {("running", None, None, None)}
    assert admin.execute("select count(*) from public.metrics").fetchone() == (0,)
    assert not desk.complete_block(second.block_id, second.attempt, reported(second, case)).accepted, "told twice"
    desk.complete_block(first.block_id, first.attempt, reported(first, case))
    assert desk.advance_frontier(grid_id)
    runs, _ = store.list_runs(user, backtest_id)
    assert [run.stats and run.stats["sharpe"] for run in runs] == [0.1, 0.2, 0.3, 0.4]
    assert admin.execute("select count(*) from public.metrics").fetchone() == (4,)


def test_a_worker_behind_the_stop_hears_of_it(store: Store, desk: Desk, user: str) -> None:
    backtest_id, grid_id, case = grid_of(store, desk, user, [1.0, 0.0, 0.0, 0.0, 2.0, 3.0], 2, 2)
    first, second, third = claimed(desk), claimed(desk), claimed(desk)
    for task in (first, second):
        desk.complete_block(task.block_id, task.attempt, reported(task, case))
    assert desk.advance_frontier(grid_id)
    assert not desk.heartbeat(third.block_id, third.attempt, 1, 30)
    assert not desk.complete_block(third.block_id, third.attempt, reported(third, case)).accepted
    assert [status for status, _ in ended_as(store, user, backtest_id, grid_id)] == ["succeeded"] * 3 + ["cancelled"] * 3
    task = desk.claim_aggregate(grid_id)
    assert task is not None
    desk.finish_grid(grid_id, task.attempt, {}, [])
    grid = store.get_grid(user, grid_id)
    assert grid is not None and grid.status == "finished", "an early stop is an end, not a cancellation"


def test_a_frontier_that_everybody_forgot_is_found_by_the_sweeper(store: Store, desk: Desk, user: str) -> None:
    backtest_id, grid_id, case = grid_of(store, desk, user, [1.0, 2.0], 1, 5)
    for _ in range(2):
        task = claimed(desk)
        desk.complete_block(task.block_id, task.attempt, reported(task, case))
    assert [status for status, _ in ended_as(store, user, backtest_id, grid_id)] == ["running"] * 2
    assert ("aggregate", grid_id) in {(due.queue, due.grid_id) for due in desk.sweep(ENGINE)}
    assert [status for status, _ in ended_as(store, user, backtest_id, grid_id)] == ["succeeded"] * 2


def test_very_much_that_had_its_turn_at_once_stopped_every_sweep(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    """Sixty thousand held runs took one sweep longer than a statement may take, so nothing was ever healed again."""
    backtest_id, grid_id, case = grid_of(store, desk, user, [1.0, 2.0, 1.0, 1.0, 1.0, 1.0], 1, 3)
    tasks = [claimed(desk) for _ in range(6)]
    (made,) = admin.execute("select pg_get_functiondef('lianghu.has_time'::regproc)").fetchone() or ("",)
    admin.execute("create or replace function lianghu.has_time() returns boolean language sql volatile as 'select false'")
    try:
        for task in reversed(tasks):
            assert desk.complete_block(task.block_id, task.attempt, reported(task, case)).held
        ready = [desk.advance_frontier(grid_id) for _ in range(5)]
    finally:
        admin.execute(made)
    assert ready == [False] * 4 + [True], "a block at a time"
    assert ended_as(store, user, backtest_id, grid_id) == walked(case)
    must_be_at_rest(admin, 6)


def test_a_cancelled_grid_keeps_what_was_computed_before_its_turn(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, grid_id, case = grid_of(store, desk, user, [1.0, 0.0, 2.0, 0.0, 0.0, 3.0], 2, 2)
    claimed(desk)
    second, third = claimed(desk), claimed(desk)
    for task in (third, second):
        desk.complete_block(task.block_id, task.attempt, reported(task, case))
    assert store.cancel_grid(user, grid_id) == "cancelled"
    ended = [("cancelled", "user")] * 2 + [("succeeded", None)] * 3 + [("cancelled", "early_stop")]
    assert ended_as(store, user, backtest_id, grid_id) == ended
    must_be_at_rest(admin, 6)


def test_cancelling_the_run_that_others_wait_for_lets_them_end(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, grid_id, case = grid_of(store, desk, user, [1.0, 0.5], 1, 5)
    first, second = claimed(desk), claimed(desk)
    desk.complete_block(second.block_id, second.attempt, reported(second, case))
    assert store.cancel_run(user, backtest_id, first.run_ids[0]) == "cancelled"
    assert ended_as(store, user, backtest_id, grid_id) == [("cancelled", "user"), ("succeeded", None)]
    must_be_at_rest(admin, 2)


def test_beyond_its_budget_it_ends_with_what_is_finished(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, grid_id, case = grid_of(store, desk, user, [1.0, 0.5, 2.0, 0.0, 0.0, 0.0], 2, 5, budget_ms=1000)
    first, second = claimed(desk), claimed(desk)
    assert desk.complete_block(second.block_id, second.attempt, reported(second, case), 0.5).held
    assert not desk.heartbeat(first.block_id, first.attempt, 50, 30, 0.6)
    done = desk.complete_block(first.block_id, first.attempt, reported(first, case)[:1], 0.6, "budget")
    assert (done.held, done.over_budget) == (True, True)
    assert not desk.advance_frontier(grid_id)
    assert desk.enforce_budget(grid_id)
    ended = [("succeeded", None), ("cancelled", "budget"), ("succeeded", None), ("succeeded", None), *[("cancelled", "budget")] * 2]
    assert ended_as(store, user, backtest_id, grid_id) == ended
    must_be_at_rest(admin, 6)


def test_a_plan_that_fails_ends_runs_up_to_the_patience_of_the_grid(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, grid_id, _ = grid_of(store, desk, user, [1.0] * 4, 2, 3)
    task = claimed(desk)
    assert desk.panel_lost(task.block_id, task.attempt, ERROR).outcome == "plan"
    plan = desk.claim_plan(grid_id)
    assert plan is not None
    assert desk.plan_failed(grid_id, plan.attempt, ERROR, retriable=False).ready_to_aggregate
    assert ended_as(store, user, backtest_id, grid_id) == [("failed", None)] * 3 + [("cancelled", "early_stop")]
    must_be_at_rest(admin, 4)


def test_the_whole_platform_stops_where_a_walk_over_the_engines_own_figures_does(platform: Platform, user: str) -> None:
    backtest_id = platform.backtest(user)
    pairs = {"ma_short": list(range(3, 13)), "ma_long": list(range(20, 26))}
    stop = {"metric": "sharpe", "mode": "max", "patience": 7}
    planned = platform.plan(user, backtest_id, Wanted("grid", pairs, early_stop=stop, reuse=False)).submission
    submitted = platform.submit(user, replace(planned, block_runs=4, workers=1))
    platform.run(times=2)
    runs, _ = platform.house.store.list_runs(user, backtest_id, limit=1000)
    backtest = platform.house.strategies.get_backtest(user, backtest_id)
    assert backtest is not None
    program = compile_strategy(backtest.strategy.source, overrides(backtest.context))
    market = platform.house.panels.load(PanelSpec.from_json(planned.panel).key).market
    figures = [evaluate(program, market, run.params, 1_000_000_000).cell.stats["sharpe"] for run in runs]
    expected = walked(Case(tuple(figures), 4, frozenset(), "max", 7))
    assert ended_as(platform.house.store, user, backtest_id, submitted.grid_id) == expected
    assert {status for status, _ in expected} == {"succeeded", "cancelled"}, "it stops on the way"
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None and grid.summary is not None
    best = max((run for run in runs if run.stats), key=lambda run: run.stats["sharpe"] if run.stats else 0)
    assert (grid.status, grid.summary["best"]["sharpe"]["run_id"]) == ("finished", best.id)
