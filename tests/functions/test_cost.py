"""What a submission will take, before anything is computed."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from functions.cost import Price, estimate, price_in
from functions.jobs.plan import Plan

PRICE = Price(0.00002, "somewhere", 2048)


def plan(count: int, block_runs: int = 500, cells: int = 1_000_000, sessions: int = 250) -> Plan:
    """So many combinations in blocks of so many."""
    submission: Any = SimpleNamespace(block_runs=block_runs, workers=1, combinations=({},) * count)
    return Plan(cast(Any, submission), count * cells / 100_000_000, cells, sessions)


@pytest.mark.parametrize(("workers", "rounds"), [(1, 4), (2, 2), (3, 2), (4, 1), (100, 1)])
def test_the_clock_counts_rounds_of_the_largest_block(workers: int, rounds: int) -> None:
    found = estimate(plan(1700), workers, PRICE)
    assert found.compute_seconds == 17.0
    assert found.wall_seconds == pytest.approx(rounds * 5.0)


def test_the_cost_is_of_all_workers_seconds_and_memory() -> None:
    found = estimate(plan(1000, 1000), 2, PRICE)
    assert found.cost_usd == pytest.approx(10 * 2 * 0.00002)
    assert found.result_bytes == 1000 * 250 * 8


def test_what_was_computed_before_costs_nothing() -> None:
    found = estimate(plan(1700), 1, PRICE, reused=1400)
    assert (found.compute_seconds, found.wall_seconds, found.blocks, found.result_bytes) == (3.0, 3.0, 1, 300 * 250 * 8)
    assert found.cost_usd == estimate(plan(300), 1, PRICE).cost_usd
    nothing = estimate(plan(1700), 2, PRICE, reused=1700)
    assert (nothing.compute_seconds, nothing.wall_seconds, nothing.cost_usd, nothing.blocks) == (0.0, 0.0, 0.0, 0)


def test_a_price_is_that_of_the_region() -> None:
    assert price_in("ap-east-1").usd_a_gb_second > price_in("us-east-1").usd_a_gb_second == 0.0000166667
    assert price_in("eu-gone-7") == price_in("ap-east-1"), "of a region that is unknown, not too little is told"
    assert price_in("us-east-1").told.startswith("0.0000166667 USD a GB-second, 3008 MB a worker: AWS Lambda on x86, N. Virginia")
