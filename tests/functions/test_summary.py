from functions.jobs.desk import AggregateTask, Summand
from functions.jobs.summary import PREPARED, summarise, to_prepare


def run(position: int, status: str = "succeeded", error: str | None = None, **stats: float | None) -> Summand:
    shown = {"code": "INVALID_INPUT", "message": error, "details": {}} if error else None
    found = stats if status == "succeeded" else None
    return Summand(f"run-{position}", position, status, {"n": position}, found, shown, content_hash=None, cells_path=None)


def task(*runs: Summand, mode: str = "grid") -> AggregateTask:
    return AggregateTask("grid", "owner", 1, 2, mode, 3, False, {}, "e", "r", "name", "identity", {}, None, runs)  # type: ignore[arg-type]


def test_the_best_are_found_among_the_succeeded_and_known() -> None:
    summary = summarise(
        task(
            run(0, **{"return": 0.1}, sharpe=2.0),
            run(1, **{"return": 0.3}, sharpe=None),
            run(2, **{"return": 0.3}, sharpe=1.0),
            run(3, "failed", "bad"),
            run(4, "failed", "worse"),
            run(5, "failed", "worse"),
            run(6, "cancelled"),
        )
    )
    assert summary["counts"] == {"cancelled": 1, "failed": 3, "succeeded": 3}
    assert summary["skipped"] == 3
    assert summary["best"]["return"]["run_id"] == "run-1", "the first of equals"
    assert summary["best"]["sharpe"]["run_id"] == "run-0"
    assert summary["errors"] == [
        {"code": "INVALID_INPUT", "message": "worse", "runs": 2},
        {"code": "INVALID_INPUT", "message": "bad", "runs": 1},
    ]


def test_nothing_succeeded() -> None:
    failed = task(run(0, "failed", "bad"))
    assert summarise(failed)["best"] == {"return": None, "sharpe": None}
    assert to_prepare(failed) == []


def test_the_best_accounts_are_prepared_for_grids_only() -> None:
    runs = [run(position, **{"return": position / 100}) for position in range(30)]
    assert to_prepare(task(*runs)) == [f"run-{position}" for position in range(29, 29 - PREPARED, -1)]
    assert to_prepare(task(runs[0], mode="single")) == []
