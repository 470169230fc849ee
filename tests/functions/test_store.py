import base64
import json
import uuid
from typing import Any

import psycopg
import pytest

from engine.statistics.metrics import METRICS
from functions.errors import ApiError
from functions.jobs.database import Database
from functions.jobs.desk import Desk
from functions.jobs.records import Submitted
from functions.jobs.store import Answer, Store
from functions.stores.requests import Requests
from tests.functions.submissions import ENGINE, make_backtest, make_submission, results_of, submit_grid

NOWHERE = str(uuid.uuid5(uuid.NAMESPACE_OID, "nowhere"))  # fixed: names of tests must be the same in every process


NOW = "2024-01-01T00:00:00+00:00"


def forged(*place: Any, sort: str = "position") -> str:
    """A cursor that no answer has given."""
    return base64.urlsafe_b64encode(json.dumps([sort, *place]).encode()).decode().rstrip("=")


def test_submitting_writes_runs_in_grid_order(store: Store, desk: Desk, user: str) -> None:
    backtest_id = make_backtest(store, user)
    submitted = store.submit(user, make_submission(backtest_id, 7, 3))
    runs, cursor = store.list_runs(user, backtest_id)
    assert cursor is None
    assert [run.id for run in runs] == list(submitted.run_ids)
    assert [run.params for run in runs] == [{"n": n, "x": n / 10} for n in range(7)]
    assert {run.status for run in runs} == {"queued"}
    grid = store.get_grid(user, submitted.grid_id)
    assert grid is not None
    assert (grid.status, grid.counts, grid.mode) == ("queued", {"queued": 7}, "grid")


def test_ten_thousand_runs_are_submitted_at_once(store: Store, desk: Desk, user: str) -> None:
    backtest_id = make_backtest(store, user)
    submitted = store.submit(user, make_submission(backtest_id, 10_000, 500))
    grid = store.get_grid(user, submitted.grid_id)
    assert grid is not None
    assert grid.counts == {"queued": 10_000}


@pytest.mark.parametrize(
    "wrong",
    [
        {"block_runs": 0},
        {"workers": 0},
        {"identities": ("a",)},
        {"mode": "single"},
        {"combinations": (), "identities": ()},
        {"priority": 11},
    ],
)
def test_a_submission_that_makes_no_sense_is_refused(store: Store, desk: Desk, user: str, wrong: dict[str, object]) -> None:
    backtest_id = make_backtest(store, user)
    with pytest.raises((ApiError, psycopg.errors.CheckViolation)):
        store.submit(user, make_submission(backtest_id, **wrong))
    assert store.list_runs(user, backtest_id) == ([], None)


