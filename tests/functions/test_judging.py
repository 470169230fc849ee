"""A grid is judged from the objects that its blocks left behind; what cannot be read makes it unknown, never wrong."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from datalake.errors import Problem, StorageError
from datalake.objects import open_store
from engine.arrays import Integers
from engine.diagnosis.answer import Trials
from engine.diagnosis.collector import Collector
from engine.diagnosis.diagnose import diagnose
from functions import judging
from functions.errors import ApiError
from functions.jobs.desk import AggregateTask, Desk, Summand
from functions.jobs.results import Cells, Results
from functions.judging import BROKEN, DEAD, LOST, diagnosis_of, page_of

CASH_LI = 1_000_000_000
SESSIONS = 250
TRIALS = Trials(40, 0.002, "owner")


class Counting(Desk):
    """Knows how many trials there were, or that the database does not answer."""

    def __init__(self, trials: Trials | None = TRIALS) -> None:
        self._known = trials

    def count_trials(self, grid_id: str) -> Trials:
        if self._known is None:
            raise ApiError("UPSTREAM_ERROR", "the database does not answer")
        return self._known


class Watched(Results):
    """Remembers which objects were read; fails where it is told to."""

    def __init__(self, url: str) -> None:
        super().__init__(open_store(url))
        self.read: list[str] = []
        self.failure: StorageError | None = None

    def get_cells(self, key: str) -> Cells:
        self.read.append(key)
        if self.failure:
            raise self.failure
        return super().get_cells(key)


def curves(count: int, seed: int = 1, sessions: int = SESSIONS) -> Integers:
    steps = np.random.default_rng(seed).normal(0.0005, 0.01, (count, sessions))
    return np.rint(CASH_LI * np.cumprod(1 + steps, axis=1)).astype(np.int64)


def block(equity: Integers, first: int, benchmark: Sequence[float] = ()) -> Cells:
    return Cells(
        sessions=np.arange(20200101, 20200101 + equity.shape[1], dtype=np.int32),
        equity=equity,
        benchmark=np.array(benchmark, np.float64),
        tallies=np.zeros((len(equity), 1), np.int64),
        tally_names=("trades",),
        params=tuple({"a": (first + row) // 5, "b": (first + row) % 5} for row in range(len(equity))),
        content_hashes=tuple(f"hash-{first + row}" for row in range(len(equity))),
    )


def summand(position: int, status: str = "succeeded", path: str | None = None) -> Summand:
    succeeded = status == "succeeded"
    stats = {"return": position / 100, "sharpe": 1.0, "trades": 40, "sessions": SESSIONS} if succeeded else None
    error = {"code": "INVALID_INPUT", "message": "no cash", "details": {}} if status == "failed" else None
    params = {"a": position // 5, "b": position % 5}
    return Summand(f"run-{position}", position, status, params, stats, error, f"hash-{position}" if succeeded else None, path)


def task_of(attempts_left: int = 2) -> AggregateTask:
    context = {
        "frequency": "1d",
        "window": {"start": "2020-01-02", "end": "2020-12-31"},
        "datasource_version": "sample:v1",
        "initial_cash": CASH_LI // 1000,
    }
    spec = {"a": [0, 1, 2], "b": [0, 1, 2, 3, 4]}
    return AggregateTask(
        grid_id="grid",
        owner="uid",
        attempt=3 - attempts_left,
        attempts_left=attempts_left,
        mode="grid",
        skipped=2,
        cancelled=False,
        spec=spec,
        engine_version="e",
        rules_version="r",
        strategy_name="idea",
        strategy_identity="i",
        context=context,
        universe=["688981.SH"],
    )


@pytest.fixture
def results(folder_url: str) -> Watched:
    return Watched(folder_url)


class Two(NamedTuple):
    task: AggregateTask
    runs: list[Summand]
    equity: Integers


@pytest.fixture
def two_blocks(results: Watched) -> Two:
    """Fifteen combinations in blocks of ten and five; one failed, so its curve is in no block, and one was cancelled, whose curve is."""
    equity = curves(15)
    computed = [position for position in range(10) if position != 3]
    first = block(equity[:10], 0)
    first = replace(first, equity=equity[computed], content_hashes=tuple(first.content_hashes[row] for row in computed))
    paths = [results.put_cells("uid", first), results.put_cells("uid", block(equity[10:], 10))]
    runs = [summand(position, path=paths[position // 10]) for position in range(15)]
    runs[3], runs[7] = summand(3, "failed"), summand(7, "cancelled")
    return Two(task_of(), runs, equity)


def test_the_blocks_are_judged_as_if_they_were_one(results: Watched, two_blocks: Two) -> None:
    task, runs, equity = two_blocks
    found = diagnosis_of(task, runs, results, Counting())
    judged = [position for position in range(15) if position not in (3, 7)]
    whole = Collector(CASH_LI)
    whole.add(equity[judged])
    expected = diagnose(whole, [runs[position].params for position in judged], TRIALS)
    assert found == expected.to_json() | {"best_run_id": found["best_run_id"]}
    assert expected.best is not None and found["best_run_id"] == f"run-{judged[expected.best]}"
    assert (found["combinations"], found["sessions"], found["trials"]["count"]) == (13, SESSIONS, 40)


def test_each_object_is_read_once_in_grid_order(results: Watched, two_blocks: Two) -> None:
    task, runs, _ = two_blocks
    diagnosis_of(task, runs, results, Counting())
    assert results.read == [runs[0].cells_path, runs[10].cells_path]


def test_the_benchmark_is_the_one_that_the_blocks_hold(results: Watched) -> None:
    equity = curves(4)
    falling = [float(2000 - step) for step in range(SESSIONS + 1)]
    spa = {}
    for name, benchmark in (("cash", []), ("falling", falling), ("gap", [*falling[:9], float("nan"), *falling[10:]])):
        path = results.put_cells("uid", block(equity, 0, benchmark))
        found = diagnosis_of(task_of(), [summand(position, path=path) for position in range(4)], results, Counting())
        spa[name] = next(row for row in found["indicators"] if row["key"] == "spa")["value"]
    assert spa["cash"] == spa["gap"] != spa["falling"]


def test_an_object_that_is_gone_makes_the_verdict_unknown(results: Watched, two_blocks: Two, tmp_path: Path) -> None:
    task, runs, _ = two_blocks
    (tmp_path / "objects" / str(runs[10].cells_path)).unlink()
    found = diagnosis_of(task, runs, results, Counting())
    assert (found["verdict"], found["summary"]) == ("unknown", LOST._asdict())
    assert (found["best"], found["best_run_id"], found["indicators"], found["trials"]["count"]) == (None, None, [], 40)


@pytest.mark.parametrize("damage", [lambda data: data[:-8], lambda data: data[:-1] + bytes([data[-1] ^ 1]), lambda data: b""])
def test_an_object_that_was_damaged_makes_the_verdict_unknown(results: Watched, two_blocks: Two, tmp_path: Path, damage: Any) -> None:
    """Even where it could be read: a curve that changed would make a wrong verdict."""
    task, runs, _ = two_blocks
    path = tmp_path / "objects" / str(runs[10].cells_path)
    path.write_bytes(damage(path.read_bytes()))
    assert diagnosis_of(task, runs, results, Counting())["summary"] == LOST._asdict()


def test_an_object_without_the_run_makes_the_verdict_unknown(results: Watched, two_blocks: Two) -> None:
    task, runs, _ = two_blocks
    strangers = (runs[0]._replace(content_hash="another"), *runs[1:])
    assert diagnosis_of(task, strangers, results, Counting())["summary"] == LOST._asdict()


def test_blocks_that_do_not_fit_together_make_the_verdict_unknown(results: Watched) -> None:
    paths = [results.put_cells("uid", block(curves(2), 0)), results.put_cells("uid", block(curves(2, sessions=9), 2))]
    found = diagnosis_of(task_of(), [summand(position, path=paths[position // 2]) for position in range(4)], results, Counting())
    assert found["summary"] == BROKEN._asdict()


@pytest.mark.parametrize("error", [KeyError("benchmark"), TypeError("None"), IndexError("7"), MemoryError(), ZeroDivisionError()])
def test_a_diagnosis_that_fails_however_costs_no_summary(
    results: Watched, two_blocks: Two, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """What nobody had thought of killed three aggregators before the fourth summed up."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(judging, "diagnose", fail)
    found = diagnosis_of(*two_blocks[:2], results, Counting())
    assert (found["verdict"], found["summary"], found["trials"]["count"]) == ("unknown", BROKEN._asdict(), 40)


