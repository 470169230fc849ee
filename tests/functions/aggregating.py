"""A large grid that has ended, and an aggregator that is a process of its own, so that its memory can be read."""

import itertools
import json
import resource
import subprocess
import sys
import time
from typing import Any

import numpy as np
from pydantic import SecretStr

from engine.statistics.metrics import METRICS
from functions.aggregator import aggregate
from functions.jobs.desk import Desk
from functions.jobs.records import RunResult
from functions.jobs.results import Cells, Results
from functions.jobs.store import Store
from functions.messages import Doorbell
from functions.settings import Settings
from functions.wiring import House
from tests.functions.submissions import ENGINE, make_submission

SESSIONS = 486
PER_BLOCK = 250


def finished_grid(store: Store, desk: Desk, results: Results, user: str, backtest_id: str, edges: tuple[int, int, int]) -> str:
    """Of edges[0] x edges[1] x edges[2] combinations, with a full set of figures each: waiting for an aggregator."""
    values = [range(1, edge + 1) for edge in edges]
    combinations = tuple({"a": a, "b": b * 0.5, "c": c * 0.25} for a, b, c in itertools.product(*values))
    count = len(combinations)
    submission = make_submission(
        backtest_id,
        count,
        PER_BLOCK,
        combinations=combinations,
        spec={name: [combination[name] for combination in combinations[:1]] for name in "abc"},
    )
    submitted = store.submit(user, submission)
    assert desk.claim_plan(submitted.grid_id)
    desk.panel_ready(submitted.grid_id, "panels/p")
    chance = np.random.default_rng(7)
    sessions = np.arange(20200101, 20200101 + SESSIONS, dtype=np.int32)
    while task := desk.claim_block("w", ENGINE, 300):
        runs = len(task.run_ids)
        steps = chance.normal(0.0004, 0.01, (runs, SESSIONS))
        equity = np.rint(1_000_000_000 * np.cumprod(1 + steps, axis=1)).astype(np.int64)
        hashes = tuple(f"{number:064x}" for number in chance.integers(1, 2**62, runs))
        cells = Cells(sessions, equity, np.zeros(0), np.zeros((runs, 1), np.int64), ("x",), task.combinations, hashes)
        path = results.put_cells(user, cells)
        figures = chance.normal(0, 1, (runs, len(METRICS)))
        told = [
            RunResult(run_id, dict(zip((row.key for row in METRICS), map(float, row), strict=True)), digest, {"cells_path": path})
            for run_id, row, digest in zip(task.run_ids, figures, hashes, strict=True)
        ]
        desk.complete_block(task.block_id, task.attempt, told)
    return submitted.grid_id


def aggregated_apart(settings: Settings, grid_id: str) -> dict[str, Any]:
    """What the aggregator's process says of itself: {"seconds", "before_mb", "peak_mb"}."""
    given = {
        "database_url": settings.database_url.get_secret_value(),
        "results_url": settings.results_url,
        "grid_id": grid_id,
        "block_queue_url": settings.block_queue_url,
        "aws_endpoint_url": settings.aws_endpoint_url,
    }
    done = subprocess.run([sys.executable, "-m", __name__, json.dumps(given)], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _main() -> None:
    given = json.loads(sys.argv[1])
    grid_id = given.pop("grid_id")
    house = House(Settings(**given | {"database_url": SecretStr(given["database_url"])}))
    house.database.check()
    before, began = _peak_mb(), time.perf_counter()
    aggregate(Doorbell(grid_id=grid_id), house)
    told = {"seconds": time.perf_counter() - began, "before_mb": before, "peak_mb": _peak_mb()}
    house.database.close()
    sys.stdout.write(json.dumps(told) + "\n")


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    _main()
