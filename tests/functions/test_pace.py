"""What a grid and a run say of the time that is left, against courses whose end is known."""

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.api.run_routes import shown
from functions.jobs.desk import Desk
from functions.jobs.pace import Course, seconds_left, seconds_left_of_one
from functions.jobs.records import GridState
from functions.jobs.store import Store
from tests.functions.submissions import ENGINE, results_of, submit_grid

PER_BLOCK = 5
BLOCKS = 60


@dataclass(frozen=True)
class Done:
    """When a block was claimed and when it ends, in seconds since the first claim."""

    number: int
    claimed: float
    ends: float


def course(seed: int, workers: Sequence[tuple[float, int]] = ((0.0, 3),), spread: float = 0.3) -> list[Done]:
    """Blocks of 20 seconds each or so; `workers`: from when on there are so many."""
    chance = random.Random(seed)
    free = [start for index, (start, many) in enumerate(workers) for _ in range(many - (workers[index - 1][1] if index else 0))]
    heapq.heapify(free)
    blocks = []
    for number in range(BLOCKS):
        begins = heapq.heappop(free)
        ends = begins + 20 * chance.uniform(1 - spread, 1 + spread)
        heapq.heappush(free, ends)
        blocks.append(Done(number, begins, ends))
    return blocks


def told_at(admin: psycopg.Connection, store: Store, user: str, grid_id: str, blocks: Sequence[Done], at: float) -> GridState:
    """What the database says of the course at a moment, which is now."""
    for block in blocks:
        done = (at - block.claimed) / (block.ends - block.claimed)
        status = "ready" if done < 0 else "leased" if done < 1 else "done"
        run = {"ready": "queued", "leased": "running", "done": "succeeded"}[status]
        values = (status, int(100 * min(1, max(0, done))), at - block.claimed, at - block.ends, grid_id, block.number * PER_BLOCK)
        admin.execute(
            """update public.run_blocks set status = %s, progress = %s, claimed_at = now() - make_interval(secs => %s),
                finished_at = now() - make_interval(secs => %s) where grid_id = %s and first_position = %s""",
            values,
        )
        admin.execute("alter table public.backtest_runs disable trigger user")
        admin.execute(
            "update public.backtest_runs set status = %s where grid_id = %s and position >= %s and position < %s",
            (run, grid_id, block.number * PER_BLOCK, (block.number + 1) * PER_BLOCK),
        )
        admin.execute("alter table public.backtest_runs enable trigger user")
    admin.execute("update public.grids set status = 'running', started_at = now() - make_interval(secs => %s) where id = %s", (at, grid_id))
    grid = store.get_grid(user, grid_id)
    assert grid is not None
    return grid


def left(grid: GridState) -> float | None:
    return seconds_left(grid.course, grid.counts.get("queued", 0) + grid.counts.get("running", 0) - grid.underway)


@pytest.mark.parametrize(
    ("workers", "early", "late"),
    [(((0.0, 3),), 0.35, 0.1), (((0.0, 1), (60.0, 6)), 6.0, 0.25), (((0.0, 6), (100.0, 6)), 0.35, 0.15)],
    ids=["as many workers all the time", "five more come", "the last blocks wait for nobody"],
)
def test_the_error_shrinks_and_is_never_negative(
    store: Store, desk: Desk, user: str, admin: psycopg.Connection, workers: Sequence[tuple[float, int]], early: float, late: float
) -> None:
    """Errors as shares of the whole time."""
    _, submitted = submit_grid(store, desk, user, BLOCKS * PER_BLOCK, PER_BLOCK)
    errors: dict[float, list[float]] = {}
    for seed in (1, 2):
        blocks = course(seed, workers)
        whole = max(block.ends for block in blocks)
        for share in (0.15, 0.5, 0.8, 0.97):
            told = left(told_at(admin, store, user, submitted.grid_id, blocks, share * whole))
            assert told is not None and told >= 0
            errors.setdefault(share, []).append(abs(told - (1 - share) * whole) / whole)
    means = [mean(each) for each in errors.values()]
    assert means[0] < early and means[1] < late and means[2] < 0.1 and means[3] < 0.03, means
    done = told_at(admin, store, user, submitted.grid_id, blocks, whole + 1)
    assert left(done) == 0.0