def test_a_store_that_does_not_answer_is_asked_again_but_not_for_ever(results: Watched, two_blocks: Two) -> None:
    task, runs, _ = two_blocks
    results.failure = StorageError(Problem("store", "timeout"))
    with pytest.raises(StorageError):
        diagnosis_of(task, runs, results, Counting())
    last = diagnosis_of(replace(task, attempts_left=0), runs, results, Counting())
    assert last["summary"] == LOST._asdict()


def test_a_grid_that_killed_every_aggregator_is_not_touched_again(results: Watched, two_blocks: Two) -> None:
    task, runs, _ = two_blocks
    found = diagnosis_of(replace(task, attempt=4, attempts_left=-1), runs, results, Counting())
    assert found["summary"] == DEAD._asdict() and not results.read


def test_without_a_count_the_grids_own_trials_are_told_as_such(results: Watched, two_blocks: Two) -> None:
    task, runs, _ = two_blocks
    found = diagnosis_of(task, runs, results, Counting(None))
    assert (found["trials"]["count"], found["trials"]["scope"]) == (13, "grid") and found["indicators"]


@pytest.mark.parametrize("runs", [[summand(0, "failed"), summand(1, "failed")], [summand(0, "cancelled")]])
def test_nothing_has_succeeded(results: Watched, runs: list[Summand]) -> None:
    task = task_of()
    found = diagnosis_of(task, runs, results, Counting(Trials(0, None, "owner")))
    assert (found["combinations"], found["best"], found["best_run_id"], found["verdict"]) == (0, None, None, "unknown")
    page = page_of(task, runs, found)
    assert page is not None and b"<html" in page


