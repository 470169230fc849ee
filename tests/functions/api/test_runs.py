"""Runs and grids from the request to the artifacts, through the real planner, worker and aggregator, called as their doorbells ring."""

from collections.abc import Callable
from typing import Any, cast
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from functions import planner
from functions.commands import local
from functions.messages import Doorbell
from functions.wiring import House
from tests.functions.api.bells import Bells, work
from tests.functions.api.conftest import DUAL

Body = Callable[..., dict[str, Any]]
GRID = {"mode": "grid", "gridSpec": {"ma_long": [10, 30], "ma_short": [5, 10, 20]}, "budget_ms": 1200000, "max_evals": 36}


def test_a_single_run_from_the_request_to_its_artifacts(api: TestClient, house: House, backtest: str) -> None:
    answer = api.post(
        f"{backtest}/runs", json={"mode": "single", "params": {"ma_short": 5, "ma_long": 20}, "budget_ms": 600000, "priority": 5}
    )
    assert answer.status_code == 202 and answer.json() == {"run_ids": answer.json()["run_ids"], "reused": 0}
    (run_id,) = answer.json()["run_ids"]
    queued = api.get(f"{backtest}/runs/{run_id}").json()
    assert queued["status"] == "queued" and queued["progress"] == 0 and queued["stats"] is None and queued["started_at"] is None
    early = api.get(f"/api/runs/{run_id}/artifacts/equity")
    assert early.status_code == 409 and early.headers["Retry-After"]

    work(house)
    run = api.get(f"{backtest}/runs/{run_id}").json()
    assert run["status"] == "succeeded" and run["progress"] == 100 and run["params"] == {"ma_short": 5, "ma_long": 20}
    assert {"pnl", "return", "max_dd", "sharpe", "sortino"} <= set(run["stats"]) and run["stats"]["max_dd"] <= 0
    assert {"equity_curve_path", "trades_path", "logs_path"} <= set(run["artifacts"])
    assert run["started_at"].endswith("Z") and run["finished_at"] and run["content_hash"] and run["attempt"] == 1

    equity = api.get(f"/api/runs/{run_id}/artifacts/equity?format=csv")
    assert equity.headers["Content-Type"].startswith("text/csv") and len(equity.text.splitlines()) > 100
    assert api.get(f"/api/runs/{run_id}/artifacts/equity", headers={"If-None-Match": equity.headers["ETag"]}).status_code == 304
    report = api.get(f"/api/runs/{run_id}/artifacts/report")
    assert "Synthetic sample data" in report.text and "sandbox" in report.headers["Content-Security-Policy"]
    assert run["content_hash"] in report.text
    for kind in ("account", "trades", "positions", "orders", "refusals", "events", "logs"):
        assert api.get(f"/api/runs/{run_id}/artifacts/{kind}").status_code == 200
    told = api.get(f"/api/runs/{run_id}/artifacts/statistics")
    assert told.headers["Content-Type"].startswith("application/json") and told.json()["stats"] == run["stats"]
    assert told.content == api.get(f"/api/runs/{run_id}/artifacts/statistics?format=json&limit=1").content, "it has no pages"
    judged = api.get(f"/api/runs/{run_id}/artifacts/findings").json()
    findings = judged["findings"]
    assert judged["proof"]["holds"] is True and judged["proof"]["cuts"] >= 3 and judged["proof"]["cells"] > 1_000
    assert judged["proof"]["text"]["zh"] in api.get(f"/api/runs/{run_id}/artifacts/report").text
    assert "TOO_SHORT" in {finding["code"] for finding in findings}, "half a year"
    page = api.get(f"/api/runs/{run_id}/artifacts/events?format=json&limit=2").json()
    rest = api.get(f"/api/runs/{run_id}/artifacts/events?format=json&limit=10000&cursor={page['next_cursor']}").json()
    whole = api.get(f"/api/runs/{run_id}/artifacts/events?format=json&limit=10000").json()
    assert page["items"] + rest["items"] == whole["items"] and whole["next_cursor"] is None


