"""What is measured where something goes wrong: attempts, blocks that are given up, kernels that lack, second attempts."""

import json
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest

from functions import metrics, worker
from functions.jobs.plan import Wanted
from functions.jobs.records import BlockTask
from functions.messages import Doorbell
from tests.functions.platform import Platform

Sums = Callable[[], Counter[str]]


@pytest.fixture
def sums(capsys: pytest.CaptureFixture[str]) -> Sums:
    """What was measured until now, by metric."""
    metrics.serve_as("worker")

    def read() -> Counter[str]:
        metrics.flush()
        found: Counter[str] = Counter()
        for text in capsys.readouterr().out.splitlines():
            line = json.loads(text) if '"_aws"' in text else {"_aws": {"CloudWatchMetrics": []}}
            for metric in (metric for told in line["_aws"]["CloudWatchMetrics"] for metric in told["Metrics"]):
                found[metric["Name"]] += sum(line[metric["Name"]])
        return found

    return read


def test_a_block_that_fails_three_times_counts_two_retries_and_a_dead_letter(
    platform: Platform, user: str, admin: psycopg.Connection, sums: Sums
) -> None:
    planned = platform.plan(user, platform.backtest(user), Wanted("grid", {"ma_short": [3, 5], "ma_long": [20]}), workers=1).submission
    bell = Doorbell(grid_id=uuid.UUID(platform.submit(user, replace(planned, block_runs=4, workers=1)).grid_id))
    platform.house.settings.data_cache_dir.write_text("in the way")
    platform.answer("plan", bell)
    for _ in range(3):
        admin.execute("update public.run_blocks set not_before = now() - interval '70 seconds'")
        platform.answer("block", bell)
    assert [platform.sweep()["buried"] for _ in range(2)] == [1, 0]
    found = sums()
    assert (found["Retries"], found["DeadLetters"], found["PanelPlans"]) == (2, 1, 1)
    assert found["Combinations"] == found["BlockTime"] == found["PanelLoads"] == 0, "nothing was computed"
    assert 3 * 70 <= found["QueueWait"] < 3 * 70 + 60, "three claims, a good minute each after they could have been made"


def test_combinations_are_counted_once_and_the_wait_is_told(platform: Platform, user: str, sums: Sums) -> None:
    planned = platform.plan(user, platform.backtest(user), Wanted("grid", {"ma_short": [3, 5, 8], "ma_long": [20]})).submission
    submitted = platform.submit(user, planned)
    platform.run(times=2)
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None and grid.status == "finished"
    found = sums()
    assert found["Combinations"] == 2 * len(submitted.run_ids), "the cells, and the full accounts of the best"
    assert found["BlockTime"] > 0 and found["PanelLoads"] >= 2 and 0 <= found["QueueWait"] < 60
    assert found["Retries"] == found["DeadLetters"] == found["EarlyStops"] == 0


def test_a_second_attempt_is_no_retry_and_has_not_waited(sums: Sums) -> None:
    task = BlockTask(7, 2, "cells", "grid", "owner", "panel", "source", waited=5.0)
    worker._measure_claim(replace(task, second=True))
    assert sums() == {"SecondAttempts": 1}
    worker._measure_claim(task)
    assert sums() == {"Retries": 1, "QueueWait": 5}


def test_a_kernel_that_lacks_is_counted_before_it_is_compiled(sums: Sums, caplog: pytest.LogCaptureFixture) -> None:
    worker._lacks("engine.somewhere.kernel")
    assert sums() == {"Compilations": 1}
    assert [vars(record)["kernel"] for record in caplog.records] == ["engine.somewhere.kernel"]
