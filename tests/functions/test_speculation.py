"""A block that takes too long is had by two workers: whoever is first decides it, once, whatever becomes of the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import psycopg.sql
import pytest

from functions.jobs.desk import Desk
from functions.jobs.lease import Verdict
from functions.jobs.plan import Wanted
from functions.jobs.records import BlockTask
from functions.jobs.store import Store
from functions.worker import work
from tests.functions import test_metrics_measured
from tests.functions.long_blocks import Hanging, house_of, wait_until, working
from tests.functions.platform import Platform
from tests.functions.submissions import ENGINE, results_of, submit_grid

TIMES = 2.0
sums = test_metrics_measured.sums
ERROR = {"code": "INTERNAL_ERROR", "message": "boom", "details": {}}


def claimed(desk: Desk, worker: str = "w", times: float = TIMES) -> BlockTask:
    task = desk.claim_block(worker, ENGINE, 30, times)
    assert task is not None
    return task


def done(desk: Desk, task: BlockTask, seconds: float = 1.0) -> bool:
    return desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids), seconds).accepted


def age(admin: psycopg.Connection, task: BlockTask, seconds: float) -> None:
    """As if it had been claimed so much earlier."""
    admin.execute(
        "update public.run_blocks set claimed_at = claimed_at - make_interval(secs => %s) where id = %s", (seconds, task.block_id)
    )


def die(admin: psycopg.Connection, task: BlockTask) -> None:
    """Whoever computes this attempt is silent for longer than its lease."""
    for table, key in (("run_blocks", "id"), ("second_attempts", "block_id")):
        admin.execute(
            psycopg.sql.SQL(
                "update public.{} set lease_until = now() - interval '1 second' where {} = %s and attempt = %s and lease_until is not null"
            ).format(psycopg.sql.Identifier(table), psycopg.sql.Identifier(key)),
            (task.block_id, task.attempt),
        )


def ends_told(admin: psycopg.Connection) -> dict[str, int]:
    """How often each run was told to have ended."""
    rows = admin.execute(
        """select r.id::text, count(*) from public.outbox o, jsonb_array_elements_text(o.body -> 'run_ids') as r (id)
        where o.body ->> 'event' in ('run.succeeded', 'run.failed', 'run.cancelled') group by 1"""
    )
    return {str(run): int(times) for run, times in rows.fetchall()}


def at_work(admin: psycopg.Connection) -> tuple[str, int, int | None]:
    """Of the late block: status, the first attempt's number, and the second's while it is alive."""
    row = admin.execute(
        """select b.status, b.attempt, s.attempt from public.run_blocks b
        left join public.second_attempts s on s.block_id = b.id and s.lease_until is not null order by b.id desc limit 1"""
    ).fetchone()
    assert row is not None
    return row


class Twins:
    """A grid of four blocks, of which three are done and the last one is computed by two workers."""

    def __init__(self, store: Store, desk: Desk, user: str, admin: psycopg.Connection, **facts: object) -> None:
        self.backtest_id, self.submitted = submit_grid(store, desk, user, 8, 2, **facts)
        tasks = [claimed(desk, f"w{number}") for number in range(4)]
        for task in tasks[:3]:
            assert done(desk, task)
        self.first = tasks[3]
        age(admin, self.first, 60)
        self.second = claimed(desk, "idle")
        assert (self.second.block_id, self.second.attempt, self.second.second) == (self.first.block_id, 2, True)


@pytest.fixture
def twins(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> Twins:
    return Twins(store, desk, user, admin)


def test_a_late_block_is_offered_once_to_whoever_has_nothing_else(
    store: Store, desk: Desk, user: str, new_user: Callable[[], str], admin: psycopg.Connection
) -> None:
    submit_grid(store, desk, user, 8, 2)
    tasks = [claimed(desk) for _ in range(4)]
    for task in tasks[:2]:
        assert done(desk, task)
    for task in tasks[2:]:
        age(admin, task, 60)
    assert desk.claim_block("idle", ENGINE, 30, TIMES) is None, "half of the grid is done: too early to say what is late"
    assert desk.next_straggler(ENGINE, TIMES) is None
    assert done(desk, tasks[2])
    assert desk.claim_block("idle", ENGINE, 30, 0) is None, "off"
    assert desk.claim_block("idle", "another", 30, TIMES) is None, "of another engine"
    assert desk.claim_block("idle", ENGINE, 30, 100) is None, "not late by this measure"
    submit_grid(store, desk, new_user(), 1, 1)
    other = claimed(desk)
    assert not other.second, "somebody else's work goes first"
    admin.execute("update public.run_blocks set status = 'ready', not_before = now() + interval '1 hour' where id = %s", (other.block_id,))
    assert desk.claim_block("idle", ENGINE, 30, TIMES) is None, "and is waited for"
    admin.execute("update public.run_blocks set status = 'leased' where id = %s", (other.block_id,))
    again = claimed(desk)
    assert (again.second, again.block_id, again.run_ids, again.combinations) == (
        True, tasks[3].block_id, tasks[3].run_ids, tasks[3].combinations,
    )  # fmt: skip
    assert desk.claim_block("idle", ENGINE, 30, TIMES) is None, "once"
    die(admin, again)
    assert desk.claim_block("idle", ENGINE, 30, TIMES) is None, "and never again"


def test_who_has_nothing_to_do_is_told_when_to_ask_again(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    _, submitted = submit_grid(store, desk, user, 8, 2)
    tasks = [claimed(desk) for _ in range(4)]
    for task in tasks[:3]:
        assert done(desk, task, 10.0)
    late = desk.next_straggler(ENGINE, TIMES)
    assert late is not None and late.grid_id == submitted.grid_id and 15 < late.delay <= 20, "twice the median of ten seconds"
    age(admin, tasks[3], 21)
    assert desk.next_straggler(ENGINE, TIMES) is None, "it is late: whoever asks gets it"
    assert claimed(desk).second


def test_accounts_and_single_runs_have_one_attempt_at_a_time(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 2, 2)
    assert done(desk, claimed(desk))
    assert store.request_ledger(user, submitted.run_ids[0])
    account = claimed(desk)
    assert account.kind == "ledgers"
    submit_grid(store, desk, user, 1, 1, mode="single")
    single = claimed(desk)
    for task in (account, single):
        age(admin, task, 600)
    assert desk.claim_block("idle", ENGINE, 30, TIMES) is None
    assert store.get_run(user, backtest_id, submitted.run_ids[0]) is not None


@pytest.mark.parametrize("order", [("first", "second"), ("second", "first")])
def test_whoever_is_first_decides(
    order: tuple[str, str], twins: Twins, store: Store, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    winner, loser = (getattr(twins, name) for name in order)
    assert desk.heartbeat(winner.block_id, winner.attempt, 10, 30) is Verdict.KEPT
    assert desk.heartbeat(loser.block_id, loser.attempt, 20, 30) is Verdict.KEPT
    spent = admin.execute("select spent_ms from public.grids").fetchone()
    completion = desk.complete_block(winner.block_id, winner.attempt, results_of(winner.run_ids), 7.0)
    assert (completion.accepted, completion.ready_to_aggregate) == (True, True)
    assert desk.heartbeat(loser.block_id, loser.attempt, 99, 30) is Verdict.LOST
    assert not done(desk, loser)
    assert desk.release_block(loser.block_id, loser.attempt, ERROR, retriable=False).outcome == "lost"
    assert ends_told(admin) == dict.fromkeys(twins.submitted.run_ids, 1)
    assert spent is not None
    assert admin.execute("select spent_ms, open_blocks from public.grids").fetchone() == (spent[0] + 7000, 0), "the winner's time alone"
    started = "select count(*) from public.outbox where body ->> 'event' = 'run.started'"
    assert admin.execute(started).fetchone() == (4,), "a second attempt is no second beginning"
    runs, _ = store.list_runs(user, twins.backtest_id)
    assert {run.status for run in runs} == {"succeeded"}


def test_both_complete_in_the_same_moment(twins: Twins, desk: Desk, admin: psycopg.Connection) -> None:
    with ThreadPoolExecutor(2) as pool:
        accepted = list(pool.map(lambda task: done(desk, task), (twins.first, twins.second)))
    assert sorted(accepted) == [False, True]
    assert ends_told(admin) == dict.fromkeys(twins.submitted.run_ids, 1)


def test_the_first_one_dies_and_the_second_goes_on_as_the_first(twins: Twins, desk: Desk, admin: psycopg.Connection) -> None:
    die(admin, twins.first)
    assert desk.claim_block("idle", ENGINE, 30, TIMES) is None, "nobody has to begin again"
    assert at_work(admin) == ("leased", 2, None)
    assert desk.heartbeat(twins.first.block_id, 1, 99, 30) is Verdict.LOST
    assert not done(desk, twins.first)
    assert desk.heartbeat(twins.second.block_id, 2, 50, 30) is Verdict.KEPT
    assert done(desk, twins.second)
    assert ends_told(admin) == dict.fromkeys(twins.submitted.run_ids, 1)


def test_the_second_one_dies_and_nothing_happens(twins: Twins, desk: Desk, admin: psycopg.Connection) -> None:
    die(admin, twins.second)
    desk.sweep(ENGINE)
    assert desk.heartbeat(twins.first.block_id, 1, 99, 30) is Verdict.KEPT
    assert done(desk, twins.first)
    assert ends_told(admin) == dict.fromkeys(twins.submitted.run_ids, 1)


@pytest.mark.parametrize("order", [("first", "second"), ("second", "first")])
def test_both_die_and_no_old_number_fits_the_third_attempt(
    order: tuple[str, str], twins: Twins, desk: Desk, admin: psycopg.Connection
) -> None:
    for name in order:
        die(admin, getattr(twins, name))
        desk.sweep(ENGINE)
    third = claimed(desk, "third")
    assert (third.block_id, third.attempt, third.second) == (twins.first.block_id, 3, False)
    for task in (twins.first, twins.second):
        assert desk.heartbeat(task.block_id, task.attempt, 99, 30) is Verdict.LOST
        assert not done(desk, task)
    age(admin, third, 600)
    assert desk.claim_block("idle", ENGINE, 30, TIMES) is None, "it had its second attempt"
    assert done(desk, third)
    assert ends_told(admin) == dict.fromkeys(twins.submitted.run_ids, 1)


def test_three_attempts_are_all_however_they_were_made(twins: Twins, desk: Desk, admin: psycopg.Connection) -> None:
    for task in (twins.first, twins.second):
        die(admin, task)
    die(admin, claimed(desk, "third"))
    desk.sweep(ENGINE)
    assert at_work(admin) == ("failed", 3, None)
    assert ends_told(admin) == dict.fromkeys(twins.submitted.run_ids, 1)


@pytest.mark.parametrize("name", ["first", "second"])
def test_one_fails_and_the_other_goes_on(name: str, twins: Twins, desk: Desk, admin: psycopg.Connection) -> None:
    loser, other = getattr(twins, name), twins.second if name == "first" else twins.first
    release = desk.release_block(loser.block_id, loser.attempt, ERROR, retriable=True)
    assert (release.outcome, release.ready_to_aggregate) == ("lost", False), "nobody is to be rung"
    assert at_work(admin) == ("leased", other.attempt, None)
    assert desk.heartbeat(loser.block_id, loser.attempt, 1, 30) is Verdict.LOST
    release = desk.release_block(other.block_id, other.attempt, ERROR, retriable=True)
    assert release.outcome == "retry"
    admin.execute("update public.run_blocks set not_before = now() where status = 'ready'")
    third = claimed(desk)
    assert third.attempt == 3, "no number twice"
    assert done(desk, third)
    assert ends_told(admin) == dict.fromkeys(twins.submitted.run_ids, 1)


def test_what_can_never_work_fails_at_once_whoever_says_so(twins: Twins, desk: Desk, admin: psycopg.Connection) -> None:
    second = twins.second
    release = desk.release_block(second.block_id, second.attempt, ERROR, retriable=False)
    assert (release.outcome, release.ready_to_aggregate) == ("failed", True)
    assert desk.heartbeat(twins.first.block_id, 1, 99, 30) is Verdict.LOST
    assert ends_told(admin) == dict.fromkeys(twins.submitted.run_ids, 1)


def test_a_second_worker_that_cannot_read_the_panel_leaves_the_first_alone(twins: Twins, desk: Desk, admin: psycopg.Connection) -> None:
    assert desk.panel_lost(twins.second.block_id, twins.second.attempt, ERROR).outcome == "lost"
    assert at_work(admin) == ("leased", 1, None)
    assert done(desk, twins.first)


def test_cancelling_stops_both(twins: Twins, store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    assert store.cancel_grid(user, twins.submitted.grid_id) == "cancelled"
    for task in (twins.first, twins.second):
        assert desk.heartbeat(task.block_id, task.attempt, 99, 30) is Verdict.LOST
        assert not done(desk, task)
    assert ends_told(admin) == dict.fromkeys(twins.submitted.run_ids, 1)


def test_a_budget_is_told_to_both_and_used_up_by_one(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    twins = Twins(store, desk, user, admin, budget_ms=5000)
    first, second = twins.first, twins.second
    assert desk.heartbeat(first.block_id, first.attempt, 10, 30, 1.0) is Verdict.KEPT
    assert desk.heartbeat(second.block_id, second.attempt, 10, 30, 1.5) is Verdict.KEPT, (
        "three seconds are spent, and one: not two and a half"
    )
    assert desk.heartbeat(first.block_id, first.attempt, 20, 30, 2.5) is Verdict.OVER_BUDGET
    assert desk.heartbeat(second.block_id, second.attempt, 20, 30, 1.6) is Verdict.OVER_BUDGET
    told = desk.complete_block(second.block_id, second.attempt, results_of(second.run_ids)[:1], 1.7, "budget")
    assert told.accepted
    assert desk.heartbeat(first.block_id, first.attempt, 20, 30, 2.6) is Verdict.LOST
    assert ends_told(admin) == dict.fromkeys(twins.submitted.run_ids, 1)
    assert admin.execute("select spent_ms from public.grids").fetchone() == (4700,)


def test_nobody_pays_with_their_turn_for_a_second_attempt(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    turns = "select max(turn_ends), max(turn_now), max(claimed_at) from public.run_blocks where id = %s"
    twins = Twins(store, desk, user, admin)
    before = admin.execute(turns, (twins.first.block_id,)).fetchone()
    assert done(desk, twins.second)
    assert admin.execute(turns, (twins.first.block_id,)).fetchone() == before


def test_a_retry_is_counted_and_a_second_attempt_is_none(twins: Twins, desk: Desk, admin: psycopg.Connection) -> None:
    retries = "select lianghu.status() #>> '{last_hour,retries}'"
    assert admin.execute(retries).fetchone() == ("0",)
    assert done(desk, twins.second)
    assert admin.execute(retries).fetchone() == ("0",)


@pytest.mark.slow
def test_a_grid_whose_last_block_hangs_ends_by_the_worker_that_was_idle(
    platform: Platform, user: str, admin: psycopg.Connection, sums: test_metrics_measured.Sums
) -> None:
    """The same grid twice, once with a worker that gets no panel until the other has ended everything: the same bytes."""
    backtest_id = platform.backtest(user)
    wanted = Wanted("grid", {"ma_short": [3, 4, 5, 6], "ma_long": [20, 25]}, reuse=False)
    planned = replace(platform.plan(user, backtest_id, wanted).submission, block_runs=2)
    calm = platform.submit(user, planned)
    platform.run()
    haste = platform.submit(user, planned)
    assert platform.answer_one() == "plan"
    panels = Hanging()
    slow = house_of(platform, panels, speculation=2.0)
    quick = house_of(platform, platform.house.panels, speculation=2.0)
    with working(slow) as thread:
        assert panels.asked.wait(60), "it has a block"
        open_blocks = "select open_blocks from public.grids where id = %s"
        try:
            work(quick, lambda: 300.0)
            assert admin.execute(open_blocks, (haste.grid_id,)).fetchone() == (1,), "not late yet"
            assert quick.queue.depth("block") > 0, "and somebody is rung for it"
            wait_until(lambda: bool(work(quick, lambda: 300.0)) or admin.execute(open_blocks, (haste.grid_id,)).fetchone() == (0,))
            assert thread.is_alive(), "the other one still waits for its panel"
        finally:
            panels.let_go.set()
    platform.run()
    grids = [platform.house.store.list_runs(user, backtest_id, grid_id=each.grid_id)[0] for each in (calm, haste)]
    assert len({tuple(sorted((str(run.params), run.content_hash, str(run.stats)) for run in runs)) for runs in grids}) == 1
    assert set(ends_told(admin).values()) == {1}
    measured = sums()
    assert (measured["Combinations"], measured["BlockTime"] > 0) == (16 + 8 * 2, True), (
        "two grids of 8 and their 8 accounts, the loser's none"
    )
    assert (measured["SecondAttempts"], measured["Retries"]) == (1, 0)
    grid = platform.house.store.get_grid(user, haste.grid_id)
    assert grid is not None and grid.status == "finished" and grid.counts == {"succeeded": 8}
