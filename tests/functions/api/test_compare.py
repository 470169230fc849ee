"""Several runs on one axis: single runs and cells of grids alike, and whatever cannot be compared is named."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from functions.wiring import House
from tests.functions.api.bells import work

Body = Callable[..., dict[str, Any]]
GRID = {"mode": "grid", "gridSpec": {"ma_short": {"start": 2, "stop": 26, "step": 1}, "ma_long": [60]}}


def backtest(api: TestClient, a_backtest: Body, **changes: Any) -> str:
    return f"/api/backtests/{api.post('/api/backtests', json=a_backtest(**changes)).json()['backtest_id']}"


def single(api: TestClient, house: House, address: str, **params: int) -> str:
    run_id: str = api.post(f"{address}/runs", json={"mode": "single", "params": params}).json()["run_ids"][0]
    work(house)
    return run_id


def equity_of(api: TestClient, run_id: str) -> dict[str, float]:
    rows = api.get(f"/api/runs/{run_id}/artifacts/equity?format=json&limit=10000").json()["items"]
    return {row["date"]: row["equity_yuan"] / 1_000_000 for row in rows}


def test_runs_of_two_windows_stand_on_one_axis(api: TestClient, house: House, a_backtest: Body) -> None:
    first = single(api, house, backtest(api, a_backtest), ma_short=5, ma_long=20)
    later = {"start": "2020-04-01", "end": "2020-09-30"}
    second = single(api, house, backtest(api, a_backtest, window=later), ma_short=5, ma_long=20)
    answer = api.get(f"/api/compare?run_ids={first},{second}")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["sessions"] == sorted(told["sessions"]) and told["sessions"][0] == "2020-01-02" and told["sessions"][-1] == "2020-09-30"
    assert told["thinning"] == {"method": "every_nth", "step": 1, "sessions": len(told["sessions"])}
    for run_id, run in zip((first, second), told["runs"], strict=True):
        own = equity_of(api, run_id)
        assert run["run_id"] == run_id and run["strategy_name"] == "dual-moving-average" and run["params"] == {"ma_short": 5, "ma_long": 20}
        peak = 1.0
        for session, equity, drawdown in zip(told["sessions"], run["equity"], run["drawdown"], strict=True):
            assert (equity is None) == (drawdown is None) == (session not in own)
            if equity is not None:
                peak = max(peak, own[session])
                assert equity == pytest.approx(own[session], abs=1e-7) and drawdown == pytest.approx(own[session] / peak - 1, abs=1e-7)
        assert min(value for value in run["drawdown"] if value is not None) == pytest.approx(run["stats"]["max_dd"], abs=1e-7)
    assert [row["run_ids"] for row in told["benchmarks"]] == [[first], [second]], "each begins at 1 before its own window"


def test_cells_of_a_grid_are_compared_without_their_accounts(api: TestClient, house: House, a_backtest: Body) -> None:
    address = backtest(api, a_backtest)
    grid = api.post(f"{address}/runs", json=GRID).json()
    work(house)
    worst = api.get(f"{address}/runs?sort=stats.return&grid_id={grid['grid_id']}&limit=2").json()["items"]
    assert all("trades_path" not in run["artifacts"] for run in worst)
    same = single(api, house, address, **worst[0]["params"])
    told = api.get("/api/compare", params={"run_ids": f"{worst[0]['run_id']}, {worst[1]['run_id']},{same}"}).json()
    cell, other, run = told["runs"]
    assert cell["equity"] == pytest.approx(run["equity"], abs=1e-7) and cell["drawdown"] == pytest.approx(run["drawdown"], abs=1e-7)
    assert cell["equity"] != other["equity"]
    assert [row["run_ids"] for row in told["benchmarks"]] == [[cell["run_id"], other["run_id"], same]], (
        "the same benchmark stands there once"
    )
    assert told["benchmarks"][0]["code"] == "009300.SH" and None not in told["benchmarks"][0]["values"]


def test_a_long_axis_is_thinned_and_keeps_both_ends(api: TestClient, house: House, a_backtest: Body) -> None:
    run_id = single(api, house, backtest(api, a_backtest), ma_short=5, ma_long=20)
    whole = api.get(f"/api/compare?run_ids={run_id}").json()
    for points in (2, 3, 7, 50, 10_000):
        thin = api.get(f"/api/compare?run_ids={run_id}&points={points}").json()
        step = thin["thinning"]["step"]
        places = [place for place in range(len(whole["sessions"])) if place % step == 0 or place == len(whole["sessions"]) - 1]
        assert thin["sessions"] == [whole["sessions"][place] for place in places] and len(thin["sessions"]) <= points
        assert thin["runs"][0]["drawdown"] == [whole["runs"][0]["drawdown"][place] for place in places]
        assert thin["thinning"]["sessions"] == len(whole["sessions"])


def test_whatever_cannot_be_compared_is_named(api: TestClient, other_api: TestClient, house: House, a_backtest: Body) -> None:
    address = backtest(api, a_backtest)
    run_id = single(api, house, address, ma_short=5, ma_long=20)
    unknown = str(uuid4())
    assert other_api.get(f"/api/compare?run_ids={run_id}").status_code == 404, "somebody else's"
    missing = api.get(f"/api/compare?run_ids={run_id},{unknown}")
    assert missing.status_code == 404 and missing.json()["error"]["details"]["field"] == "run_ids[1]"
    wrong = api.get(f"/api/compare?run_ids=x,{run_id},{run_id.upper()},")
    problems = wrong.json()["error"]["details"]["problems"]
    assert wrong.status_code == 422 and [row["field"] for row in problems] == ["run_ids[0]", "run_ids[2]", "run_ids[3]"]
    many = api.get("/api/compare", params={"run_ids": ",".join(str(uuid4()) for _ in range(21))})
    assert many.status_code == 422
    for query in ("", "?run_ids=", f"?run_ids={run_id}&points=1", f"?run_ids={run_id}&points=10001", f"?run_ids={run_id}&x=1"):
        assert api.get(f"/api/compare{query}").status_code == 422, query
    queued = api.post(f"{address}/runs", json={"mode": "single", "params": {}, "reuse": False}).json()["run_ids"][0]
    early = api.get(f"/api/compare?run_ids={run_id},{queued}")
    assert early.status_code == 409 and early.headers["Retry-After"] and queued in early.json()["error"]["message"]