def test_a_grid_comes_back_ranked_and_each_cell_is_the_single_run(api: TestClient, house: House, backtest: str) -> None:
    answer = api.post(f"{backtest}/runs", json=GRID)
    assert answer.status_code == 202
    grid_id, run_ids = answer.json()["grid_id"], answer.json()["run_ids"]
    assert len(run_ids) == 4 and answer.json()["skipped"] == 2
    before = api.get(f"{backtest}/grids/{grid_id}").json()
    assert before["status"] == "queued" and before["counts"] == {"queued": 4} and before["best"] is None
    work(house)

    grid = api.get(f"{backtest}/grids/{grid_id}").json()
    assert (grid["status"], grid["counts"], grid["progress"], grid["eta_seconds"]) == ("finished", {"succeeded": 4}, 100, 0)
    runs = api.get(f"{backtest}/runs?grid_id={grid_id}").json()["items"]
    assert [run["run_id"] for run in runs] == run_ids
    assert [(run["params"]["ma_short"], run["params"]["ma_long"]) for run in runs] == [(5, 10), (5, 30), (10, 30), (20, 30)]
    ranked = api.get(f"{backtest}/runs?sort=-stats.sharpe&status=succeeded&limit=2").json()
    rest = api.get(f"{backtest}/runs?sort=-stats.sharpe&status=succeeded&cursor={ranked['next_cursor']}").json()["items"]
    sharpes = [run["stats"]["sharpe"] for run in ranked["items"] + rest]
    assert len(sharpes) == 4 and sharpes == sorted(sharpes, reverse=True)
    assert grid["best"]["run_id"] == max(runs, key=lambda run: run["stats"]["return"])["run_id"]

    single = api.post(f"{backtest}/runs", json={"mode": "single", "params": runs[3]["params"], "reuse": False}).json()["run_ids"][0]
    work(house)
    assert api.get(f"{backtest}/runs/{single}").json()["content_hash"] == runs[3]["content_hash"]


def test_parameters_came_back_in_another_order_than_the_strategys(api: TestClient, house: House, backtest: str) -> None:
    grid_id = api.post(f"{backtest}/runs", json=GRID).json()["grid_id"]
    work(house)
    grid = api.get(f"{backtest}/grids/{grid_id}").json()
    runs = api.get(f"{backtest}/runs?sort=-params.ma_long").json()["items"]
    shown = [run["params"] for run in runs] + [grid["best"]["params"], grid["summary"]["best"]["return"]["params"]]
    assert {tuple(params) for params in shown} == {("ma_short", "ma_long")}
    assert [params["ma_long"] for params in shown[:4]] == [30, 30, 30, 10]


def test_the_documents_grid_request_is_taken(api: TestClient, backtest: str) -> None:
    body = {
        "mode": "grid",
        "gridSpec": {"ma_short": [5, 10, 20], "ma_long": [30, 60]},
        "budget_ms": 1200000,
        "max_evals": 36,
        "early_stop": {"metric": "return", "mode": "max", "patience": 5},
    }
    answer = api.post(f"{backtest}/runs", json=body)
    assert answer.status_code == 202 and len(answer.json()["run_ids"]) == 6
    assert "notices" not in answer.json(), "everything that it asks for has its effect"


def test_what_max_evals_leaves_out_is_told(api: TestClient, backtest: str) -> None:
    body = {"mode": "grid", "gridSpec": {"ma_short": [5, 10, 20], "ma_long": {"start": 30, "stop": 60, "step": 10}}, "max_evals": 5}
    answer = api.post(f"{backtest}/runs", json=body).json()
    assert len(answer["run_ids"]) == 5
    assert answer["notices"] == ["max_evals: the first 5 valid combinations run, in the grid's order; 7 after them are left out"]


def test_a_metric_to_stop_by_that_no_run_has_is_refused(api: TestClient, backtest: str) -> None:
    """It would never become better, so the grid would stop at once, whatever its runs are."""
    body = {"mode": "grid", "gridSpec": {"ma_short": [5]}, "early_stop": {"metric": "sharp", "mode": "max", "patience": 5}}
    answer = api.post(f"{backtest}/runs", json=body)
    (problem,) = answer.json()["error"]["details"]["problems"]
    assert answer.status_code == 422 and (problem["field"], problem["hint"]) == ("early_stop.metric", "did you mean 'sharpe'?")


