"""A grid of which no account is prepared: each is made when somebody asks for it, and whoever waits is told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from functions.commands import submit
from functions.jobs.desk import Desk
from functions.wiring import House
from tests.functions.api.conftest import Bells, Run
from tests.functions.api.test_runs import GRID, work

WINDOW = ("--start", "2020-01-02", "--end", "2020-06-30")


@pytest.fixture
def house(make_house: Callable[..., House], desk: Desk) -> House:
    return make_house(prepared_accounts=0)


def test_the_best_run_of_a_grid_gets_its_account_when_somebody_asks(
    api: TestClient, house: House, a_backtest: Callable[..., dict[str, Any]]
) -> None:
    backtest = f"/api/backtests/{api.post('/api/backtests', json=a_backtest()).json()['backtest_id']}"
    grid = f"{backtest}/grids/{api.post(f'{backtest}/runs', json=GRID).json()['grid_id']}"
    work(house)
    assert not any("trades_path" in run["artifacts"] for run in api.get(f"{backtest}/runs").json()["items"])
    found = api.get(grid).json()
    assert found["status"] == "finished" and found["summary"]["best"]["return"] and found["summary"]["best"]["sharpe"]
    best = found["summary"]["best"]["return"]["run_id"]
    for _ in range(2):
        told = api.get(f"/api/runs/{best}/artifacts/report")
        assert (told.status_code, told.json(), told.headers["Retry-After"]) == (202, {"status": "preparing"}, "1")
    assert [kind for kind, _ in cast(Bells, house.queue).rung] == ["block"], "it is asked for once"
    assert api.post(f"/api/runs/{best}/shares", json={}).status_code == 409
    work(house)
    for kind in ("report", "trades", "findings"):
        assert api.get(f"/api/runs/{best}/artifacts/{kind}").status_code == 200
    assert [run["run_id"] for run in api.get(f"{backtest}/runs").json()["items"] if "trades_path" in run["artifacts"]] == [best]


def test_the_command_line_waits_for_it_and_says_so(
    apart: Run, lianghu: Run, served: None, strategy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    monkeypatch.chdir(tmp_path)
    grid = ("grid", strategy, "--grid", "ma_short=5,10", "--grid", "ma_long=20,40", *WINDOW, "--json")
    code, out, err = apart(*grid, "--report", "best.html", "--ledger", "ledger")
    assert code == 0, err
    assert Path("best.html").read_text().lower().startswith("<!doctype html>") and Path("ledger/trades.csv").stat().st_size
    other = json.loads(out)["runs"][1]["run_id"]
    code, _, err = apart("report", other, "--output", "other.html")
    assert code == 0 and Path("other.html").read_text().lower().startswith("<!doctype html>"), err
    said: list[str] = []
    status = submit.notes.status
    monkeypatch.setattr(submit.notes, "status", lambda words: said.append(words) or status(words))
    assert lianghu(*grid, "--anew", "--report", "again.html")[0] == 0 and Path("again.html").exists()
    assert "the run's account is being prepared" in said
