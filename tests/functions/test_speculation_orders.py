"""Workers claim, complete, fail, die and come back in any order, with second attempts among them: every run ends once, with equal bytes."""

from collections import Counter
from typing import NamedTuple

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from functions.jobs.desk import Desk
from functions.jobs.lease import Verdict
from functions.jobs.records import BlockTask
from functions.jobs.store import Store
from tests.functions.submissions import ENGINE, results_of, submit_grid
from tests.functions.test_speculation import ERROR, TIMES, die, done, ends_told

BLOCKS, RUNS = 5, 2
DID = ("claim", "claim", "hurry", "beat", "complete", "complete", "fail", "die", "return", "sweep")


class Step(NamedTuple):
    do: str
    which: int
    """Of those who are at work, or were."""


steps = some.lists(some.builds(Step, some.sampled_from(DID), some.integers(0, 9)), min_size=10, max_size=40)


class Crowd:
    """Those who compute, and those who think that they still do."""

    def __init__(self, desk: Desk, admin: psycopg.Connection) -> None:
        self.desk, self.admin = desk, admin
        self.all: list[BlockTask] = []
        self.spent: list[float] = []

    def step(self, step: Step) -> None:
        self.admin.execute("update public.run_blocks set not_before = now() where status = 'ready'")
        if step.do == "claim":
            self.claim()
        elif step.do == "hurry":
            self.admin.execute("update public.run_blocks set claimed_at = claimed_at - interval '60 seconds' where status = 'leased'")
        elif step.do == "sweep":
            self.desk.sweep(ENGINE)
        elif self.all:
            getattr(self, step.do)(self.all[-1 - step.which % len(self.all)])
        self.must_be_sound()

    def claim(self) -> bool:
        task = self.desk.claim_block("w", ENGINE, 30, TIMES)
        if task:
            assert (task.block_id, task.attempt) not in {(each.block_id, each.attempt) for each in self.all}, "a number is given once"
            self.all.append(task)
        return task is not None

    def beat(self, task: BlockTask) -> None:
        self.desk.heartbeat(task.block_id, task.attempt, 50, 30, 0.5)

    def complete(self, task: BlockTask) -> None:
        kept = self.desk.heartbeat(task.block_id, task.attempt, 90, 30, 0.9) is Verdict.KEPT
        accepted = done(self.desk, task, seconds := task.block_id % 7 + task.attempt / 8)
        assert accepted == kept, "who is told to go on may end it"
        self.spent += [seconds] * accepted

    def fail(self, task: BlockTask) -> None:
        self.desk.release_block(task.block_id, task.attempt, ERROR, retriable=True)

    def die(self, task: BlockTask) -> None:
        die(self.admin, task)

    def must_be_sound(self) -> None:
        """At any moment."""
        rows = self.admin.execute(
            """select b.status, b.attempt, b.lease_until is not null, s.attempt, s.lease_until is not null from public.run_blocks b
            left join public.second_attempts s on s.block_id = b.id where b.decides"""
        ).fetchall()
        for status, attempt, leased, other, other_leased in rows:
            assert leased == (status == "leased") and attempt <= 3 and (other is None or other <= 3)
            assert other is None or attempt != other or not other_leased, "two attempts have two numbers"
            assert not (status == "ready" and other_leased), "nobody is at it"


setattr(Crowd, "return", lambda crowd, task: crowd.beat(task))


@pytest.mark.slow
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(course=steps, cancels=some.booleans(), early_stop=some.booleans())
def test_any_order_ends_every_run_once(
    course: list[Step], cancels: bool, early_stop: bool, store: Store, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    admin.execute("truncate public.strategies, public.outbox cascade")
    stop = {"metric": "return", "mode": "max", "patience": 100} if early_stop else None
    backtest_id, submitted = submit_grid(store, desk, user, BLOCKS * RUNS, RUNS, early_stop=stop)
    crowd = Crowd(desk, admin)
    for _ in range(BLOCKS - 1):
        assert crowd.claim()
    for task in crowd.all[:3]:
        crowd.complete(task)
    for number, step in enumerate(course):
        if cancels and number == len(course) // 2:
            store.cancel_grid(user, submitted.grid_id)
        crowd.step(step)
    for _ in range(40):  # whoever lives ends what he has, whoever does not is replaced
        crowd.step(Step("claim", 0))
        for task in list(crowd.all):
            crowd.complete(task)
    desk.advance_frontier(submitted.grid_id)
    assert ends_told(admin) == dict.fromkeys(submitted.run_ids, 1)
    assert admin.execute("select open_blocks, ready_at is not null from public.grids").fetchone() == (0, True)
    runs, _ = store.list_runs(user, backtest_id, limit=100)
    expected = {result.run_id: (result.content_hash, result.stats) for result in results_of(submitted.run_ids)}
    for run in runs:
        assert run.status in ("succeeded", "failed", "cancelled") if cancels else run.status in ("succeeded", "failed")
        assert run.status != "succeeded" or (run.content_hash, run.stats) == expected[run.id]
    spent = admin.execute("select spent_ms from public.grids").fetchone()
    assert spent is not None and abs(spent[0] - 1000 * sum(crowd.spent)) <= len(crowd.spent), "of each block the time of one"
    assert Counter(task.block_id for task in crowd.all).most_common(1)[0][1] <= 3
