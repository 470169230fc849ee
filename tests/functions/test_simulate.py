"""The simulation: nothing is lost in it, known formulas come out of it, more of something never harms."""

import math
import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from functions.jobs.plan import block_runs, cut_for
from functions.jobs.records import blocks_of
from functions.scale.model import AT_ONCE, MIX, STANDARD_RAMP, Crew, Limits, Load, Ramp, Scenario, Times
from functions.scale.outcome import Outcome
from functions.scale.parts import CELLS, Block, Cores, Doors, Gauge, Grid, Turns
from functions.scale.people import dealt
from functions.scale.simulate import simulate

STILL = Times(
    block=0.0, run=0.01, account=1.0, spread=0, late=0, silent=0, loud=0, core=1, start=0, start_spread=0, small_start=0,
    panel_megabytes=0, object=0, plan=0, build=0, sum=0, sum_run=0, submit=0, submit_run=0, bell=0, call=0, send=0, trip=0, claim=0,
    claim_run=0, claim_person=0, nothing=0, glance=0, complete=0, complete_run=0, store_run=0, read_run=0, answer=0,
)  # fmt: skip
"""Everything but computing takes no time, and nothing goes wrong."""
ONE_GRID = (Crew("grid", 1.0, 1_000),)


def still(combinations: int, workers: int, per_block: int, **facts: float) -> Outcome:
    load = Load(1, (Crew("grid", 1.0, combinations),))
    limits = Limits(workers=workers, ramp=AT_ONCE, environments_a_second=1e6)
    return simulate(Scenario(load, limits, replace(STILL, **facts), block_runs=per_block, prepared=0))


def erlang_c(servers: int, load: float) -> float:
    """The share of those who have to wait, of as many servers (M/M/c)."""
    term = load**servers / math.factorial(servers) * servers / (servers - load)
    return term / (sum(load**k / math.factorial(k) for k in range(servers)) + term)


@pytest.mark.parametrize(("servers", "busy"), [(1, 0.5), (1, 0.8), (2, 0.7), (4, 0.7)])
def test_those_who_wait_for_postgres_wait_as_long_as_erlang_says(servers: int, busy: float) -> None:
    chance, cores, now, count = random.Random(servers), Cores(servers), 0.0, 300_000
    for _ in range(count):
        now += chance.expovariate(busy * servers)
        cores.ask(now, chance.expovariate(1.0))
    expected = erlang_c(servers, busy * servers) / (servers - busy * servers)
    assert cores.waited / count == pytest.approx(expected, rel=0.08)
    assert cores.demand.whole / now == pytest.approx(busy * servers, rel=0.03)


@pytest.mark.parametrize(
    ("combinations", "workers", "per_block", "seconds"), [(1_000, 1, 100, 10.0), (1_000, 4, 100, 3.0), (50, 3, 100, 0.5)]
)
def test_work_that_is_all_alike_takes_what_a_division_says(combinations: int, workers: int, per_block: int, seconds: float) -> None:
    outcome = still(combinations, workers, per_block)
    assert outcome.seconds == pytest.approx(seconds)
    assert outcome.counts["combinations"] == combinations
    assert outcome.use["workers"].mean * outcome.seconds == pytest.approx(outcome.counts["worker_seconds"])


def test_people_before_one_worker_wait_as_long_as_those_before_them_take() -> None:
    load = Load(9, (Crew("single", 1.0, 1),))
    outcome = simulate(Scenario(load, Limits(workers=1, ramp=AT_ONCE, environments_a_second=1e6), STILL))
    assert outcome.began["all"] == (4.0, 4.0, 8.0, 8.0), "0, 1, 2 ... 8 seconds"
    assert outcome.ended["all"].most == pytest.approx(9.0)


@pytest.mark.parametrize("workers", [7, 700])
def test_a_grid_is_cut_as_the_platform_cuts_it(workers: int) -> None:
    limits, load = Limits(workers=workers, ramp=AT_ONCE), Load(1, ONE_GRID, stocks=500, sessions=1_250)
    outcome = simulate(Scenario(load, limits, STILL))
    assert outcome.counts["blocks"] == len(blocks_of(1_000, block_runs(500 * 1_250, 1_250), cut_for(1_000, 500 * 1_250, workers)))


