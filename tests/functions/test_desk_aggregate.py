"""The end of a submission in Postgres: who sums it up, for how long, what becomes of aggregators that die; how many trials there were."""

import time
from collections.abc import Callable
from math import isclose
from statistics import variance
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from engine.statistics.curve import SESSIONS_A_YEAR
from functions.jobs.desk import AggregateTask, Desk, aggregating
from functions.jobs.records import RunResult
from functions.jobs.store import Store
from functions.stores.strategies import Strategies
from tests.functions.submissions import ENGINE, make_submission, pass_time, submit_grid


def compute(desk: Desk, sharpe: Callable[[dict[str, Any]], float | None] = lambda params: params["x"]) -> None:
    """Every open block; a run's Sharpe ratio follows from its parameters, None fails it."""
    while task := desk.claim_block("w", ENGINE, 30):
        figures = [sharpe(dict(params)) for params in task.combinations]
        results = [
            RunResult(run_id, {"return": 0.1, "sharpe": figure}, f"hash-{run_id}", {"cells_path": f"cells/{task.block_id}"})
            if figure is not None
            else RunResult(run_id, None, None, {}, {"code": "INVALID_INPUT", "message": "bad", "details": {}})
            for run_id, figure in zip(task.run_ids, figures, strict=True)
        ]
        desk.complete_block(task.block_id, task.attempt, results)


def claimed(desk: Desk, grid_id: str) -> AggregateTask:
    task = desk.claim_aggregate(grid_id)
    assert task is not None
    return task


def test_a_claim_says_what_was_asked_and_where_the_curves_are(store: Store, desk: Desk, user: str) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 3, 2)
    compute(desk, lambda params: None if params["n"] == 1 else 1.0)
    task = claimed(desk, submitted.grid_id)
    backtest = Strategies(store.database).get_backtest(user, backtest_id)
    assert backtest is not None
    assert (task.owner, task.mode, task.attempt, task.attempts_left) == (user, "grid", 1, 2)
    assert (task.strategy_name, task.strategy_identity, task.context) == ("a strategy", "identity-1", backtest.context)
    assert (task.spec, task.engine_version, task.rules_version) == ({"n": [0, 1, 2]}, ENGINE, "rules-1")
    (runs,) = desk.ended_runs(submitted.grid_id)
    paths = [run.cells_path for run in runs]
    assert paths[1] is None and paths[0] is not None and paths[2] is not None and paths[0] != paths[2]
    assert [run.content_hash for run in runs] == [f"hash-{submitted.run_ids[0]}", None, f"hash-{submitted.run_ids[2]}"]


def test_runs_come_page_by_page_in_grid_order(store: Store, desk: Desk, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aggregating, "PAGE", 3)
    _, submitted = submit_grid(store, desk, user, 7, 2)
    compute(desk)
    pages = list(desk.ended_runs(submitted.grid_id))
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [run.run_id for page in pages for run in page] == list(submitted.run_ids)
    assert [run.position for page in pages for run in page] == list(range(7))