def test_what_was_computed_before_is_answered_at_once(api: TestClient, house: House, backtest: str) -> None:
    first = api.post(f"{backtest}/runs", json=GRID).json()
    work(house)
    old = api.get(f"{backtest}/runs?grid_id={first['grid_id']}").json()["items"]
    rung = len(cast(Bells, house.queue).rung)
    again = api.post(f"{backtest}/runs", json=GRID).json()
    assert (first["reused"], again["reused"]) == (0, len(old))
    assert [bell[0] for bell in cast(Bells, house.queue).rung[rung:]] == ["aggregate"]
    new = api.get(f"{backtest}/runs?grid_id={again['grid_id']}").json()["items"]
    assert [run["reused_from"] for run in new] == first["run_ids"] and {run["reused_from"] for run in old} == {None}
    for key in ("params", "stats", "content_hash", "artifacts"):
        assert [run[key] for run in new] == [run[key] for run in old], key
    assert {run["status"] for run in new} == {"succeeded"}
    work(house)
    grid = api.get(f"{backtest}/grids/{again['grid_id']}").json()
    assert (grid["status"], grid["progress"], grid["reused"]) == ("finished", 100, len(old))
    dry = api.post(f"{backtest}/runs?dry_run=true", json=GRID | {"gridSpec": {"ma_long": [10, 30, 40], "ma_short": [5]}}).json()
    assert (dry["combinations"], dry["reused"], dry["blocks"]) == (3, 2, 1)
    assert api.post(f"{backtest}/runs?dry_run=true", json=GRID | {"reuse": False}).json()["reused"] == 0
    anew = api.post(f"{backtest}/runs", json=GRID | {"reuse": False}).json()
    assert anew["reused"] == 0
    wrong = api.post(f"{backtest}/runs", json=GRID | {"reuse": "no"})
    assert wrong.status_code == 422


def test_the_account_of_a_cell_is_made_when_it_is_asked_for(api: TestClient, house: House, backtest: str) -> None:
    spec = {"ma_short": {"start": 2, "stop": 26, "step": 1}, "ma_long": [60]}
    grid = api.post(f"{backtest}/runs", json={"mode": "grid", "gridSpec": spec}).json()
    work(house)
    run = api.get(f"{backtest}/runs?sort=stats.return&grid_id={grid['grid_id']}&limit=1").json()["items"][0]
    first = api.get(f"/api/runs/{run['run_id']}/artifacts/trades")
    assert first.status_code == 202 and first.headers["Retry-After"]
    assert api.get(f"/api/runs/{run['run_id']}/artifacts/trades").status_code == 202
    assert [kind for kind, _ in cast(Bells, house.queue).rung] == ["block"]
    work(house)
    assert api.get(f"/api/runs/{run['run_id']}/artifacts/trades").status_code == 200
    assert api.get(f"{backtest}/runs/{run['run_id']}").json()["content_hash"] == run["content_hash"]


def test_in_this_process_the_bytes_are_the_same(api: TestClient, house: House, backtest: str, a_backtest: Body) -> None:
    grid = api.post(f"{backtest}/runs", json=GRID).json()
    work(house)
    runs = api.get(f"{backtest}/runs?grid_id={grid['grid_id']}").json()["items"]
    wanted = {"mode": "grid", "gridSpec": GRID["gridSpec"]}
    plan = local.prepare({"code": DUAL}, a_backtest()["context"], wanted, house.settings)
    rows = local.evaluate_all(plan, 2, "grid")
    assert [(row.params, row.content_hash) for row in rows] == [(run["params"], run["content_hash"]) for run in runs]
    assert rows[0].content_hash and rows[0].content_hash in local.report_page(plan, local.record(plan, rows[0].params), None).decode()


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({"mode": "single", "params": {"ma_shrt": 5}}, "params.ma_shrt", "did you mean"),
        ({"mode": "single", "params": {"ma_short": 500, "ma_long": 5.5}}, "params.ma_short", "120"),
        ({"mode": "single", "params": {"ma_short": 30, "ma_long": 20}}, "require", "ma_short < ma_long"),
        ({"mode": "single", "params": {"ma_short": True}}, "params.ma_short", "number"),
        ({"mode": "single", "priority": 10}, "priority", "9"),
        ({"mode": "single", "gridSpec": {}}, "gridSpec", "unknown key"),
        ({"mode": "grid"}, "gridSpec", "missing"),
        ({"mode": "grid", "gridSpec": {}}, "gridSpec", "no parameter"),
        ({"mode": "grid", "gridSpec": {"ma_short": []}}, "gridSpec.ma_short", "empty"),
        ({"mode": "grid", "gridSpec": {"ma_short": [5, 5]}}, "gridSpec.ma_short", "twice"),
        ({"mode": "grid", "gridSpec": {"ma_short": {"start": 5}}}, "gridSpec.ma_short", "start, stop, step"),
        ({"mode": "grid", "gridSpec": {"ma_short": [100], "ma_long": [20]}}, "gridSpec", "require"),
        ({"mode": "grid", "gridSpec": {"ma_short": [5]}, "max_evals": 0}, "max_evals", "1"),
        ({"mode": "grid", "gridSpec": {"ma_short": [5]}, "max_evals": 10**12}, "max_evals", "10000"),
        (
            {"mode": "grid", "gridSpec": {name: {"start": 3, "stop": 120, "step": 0.1} for name in ("ma_short", "ma_long")}},
            "gridSpec.ma_short",
            "",
        ),
        ({"mode": "grid", "gridSpec": {"ma_short": [5]}, "early_stop": {"metric": "return"}}, "early_stop.mode", "missing"),
        ({"mode": "grip"}, "mode", "'grid'"),
        ({}, "mode", "missing"),
    ],
)
def test_a_request_for_runs_that_cannot_be_served_is_refused(
    api: TestClient, house: House, backtest: str, body: dict[str, Any], field: str, said: str
) -> None:
    answer = api.post(f"{backtest}/runs", json=body)
    assert answer.status_code == 422, answer.text
    found = {row["field"]: f"{row['message']} | {row.get('hint', '')}" for row in answer.json()["error"]["details"]["problems"]}
    assert field in found and said in found[field], found
    assert api.get(f"{backtest}/runs").json()["items"] == [] and cast(Bells, house.queue).rung == []


