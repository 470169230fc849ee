"""The list of submissions: single runs and grids in one order, each as its own address shows it."""

from collections.abc import Callable
from typing import Any

import psycopg
from fastapi.testclient import TestClient

from functions.archiver import archive
from functions.client import Client
from functions.wiring import House
from tests.functions.api.bells import work

Body = Callable[..., dict[str, Any]]
SINGLE = {"mode": "single", "params": {}}
GRID = {"mode": "grid", "gridSpec": {"ma_short": [5, 10], "ma_long": [20, 30]}}


def _submit(api: TestClient, backtest: str, wanted: dict[str, Any]) -> dict[str, Any]:
    answer = api.post(f"{backtest}/runs", json=wanted)
    assert answer.status_code == 202
    return dict(answer.json())


def test_each_is_as_its_own_address_shows_it(api: TestClient, house: House, backtest: str, a_backtest: Body) -> None:
    grid = _submit(api, backtest, GRID)["grid_id"]
    run = _submit(api, backtest, SINGLE)["run_ids"][0]
    work(house)
    later = _submit(api, backtest, {**SINGLE, "params": {"ma_short": 7}})["run_ids"][0]
    api.post("/api/backtests", json=a_backtest())  # nothing was submitted of it

    items = api.get("/api/submissions").json()["items"]
    assert [(item["mode"], item["run_id"], (item["grid"] or {}).get("grid_id")) for item in items] == [
        ("single", later, None),
        ("single", run, None),
        ("grid", None, grid),
    ]
    assert items[0]["run"]["status"] == "queued" and items[1]["run"]["status"] == "succeeded"
    assert items[1]["run"] == api.get(f"/api/runs/{run}").json()
    whole = api.get(f"/api/grids/{grid}").json()
    assert items[2]["grid"] == whole | {"summary": None} and whole["summary"] and whole["best"]
    assert [item["backtest"] for item in items] == [api.get(backtest).json()] * 3
    assert all(item["archived_at"] is None for item in items)


def test_a_run_names_a_grid_only_where_it_is_of_one(api: TestClient, house: House, backtest: str) -> None:
    run = _submit(api, backtest, SINGLE)["run_ids"][0]
    grid = _submit(api, backtest, GRID)
    work(house)
    assert api.get(f"/api/runs/{run}").json()["grid_id"] is None
    assert {api.get(f"/api/runs/{each}").json()["grid_id"] for each in grid["run_ids"]} == {grid["grid_id"]}
    named = {row["run_id"]: row["grid_id"] for row in api.get(f"{backtest}/runs").json()["items"]}
    assert named == {run: None} | dict.fromkeys(grid["run_ids"], grid["grid_id"])


def test_it_pages_to_its_end(api: TestClient, backtest: str) -> None:
    made = [_submit(api, backtest, {**SINGLE, "params": {"ma_short": each}})["run_ids"][0] for each in range(3, 8)]
    seen, cursor = [], ""
    while True:
        page = api.get("/api/submissions", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [item["run_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]
    token = api.headers["Authorization"].removeprefix("Bearer ")
    with Client("http://testserver", token, transport=api._transport) as client:
        assert [each.run_id for each in client.submissions()] == made[::-1]


def test_archived_ones_stay_in_it_and_say_so(api: TestClient, house: House, backtest: str, admin: psycopg.Connection) -> None:
    grid = _submit(api, backtest, GRID)["grid_id"]
    run = _submit(api, backtest, SINGLE)["run_ids"][0]
    work(house)
    admin.execute("update public.grids set finished_at = now() - interval '400 days'")
    archive(house)
    single, whole = api.get("/api/submissions").json()["items"]
    assert single["run_id"] == run and single["run"] is None and single["archived_at"]
    assert whole["grid"]["grid_id"] == grid and whole["archived_at"] == whole["grid"]["archived_at"] is not None


def test_somebody_else_has_their_own(api: TestClient, other_api: TestClient, backtest: str) -> None:
    _submit(api, backtest, SINGLE)
    assert other_api.get("/api/submissions").json() == {"items": [], "next_cursor": None}