def test_the_lease_is_kept_while_the_aggregator_works(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    _, submitted = submit_grid(store, desk, user, 2, 2)
    compute(desk)
    first = claimed(desk, submitted.grid_id)
    for _ in range(3):
        pass_time(admin, 40)
        assert desk.extend_aggregate(submitted.grid_id, first.attempt, 60)
        assert desk.claim_aggregate(submitted.grid_id) is None, "somebody works on it"
    pass_time(admin, 61)
    second = claimed(desk, submitted.grid_id)
    assert not desk.extend_aggregate(submitted.grid_id, first.attempt, 60), "it was silent for too long"
    assert desk.release_aggregate(submitted.grid_id, first.attempt).outcome == "lost"
    assert desk.finish_grid(submitted.grid_id, first.attempt, {"by": "first"}, []) == -1
    assert desk.extend_aggregate(submitted.grid_id, second.attempt, 60)
    assert desk.finish_grid(submitted.grid_id, second.attempt, {"by": "second"}, []) == 0
    assert not desk.extend_aggregate(submitted.grid_id, second.attempt, 60), "it is done"


def test_a_glance_at_the_lease_writes_nothing(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    _, submitted = submit_grid(store, desk, user, 2, 2)
    compute(desk)
    task = claimed(desk, submitted.grid_id)
    query = "select xmin::text from public.grids"
    before = admin.execute(query).fetchone()
    assert desk.extend_aggregate(submitted.grid_id, task.attempt, 60)
    assert admin.execute(query).fetchone() == before


def test_a_grid_that_is_given_back_waits_a_little(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    _, submitted = submit_grid(store, desk, user, 2, 2)
    compute(desk)
    released = desk.release_aggregate(submitted.grid_id, claimed(desk, submitted.grid_id).attempt)
    assert released.outcome == "retry" and 2 <= released.delay <= 4
    assert desk.claim_aggregate(submitted.grid_id) is None
    pass_time(admin, 4)
    assert claimed(desk, submitted.grid_id).attempts_left == 1


def test_a_grid_whose_aggregators_all_die_ends_with_its_counts(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    """It was rung for, and died over, for ever."""
    _, submitted = submit_grid(store, desk, user, 3, 1)
    compute(desk, lambda params: None if params["n"] == 1 else 1.0)
    for left in (2, 1, 0, -1):
        assert any(due.queue == "aggregate" for due in desk.sweep(ENGINE))
        assert claimed(desk, submitted.grid_id).attempts_left == left
        pass_time(admin, 61)
    assert not any(due.queue == "aggregate" for due in desk.sweep(ENGINE))
    grid = store.get_grid(user, submitted.grid_id)
    assert grid is not None and grid.summary is not None
    assert grid.status == "finished"
    assert grid.summary["counts"] == {"failed": 1, "succeeded": 2}
    assert grid.summary["best"] == {"return": None, "sharpe": None}
    assert "4 attempts" in grid.summary["errors"][0]["message"]
    assert desk.claim_aggregate(submitted.grid_id) is None


def test_an_aggregator_at_work_is_not_given_up(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    _, submitted = submit_grid(store, desk, user, 2, 2)
    compute(desk)
    for _ in range(3):
        claimed(desk, submitted.grid_id)
        pass_time(admin, 61)
    last = claimed(desk, submitted.grid_id)
    desk.sweep(ENGINE)
    assert desk.finish_grid(submitted.grid_id, last.attempt, {"by": "the last"}, []) == 0


# trials


def another_context(store: Store, user: str, name: str = "a strategy", identity: str = "identity-1", **context: Any) -> str:
    strategies = Strategies(store.database)
    version = strategies.create_strategy_version(user, name, f"name: {identity}", identity)
    return strategies.create_backtest(user, version.id, {"universe": ["000001.SZ"], "datasource_version": "sample:v1"} | context)


def submit(store: Store, desk: Desk, user: str, backtest_id: str, **facts: Any) -> str:
    submitted = store.submit(user, make_submission(backtest_id, **facts))
    assert desk.claim_plan(submitted.grid_id)
    desk.panel_ready(submitted.grid_id, "panels/p")
    compute(desk)
    return submitted.grid_id


def test_trials_are_the_different_combinations_of_a_family(store: Store, desk: Desk, user: str) -> None:
    backtest_id = another_context(store, user)
    first = submit(store, desk, user, backtest_id, count=4)
    figures = [0.0, 0.1, 0.2, 0.3]
    trials = desk.count_trials(first)
    assert (trials.count, trials.scope) == (4, "owner")
    assert trials.variance is not None and isclose(trials.variance, variance(figures) / SESSIONS_A_YEAR)

    larger = submit(store, desk, user, backtest_id, count=6)
    assert desk.count_trials(larger).count == desk.count_trials(first).count == 6, "four of them were tried before"
    submit(store, desk, user, backtest_id, count=1, per_block=1, mode="single", combinations=({"n": 77, "x": 7.7},))
    trials = desk.count_trials(first)
    assert trials.count == 7, "a single run is a trial too"
    assert trials.variance is not None and isclose(trials.variance, variance([*figures, 0.4, 0.5, 7.7]) / SESSIONS_A_YEAR)

    submit(store, desk, user, backtest_id, count=2, family="family-2")
    assert desk.count_trials(first).count == 7, "another idea"


@pytest.mark.parametrize(
    ("context", "new"),
    [
        ({}, 0),
        ({"benchmark": "000905.SH"}, 0),
        ({"datasource_version": "sample:v2"}, 0),
        ({"window": {"start": "2020-01-02", "end": "2021-01-04"}}, 3),
        ({"initial_cash": 5}, 3),
        ({"costs": {"commission": 0.1}}, 3),
        ({"identity": "identity-2"}, 3),
    ],
)
def test_newer_data_and_another_benchmark_are_no_new_trials(store: Store, desk: Desk, user: str, context: dict[str, Any], new: int) -> None:
    grid_id = submit(store, desk, user, another_context(store, user), count=3)
    submit(store, desk, user, another_context(store, user, **context), count=3)
    assert desk.count_trials(grid_id).count == 3 + new


def test_a_short_window_does_not_make_every_longer_one_look_like_luck(store: Store, desk: Desk, user: str) -> None:
    """Sharpe ratios of a month lie far apart: they are trials, but their variance is not that of ten years' ones."""
    decade, month = ({"start": start, "end": "2021-01-04"} for start in ("2011-01-04", "2020-12-01"))
    long = submit(store, desk, user, another_context(store, user, window=decade), count=4)
    alone = desk.count_trials(long)
    short = store.submit(user, make_submission(another_context(store, user, window=month), 4))
    assert desk.claim_plan(short.grid_id)
    desk.panel_ready(short.grid_id, "panels/p")
    compute(desk, lambda params: 100.0 * params["x"])
    both = desk.count_trials(long)
    assert (alone.count, both.count) == (4, 8)
    assert both.variance == alone.variance
    variance_of_short = desk.count_trials(short.grid_id).variance
    assert variance_of_short is not None and alone.variance is not None and isclose(variance_of_short, 1e4 * alone.variance)


def test_the_newest_result_of_a_combination_counts(store: Store, desk: Desk, user: str) -> None:
    backtest_id = another_context(store, user)
    grid_id = submit(store, desk, user, backtest_id, count=2)
    store.submit(user, make_submission(backtest_id, 2))
    again = store.submit(user, make_submission(backtest_id, 2, combinations=({"x": 0.0, "n": 0.0}, {"n": 1, "x": 0.1})))
    assert desk.claim_plan(again.grid_id)
    desk.panel_ready(again.grid_id, "panels/p")
    compute(desk, lambda params: 5.0 + params["n"])
    trials = desk.count_trials(grid_id)
    assert trials.count == 2, "0 and 0.0 are the same number, and the order of names says nothing"
    assert trials.variance is not None and isclose(trials.variance, variance([5.0, 6.0]) / SESSIONS_A_YEAR)


def test_what_failed_or_was_cancelled_or_waits_is_no_trial(store: Store, desk: Desk, user: str) -> None:
    _, submitted = submit_grid(store, desk, user, 4, 2)
    store.cancel_run(user, str(store.get_grid(user, submitted.grid_id).backtest_id), submitted.run_ids[3])  # type: ignore[union-attr]
    assert desk.count_trials(submitted.grid_id).count == 0
    compute(desk, lambda params: None if params["n"] == 0 else params["x"])
    trials = desk.count_trials(submitted.grid_id)
    assert trials.count == 2
    assert trials.variance is not None and isclose(trials.variance, variance([0.1, 0.2]) / SESSIONS_A_YEAR)


def test_a_trial_without_a_sharpe_ratio_is_counted_and_does_not_vary(store: Store, desk: Desk, user: str) -> None:
    _, submitted = submit_grid(store, desk, user, 2, 2)
    task = desk.claim_block("w", ENGINE, 30)
    assert task is not None
    results = [RunResult(task.run_ids[0], {"sharpe": None}, "a"), RunResult(task.run_ids[1], {"sharpe": 1.5}, "b")]
    desk.complete_block(task.block_id, task.attempt, results)
    trials = desk.count_trials(submitted.grid_id)
    assert (trials.count, trials.variance) == (2, None)


def test_trials_of_somebody_else_never_count(store: Store, desk: Desk, new_user: Callable[[], str]) -> None:
    mine, theirs = new_user(), new_user()
    grid_id = submit(store, desk, mine, another_context(store, mine), count=2)
    submit(store, desk, theirs, another_context(store, theirs), count=6)
    assert desk.count_trials(grid_id).count == 2


@pytest.mark.slow
def test_two_hundred_thousand_trials_are_counted_in_seconds(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id = another_context(store, user)
    grid_id = submit(store, desk, user, backtest_id, count=2)
    stats = {f"metric_{number}": number / 7 for number in range(40)}
    admin.execute("set session_replication_role = replica")  # no triggers: counting reads nothing of theirs, and they take twenty seconds
    admin.execute(
        """with made as (
            insert into public.grids (id, owner, backtest_id, mode, spec, panel, engine_version, rules_version, family, open_blocks, runs)
            select gen_random_uuid(), g.owner, g.backtest_id, g.mode, '{}', '{}', 'e', 'r', g.family, 0, 10000
            from public.grids g, generate_series(1, 20) where g.id = %s returning id, owner, backtest_id
        ), numbered as (select *, row_number() over () as number from made)
        insert into public.backtest_runs (id, owner, backtest_id, grid_id, position, status, params, identity, stats, finished_at)
        select gen_random_uuid(), m.owner, m.backtest_id, m.id, n, 'succeeded',
            json_build_object('n', n, 'x', m.number / 2), 'i', %s || jsonb_build_object('sharpe', n / 1000.0), now()
        from numbered m, generate_series(1, 10000) n""",
        (grid_id, Jsonb(stats)),
    )
    admin.execute("analyze public.grids, public.backtest_runs")
    begun = time.perf_counter()
    trials = desk.count_trials(grid_id)
    assert trials.count == 110_002 and time.perf_counter() - begun < 10