def test_too_many_combinations_are_refused_with_the_limit(api: TestClient, a_backtest: Body) -> None:
    code = DUAL.replace("max: 120", "max: 1000").replace("max: 250", "max: 1000")
    made = api.post("/api/backtests", json=a_backtest(code)).json()["backtest_id"]
    spec = {name: {"start": 3, "stop": 400, "step": 1} for name in ("ma_short", "ma_long")}
    answer = api.post(f"/api/backtests/{made}/runs", json={"mode": "grid", "gridSpec": spec})
    assert answer.status_code == 422 and "10,000" in answer.json()["error"]["message"]


def test_a_dry_run_writes_nothing(api: TestClient, house: House, backtest: str) -> None:
    answer = api.post(f"{backtest}/runs?dry_run=true", json=GRID)
    assert answer.status_code == 200 and answer.json()["combinations"] == 4 and answer.json()["skipped"] == 2
    assert answer.json()["estimated_cost_usd"] > 0 and answer.json()["estimated_result_bytes"] % (4 * 8) == 0
    assert api.get(f"{backtest}/runs").json()["items"] == [] and cast(Bells, house.queue).rung == []


def test_a_state_that_has_not_changed_is_told_in_no_bytes(api: TestClient, house: House, backtest: str) -> None:
    made = api.post(f"{backtest}/runs", json=GRID).json()
    ids = f"{backtest}/grids/{made['grid_id']}", f"/api/grids/{made['grid_id']}", f"/api/runs/{made['run_ids'][0]}"
    first = {path: api.get(path).headers["ETag"] for path in ids}
    for path, tag in first.items():
        again = api.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    work(house)
    for path, tag in first.items():
        changed = api.get(path, headers={"If-None-Match": tag})
        assert changed.status_code == 200 and changed.headers["ETag"] != tag
    grid = api.get(ids[0]).json()
    ranked = api.get(f"{backtest}/runs?sort=-stats.return&limit=1").json()["items"][0]
    assert grid["best"] == {key: ranked[key] for key in ("run_id", "params", "stats")} == grid["summary"]["best"]["return"]


def test_cancelling_is_idempotent_until_the_run_has_ended(api: TestClient, house: House, backtest: str) -> None:
    first, second = (api.post(f"{backtest}/runs", json={"mode": "single"}).json()["run_ids"][0] for _ in range(2))
    assert [api.post(f"{backtest}/runs/{first}:cancel").status_code for _ in range(2)] == [204, 204]
    work(house)
    assert api.get(f"{backtest}/runs/{first}").json()["status"] == "cancelled"
    assert api.get(f"{backtest}/runs/{second}").json()["status"] == "succeeded"
    late = api.post(f"{backtest}/runs/{second}:cancel")
    assert late.status_code == 409 and late.json()["error"]["code"] == "CONFLICT"
    assert api.get(f"/api/runs/{first}/artifacts/equity").status_code == 404


def test_a_grid_stood_still_until_a_whole_block_was_done(api: TestClient, house: House, backtest: str) -> None:
    grid_id = api.post(f"{backtest}/runs", json=GRID).json()["grid_id"]
    planner.plan(Doorbell(grid_id=grid_id), house)
    task = house.desk.claim_block("w", house.engine_version, 30)
    assert task and house.desk.heartbeat(task.block_id, task.attempt, 50, 30)
    grid = api.get(f"{backtest}/grids/{grid_id}").json()
    assert grid["counts"]["running"] == len(task.run_ids) and grid["progress"] == int(100 * len(task.run_ids) * 0.5 / 4)
    assert grid["eta_seconds"] is not None
    waiting = api.get(f"{backtest}/runs?status=queued").json()["items"]
    assert api.post(f"{backtest}/runs/{waiting[-1]['run_id']}:cancel").status_code == 204
    faster = api.get(f"{backtest}/grids/{grid_id}").json()
    assert faster["progress"] > grid["progress"] and faster["eta_seconds"] > 0, "what was cancelled is done, but took no time"