def test_a_failure_in_the_middle_of_submitting_leaves_nothing(
    store: Store, requests: Requests, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    backtest_id = make_backtest(store, user)
    key = str(uuid.uuid4())
    assert requests.begin_idempotent(user, key, "hash").state == "new"

    def fail(submitted: Submitted) -> bytes:
        raise RuntimeError("the answer could not be written")

    with pytest.raises(RuntimeError):
        store.submit(user, make_submission(backtest_id), Answer(key, 202, fail))
    for table in ("grids", "backtest_runs", "run_blocks", "outbox"):
        assert admin.execute(f"select count(*) from public.{table}").fetchone() == (0,), table
    assert requests.begin_idempotent(user, key, "hash").state == "running"


def test_the_answer_is_stored_with_what_it_answers(store: Store, requests: Requests, desk: Desk, user: str) -> None:
    backtest_id = make_backtest(store, user)
    key = str(uuid.uuid4())
    assert requests.begin_idempotent(user, key, "hash").state == "new"
    submitted = store.submit(user, make_submission(backtest_id), Answer(key, 202, lambda done: done.grid_id.encode()))
    stored = requests.begin_idempotent(user, key, "hash")
    assert (stored.state, stored.status, stored.body) == ("done", 202, submitted.grid_id.encode())


def test_a_call_that_was_thought_dead_submitted_a_second_time(
    store: Store, requests: Requests, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    key = str(uuid.uuid4())
    backtest_id = make_backtest(store, user)
    assert requests.begin_idempotent(user, key, "a").state == "new"
    admin.execute("update public.idempotency set created_at = now() - interval '61 seconds'")
    assert requests.begin_idempotent(user, key, "a").state == "new", "a second call takes the key"
    answer = Answer(key, 202, lambda submitted: b"")
    store.submit(user, make_submission(backtest_id, 1, 1), answer)
    with pytest.raises(ApiError) as error:
        store.submit(user, make_submission(backtest_id, 1, 1), answer)
    assert error.value.code == "CONFLICT"
    assert len(store.list_runs(user, backtest_id)[0]) == 1


def test_runs_sort_by_metric_with_unknowns_last_and_page_without_gaps(store: Store, desk: Desk, user: str) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, count=9, per_block=9)
    task = desk.claim_block("w", ENGINE, 30)
    assert task is not None
    values = [0.3, None, -0.2, 0.3, 0.1, None, 0.9, 0.0, -5.5]
    results = [result for run, value in zip(submitted.run_ids, values, strict=True) for result in results_of([run], sharpe=value)]
    assert desk.complete_block(task.block_id, task.attempt, results).accepted

    def walk(sort: str) -> list[int]:
        seen: list[int] = []
        cursor = None
        while True:
            items, cursor = store.list_runs(user, backtest_id, grid_id=submitted.grid_id, sort=sort, limit=2, cursor=cursor)
            seen += [item.position for item in items]
            if cursor is None:
                return seen

    assert walk("-stats.sharpe") == [6, 0, 3, 4, 7, 2, 8, 1, 5]
    assert walk("stats.sharpe") == [8, 2, 7, 4, 0, 3, 6, 1, 5]
    assert walk("-params.n") == list(range(9))[::-1]
    assert walk("position") == list(range(9))
    assert walk("-position") == list(range(9))[::-1]
    assert walk("finished_at") == list(range(9))
    assert walk("-finished_at") == list(range(9))
    assert walk("-stats.alpha") == list(range(9)), "of runs without it, as they were made"
    assert walk("params.nothing") == list(range(9))
    assert store.list_runs(user, backtest_id, status="failed") == ([], None)


@pytest.mark.parametrize(
    ("sort", "cursor"),
    [
        ("secret", None),
        ("stats.a;drop", None),
        ("stats.", None),
        ("stats.nothing", None),
        ("position", "%%%"),
        ("position", "WzFd"),
        ("position", "bm8"),
        ("position", forged(None, NOW, 2**31, NOWHERE)),
        ("position", forged(None, NOW, -1, NOWHERE)),
        ("position", forged(None, NOW, float("inf"), NOWHERE)),
        ("position", forged(None, NOW, 1, "-" * 36)),
        ("position", forged(None, NOW, 1, 7)),
        ("position", forged(None, 10**400, 1, NOWHERE)),
        ("position", forged(None, "2024-01-01T00:00:00", 1, NOWHERE)),
        ("position", forged("1.0", NOW, 1, NOWHERE)),
        ("stats.sharpe", forged([], NOW, 1, NOWHERE, sort="stats.sharpe")),
        ("finished_at", forged("1.0", NOW, 1, NOWHERE, sort="finished_at")),
    ],
)
def test_bad_sorts_and_cursors_are_refused(store: Store, desk: Desk, user: str, sort: str, cursor: str | None) -> None:
    with pytest.raises(ApiError) as error:
        store.list_runs(user, make_backtest(store, user), sort=sort, cursor=cursor)
    assert error.value.code == "INVALID_INPUT"


def test_a_cursor_belongs_to_one_order(store: Store, desk: Desk, user: str) -> None:
    backtest_id, _ = submit_grid(store, desk, user)
    _, cursor = store.list_runs(user, backtest_id, limit=1)
    with pytest.raises(ApiError):
        store.list_runs(user, backtest_id, limit=1, sort="-stats.sharpe", cursor=cursor)


def test_pages_by_a_metric_go_over_queued_runs_and_others_grids(store: Store, desk: Desk, user: str) -> None:
    backtest_id, first = submit_grid(store, desk, user, count=7, per_block=4)
    task = desk.claim_block("w", ENGINE, 30)
    assert task is not None
    results = [result for number, run in enumerate(task.run_ids) for result in results_of([run], sharpe=float(number % 2), pnl=1.0)]
    assert desk.complete_block(task.block_id, task.attempt, results).accepted
    second = store.submit(user, make_submission(backtest_id, 2))

    def walk(**wanted: Any) -> list[str]:
        seen, cursor = list[str](), None
        while True:
            items, cursor = store.list_runs(user, backtest_id, limit=3, cursor=cursor, **wanted)
            seen += [item.id for item in items]
            if cursor is None:
                return seen

    ranked = [first.run_ids[place] for place in (1, 3, 0, 2)]
    assert walk(sort="-stats.sharpe") == [*ranked, *first.run_ids[4:], *second.run_ids]
    assert walk(sort="-stats.sharpe", status="succeeded") == ranked
    assert walk(sort="stats.sharpe", status="queued", grid_id=first.grid_id) == list(first.run_ids[4:])
    assert walk(sort="stats.pnl", grid_id=second.grid_id) == list(second.run_ids)
    assert walk(sort="-position") == [*first.run_ids, *second.run_ids][::-1]
    assert walk(sort="-created_at") == [*second.run_ids, *first.run_ids]
    assert walk(sort="-started_at")[:4] == list(first.run_ids[:4])


def test_the_figures_of_every_metric_have_a_column(admin: psycopg.Connection) -> None:
    rows = admin.execute(
        "select column_name from information_schema.columns where table_name = 'metrics' and data_type = 'double precision'"
    ).fetchall()
    assert sorted(name for (name,) in rows) == sorted(metric.key for metric in METRICS)


def test_a_database_that_is_not_there_is_said_so() -> None:
    database = Database("postgresql://nobody:nothing@127.0.0.1:1/none", timeout=1)
    try:
        with pytest.raises(ApiError) as error:
            Store(database).get_grid(NOWHERE, NOWHERE)
        assert error.value.code == "UPSTREAM_ERROR"
        assert "nothing" not in str(error.value)
    finally:
        database.close()