def test_crews_are_dealt_by_their_shares() -> None:
    assert [sum(each.name == crew.name for each in dealt(MIX, 50)) for crew in MIX] == [20, 25, 4, 1]
    assert [len(dealt(MIX, users)) for users in range(1, 20)] == list(range(1, 20))


trouble = some.builds(
    Times, late=some.sampled_from([0.0, 0.3]), silent=some.sampled_from([0.0, 0.1, 0.5]), loud=some.sampled_from([0.0, 0.2])
)
loads = some.builds(
    Load, some.integers(1, 25), some.just((Crew("single", 0.5, 1), Crew("small", 0.3, 36), Crew("grid", 0.2, 700))), some.integers(1, 2),
    think_seconds=some.sampled_from([0.0, 20.0]), panels=some.integers(1, 4),
)  # fmt: skip
limited = some.builds(
    Limits, some.integers(1, 40), some.sampled_from([AT_ONCE, STANDARD_RAMP, Ramp(2, 60, 10)]), some.sampled_from([1.0, 100.0]),
    postgres_cores=some.integers(1, 3), planners=some.integers(1, 3), aggregators=some.integers(1, 3),
    speculation=some.sampled_from([0.0, 1.5]),
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(load=loads, limits=limited, times=trouble, seed=some.integers(0, 1000), most=some.sampled_from([50, 50_000]))
def test_every_block_ends_once_and_nobody_computes_two(load: Load, limits: Limits, times: Times, seed: int, most: int) -> None:
    """That a block ends twice, the simulation itself refuses."""
    outcome = simulate(Scenario(load, limits, times, seed, most_blocks=most, prepared=3))
    count = outcome.counts
    people = dealt(load.crews, load.users)
    accounts = sum(min(3, crew.combinations) for crew in people if crew.combinations > 1) * load.submissions
    assert outcome.unfinished == 0 and outcome.submissions == load.users * load.submissions
    assert count.get("done", 0) + count.get("failed", 0) == count["blocks"] + accounts
    wanted = sum(crew.combinations for crew in people) * load.submissions
    assert count.get("combinations", 0) == wanted if not count.get("failed") else count.get("combinations", 0) < wanted + 1
    assert outcome.use["workers"].peak <= limits.workers + 1e-6
    assert count.get("second_attempts", 0) == 0 or limits.speculation
    assert count.get("second_attempts", 0) <= count["blocks"]
    assert count.get("failed", 0) == 0 or times.silent + times.loud > 0
    assert all(waits.most >= waits.p95 >= waits.p50 >= 0 for waits in (*outcome.began.values(), *outcome.ended.values()))


def test_the_same_seed_is_the_same_day_and_another_one_is_not() -> None:
    scenario = Scenario(Load(40, think_seconds=30), Limits(workers=5), seed=3)
    assert simulate(scenario) == simulate(scenario)
    assert simulate(scenario) != simulate(replace(scenario, seed=4))


def test_more_workers_are_never_slower_on_average() -> None:
    """As long as they get the same blocks: the planner cuts smaller ones for more workers, which is another matter."""
    means = [
        sum(
            simulate(Scenario(Load(20), Limits(workers=workers, ramp=AT_ONCE, postgres_cores=8), seed=seed, block_runs=50))
            .ended["all"]
            .mean
            for seed in range(5)
        )
        for workers in (1, 2, 4, 8, 16)
    ]
    assert means == sorted(means, reverse=True)


def test_what_always_fails_is_given_up_after_three_attempts() -> None:
    for trouble in ({"silent": 1.0}, {"loud": 1.0}):
        outcome = still(300, 3, 100, **trouble)
        assert (outcome.counts["failed"], outcome.counts["retries"], outcome.unfinished) == (3, 6, 0)
        assert outcome.counts["silent" if "silent" in trouble else "loud"] == 9


def test_a_queue_is_read_faster_and_faster() -> None:
    doors = Doors(Limits(workers=1_000))
    assert [doors.open(0.0, working) for working in (4, 5)] == [True, False]
    assert [doors.open(60.0, working) for working in (304, 305)] == [True, False]
    assert doors.next(60.0, 305) == pytest.approx(60.2)
    assert not doors.open(10_000.0, 1_000), "MaximumConcurrency"
    doors.quiet()
    assert not doors.open(10_000.0, 5), "it begins again"


def test_environments_are_made_a_thousand_at_once_and_then_a_hundred_a_second() -> None:
    doors = Doors(Limits(workers=1_000))
    waits = [doors.make(0.0) for _ in range(1_200)]
    assert (waits[999], waits[1_099], waits[-1]) == (0.0, pytest.approx(1.0), pytest.approx(2.0))
    assert doors.make(1_000.0) == 0.0


def test_a_thousand_workers_are_there_after_three_minutes() -> None:
    load = Load(1, (Crew("grid", 1.0, 10_000),), stocks=5_000)
    limits, long = Limits(workers=1_000, postgres_cores=1_000), replace(STILL, run=1.3)
    quick = simulate(Scenario(load, replace(limits, ramp=AT_ONCE), long, block_runs=10, prepared=0))
    ramped = simulate(Scenario(load, limits, long, block_runs=10, prepared=0))
    assert quick.seconds == pytest.approx(13 * 5_000 / 300, rel=0.05), "one block each"
    assert quick.seconds + 190 < ramped.seconds < quick.seconds + 210, "the last one begins when the ramp has reached it"


def test_a_single_run_does_not_wait_behind_a_large_grid() -> None:
    """As in the platform: by share, not by age."""
    load = Load(11, (Crew("grid", 1 / 11, 10_000), Crew("single", 10 / 11, 1)), think_seconds=2.0)
    outcome = simulate(Scenario(load, Limits(workers=2, ramp=AT_ONCE), block_runs=100))
    assert outcome.began["single"].p95 < 0.2 * outcome.ended["grid"].mean


def test_turns_are_shared_between_people() -> None:
    turns, grids = Turns(), [Grid(n, "", 1, 0, 0.0, finished=None, done=None) for n in range(3)]  # type: ignore[arg-type]
    for grid in grids:
        for _ in range(30):
            turns.add(grid.owner, CELLS, Block(grid, CELLS, 1))
    first = [block.grid.owner for _ in range(30) if (block := turns.take())]
    assert sorted(map(first.count, range(3))) == [10, 10, 10]
    assert sum(turns.take() is not None for _ in range(100)) == 60 and turns.people == 0


def test_a_gauge_knows_its_busiest_seconds() -> None:
    gauge = Gauge()
    gauge.change(5.0, 2)
    gauge.change(15.0, 2)
    gauge.change(25.0, -4)
    assert (gauge.peak, gauge.whole, gauge.busiest(100.0)) == (4, 60.0, 3.0)


def test_second_attempts_shorten_the_tail() -> None:
    """Where one block of a hundred takes several times as long as the others, and nobody else waits."""
    slow = Times(late=0.02, late_times=4.0, core=1.0)

    def tails(speculation: float) -> list[Outcome]:
        limits = Limits(workers=50, ramp=AT_ONCE, speculation=speculation)
        load = Load(1, (Crew("grid", 1.0, 10_000),), stocks=5_000)
        return [simulate(Scenario(load, limits, slow, seed, prepared=0)) for seed in range(12)]

    without, with_ = tails(0.0), tails(2.0)
    assert sum(each.tail for each in with_) < 0.7 * sum(each.tail for each in without)
    assert sum(each.seconds for each in with_) < sum(each.seconds for each in without)
    assert all(each.counts["in_vain"] < 0.1 * each.counts["worker_seconds"] for each in with_), "at little cost"


def test_many_blocks_are_simulated_several_at_a_time() -> None:
    load, limits = Load(2, (Crew("grid", 1.0, 10_000),)), Limits(workers=20, ramp=AT_ONCE, postgres_cores=8)
    fine = simulate(Scenario(load, limits, block_runs=10))
    coarse = simulate(Scenario(load, limits, block_runs=10, most_blocks=400))
    assert fine.counts["blocks"] == coarse.counts["blocks"] == 2_000
    assert coarse.seconds == pytest.approx(fine.seconds, rel=0.15)
    assert coarse.counts["postgres_seconds"] == pytest.approx(fine.counts["postgres_seconds"], rel=0.15)
