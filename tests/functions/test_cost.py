"""What a submission will take, before anything is computed."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from functions.cost import PRICE, estimate
from functions.jobs.plan import Plan

ROOT = Path(__file__).parents[2]


def plan(*blocks: int, cells: int = 1_000_000, sessions: int = 250) -> Plan:
    """Blocks of so many combinations each."""
    ends = [sum(blocks[: number + 1]) for number in range(len(blocks))]
    pairs = tuple(zip([0, *ends], ends, strict=False))
    submission: Any = SimpleNamespace(blocks=pairs, combinations=({},) * sum(blocks))
    return Plan(cast(Any, submission), sum(blocks) * cells / 100_000_000, cells, sessions)


@pytest.mark.parametrize(("workers", "rounds"), [(1, 4), (2, 2), (3, 2), (4, 1), (100, 1)])
def test_the_clock_counts_rounds_of_the_largest_block(workers: int, rounds: int) -> None:
    found = estimate(plan(500, 500, 500, 200), workers)
    assert found.compute_seconds == 17.0
    assert found.wall_seconds == pytest.approx(rounds * 5.0)


def test_the_cost_is_of_all_workers_seconds_and_memory() -> None:
    found = estimate(plan(1000), 2)
    assert found.cost_usd == pytest.approx(10 * 3008 / 1024 * 0.0000166667)
    assert found.result_bytes == 1000 * 250 * 8


def test_the_priced_worker_is_the_one_of_the_template() -> None:
    worker = re.search(r"^  WorkerFunction:\n(.*?)^  \w", (ROOT / "template.yaml").read_text(), re.MULTILINE | re.DOTALL)
    assert worker is not None and f"MemorySize: {PRICE.memory_mb}" in worker[1]