def test_a_grid_of_one(results: Watched) -> None:
    path = results.put_cells("uid", block(curves(1), 0))
    task, runs = task_of(), [summand(0, path=path)]
    found = diagnosis_of(task, runs, results, Counting(Trials(1, None, "owner")))
    assert found["combinations"] == 1 and found["best_run_id"] == "run-0"
    assert page_of(task, runs, found)


def test_the_page_says_what_the_diagnosis_says(results: Watched, two_blocks: Two) -> None:
    task, runs, _ = two_blocks
    found = diagnosis_of(task, runs, results, Counting())
    page = (page_of(task, runs, found) or b"").decode()
    assert found["summary"]["zh"] in page and found["summary"]["en"] in page
    assert "no cash" in page and "idea" in page and "<script" not in page
    assert "688981.SH" in page, "the context names no universe, so it is the strategy's own"
    named = page_of(replace(task, context={**task.context, "universe": ["600519.SH"]}), runs, found) or b""
    assert b"600519.SH" in named and b"688981.SH" not in named


def test_a_page_that_cannot_be_drawn_costs_nothing_else(results: Watched, two_blocks: Two) -> None:
    task, runs, _ = two_blocks
    found = diagnosis_of(task, runs, results, Counting())
    assert page_of(replace(task, context={"window": None}), runs, found) is None
