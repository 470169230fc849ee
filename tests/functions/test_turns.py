"""Who is served next, where many wait: shares by weight, small things first, nobody for ever last."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.jobs.database import Database
from functions.jobs.desk import Desk
from functions.jobs.records import BlockTask, Submitted
from functions.jobs.store import Store
from tests.functions.submissions import ENGINE, make_backtest, make_submission, results_of
from tests.naive_turns import Turns, Waiting

PEOPLE = 4


def submit(store: Store, desk: Desk, user: str, blocks: int, priority: int = 5, *, per_block: int = 1) -> Submitted:
    """A grid of so many blocks whose panel is ready; 0: a single run."""
    count = blocks * per_block or 1
    new = tuple(str(uuid4()) for _ in range(count))
    mode = "grid" if blocks else "single"
    submitted = store.submit(
        user, make_submission(make_backtest(store, user), count, per_block, mode=mode, identities=new, priority=priority)
    )
    desk.panel_ready(submitted.grid_id, "panels/p.panel")
    return submitted


def claims(desk: Desk, count: int) -> list[BlockTask]:
    found = [desk.claim_block("w", ENGINE, 30) for _ in range(count)]
    return [task for task in found if task is not None]


def give_plan(admin: psycopg.Connection, user: str, plan: str) -> None:
    admin.execute(
        "insert into public.profiles (owner, plan) values (%s, %s) on conflict (owner) do update set plan = excluded.plan", (user, plan)
    )


def test_a_single_run_comes_next_behind_ten_thousand_combinations(store: Store, desk: Desk, new_user: Callable[[], str]) -> None:
    busy, quick = new_user(), new_user()
    submit(store, desk, busy, 10, per_block=1000)
    assert [task.owner for task in claims(desk, 2)] == [busy] * 2
    submit(store, desk, quick, 0)
    assert [task.owner for task in claims(desk, 2)] == [quick, busy]


def test_ten_users_grids_advance_together(store: Store, desk: Desk, new_user: Callable[[], str]) -> None:
    users = [new_user() for _ in range(10)]
    for user in users:
        submit(store, desk, user, 6)
    had: Counter[str] = Counter(dict.fromkeys(users, 0))
    for task in claims(desk, 60):
        had[task.owner] += 1
        assert max(had.values()) - min(had.values()) <= 1
    assert set(had.values()) == {6}


def test_who_comes_later_does_not_wait_for_who_came_first(store: Store, desk: Desk, new_user: Callable[[], str]) -> None:
    early, late = new_user(), new_user()
    submit(store, desk, early, 30)
    claims(desk, 20)
    submit(store, desk, late, 5)
    owners = Counter(task.owner for task in claims(desk, 10))
    assert owners == {early: 5, late: 5}, "neither pays for the time in which the other was alone"


def test_nobody_saves_up_turns_while_having_nothing_to_do(store: Store, desk: Desk, new_user: Callable[[], str]) -> None:
    idle, busy = new_user(), new_user()
    submit(store, desk, idle, 1)
    submit(store, desk, busy, 40)
    claims(desk, 25)
    submit(store, desk, idle, 10)
    owners = [task.owner for task in claims(desk, 12)]
    assert owners.count(idle) == 6
    assert all(one != other for one, other in pairwise(owners)), "in turn"


def test_people_share_by_the_weight_of_their_plan(store: Store, desk: Desk, new_user: Callable[[], str], admin: psycopg.Connection) -> None:
    free, pro = new_user(), new_user()
    give_plan(admin, pro, "pro")
    submit(store, desk, free, 20)
    submit(store, desk, pro, 20)
    assert Counter(task.owner for task in claims(desk, 20)) == {pro: 16, free: 4}, "pro weighs four"


def test_a_plan_without_a_sensible_weight_stops_nobody(
    store: Store, desk: Desk, new_user: Callable[[], str], admin: psycopg.Connection
) -> None:
    user = new_user()
    give_plan(admin, user, "pro")
    try:
        for value in ("0", "-3", "null"):
            admin.execute(
                "update public.system_config set value = jsonb_set(value, '{weight}', %s::jsonb) where name = 'plan/pro'", (value,)
            )
            submit(store, desk, user, 1)
            assert len(claims(desk, 1)) == 1
    finally:
        admin.execute("update public.system_config set value = jsonb_set(value, '{weight}', '4') where name = 'plan/pro'")


def test_many_single_runs_of_one_user_do_not_keep_a_grid_waiting(store: Store, desk: Desk, new_user: Callable[[], str]) -> None:
    many, grid = new_user(), new_user()
    submit(store, desk, grid, 4)
    for _ in range(45):
        submit(store, desk, many, 0)
    owners = [task.owner for task in claims(desk, 40)]
    waits = [place for place, owner in enumerate(owners) if owner == grid]
    assert waits[0] >= 8, "small things come first"
    assert max(after - before for before, after in pairwise([0, *waits])) <= 12, "ten of them weigh as much as a block"


def test_everybodys_accounts_that_nobody_waits_for_come_last(store: Store, desk: Desk, new_user: Callable[[], str]) -> None:
    done, busy = new_user(), new_user()
    submitted = submit(store, desk, done, 1, per_block=3)
    (task,) = claims(desk, 1)
    assert desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids)).ready_to_aggregate
    aggregate = desk.claim_aggregate(submitted.grid_id)
    assert aggregate is not None
    assert desk.finish_grid(submitted.grid_id, aggregate.attempt, {}, submitted.run_ids) == 3
    submit(store, desk, busy, 4)
    assert store.request_ledger(done, submitted.run_ids[1]), "somebody looks at this one"
    found = claims(desk, 8)
    assert [task.owner for task in found] == [busy, done, *[busy] * 3, done, done]
    assert found[1].run_ids == submitted.run_ids[1:2]


def test_grids_of_one_person_are_computed_in_order_and_the_urgent_one_first(store: Store, desk: Desk, user: str) -> None:
    first, second, urgent = (submit(store, desk, user, 2, priority) for priority in (5, 5, 1))
    single = submit(store, desk, user, 0)
    assert [task.grid_id for task in claims(desk, 7)] == [
        *[urgent.grid_id] * 2, single.grid_id, *[first.grid_id] * 2, *[second.grid_id] * 2,
    ]  # fmt: skip


def test_a_block_that_is_tried_again_is_paid_for_again(
    store: Store, desk: Desk, new_user: Callable[[], str], admin: psycopg.Connection
) -> None:
    poison, other = new_user(), new_user()
    submit(store, desk, poison, 1)
    submit(store, desk, other, 3)
    owners = []
    for _ in range(4):
        (task,) = claims(desk, 1)
        owners.append(task.owner)
        if task.owner == poison:
            desk.release_block(task.block_id, task.attempt, {"code": "X", "message": "m", "details": {}}, retriable=True)
            admin.execute("update public.run_blocks set not_before = now() where status = 'ready'")
    assert owners == [poison, other, poison, other]


Step = tuple[str, int, int, int]
"""What, by whom, how many blocks, with which priority."""
STEPS = st.one_of(
    st.tuples(st.just("submit"), st.integers(0, PEOPLE - 1), st.integers(0, 3), st.integers(3, 9)),
    st.tuples(st.sampled_from(["claim", "claim", "finish"]), st.just(0), st.just(0), st.just(0)),
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=6, max_size=30), pro=st.integers(0, PEOPLE))
def test_claims_come_in_the_order_of_the_slow_twin(
    steps: list[Step], pro: int, store: Store, database: Database, new_user: Callable[[], str], admin: psycopg.Connection
) -> None:
    """Also where grids end between claims, and their best runs' accounts are asked for."""
    admin.execute("truncate public.strategies, public.outbox cascade")
    desk, people = Desk(database), [new_user() for _ in range(PEOPLE)]
    for user in people[:pro]:
        give_plan(admin, user, "pro")
    twin = Turns(dict.fromkeys(people[:pro], 4.0))
    waiting: list[Waiting] = []
    leased: list[BlockTask] = []
    for what, who, blocks, priority in [*steps, *[("claim", 0, 0, 0)] * 12]:
        if what == "submit":
            submit(store, desk, people[who], blocks, priority, per_block=2)
            waiting = _waiting(admin, waiting, twin.now)
        elif what == "claim":
            expected = twin.claim(waiting)
            task = desk.claim_block("w", ENGINE, 30)
            assert (task and task.block_id) == (expected and expected.age)
            waiting = [block for block in waiting if block is not expected]
            leased += [task] if task else []
        elif leased:
            _finish(desk, leased.pop(0), admin)
            waiting = _waiting(admin, waiting, twin.now)


def _waiting(admin: psycopg.Connection, known: list[Waiting], now: float) -> list[Waiting]:
    """What is new waits since now."""
    rows = admin.execute(
        "select owner::text, kind, priority, id, not decides and priority = 9 from public.run_blocks where status = 'ready'"
    ).fetchall()
    since = {block.age: block.since for block in known}
    return [Waiting(owner, kind, priority, age, since.get(age, now), spare) for owner, kind, priority, age, spare in rows]


def _finish(desk: Desk, task: BlockTask, admin: psycopg.Connection) -> None:
    """Completed; and summed up, with an account for each of its runs, where it was the grid's last block."""
    results = results_of(task.run_ids)
    if desk.complete_block(task.block_id, task.attempt, results).ready_to_aggregate:
        aggregate = desk.claim_aggregate(task.grid_id)
        assert aggregate is not None
        runs = admin.execute("select id::text from public.backtest_runs where grid_id = %s order by position", (task.grid_id,)).fetchall()
        desk.finish_grid(task.grid_id, aggregate.attempt, {}, [run for (run,) in runs])
