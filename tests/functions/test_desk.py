"""The life of a job in Postgres, with everything that can go wrong on the way."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.types.json import Jsonb

from functions.errors import ApiError
from functions.jobs.desk import Desk, Due
from functions.jobs.records import RunResult
from functions.jobs.store import Store
from tests.functions.submissions import (
    ENGINE,
    ERROR,
    SOURCE,
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


def test_a_grid_from_submission_to_summary(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id = make_backtest(store, user)
    submitted = store.submit(user, make_submission(backtest_id, 5, 2))
    assert desk.claim_block("w", ENGINE, 30) is None, "no panel yet"

    plan = desk.claim_plan(submitted.grid_id)
    assert plan is not None
    assert plan.panel == {"key": "p" * 8}
    assert desk.claim_plan(submitted.grid_id) is None, "somebody plans it"
    assert desk.panel_ready(submitted.grid_id, "panels/p") == 3
    assert desk.panel_ready(submitted.grid_id, "panels/p") == 0, "once"
    assert desk.claim_plan(submitted.grid_id) is None

    ready = []
    for blocks_left in (2, 1, 0):
        task = claim(desk)
        assert (task.kind, task.attempt, task.source, task.panel_key, task.owner) == ("cells", 1, SOURCE, "panels/p", user)
        assert [dict(params)["n"] for params in task.combinations] == [submitted.run_ids.index(run_id) for run_id in task.run_ids]
        assert desk.claim_aggregate(submitted.grid_id) is None, f"{blocks_left} blocks are left"
        completion = desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids))
        assert completion.accepted
        ready.append(completion.ready_to_aggregate)
    assert ready == [False, False, True]
    assert desk.claim_block("w", ENGINE, 30) is None

    aggregate = desk.claim_aggregate(submitted.grid_id)
    assert aggregate is not None
    (ended,) = desk.ended_runs(submitted.grid_id)
    assert [(run.run_id, run.status) for run in ended] == [(run_id, "succeeded") for run_id in submitted.run_ids]
    assert desk.finish_grid(submitted.grid_id, aggregate.attempt, {"best": 1}, submitted.run_ids[:2]) == 2
    grid = store.get_grid(user, submitted.grid_id)
    assert grid is not None
    assert (grid.status, grid.counts, grid.summary) == ("finished", {"succeeded": 5}, {"best": 1})
    assert grid.started_at is not None
    assert grid.finished_at is not None

    run = store.get_run(user, backtest_id, submitted.run_ids[4])
    assert run is not None
    assert (run.status, run.progress, run.attempt, run.stats) == ("succeeded", 100, 1, {"return": 0.1})
    assert run.artifacts == {"cells_path": "cells/x"}
    assert events(admin) == [
        ("enqueued", 2),
        ("enqueued", 2),
        ("enqueued", 1),
        *[("started", 2), ("succeeded", 2)] * 2,
        ("started", 1),
        ("succeeded", 1),
    ]


def test_the_same_completion_twice_changes_nothing(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, _ = submit_grid(store, desk, user, 2, 2)
    task = claim(desk)
    assert desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids)).ready_to_aggregate
    before = events(admin)
    again = desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids, sharpe=9.0))
    assert not again.accepted
    assert not again.ready_to_aggregate
    assert events(admin) == before
    assert store.list_runs(user, backtest_id)[0][0].stats == {"return": 0.1}


def test_a_worker_that_dies_is_replaced_and_its_late_result_ignored(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, _ = submit_grid(store, desk, user, 2, 2)
    dead = claim(desk, "dead")
    assert desk.claim_block("other", ENGINE, 30) is None, "the lease holds"
    pass_time(admin, 31)
    living = claim(desk, "living")
    assert (living.block_id, living.attempt) == (dead.block_id, 2)
    assert not desk.heartbeat(dead.block_id, dead.attempt, 50, 30)
    assert not desk.complete_block(dead.block_id, dead.attempt, results_of(dead.run_ids, sharpe=-1.0)).accepted
    assert desk.release_block(dead.block_id, dead.attempt, ERROR, retriable=True).outcome == "lost"
    assert desk.complete_block(living.block_id, living.attempt, results_of(living.run_ids, sharpe=2.0)).ready_to_aggregate
    runs, _ = store.list_runs(user, backtest_id)
    assert [(run.status, run.attempt, run.stats) for run in runs] == [("succeeded", 2, {"return": 0.1, "sharpe": 2.0})] * 2


def test_a_block_whose_workers_die_three_times_ends_failed(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 2, 2)
    for attempt in (1, 2, 3):
        assert claim(desk).attempt == attempt
        pass_time(admin, 31)
    assert desk.claim_block("w", ENGINE, 30) is None
    runs, _ = store.list_runs(user, backtest_id)
    assert [run.status for run in runs] == ["failed", "failed"]
    assert runs[0].error is not None
    assert "3 attempts" in runs[0].error["message"]
    aggregate = desk.claim_aggregate(submitted.grid_id)
    assert aggregate is not None
    desk.finish_grid(submitted.grid_id, aggregate.attempt, {}, [])
    grid = store.get_grid(user, submitted.grid_id)
    assert grid is not None
    assert grid.status == "incomplete"


def test_a_heartbeat_keeps_the_lease(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    submit_grid(store, desk, user, 2, 2)
    task = claim(desk)
    for _ in range(3):
        pass_time(admin, 20)
        assert desk.heartbeat(task.block_id, task.attempt, 0, 30)
    assert desk.claim_block("other", ENGINE, 30) is None
    assert desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids)).accepted


def test_progress_shows_while_a_block_runs_and_never_falls(store: Store, desk: Desk, user: str) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 4, 2)
    task = claim(desk)
    for told, shown in ((40, 40), (30, 40), (90, 90)):
        assert desk.heartbeat(task.block_id, task.attempt, told, 30)
        assert [run.progress for run in store.list_runs(user, backtest_id)[0]] == [shown, shown, 0, 0]
    run = store.get_run(user, None, submitted.run_ids[0])
    assert run is not None
    assert run.progress == 90


def test_a_poison_block_ends_failed_with_its_reason_after_three_attempts(
    store: Store, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    backtest_id, _ = submit_grid(store, desk, user, 4, 2)
    outcomes = []
    for attempt in (1, 2, 3):
        task = claim(desk)
        release = desk.release_block(task.block_id, task.attempt, ERROR, retriable=True)
        outcomes.append(release.outcome)
        if release.outcome == "retry":
            assert 2**attempt <= release.delay <= 2 ** (attempt + 1)
            following = claim(desk, "meanwhile")
            assert following.block_id != task.block_id, "it waits before the next attempt"
            admin.execute("update public.run_blocks set status = 'ready', attempt = 0 where id = %s", (following.block_id,))
        pass_time(admin, 10)
    assert outcomes == ["retry", "retry", "failed"]
    runs, _ = store.list_runs(user, backtest_id)
    assert [run.status for run in runs][:2] == ["failed", "failed"]
    assert runs[0].error == ERROR
    assert desk.complete_block(*whole(claim(desk))).ready_to_aggregate


def test_an_error_that_no_retry_heals_fails_at_once(store: Store, desk: Desk, user: str) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 2, 2)
    task = claim(desk)
    release = desk.release_block(task.block_id, task.attempt, ERROR, retriable=False)
    assert (release.outcome, release.ready_to_aggregate) == ("failed", True)
    assert statuses(store, user, backtest_id) == ["failed", "failed"]
    aggregate = desk.claim_aggregate(submitted.grid_id)
    assert aggregate is not None
    desk.finish_grid(submitted.grid_id, aggregate.attempt, {}, [])
    grid = store.get_grid(user, submitted.grid_id)
    assert grid is not None
    assert grid.status == "finished", "the platform did not fail"


def test_a_bad_combination_fails_alone(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, _ = submit_grid(store, desk, user, 3, 3)
    task = claim(desk)
    results = results_of(task.run_ids)
    results[1] = RunResult(task.run_ids[1], None, None, error=ERROR)
    assert desk.complete_block(task.block_id, task.attempt, results).ready_to_aggregate
    runs, _ = store.list_runs(user, backtest_id)
    assert [(run.status, run.error) for run in runs] == [("succeeded", None), ("failed", ERROR), ("succeeded", None)]
    assert events(admin)[-2:] == [("succeeded", 2), ("failed", 1)]


def test_a_run_that_the_worker_forgot_does_not_hang(store: Store, desk: Desk, user: str) -> None:
    backtest_id, _ = submit_grid(store, desk, user, 2, 2)
    task = claim(desk)
    assert desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids[:1])).ready_to_aggregate
    runs, _ = store.list_runs(user, backtest_id)
    assert [run.status for run in runs] == ["succeeded", "failed"]
    assert runs[1].error is not None


def test_results_of_runs_outside_the_block_are_ignored(store: Store, desk: Desk, user: str) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 4, 2)
    task = claim(desk)
    desk.complete_block(task.block_id, task.attempt, results_of(submitted.run_ids))
    assert statuses(store, user, backtest_id) == ["succeeded", "succeeded", "queued", "queued"]


def test_two_aggregators_at_once(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    _, submitted = submit_grid(store, desk, user, 2, 2)
    desk.complete_block(*whole(claim(desk)))
    with ThreadPoolExecutor(4) as pool:
        tasks = [task for task in pool.map(lambda _: desk.claim_aggregate(submitted.grid_id), range(8)) if task]
    assert len(tasks) == 1
    pass_time(admin, 61)
    second = desk.claim_aggregate(submitted.grid_id)
    assert second is not None
    assert desk.finish_grid(submitted.grid_id, tasks[0].attempt, {"by": "first"}, []) == -1, "its lease was lost"
    assert desk.finish_grid(submitted.grid_id, second.attempt, {"by": "second"}, []) == 0
    assert desk.finish_grid(submitted.grid_id, second.attempt, {"by": "again"}, []) == -1
    grid = store.get_grid(user, submitted.grid_id)
    assert grid is not None
    assert grid.summary == {"by": "second"}


def test_a_plan_that_fails_for_good_ends_every_run(store: Store, desk: Desk, user: str) -> None:
    backtest_id = make_backtest(store, user)
    submitted = store.submit(user, make_submission(backtest_id))
    plan = desk.claim_plan(submitted.grid_id)
    assert plan is not None
    release = desk.plan_failed(submitted.grid_id, plan.attempt, ERROR, retriable=False)
    assert (release.outcome, release.ready_to_aggregate) == ("failed", True)
    runs, _ = store.list_runs(user, backtest_id)
    assert [(run.status, run.error) for run in runs] == [("failed", ERROR)] * 6


def test_a_plan_is_tried_three_times(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    submitted = store.submit(user, make_submission(make_backtest(store, user)))
    outcomes = []
    for _ in range(3):
        plan = desk.claim_plan(submitted.grid_id)
        assert plan is not None
        outcomes.append(desk.plan_failed(submitted.grid_id, plan.attempt, ERROR, retriable=True).outcome)
        assert desk.claim_plan(submitted.grid_id) is None
        pass_time(admin, 10)
    assert outcomes == ["retry", "retry", "failed"]


def test_planners_that_die_three_times(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id = make_backtest(store, user)
    submitted = store.submit(user, make_submission(backtest_id))
    for _ in range(3):
        assert Due("plan", submitted.grid_id, 1, 0) in desk.sweep(ENGINE)
        assert desk.claim_plan(submitted.grid_id) is not None
        pass_time(admin, 61)
    assert Due("aggregate", submitted.grid_id, 1, 0) in desk.sweep(ENGINE)
    assert set(statuses(store, user, backtest_id)) == {"failed"}


def test_an_engine_of_another_version_claims_nothing(store: Store, desk: Desk, user: str) -> None:
    submit_grid(store, desk, user)
    assert desk.claim_block("w", "engine-2", 30) is None
    assert desk.claim_block("w", ENGINE, 30) is not None


def test_claims_are_shared_between_users_then_by_priority_then_by_age(store: Store, desk: Desk, new_user: Callable[[], str]) -> None:
    many, few = new_user(), new_user()
    _, old = submit_grid(store, desk, many, 8, 2)
    _, urgent = submit_grid(store, desk, many, 2, 2, priority=0)
    _, small = submit_grid(store, desk, few, 4, 2, priority=9)
    claims = [claim(desk) for _ in range(7)]
    assert {task.owner for task in claims[:2]} == {many, few}, "one each, whatever the priority"
    assert {task.owner for task in claims[2:4]} == {many, few}
    mine = [task.grid_id for task in claims if task.owner == many]
    assert mine == [urgent.grid_id, *[old.grid_id] * 4]
    assert [task.grid_id for task in claims if task.owner == few] == [small.grid_id] * 2


def test_one_worker_alone_serves_users_in_turn(store: Store, desk: Desk, new_user: Callable[[], str]) -> None:
    many, few = new_user(), new_user()
    submit_grid(store, desk, many, 8, 1)
    submit_grid(store, desk, few, 2, 1)
    owners = []
    for _ in range(4):
        task = claim(desk)
        owners.append(task.owner)
        desk.complete_block(*whole(task))
    assert sorted(owners[:2]) == sorted(owners[2:]) == sorted([many, few])


def test_many_workers_compute_every_block_once(store: Store, desk: Desk, user: str) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 200, 4)
    ready: list[bool] = []
    seen: list[str] = []
    lock = threading.Lock()

    def work(name: str) -> None:
        while task := desk.claim_block(name, ENGINE, 30):
            completion = desk.complete_block(*whole(task))
            assert completion.accepted
            with lock:
                seen.extend(task.run_ids)
                ready.append(completion.ready_to_aggregate)

    with ThreadPoolExecutor(6) as pool:
        for future in [pool.submit(work, f"worker-{n}") for n in range(6)]:
            future.result()
    assert sorted(seen) == sorted(submitted.run_ids)
    assert sum(ready) == 1, "exactly one worker is told that the grid is ready"
    assert set(statuses(store, user, backtest_id)) == {"succeeded"}


def test_a_single_run_reports_every_step(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    _, submitted = submit_grid(store, desk, user, 1, 1, mode="single")
    task = claim(desk)
    assert task.kind == "ledgers"
    desk.heartbeat(task.block_id, task.attempt, 50, 30)
    results = [RunResult(task.run_ids[0], {"return": 1}, "hash", {"trades_path": "t"})]
    assert desk.complete_block(task.block_id, task.attempt, results).ready_to_aggregate
    assert [event for event, _ in events(admin)] == ["enqueued", "started", "progress", "succeeded"]
    assert store.request_ledger(user, submitted.run_ids[0]) is False, "it has its files"


def test_a_second_attempt_tells_of_progress_only_where_the_first_had_not_come(
    store: Store, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    submit_grid(store, desk, user, 1, 1, mode="single")
    for last in (90, 95):
        task = claim(desk)
        for percent in (40, 78, last):
            assert desk.heartbeat(task.block_id, task.attempt, percent, 30)
        desk.release_block(task.block_id, task.attempt, ERROR, retriable=True)
        pass_time(admin, 20)
    told = "select (body -> 'details' ->> 'percent')::integer from public.outbox where body ->> 'event' = 'run.progress' order by number"
    assert admin.execute(told).fetchall() == [(40,), (78,), (90,), (95,)]


def test_a_block_served_for_another_grids_bell_lost_its_request(store: Store, desk: Desk, user: str) -> None:
    for request_id in ("request-1", "request-2"):
        submit_grid(store, desk, user, 1, 1, request_id=request_id)
    assert [claim(desk).request_id for _ in range(2)] == ["request-1", "request-2"]


def test_accounts_that_nobody_waits_for_come_after_work_that_somebody_waits_for(store: Store, desk: Desk, user: str) -> None:
    _, old = submit_grid(store, desk, user, 2, 2)
    assert desk.complete_block(*whole(claim(desk))).ready_to_aggregate
    aggregate = desk.claim_aggregate(old.grid_id)
    assert aggregate is not None
    assert desk.finish_grid(old.grid_id, aggregate.attempt, {}, old.run_ids) == 2
    _, new = submit_grid(store, desk, user, 1, 1)
    assert store.request_ledger(user, old.run_ids[1]), "somebody waits for it now"
    assert [claim(desk).run_ids for _ in range(3)] == [old.run_ids[1:], new.run_ids, old.run_ids[:1]]


def test_the_full_account_of_a_cell_on_request(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 2, 2)
    run_id = submitted.run_ids[1]
    assert store.request_ledger(user, run_id) is False, "not finished"
    task = claim(desk)
    desk.complete_block(*whole(task))
    assert store.request_ledger(user, run_id) is True
    assert store.request_ledger(user, run_id) is False, "asked for already"
    ledger = claim(desk)
    assert (ledger.kind, ledger.run_ids, [dict(params)["n"] for params in ledger.combinations]) == ("ledgers", (run_id,), [1])
    before = events(admin)
    done = desk.complete_block(ledger.block_id, ledger.attempt, [RunResult(run_id, {"return": 5}, f"hash-{run_id}", {"trades_path": "t"})])
    assert (done.accepted, done.ready_to_aggregate) == (True, False)
    run = store.get_run(user, backtest_id, run_id)
    assert run is not None
    assert run.artifacts == {"cells_path": "cells/x", "trades_path": "t"}
    assert run.stats == {"return": 0.1}
    assert events(admin) == before
    assert store.request_ledger(user, run_id) is False


def test_an_account_that_does_not_reproduce_the_cell_is_not_stored(store: Store, desk: Desk, user: str) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 2, 2)
    desk.complete_block(*whole(claim(desk)))
    run_id = submitted.run_ids[0]
    assert store.request_ledger(user, run_id)
    ledger = claim(desk)
    desk.complete_block(ledger.block_id, ledger.attempt, [RunResult(run_id, {}, "another hash", {"trades_path": "t"})])
    run = store.get_run(user, backtest_id, run_id)
    assert run is not None
    assert "trades_path" not in run.artifacts
    with pytest.raises(ApiError, match="another result"):
        store.request_ledger(user, run_id)


def test_a_block_that_is_given_back_while_its_panel_comes_is_opened_too(
    store: Store, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    """It was leased when the planner began to open what waits, and waits when the planner ends: nobody would come for it any more."""
    _, submitted = submit_grid(store, desk, user, count=4, per_block=2)
    one, two = desk.claim_block("w1", ENGINE, 30), desk.claim_block("w2", ENGINE, 30)
    assert one and two and desk.panel_lost(one.block_id, one.attempt, ERROR).outcome == "plan"
    assert desk.claim_plan(submitted.grid_id)
    stands = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%panel_ready%'"
    with ThreadPoolExecutor(1) as pool:
        with store.database.as_worker() as own:
            lost = own.execute("select outcome from lianghu.panel_lost(%s, %s, %s)", (two.block_id, two.attempt, Jsonb(ERROR)))
            assert lost.fetchone() == {"outcome": "waiting"}
            ready = pool.submit(desk.panel_ready, submitted.grid_id, "panels/again.panel")
            while admin.execute(stands).fetchone() == (0,):
                assert not ready.done()
        ready.result()
    again = [desk.claim_block("w1", ENGINE, 30), desk.claim_block("w2", ENGINE, 30)]
    assert {task.block_id for task in again if task} == {one.block_id, two.block_id}


def test_many_workers_that_lose_the_panel_lose_no_run(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    """Whoever meets whom: every block is computed once its panel stays, none twice, none never."""
    _, submitted = submit_grid(store, desk, user, count=60, per_block=2)
    over, accepted = threading.Event(), []

    def compute(seed: int) -> None:
        chance = random.Random(seed)
        while not over.is_set():
            task = desk.claim_block(f"w{seed}", ENGINE, 30)
            if task is None:
                over.wait(0.002)
            elif chance.random() < 0.4:
                assert desk.panel_lost(task.block_id, task.attempt, ERROR).outcome in {"plan", "waiting", "retry"}
            elif desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids)).accepted:
                accepted.append(task.block_id)

    def plan() -> None:
        while not over.is_set():
            with psycopg.connect(admin.info.dsn, password=admin.info.password, autocommit=True) as own:
                own.execute("update public.grids set panel_losses = 0")
            if desk.claim_plan(submitted.grid_id):
                desk.panel_ready(submitted.grid_id, "panels/again.panel")
            over.wait(0.002)

    with ThreadPoolExecutor(5) as pool:
        work = [pool.submit(compute, seed) for seed in range(4)] + [pool.submit(plan)]
        deadline = time.monotonic() + 60
        while len(accepted) < 30 and time.monotonic() < deadline and not any(each.done() for each in work):
            time.sleep(0.01)
        over.set()
        for each in work:
            each.result()
    assert sorted(accepted) == sorted(set(accepted)) and len(accepted) == 30
    grid = store.get_grid(user, submitted.grid_id)
    assert grid is not None and grid.counts == {"succeeded": 60}
    lost = admin.execute("select plan_attempt, plan_limit from public.grids").fetchone()
    assert lost is not None and 1 < lost[0] <= lost[1]
    assert desk.claim_aggregate(submitted.grid_id)
