"""What the owner has computed before answers them again: the very same as computing it anew, for the owner alone, whoever asks at once."""

import threading
from collections.abc import Callable, Iterator, Set
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datalake.sample import build_sample
from functions.identity import content_identity
from functions.jobs.desk import Desk
from functions.jobs.plan import Wanted
from functions.jobs.records import RunResult, Submitted
from functions.jobs.store import Store
from tests.functions.conftest import Servers
from tests.functions.platform import Platform, platform_of
from tests.functions.submissions import ENGINE, make_backtest, make_submission

SHOWN = "position, params::text, status, stats, content_hash, artifacts"


def submit(store: Store, user: str, backtest_id: str, numbers: list[int], per_block: int = 2, **facts: Any) -> Submitted:
    """A grid of these combinations, each with the identity that its number is."""
    submission = make_submission(
        backtest_id,
        len(numbers),
        per_block,
        combinations=tuple({"n": number} for number in numbers),
        identities=tuple(f"identity-{number}" for number in numbers),
        **{"reuse": True} | facts,
    )
    return store.submit(user, submission)


def compute(desk: Desk, submitted: Submitted, fails: Set[int] = frozenset(), engine: str = ENGINE) -> list[int]:
    """Plans and computes whatever waits: the numbers that were computed, in the order of their blocks. A result follows from its number."""
    if desk.claim_plan(submitted.grid_id):
        desk.panel_ready(submitted.grid_id, "panels/p.panel")
    computed = []
    while task := desk.claim_block("w", engine, 30):
        results = []
        for run_id, params in zip(task.run_ids, task.combinations, strict=True):
            number = int(params["n"])
            computed.append(number)
            if number in fails:
                results.append(RunResult(run_id, None, None, error={"code": "INVALID_INPUT", "message": "bad", "details": {}}))
            else:
                stats = {"return": number / 7, "sharpe": None if number % 3 else number / 3}
                results.append(RunResult(run_id, stats, content_identity(number), {"cells_path": f"cells/{task.owner}/x.cells"}))
        assert desk.complete_block(task.block_id, task.attempt, results).accepted
    return computed


def rows(admin: psycopg.Connection, submitted: Submitted, columns: str = SHOWN) -> list[tuple[Any, ...]]:
    return admin.execute(
        f"select {columns} from public.backtest_runs where grid_id = %s order by position", (submitted.grid_id,)
    ).fetchall()  # type: ignore[arg-type]


def events(admin: psycopg.Connection, submitted: Submitted) -> list[tuple[str, list[str], dict[str, Any]]]:
    told = admin.execute("select body from public.outbox where body ->> 'grid_id' = %s order by number", (submitted.grid_id,)).fetchall()
    return [(body["event"].removeprefix("run."), body["run_ids"], body["details"]) for (body,) in told]


