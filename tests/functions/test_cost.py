"""What a submission will take, before anything is computed."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from functions.cost import PRICE, estimate
from functions.jobs.plan import Plan

ROOT = Path(__file__).parents[2]


def plan(count: int, block_runs: int = 500, cells: int = 1_000_000, sessions: int = 250) -> Plan:
    """So many combinations in blocks of so many."""
    submission: Any = SimpleNamespace(block_runs=block_runs, workers=1, combinations=({},) * count)
    return Plan(cast(Any, submission), count * cells / 100_000_000, cells, sessions)


@pytest.mark.parametrize(("workers", "rounds"), [(1, 4), (2, 2), (3, 2), (4, 1), (100, 1)])
def test_the_clock_counts_rounds_of_the_largest_block(workers: int, rounds: int) -> None:
    found = estimate(plan(1700), workers)
    assert found.compute_seconds == 17.0
    assert found.wall_seconds == pytest.approx(rounds * 5.0)


def test_the_cost_is_of_all_workers_seconds_and_memory() -> None:
    found = estimate(plan(1000, 1000), 2)
    assert found.cost_usd == pytest.approx(10 * 3008 / 1024 * 0.0000166667)
    assert found.result_bytes == 1000 * 250 * 8


def test_what_was_computed_before_costs_nothing() -> None:
    found = estimate(plan(1700), 1, reused=1400)
    assert (found.compute_seconds, found.wall_seconds, found.blocks, found.result_bytes) == (3.0, 3.0, 1, 300 * 250 * 8)
    assert found.cost_usd == estimate(plan(300), 1).cost_usd
    nothing = estimate(plan(1700), 2, reused=1700)
    assert (nothing.compute_seconds, nothing.wall_seconds, nothing.cost_usd, nothing.blocks) == (0.0, 0.0, 0.0, 0)


def test_the_priced_worker_is_the_one_of_the_template() -> None:
    worker = re.search(r"^  WorkerFunction:\n(.*?)^  \w", (ROOT / "template.yaml").read_text(), re.MULTILINE | re.DOTALL)
    assert worker is not None and f"MemorySize: {PRICE.memory_mb}" in worker[1]
