"""What whoever looks with SQL sees: daily returns and summaries of strategies, of their own things alone."""

from collections.abc import Callable

import psycopg
import pytest

from functions.jobs.database import Database
from functions.jobs.desk import Desk
from functions.jobs.records import Curve, RunResult
from functions.jobs.store import Store
from functions.jobs.summary import Tally
from tests.functions.submissions import ENGINE, make_backtest, make_submission, results_of

CURVE = Curve((20240102, 20240103, 20240104, 20240105), (1_010_000, 999_900, 0, 0), 1_000_000)


@pytest.fixture
def run(store: Store, desk: Desk, user: str) -> tuple[str, str]:
    """Backtest and run of a single run with a full account."""
    backtest_id = make_backtest(store, user)
    submitted = store.submit(user, make_submission(backtest_id, 1, 1, mode="single"))
    desk.claim_plan(submitted.grid_id)
    desk.panel_ready(submitted.grid_id, "panels/p.panel")
    task = desk.claim_block("w", ENGINE, 30)
    assert task is not None and task.kind == "ledgers"
    (run_id,) = submitted.run_ids
    result = RunResult(run_id, {"return": -1.0}, "hash", {"trades_path": "x"}, curve=CURVE)
    assert desk.complete_block(task.block_id, task.attempt, [result]).accepted
    return backtest_id, run_id


def test_daily_returns_are_of_the_close_before_and_the_first_of_the_initial_cash(
    database: Database, run: tuple[str, str], user: str, new_user: Callable[[], str]
) -> None:
    query = "select session, equity_yuan::float8, daily_return from public.backtest_daily_returns where run_id = %s order by session"
    with database.as_user(user) as connection:
        rows = [(str(row["session"]), row["equity_yuan"], row["daily_return"]) for row in connection.execute(query, (run[1],))]
    assert rows == [
        ("2024-01-02", 1010.0, pytest.approx(0.01)),
        ("2024-01-03", 999.9, pytest.approx(-0.01)),
        ("2024-01-04", 0.0, -1.0),
        ("2024-01-05", 0.0, None),
    ]
    with database.as_user(new_user()) as connection:
        assert connection.execute(query, (run[1],)).fetchall() == []
        assert connection.execute("select from public.backtest_daily_returns").fetchall() == []


def test_accounts_that_are_made_later_bring_their_curve_once(
    store: Store, desk: Desk, user: str, database: Database, admin: psycopg.Connection
) -> None:
    backtest_id = make_backtest(store, user)
    submitted = store.submit(user, make_submission(backtest_id, 2, 2))
    desk.claim_plan(submitted.grid_id)
    desk.panel_ready(submitted.grid_id, "panels/p.panel")
    task = desk.claim_block("w", ENGINE, 30)
    assert task is not None
    desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids))
    assert admin.execute("select count(*) from public.equity_curves where backtest_id = %s", (backtest_id,)).fetchone() == (0,)
    assert store.request_ledger(user, task.run_ids[1])
    account = desk.claim_block("w", ENGINE, 30)
    assert account is not None
    done = RunResult(task.run_ids[1], {"return": 0.1}, f"hash-{task.run_ids[1]}", {"trades_path": "x"}, curve=CURVE)
    assert desk.complete_block(account.block_id, account.attempt, [done]).accepted
    with database.as_user(user) as connection:
        (row,) = connection.execute("select run_id::text, equity from public.equity_curves").fetchall()
    assert row == {"run_id": task.run_ids[1], "equity": list(CURVE.equity)}


def test_a_strategy_is_summed_up_over_its_versions_and_submissions(
    store: Store, desk: Desk, user: str, database: Database, new_user: Callable[[], str], run: tuple[str, str]
) -> None:
    task = desk.claim_aggregate(store_grid(store, user, run[1]), 30)
    assert task is not None
    tally = Tally()
    for runs in desk.ended_runs(task.grid_id):
        tally.add(runs)
    desk.finish_grid(task.grid_id, task.attempt, tally.summary(task.skipped), [])
    store.submit(user, make_submission(run[0], 5))
    query = "select name, versions, backtests, submissions, runs, best_return, best_sharpe from public.strategy_summaries"
    with database.as_user(user) as connection:
        (row,) = connection.execute(query).fetchall()
    assert row == {
        "name": "a strategy", "versions": 1, "backtests": 1, "submissions": 2, "runs": 6, "best_return": -1.0, "best_sharpe": None,
    }  # fmt: skip
    make_backtest(store, other := new_user())
    with database.as_user(other) as connection:
        (row,) = connection.execute(query).fetchall()
    assert (row["submissions"], row["runs"], row["best_return"]) == (0, 0, None)


@pytest.mark.parametrize("view", ["backtest_daily_returns", "strategy_summaries"])
def test_strangers_and_workers_see_no_view(database: Database, run: object, view: str) -> None:
    for transaction in (database.as_stranger(), database.as_worker()):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction as connection:
            connection.execute(f"select * from public.{view}")


def store_grid(store: Store, user: str, run_id: str) -> str:
    run = store.get_run(user, None, run_id)
    assert run is not None
    return run.grid_id