def test_only_new_cells_are_computed_and_the_others_are_there_at_once(
    store: Store, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    backtest_id = make_backtest(store, user)
    first = submit(store, user, backtest_id, [0, 1, 2, 3])
    assert first.reused == 0 and first.bell == "plan" and compute(desk, first) == [0, 1, 2, 3]
    second = submit(store, user, backtest_id, [9, 1, 8, 3, 7, 6])
    assert second.reused == 2 and second.bell == "plan"
    assert [row[0] for row in rows(admin, second, "status")] == ["queued", "succeeded", "queued", "succeeded", "queued", "queued"]
    by_position = dict(enumerate(second.run_ids))
    assert [(event, runs) for event, runs, _ in events(admin, second)] == [
        ("enqueued", [by_position[1], by_position[3]]),
        ("succeeded", [by_position[1], by_position[3]]),
        ("enqueued", [by_position[0], by_position[2]]),
        ("enqueued", [by_position[4], by_position[5]]),
    ]
    assert events(admin, second)[1][2] == {"reused": True}
    blocks = admin.execute(
        "select first_position, last_position from public.run_blocks where grid_id = %s order by id", (second.grid_id,)
    ).fetchall()
    assert blocks == [(0, 3), (4, 6)], "cut over what is new"
    assert compute(desk, second) == [9, 8, 7, 6]
    assert rows(admin, second, "reused_from::text") == [(None,), (first.run_ids[1],), (None,), (first.run_ids[3],), (None,), (None,)]
    task = desk.claim_aggregate(second.grid_id)
    assert task is not None
    grid = store.get_grid(user, second.grid_id)
    assert grid is not None and grid.counts == {"succeeded": 6} and grid.reused == 2


def test_where_all_is_known_nothing_is_planned(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id = make_backtest(store, user)
    compute(desk, submit(store, user, backtest_id, [0, 1, 2]))
    again = submit(store, user, backtest_id, [2, 1])
    assert (again.reused, again.bell) == (2, "aggregate") and desk.claim_plan(again.grid_id) is None and compute(desk, again) == []
    task = desk.claim_aggregate(again.grid_id)
    assert task is not None
    assert desk.finish_grid(again.grid_id, task.attempt, {"best": {"return": None}}, [again.run_ids[0]]) == 1
    account = desk.claim_block("w", ENGINE, 30)
    assert account is not None and account.run_ids == (again.run_ids[0],) and account.panel_key == "panels/p.panel"
    grid = store.get_grid(user, again.grid_id)
    assert grid is not None and (grid.status, grid.started_at) == ("finished", None) and grid.finished_at is not None


def test_an_account_of_a_submission_that_never_was_planned_waits_for_its_panel(
    store: Store, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    backtest_id = make_backtest(store, user)
    compute(desk, submit(store, user, backtest_id, [0]))
    again = submit(store, user, backtest_id, [0])
    admin.execute("update public.grids set planned_at = null, panel_key = null where id = %s", (again.grid_id,))
    assert store.request_ledger(user, again.run_ids[0]) and desk.claim_block("w", ENGINE, 30) is None
    assert [(due.queue, due.grid_id) for due in desk.sweep(ENGINE) if due.queue == "plan"] == [("plan", again.grid_id)]
    assert desk.claim_plan(again.grid_id) and desk.panel_ready(again.grid_id, "panels/p.panel") == 1
    account = desk.claim_block("w", ENGINE, 30)
    assert account is not None and account.run_ids == again.run_ids


def test_nothing_answers_that_is_not_whole(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    """Failed, cancelled and partial runs, and for a single run a cell without its account."""
    backtest_id = make_backtest(store, user)
    first = submit(store, user, backtest_id, [0, 1, 2, 3], per_block=1)
    store.cancel_run(user, backtest_id, first.run_ids[2])
    compute(desk, first, fails={1})
    admin.execute(
        """update public.backtest_runs set artifacts = '{"trades_path": "artifacts/o/r/trades.csv"}' where id = any (%s)""",
        ([UUID(run_id) for run_id in first.run_ids[1:3]],),
    )
    again = submit(store, user, backtest_id, [0, 1, 2, 3])
    assert [row[0] for row in rows(admin, again, "status")] == ["succeeded", "queued", "queued", "succeeded"]
    store.cancel_grid(user, again.grid_id)
    for number in range(4):
        assert submit(store, user, backtest_id, [number], mode="single").reused == 0, "none has an account"


def test_a_single_run_is_answered_from_a_cell_with_an_account_and_a_cell_only_from_a_cell(
    store: Store, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    backtest_id = make_backtest(store, user)
    cell = submit(store, user, backtest_id, [5])
    compute(desk, cell)
    assert store.request_ledger(user, cell.run_ids[0])
    task = desk.claim_block("w", ENGINE, 30)
    assert task is not None
    path = f"artifacts/{user}/{cell.run_ids[0]}/trades.csv"
    (answered,) = submit(store, user, backtest_id, [5]).run_ids
    admin.execute("insert into public.artifacts values (%s, %s, 'trades_path', %s, 7, %s)", (cell.run_ids[0], user, path, "a" * 64))
    admin.execute(
        "insert into public.equity_curves values (%s, %s, %s, '{20240102, 20240103}', '{1000, 1010}', 990)",
        (cell.run_ids[0], user, backtest_id),
    )
    result = RunResult(cell.run_ids[0], None, content_identity(5), {"trades_path": path})
    assert desk.complete_block(task.block_id, task.attempt, [result]).accepted
    single = submit(store, user, backtest_id, [5], mode="single")
    assert single.reused == 1
    run = store.get_run(user, backtest_id, single.run_ids[0])
    assert run is not None and run.artifacts == {"cells_path": f"cells/{user}/x.cells", "trades_path": path} and run.progress == 100
    for table, columns in (
        ("artifacts", "key, path, bytes, sha256"),
        ("equity_curves", "sessions, equity, initial_cash, backtest_id::text"),
    ):
        both = admin.execute(
            f"select {columns} from public.{table} where run_id = any (%s::uuid[])",
            ([cell.run_ids[0], single.run_ids[0]],),  # type: ignore[arg-type]
        ).fetchall()
        assert len(both) == 2 and both[0] == both[1], table
    assert admin.execute("select count(*) from public.artifacts where run_id = %s", (answered,)).fetchone() == (0,)
    admin.execute("update public.backtest_runs set artifacts = artifacts - 'cells_path' where owner = %s", (user,))
    assert submit(store, user, backtest_id, [5]).reused == 0


@pytest.mark.parametrize("facts", [{"reuse": False}, {"early_stop": {"metric": "return", "mode": "max", "patience": 1}}])
def test_whoever_wants_it_anew_or_in_order_gets_it_computed(store: Store, desk: Desk, user: str, facts: dict[str, Any]) -> None:
    backtest_id = make_backtest(store, user)
    compute(desk, submit(store, user, backtest_id, [0, 1]))
    again = submit(store, user, backtest_id, [0, 1], **facts)
    assert again.reused == 0 and again.bell == "plan"


def test_two_who_submit_the_same_at_once_both_get_all_of_it(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    """While the first ones are computed there is nothing to answer with; each of them is whole all the same."""
    backtest_id = make_backtest(store, user)
    compute(desk, submit(store, user, backtest_id, [0, 1]))
    numbers, made = list(range(40)), list[Submitted]()
    start = threading.Barrier(6)

    def ask() -> None:
        start.wait()
        made.append(submit(store, user, backtest_id, numbers, per_block=7))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [each.reused for each in made] == [2] * 6
    for each in made:
        compute(desk, each)
    tables = [rows(admin, each) for each in made]
    assert all(table == tables[0] for table in tables) and len(tables[0]) == 40
    assert submit(store, user, backtest_id, numbers).reused == 40


GRIDS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.lists(st.integers(0, 9), min_size=1, max_size=8, unique=True),
        st.integers(1, 4),
        st.integers(1, 3),
        st.booleans(),
    ),
    min_size=2,
    max_size=5,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(grids=GRIDS, fails=st.sets(st.integers(0, 9), max_size=2))
def test_any_overlap_of_grids_gives_the_table_of_computing_anew(
    store: Store, desk: Desk, new_user: Callable[[], str], admin: psycopg.Connection, grids: list[Any], fails: set[int]
) -> None:
    """Two owners and two engines; what is computed is what this owner did not have of this engine, and nothing else."""
    users = new_user(), new_user()
    backtests = [make_backtest(store, user) for user in users]
    known: dict[tuple[int, str], set[int]] = {}
    for who, numbers, per_block, workers, other in grids:
        engine = "engine-2" if other else ENGINE
        facts: dict[str, Any] = {
            "engine_version": engine,
            "combinations": tuple({"n": number} for number in numbers),
            "identities": tuple(content_identity([number, engine]) for number in numbers),
            "workers": workers,
        }
        before = known.setdefault((who, engine), set())
        submission = make_submission(backtests[who], len(numbers), per_block, reuse=True, **facts)
        made = store.submit(users[who], submission)
        assert made.reused == len(before & set(numbers))
        new = [number for number in numbers if number not in before]
        assert compute(desk, made, fails, engine) == new
        sizes = admin.execute(
            """select count(r.*) from public.run_blocks b join public.backtest_runs r on r.grid_id = b.grid_id and r.reused_from is null
            and r.position >= b.first_position and r.position < b.last_position where b.grid_id = %s group by b.id order by b.id""",
            (made.grid_id,),
        ).fetchall()
        size = max(1, min(per_block, len(new) // workers))
        assert [count for (count,) in sizes] == [len(new[first : first + size]) for first in range(0, len(new), size)]
        anew = store.submit(users[who], make_submission(backtests[who], len(numbers), per_block, reuse=False, **facts))
        assert compute(desk, anew, fails, engine) == numbers
        assert rows(admin, made) == rows(admin, anew)
        assert admin.execute(
            "select count(*) from public.backtest_runs a join public.backtest_runs o on o.id = a.reused_from where a.owner <> o.owner"
        ).fetchone() == (0,)
        before |= set(numbers) - fails


@pytest.fixture
def platform(tmp_path: Path, aws: str, desk: Desk, servers: Servers) -> Iterator[Platform]:
    lake = (tmp_path / "lake").as_uri()
    build_sample(lake)
    with platform_of(servers.login, aws, lake, tmp_path) as platform:
        yield platform


def test_a_grid_of_old_and_new_cells_is_what_it_is_when_all_are_computed(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    """By the real engine: figures, curves, diagnosis and best accounts; then all of it once more for somebody else."""
    backtest_id = platform.backtest(user)

    def through(spec: dict[str, Any], **wanted: Any) -> Submitted:
        made = platform.submit(user, platform.plan(user, backtest_id, Wanted("grid", spec, **wanted)).submission)
        platform.run()
        return made

    some = through({"ma_short": [3, 5, 8], "ma_long": [20]})
    mixed = through({"ma_short": [2, 3, 5], "ma_long": [10, 20, 40]})
    anew = through({"ma_short": [2, 3, 5], "ma_long": [10, 20, 40]}, reuse=False)
    assert (some.reused, mixed.reused, anew.reused) == (0, 2, 0)
    columns = "position, params::text, status, stats, content_hash"
    assert rows(admin, mixed, columns) == rows(admin, anew, columns)
    summaries = []
    for made in (mixed, anew):
        grid = platform.house.store.get_grid(user, made.grid_id)
        assert grid is not None and grid.summary is not None and grid.status == "finished"
        told = {run_id: number for number, run_id in enumerate(made.run_ids)}
        diagnosis = grid.summary["diagnosis"]
        best = {metric: row["params"] for metric, row in grid.summary["best"].items()}
        summaries.append((grid.summary["counts"], best, told[diagnosis["best_run_id"]], diagnosis["verdict"], diagnosis["indicators"]))
    assert summaries[0] == summaries[1]
    all_of_it = through({"ma_short": [2, 3, 5], "ma_long": [10, 20, 40]})
    assert all_of_it.reused == 9
    single = platform.submit(user, platform.plan(user, backtest_id, Wanted("single", {"ma_short": 3, "ma_long": 20})).submission)
    platform.run()
    run = platform.house.store.get_run(user, backtest_id, single.run_ids[0])
    assert single.reused == 1 and run is not None and run.status == "succeeded" and "trades_path" in run.artifacts
    assert platform.house.results.get_artifact(run.artifacts["trades_path"])
