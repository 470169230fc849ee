import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.jobs.desk import Summand
from functions.jobs.summary import Tally, in_turn


def run(position: int, status: str = "succeeded", error: str | None = None, **stats: float | None) -> Summand:
    shown = {"code": "INVALID_INPUT", "message": error, "details": {}} if error else None
    found = stats if status == "succeeded" else None
    return Summand(f"run-{position}", position, status, {"n": position}, found, shown, content_hash=None, cells_path=None)


def tally(*runs: Summand, page: int = 2, prepared: int = 3) -> Tally:
    made = Tally(("return",), prepared)
    for first in range(0, len(runs), page):
        made.add(runs[first : first + page])
    return made


def test_the_best_are_found_among_the_succeeded_and_known() -> None:
    summary = tally(
        run(0, **{"return": 0.1}, sharpe=2.0),
        run(1, **{"return": 0.3}, sharpe=None),
        run(2, **{"return": 0.3}, sharpe=1.0),
        run(3, "failed", "bad"),
        run(4, "failed", "worse"),
        run(5, "failed", "worse"),
        run(6, "cancelled", "cancelled: budget"),
    ).summary(skipped=3)
    assert summary["counts"] == {"cancelled": 1, "failed": 3, "succeeded": 3}
    assert summary["skipped"] == 3
    assert summary["best"]["return"]["run_id"] == "run-1", "the first of equals"
    assert summary["best"]["sharpe"]["run_id"] == "run-0"
    assert summary["errors"] == [
        {"code": "INVALID_INPUT", "message": "worse", "runs": 2},
        {"code": "INVALID_INPUT", "message": "bad", "runs": 1},
    ]


def test_nothing_succeeded() -> None:
    failed = tally(run(0, "failed", "bad"))
    assert failed.summary(0)["best"] == {"return": None, "sharpe": None}
    assert failed.to_prepare() == []


@pytest.mark.parametrize("prepared", [0, 1, 2, 3, 20, 100])
def test_the_best_accounts_are_prepared_wherever_they_stand(prepared: int) -> None:
    runs = [run(position, **{"return": (position * 7 % 30) / 100}) for position in range(30)]
    first = [each.run_id for each in sorted(runs, key=lambda each: -(each.stats or {})["return"])]
    for page in (1, 7, 30):
        made = tally(*runs, page=page, prepared=prepared)
        assert made.to_prepare() == first[:prepared]
        assert made.summary(0)["best"]["return"]["run_id"] == first[0]


def test_whoever_is_best_by_something_comes_before_the_second_best() -> None:
    runs = [run(n, **{"return": returned}, sharpe=sharpe) for n, (returned, sharpe) in enumerate([(0.3, 0.1), (0.2, 0.2), (0.1, 0.9)])]
    assert tally(*runs, prepared=2).to_prepare() == ["run-0", "run-2"]
    assert tally(*runs, prepared=3).to_prepare() == ["run-0", "run-2", "run-1"]


def test_in_turn_names_nobody_twice_and_goes_on_where_one_ranking_ends() -> None:
    assert in_turn([["a", "b", "c"], ["a", "d"]], 3) == ["a", "b", "d"]
    assert in_turn([["a", "b", "c"], []], 2) == ["a", "b"]
    assert in_turn([[], []], 2) == []


@given(
    st.lists(st.tuples(st.sampled_from(["succeeded", "failed"]), st.sampled_from([None, 0.0, 1.0, -1.0])), max_size=60), st.integers(1, 9)
)
def test_pages_come_to_the_same_as_all_at_once(told: list[tuple[str, float | None]], page: int) -> None:
    runs = [
        run(position, status, "bad" if status == "failed" else None, **{"return": value}) for position, (status, value) in enumerate(told)
    ]
    some, whole = tally(*runs, page=page), tally(*runs, page=1000)
    assert (some.summary(1), some.to_prepare(), some.runs) == (whole.summary(1), whole.to_prepare(), whole.runs)
    known = [each for each in runs if each.stats and each.stats["return"] is not None]
    assert some.to_prepare() == [each.run_id for each in sorted(known, key=lambda each: -(each.stats or {})["return"])][:3]


def test_of_every_run_only_what_is_asked_for_is_kept_and_of_the_best_all() -> None:
    made = tally(run(0, **{"return": 0.1}, sharpe=2.0), run(1, "failed", "bad"), run(2, "failed", "bad"))
    assert [each.stats for each in made.runs] == [{"return": 0.1}, None, None]
    assert made.runs[1].error == {"code": "INVALID_INPUT", "message": "bad"} and made.runs[1].error is made.runs[2].error
    assert made.summary(0)["best"]["return"]["stats"] == {"return": 0.1, "sharpe": 2.0}