def test_what_was_reused_or_cancelled_says_nothing_of_the_pace(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    """Half of a grid that was answered at once made the other half look twice as fast."""
    _, submitted = submit_grid(store, desk, user, BLOCKS * PER_BLOCK, PER_BLOCK)
    blocks = course(1)
    half = told_at(admin, store, user, submitted.grid_id, blocks, 100)
    before = left(half)
    assert before is not None
    rest = [block for block in blocks if block.claimed > 100][: BLOCKS // 3]
    for status in ("succeeded", "cancelled"):
        for block in rest:
            admin.execute("delete from public.run_blocks where grid_id = %s and first_position = %s", (submitted.grid_id, block.number * 5))
            admin.execute(
                "update public.backtest_runs set status = %s where grid_id = %s and position >= %s and position < %s and status = 'queued'",
                (status, submitted.grid_id, block.number * 5, block.number * 5 + 5),
            )
        grid = store.get_grid(user, submitted.grid_id)
        assert grid is not None
        told = left(grid)
        share = 1 - len(rest) / (BLOCKS - 15)
        assert told is not None and told == pytest.approx(before * share, rel=0.1)


def test_of_what_nobody_began_nothing_is_told(store: Store, desk: Desk, user: str) -> None:
    _, submitted = submit_grid(store, desk, user, 4, 2)
    grid = store.get_grid(user, submitted.grid_id)
    assert grid is not None and left(grid) is None
    assert desk.claim_block("w", ENGINE, 30)
    grid = store.get_grid(user, submitted.grid_id)
    assert grid is not None and left(grid) is None, "somebody computes, and nothing is done"


def test_a_run_that_is_tried_again_is_told_by_its_own_attempt(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    """The time of attempts that came to nothing stood in it."""
    _, submitted = submit_grid(store, desk, user, 1, 1)
    first = desk.claim_block("w", ENGINE, 30)
    assert first is not None
    admin.execute("update public.backtest_runs set started_at = now() - interval '1 hour'")
    desk.release_block(first.block_id, first.attempt, {"code": "UPSTREAM_ERROR", "message": "x", "details": {}}, retriable=True)
    run = store.get_run(user, None, submitted.run_ids[0])
    assert run is not None and shown(run).eta_seconds is None, "nobody computes it now"
    admin.execute("update public.run_blocks set not_before = now()")
    again = desk.claim_block("w", ENGINE, 30)
    assert again is not None
    admin.execute("update public.run_blocks set claimed_at = now() - interval '10 seconds', progress = 50")
    run = store.get_run(user, None, submitted.run_ids[0])
    assert run is not None
    assert shown(run).eta_seconds == pytest.approx(10, abs=1.5)
    desk.complete_block(again.block_id, again.attempt, results_of(again.run_ids))
    run = store.get_run(user, None, submitted.run_ids[0])
    assert run is not None and shown(run).eta_seconds == 0.0


SECONDS = st.one_of(st.none(), st.just(0.0), st.floats(1e-6, 1e6))


@given(SECONDS, SECONDS, SECONDS, SECONDS, st.floats(-1, 1e4))
def test_it_is_a_time_or_unknown_whatever_the_course(
    seconds: float | None, computed: float | None, lately: float | None, slowest: float | None, rest: float
) -> None:
    told = seconds_left(Course(seconds, computed, lately, slowest), rest)
    assert told is None or told >= 0
    assert (told == 0.0) or rest > 0
    assert told is not None or not seconds or not computed


@given(st.floats(0, 1), st.floats(-5, 1e6))
def test_of_one_run_too(share: float, seconds: float) -> None:
    told = seconds_left_of_one(share, seconds)
    assert (told is None) == (share == 0) and (told is None or told >= 0)
    assert seconds_left_of_one(share, None) is None
