"""A short soak: the long one is `make soak`."""

import json
from pathlib import Path

import pytest

from tests.soak.memory import GROWTH_MB, Memory
from tests.soak.soaking import soak

SEED = 7


@pytest.mark.slow
@pytest.mark.stack
@pytest.mark.timeout(1200)
def test_half_a_minute_of_faults_leaves_everything_as_on_a_good_day(tmp_path: Path) -> None:
    report = soak(tmp_path / "home", seconds=35, seed=SEED, every=4, pause=3)
    assert report["ok"], json.dumps(report, ensure_ascii=False, indent=1)
    assert sum(report["faults"].values()) >= 3 and report["submissions"]["made"] > 3, report
    assert {"api", "aws", "postgres", "supervisor", "WorkerFunction"} <= report["memory"].keys()


def test_a_process_that_grows_is_told_and_one_that_fills_its_cache_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    sizes = {1: iter(range(100, 100 + 40 * 10, 10)), 2: iter([100, *[200] * 39])}
    monkeypatch.setattr("tests.soak.memory.resident_mb", lambda pid: float(next(sizes[pid])))
    for _ in range(40):
        memory.sample({1: "leaks", 2: "fills"})
    assert memory.growing() == ["leaks"]
    assert memory.told()["leaks"]["last_quarter_mb"] - memory.told()["leaks"]["second_quarter_mb"] > GROWTH_MB
