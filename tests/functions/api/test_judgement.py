"""What a grid comes to, by its addresses: diagnosis, maps and report; runs and grids by id alone; the metrics' rows."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from engine.statistics.metrics import METRICS
from functions.wiring import House
from tests.functions.api.bells import work
from tests.functions.api.test_runs import GRID

Body = Callable[..., dict[str, Any]]

THREE = """
name: three
params: {a: {default: 2, min: 2, max: 9}, b: {default: 20, min: 10, max: 90}, x: {default: 0.0, min: 0.0, max: 1.0}}
entry: close > sma(close, a) * (1 + x)
exit: close < sma(close, b)
rank: roc(close, 20)
portfolio: {max_positions: 5}
"""


@pytest.fixture
def grid(api: TestClient, house: House, backtest: str) -> str:
    """The address of a grid that has ended."""
    grid_id = api.post(f"{backtest}/runs", json=GRID).json()["grid_id"]
    work(house)
    return f"{backtest}/grids/{grid_id}"


def test_a_grid_is_judged_when_it_has_ended(api: TestClient, house: House, backtest: str) -> None:
    grid_id = api.post(f"{backtest}/runs", json=GRID).json()["grid_id"]
    for what in ("diagnosis", "report"):
        early = api.get(f"{backtest}/grids/{grid_id}/{what}")
        assert early.status_code == 409 and early.headers["Retry-After"] and "queued" in early.json()["error"]["message"]
    work(house)
    diagnosis = api.get(f"{backtest}/grids/{grid_id}/diagnosis").json()
    runs = api.get(f"{backtest}/runs?grid_id={grid_id}").json()["items"]
    assert diagnosis["combinations"] == 4 and diagnosis["sessions"] > 100
    assert diagnosis["trials"]["count"] == 4 and diagnosis["trials"]["scope"] == "owner"
    assert diagnosis["verdict"] in ("good", "doubtful", "bad") and diagnosis["summary"]["zh"] and diagnosis["summary"]["en"]
    assert diagnosis["best_run_id"] == max(runs, key=lambda run: run["stats"]["sharpe"])["run_id"]
    assert {"deflated_sharpe", "overfitting", "spa"} <= {row["key"] for row in diagnosis["indicators"]}
    assert all(row["label"]["zh"] and row["meaning"]["en"] and row["source"] for row in diagnosis["indicators"])


def test_every_later_try_makes_the_best_less_remarkable(api: TestClient, house: House, backtest: str, grid: str) -> None:
    more = {"mode": "grid", "gridSpec": {"ma_long": [10, 40, 50], "ma_short": [5, 6]}}
    second = api.post(f"{backtest}/runs", json=more).json()["grid_id"]
    work(house)
    assert api.get(f"{grid}/diagnosis").json()["trials"]["count"] == 4, "as it was when the first was judged"
    assert api.get(f"{backtest}/grids/{second}/diagnosis").json()["trials"]["count"] == 9, "5 and 10 were tried before"


def test_the_report_shows_and_does_nothing(api: TestClient, grid: str) -> None:
    page = api.get(f"{grid}/report")
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    assert page.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert "dual-moving-average" in page.text and "<script" not in page.text
    diagnosis = api.get(f"{grid}/diagnosis").json()
    assert diagnosis["summary"]["zh"] in page.text
    again = api.get(f"{grid}/report", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304 and not again.content


def test_a_map_has_a_cell_for_each_run(api: TestClient, grid: str) -> None:
    backtest, _ = grid.split("/grids/")
    runs = {(run["params"]["ma_short"], run["params"]["ma_long"]): run for run in api.get(f"{backtest}/runs").json()["items"]}
    found = api.get(f"{grid}/heatmap?x=ma_short&y=ma_long&metric=sharpe").json()
    assert found["metric"] == "sharpe" and found["fixed"] == {}
    assert found["x"] == {"name": "ma_short", "values": [5, 10, 20]} and found["y"] == {"name": "ma_long", "values": [10, 30]}
    for row, y in enumerate([10, 30]):
        for column, x in enumerate([5, 10, 20]):
            run = runs.get((x, y))
            assert found["values"][row][column] == (run["stats"]["sharpe"] if run else None)
            assert found["run_ids"][row][column] == (run["run_id"] if run else None)
    assert sum(value is None for row in found["values"] for value in row) == 2, "10 is not below 10, nor 20"


def test_a_whole_number_that_was_held_came_back_as_another_kind(api: TestClient, grid: str) -> None:
    assert '"fixed":{"ma_long":30}' in api.get(f"{grid}/heatmap?x=ma_short&params.ma_long=30").text


def test_other_parameters_stay_where_the_best_run_has_them_or_are_held(api: TestClient, house: House, a_backtest: Body) -> None:
    backtest = f"/api/backtests/{api.post('/api/backtests', json=a_backtest(THREE)).json()['backtest_id']}"
    spec = {"a": [2, 3], "b": [10, 20, 30], "x": [0.0, 0.01]}
    grid_id = api.post(f"{backtest}/runs", json={"mode": "grid", "gridSpec": spec}).json()["grid_id"]
    address = f"{backtest}/grids/{grid_id}/heatmap"
    waiting = api.get(f"{address}?x=a&y=b").json()
    assert waiting["values"] == [[None, None]] * 3 and waiting["fixed"] == {"x": 0.0}, "nothing has succeeded yet"
    work(house)
    runs = api.get(f"{backtest}/runs?sort=-stats.return").json()["items"]
    best = runs[0]["params"]
    by_params = {tuple(run["params"].values()): run["stats"] for run in runs}

    found = api.get(f"{address}?x=a&y=b").json()
    assert found["metric"] == "return" and found["fixed"] == {"x": best["x"]}
    assert found["values"] == [[by_params[a, b, best["x"]]["return"] for a in (2, 3)] for b in (10, 20, 30)]
    other = 0.01 if best["x"] == 0 else 0.0
    held = api.get(f"{address}?x=a&y=b&metric=max_dd&params.x={other}").json()
    assert held["fixed"] == {"x": other}
    assert held["values"] == [[by_params[a, b, other]["max_dd"] for a in (2, 3)] for b in (10, 20, 30)]
    line = api.get(f"{address}?x=b&params.x={other}").json()
    among = [run["params"] for run in runs if run["params"]["x"] == other]
    assert line["y"] is None and line["fixed"] == {"a": among[0]["a"], "x": other}
    assert line["values"] == [[by_params[among[0]["a"], b, other]["return"] for b in (10, 20, 30)]]


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("y=ma_long", "x", "missing"),
        ("x=ma_shrt&y=ma_long", "x", "did you mean 'ma_short'?"),
        ("x=ma_short&y=nothing", "y", "known: ma_short, ma_long"),
        ("x=ma_short&y=ma_short", "y", "same parameter"),
        ("x=ma_short&y=ma_long&metric=sharp", "metric", "did you mean 'sharpe'?"),
        ("x=ma_short&params.ma_long=31", "params.ma_long", "known: 10, 30"),
        ("x=ma_short&params.ma_long=nan", "params.ma_long", "known: 10, 30"),
        ("x=ma_short&params.ma_long=ten", "params.ma_long", "known: 10, 30"),
        ("x=ma_short&params.ma_short=5", "params.ma_short", "is an axis"),
        ("x=ma_short&params.other=5", "params.other", "no parameter"),
        ("x=ma_short&ma_long=5", "ma_long", "unknown key"),
        ("x=ma_short&params.=5", "params.", "no parameter"),
        ("x=%01", "x", "no parameter"),
        ("x=ma_short&metric=%01", "metric", "no metric"),
        ("x=ma_short&metric=a%01b", "metric", "no metric"),
        ("x=ma_short&params.ma_long=%01", "params.ma_long", "known: 10, 30"),
    ],
)
def test_a_map_that_cannot_be_drawn_is_refused_with_words(api: TestClient, grid: str, query: str, field: str, words: str) -> None:
    answer = api.get(f"{grid}/heatmap?{query}")
    assert answer.status_code == 422
    (problem,) = answer.json()["error"]["details"]["problems"]
    assert problem["field"] == field and words in f"{problem['message']} {problem.get('hint')}"


def test_everything_that_is_wrong_with_a_map_is_told_at_once(api: TestClient, grid: str) -> None:
    problems = api.get(f"{grid}/heatmap?x=q&y=r&metric=s&t=u").json()["error"]["details"]["problems"]
    assert [problem["field"] for problem in problems] == ["x", "y", "metric", "t"]


def test_runs_and_grids_are_found_by_their_id_alone(api: TestClient, other_api: TestClient, grid: str) -> None:
    backtest, grid_id = grid.split("/grids/")
    long = api.get(f"{backtest}/runs").json()["items"][0]
    assert api.get(f"/api/runs/{long['run_id']}").json() == long
    assert api.get(f"/api/grids/{grid_id}").json() == api.get(grid).json()
    assert long["engine_version"] == api.get("/api/health").json()["engine_version"] and long["rules_version"]
    for address in (
        f"/api/runs/{long['run_id']}",
        f"/api/grids/{grid_id}",
        f"{grid}/diagnosis",
        f"{grid}/report",
        f"{grid}/heatmap?x=ma_short",
    ):
        assert other_api.get(address).status_code == 404, address
    assert api.get(f"/api/grids/{long['run_id']}").status_code == 404
    assert api.get(f"/api/runs/{grid_id}").status_code == 404


def test_the_submission_of_a_single_run_is_no_grid(api: TestClient, house: House, backtest: str) -> None:
    run_id = api.post(f"{backtest}/runs", json={"mode": "single"}).json()["run_ids"][0]
    work(house)
    grid_id = api.get(f"/api/runs/{run_id}").json()["grid_id"]
    assert api.get(f"/api/grids/{grid_id}").status_code == 404
    assert api.get(f"{backtest}/grids/{grid_id}/diagnosis").status_code == 404


def test_every_figure_of_a_run_has_a_row_that_explains_it(api: TestClient, house: House, backtest: str) -> None:
    run_id = api.post(f"{backtest}/runs", json={"mode": "single"}).json()["run_ids"][0]
    work(house)
    rows = api.get("/api/metrics").json()["items"]
    assert [row["key"] for row in rows] == [row.key for row in METRICS]
    assert set(api.get(f"/api/runs/{run_id}").json()["stats"]) == {row["key"] for row in rows}
    assert all(row["label"]["zh"] and row["label"]["en"] and row["formula"] and row["source"] for row in rows)


def test_a_table_sorts_by_every_metric(api: TestClient, backtest: str, grid: str) -> None:
    """Dates, counts and figures that do not exist, too: those come last."""
    for row in METRICS:
        for sign in ("", "-"):
            answer = api.get(f"{backtest}/runs?sort={sign}stats.{row.key}")
            assert answer.status_code == 200, row.key
            figures = [run["stats"][row.key] for run in answer.json()["items"]]
            known = [figure for figure in figures if figure is not None]
            assert figures == sorted(known, reverse=bool(sign)) + [None] * (len(figures) - len(known)), row.key