def test_a_grid_can_be_cancelled_whole(api: TestClient, house: House, backtest: str) -> None:
    grid_id = api.post(f"{backtest}/runs", json=GRID).json()["grid_id"]
    assert [api.post(f"{backtest}/grids/{grid_id}:cancel").status_code for _ in range(2)] == [204, 204]
    work(house)
    grid = api.get(f"{backtest}/grids/{grid_id}").json()
    assert grid["status"] == "cancelled" and grid["counts"] == {"cancelled": 4}


def test_the_same_key_gives_the_same_bytes_and_one_submission(api: TestClient, house: House, backtest: str, other_api: TestClient) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    answers = [api.post(f"{backtest}/runs", json=GRID, headers=key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202] * 3 and len({answer.content for answer in answers}) == 1
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert len(api.get(f"{backtest}/runs").json()["items"]) == 4
    other = api.post(f"{backtest}/runs", json={"mode": "single"}, headers=key)
    assert other.status_code == 409 and other.json()["error"]["code"] == "CONFLICT"
    assert other_api.post(f"{backtest}/runs", json=GRID, headers=key).status_code == 404


def test_a_key_is_free_again_after_an_error_and_creating_is_replayed_too(api: TestClient, backtest: str, a_backtest: Body) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    assert api.post("/api/backtests", json=a_backtest("name: x"), headers=key).status_code == 422
    first, second = (api.post("/api/backtests", json=a_backtest(), headers=key) for _ in range(2))
    assert first.status_code == 201 and first.content == second.content
    assert len(api.get("/api/backtests").json()["items"]) == 2
    assert api.post("/api/backtests", json=a_backtest(), headers={"Idempotency-Key": "7"}).status_code == 422


def test_cancelling_with_a_key_is_replayed_too(api: TestClient, backtest: str) -> None:
    run = api.post(f"{backtest}/runs", json={"mode": "single"}).json()["run_ids"][0]
    key = {"Idempotency-Key": str(uuid4())}
    answers = [api.post(f"{backtest}/runs/{run}:cancel", headers=key) for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2


def test_runs_of_somebody_else_do_not_exist(api: TestClient, other_api: TestClient, house: House, backtest: str, a_backtest: Body) -> None:
    run = api.post(f"{backtest}/runs", json={"mode": "single"}).json()["run_ids"][0]
    grid = api.post(f"{backtest}/runs", json=GRID).json()["grid_id"]
    work(house)
    mine = f"/api/backtests/{api.post('/api/backtests', json=a_backtest()).json()['backtest_id']}"
    theirs = [
        f"{backtest}/runs/{run}",
        f"{backtest}/grids/{grid}",
        f"/api/runs/{run}/artifacts/report",
        f"/api/runs/{run}/artifacts/trades",
    ]
    assert [other_api.get(place).status_code for place in theirs] == [404] * 4
    assert [other_api.post(f"{place}:cancel").status_code for place in theirs[:2]] == [404] * 2
    assert api.get(f"{mine}/runs/{run}").status_code == 404 and api.get(f"{mine}/grids/{grid}").status_code == 404


def test_artifacts_come_only_in_their_formats(api: TestClient, house: House, backtest: str) -> None:
    run = api.post(f"{backtest}/runs", json={"mode": "single"}).json()["run_ids"][0]
    work(house)
    for wrong in ("report?format=csv", "report?format=json", "statistics?format=csv", "findings?format=html", "logs?format=json"):
        assert api.get(f"/api/runs/{run}/artifacts/{wrong}").status_code == 422, wrong
    assert api.get(f"/api/runs/{run}/artifacts/equty").status_code in (404, 422)
    assert api.get(f"/api/runs/{run}/artifacts/trades?format=json&cursor=%21").status_code == 422


@pytest.mark.parametrize("cursor", ["MTA%0d%0aSet-Cookie:%20a=b", "%E4%B8%AD"])
def test_a_cursor_came_back_in_a_header(api: TestClient, house: House, backtest: str, cursor: str) -> None:
    run = api.post(f"{backtest}/runs", json={"mode": "single"}).json()["run_ids"][0]
    work(house)
    for wanted in ("csv", "json"):
        assert api.get(f"/api/runs/{run}/artifacts/equity?format={wanted}&cursor={cursor}").status_code == 422
