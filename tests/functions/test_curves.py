"""A run's curve out of whichever files it left behind, and curves of several runs on one axis."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datalake.errors import CorruptObjectError, MissingObjectError
from datalake.objects import open_store
from functions.jobs.comparison import axis_of, benchmarks_of, on_axis
from functions.jobs.curves import Curves, Wealth, from_equity, from_statistics
from functions.jobs.results import Cells, Results

CONTEXT = {"initial_cash": 1_000, "benchmark": "000300.SH"}


def cells(benchmark: Any) -> Cells:
    return Cells(
        sessions=np.array([20240102, 20240103, 20240104], np.int32),
        benchmark=np.array(benchmark),
        equity=np.array([[1_100_000, 900_000, 1_200_000], [1_000_000] * 3], np.int64),
        tallies=np.zeros((2, 1), np.int64),
        tally_names=("bought",),
        params=({"n": 5}, {"n": 10}),
        content_hashes=("a", "b"),
    )


def test_a_cell_is_read_from_its_block(folder_url: str) -> None:
    results = Results(open_store(folder_url))
    curves = Curves(results)
    path = results.put_cells("owner", cells([10.0, 11.0, np.nan, 12.5]))
    told = curves.of_run({"cells_path": path}, "a", CONTEXT)
    assert told == Wealth(
        [20240102, 20240103, 20240104], [1.1, 0.9, 1.2], [0.0, round(0.9 / 1.1 - 1, 8), 0.0], "000300.SH", [1.1, None, 1.25]
    )
    assert curves.of_run({"cells_path": path}, "b", CONTEXT).drawdown == [0.0, 0.0, 0.0]
    with pytest.raises(MissingObjectError):
        curves.of_run({"cells_path": path}, "c", CONTEXT)


@pytest.mark.parametrize("benchmark", [[], [np.nan, 1.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0]])
def test_a_benchmark_that_cannot_be_followed_is_empty(folder_url: str, benchmark: list[float]) -> None:
    results = Results(open_store(folder_url))
    path = results.put_cells("owner", cells(benchmark))
    assert list(Curves(results).of_run({"cells_path": path}, "a", CONTEXT).benchmark) == []


def test_the_equity_file_alone_gives_the_last_bar_of_each_session(folder_url: str) -> None:
    """Of a run whose statistics could not be made."""
    results = Results(open_store(folder_url))
    data = b"\xef\xbb\xbfdate,time,equity_yuan\n2024-01-02,,1100.000\n2024-01-02,,1050.000\n2024-01-03,,525.000\n"
    (stored,) = results.put_artifacts("owner", "run", {"equity.csv": data})
    told = Curves(results).of_run({stored.key: stored.path}, None, CONTEXT)
    assert told == Wealth([20240102, 20240103], [1.05, 0.525], [0.0, -0.5], "", [])


def test_a_run_without_any_curve_is_told_so(folder_url: str) -> None:
    with pytest.raises(MissingObjectError):
        Curves(Results(open_store(folder_url))).of_run({}, None, CONTEXT)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"curve": null}', b'{"curve": {"equity": ["x"]}}', json.dumps({"curve": {}}).encode()]
)
def test_damaged_statistics_are_told_so(data: bytes) -> None:
    with pytest.raises(CorruptObjectError):
        from_statistics(data, 1000)


@pytest.mark.parametrize("data", [b"\xff", b"date\n2024-01-02\n", b"date,equity_yuan\nx,1\n", b"date,equity_yuan\n2024-01-02,x\n"])
def test_a_damaged_equity_file_is_told_so(data: bytes) -> None:
    with pytest.raises(CorruptObjectError):
        from_equity(data, 1000)


SESSIONS = st.lists(st.integers(20200101, 20200131), unique=True, max_size=31).map(sorted)


@given(st.lists(SESSIONS, min_size=1, max_size=4), st.integers(2, 12))
def test_an_axis_is_the_union_thinned_with_both_ends(all_sessions: list[list[int]], points: int) -> None:
    curves = [Wealth(sessions, [1.0] * len(sessions), [0.0] * len(sessions)) for sessions in all_sessions]
    axis = axis_of(curves, points)
    union = sorted({session for sessions in all_sessions for session in sessions})
    assert axis.of == len(union) and len(axis.sessions) <= max(points, 0) and set(axis.sessions) <= set(union)
    assert list(axis.sessions) == sorted(axis.sessions) and (len(union) > points or list(axis.sessions) == union)
    if union:
        assert axis.sessions[0] == union[0] and axis.sessions[-1] == union[-1]
    for curve in curves:
        shown = on_axis(axis, curve.sessions, curve.equity)
        assert [value is not None for value in shown] == [session in curve.sessions for session in axis.sessions]


def test_benchmarks_are_one_only_over_the_same_sessions_of_the_same_data() -> None:
    def wealth(code: str, *sessions: int) -> Wealth:
        return Wealth(sessions, [1.0] * len(sessions), [0.0] * len(sessions), code, [1.0] * len(sessions))

    curves = {
        "a": wealth("x", 1, 2), "b": wealth("x", 1, 2), "c": wealth("x", 2, 3), "d": wealth("y", 1, 2), "e": wealth("x", 1, 2),
        "f": Wealth((1, 2), (1.0, 1.0), (0.0, 0.0)),
    }  # fmt: skip
    datasets = dict.fromkeys(curves, "v1") | {"e": "v2"}
    found = benchmarks_of(axis_of(list(curves.values()), 10), curves, datasets)
    assert [row.run_ids for row in found] == [["a", "b"], ["c"], ["d"], ["e"]]
    assert found[1].values == [None, 1.0, 1.0]
