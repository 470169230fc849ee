"""Archived submissions through the API: what still answers, what says that it is archived, and the way back."""

from collections.abc import Callable
from typing import Any, NamedTuple

import obstore
import psycopg
import pytest
from fastapi.testclient import TestClient

from functions.api import archive_routes
from functions.archiver import archive
from functions.client import Client, ClientError
from functions.jobs.desk import Desk
from functions.jobs.records import RunResult
from functions.wiring import House
from tests.functions.submissions import ENGINE, submit_grid


class Grid(NamedTuple):
    backtest: str
    where: str
    """Its address."""
    grid_id: str
    run_ids: tuple[str, ...]


@pytest.fixture
def ended(house: House, desk: Desk, user: str, admin: psycopg.Connection) -> Callable[..., Grid]:
    def make(**facts: Any) -> Grid:
        backtest_id, submitted = submit_grid(house.store, desk, user, 4, 2, **facts)
        while task := desk.claim_block("w", ENGINE, 30):
            results = [
                RunResult(run_id, {"return": params["x"], "sharpe": 1.0}, "h", {"cells_path": "c"})
                for run_id, params in zip(task.run_ids, task.combinations, strict=True)
            ]
            desk.complete_block(task.block_id, task.attempt, results)
        ready = desk.claim_aggregate(submitted.grid_id)
        assert ready is not None
        best = {"run_id": submitted.run_ids[3], "params": {"n": 3, "x": 0.3}, "stats": {"return": 0.3, "sharpe": 1.0}}
        summary = {"counts": {"succeeded": 4}, "skipped": 0, "best": {"return": best, "sharpe": best}, "errors": []}
        desk.finish_grid(submitted.grid_id, ready.attempt, summary, [])
        admin.execute("update public.grids set finished_at = now() - interval '400 days' where id = %s", (submitted.grid_id,))
        backtest = f"/api/backtests/{backtest_id}"
        return Grid(backtest, f"{backtest}/grids/{submitted.grid_id}", submitted.grid_id, submitted.run_ids)

    return make


def test_a_grid_says_its_summary_while_its_runs_are_away(api: TestClient, house: House, ended: Callable[..., Grid]):
    grid = ended()
    before, runs = api.get(grid.where).json(), api.get(f"{grid.backtest}/runs").json()
    assert before["archived_at"] is None and runs["archived"] == 0 and len(runs["items"]) == 4
    archive(house)
    away = api.get(grid.where).json()
    assert away["archived_at"] is not None and {**away, "archived_at": None} == before
    assert api.get(f"/api/grids/{grid.grid_id}").json() == away
    assert api.get(f"{grid.backtest}/runs").json() == {"items": [], "next_cursor": None, "archived": 4}
    assert api.get(f"{grid.backtest}/runs", params={"grid_id": grid.grid_id, "sort": "-stats.sharpe"}).json()["archived"] == 4
    assert api.post(f"{grid.where}:restore").status_code == 204
    assert api.post(f"{grid.where}:restore").status_code == 204
    assert api.get(grid.where).json() == before and api.get(f"{grid.backtest}/runs").json() == runs


def test_whoever_asks_for_an_archived_run_is_told_the_way_back(api: TestClient, house: House, ended: Callable[..., Grid]):
    grid = ended()
    run = grid.run_ids[1]
    shown = api.get(f"/api/runs/{run}").json()
    archive(house)
    for where in (f"/api/runs/{run}", f"{grid.backtest}/runs/{run}"):
        answer = api.get(where)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
        assert f"POST /api/runs/{run}:restore" in answer.text and answer.json()["error"]["details"]["grid_id"] == grid.grid_id
    for answer in (api.get(f"{grid.where}/heatmap?x=n"), api.post(f"{grid.where}:cancel"), api.post(f"{grid.backtest}/runs/{run}:cancel")):
        assert answer.status_code == 409, answer.text
    assert f"POST {grid.where}:restore" in api.get(f"{grid.where}/heatmap?x=n").text
    assert api.post(f"/api/runs/{run}:restore").status_code == 204
    assert api.get(f"/api/runs/{run}").json() == shown
    assert api.get(f"{grid.where}/heatmap?x=n").status_code == 200


def test_somebody_elses_archive_is_not_found(api: TestClient, other_api: TestClient, house: House, ended: Callable[..., Grid]):
    grid = ended()
    calls = (f"{grid.where}:restore", f"/api/runs/{grid.run_ids[0]}:restore")
    for archived in (False, True):
        if archived:
            archive(house)
        for call in calls:
            assert (other_api.post(call).status_code, other_api.post(call).json()["error"]["code"]) == (404, "NOT_FOUND")
        assert other_api.get(f"/api/runs/{grid.run_ids[0]}").status_code == 404
    nobody = "00000000-0000-4000-8000-000000000000"
    assert api.post(f"/api/backtests/{nobody}/grids/{grid.grid_id}:restore").status_code == 404
    assert api.post(f"{grid.backtest}/grids/{nobody}:restore").status_code == api.post(f"/api/runs/{nobody}:restore").status_code == 404
    assert api.get(grid.where).json()["archived_at"], "nobody brought it back"


def test_a_lost_or_damaged_object_is_told_and_changes_nothing(api: TestClient, house: House, ended: Callable[..., Grid]):
    grid = ended()
    archive(house)
    (key,) = (row["path"] for chunk in obstore.list(house.result_objects, "archives") for row in chunk)
    kept = bytes(obstore.get(house.result_objects, key).bytes())
    obstore.put(house.result_objects, key, b"damaged")
    answer = api.post(f"{grid.where}:restore")
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "UPSTREAM_ERROR")
    obstore.delete(house.result_objects, key)
    assert api.post(f"{grid.where}:restore").status_code == 502
    assert api.get(grid.where).json()["archived_at"]
    obstore.put(house.result_objects, key, kept)
    assert api.post(f"{grid.where}:restore").status_code == 204


def test_who_comes_while_files_are_deleted_comes_again(
    api: TestClient,
    make_house: Callable[..., House],
    client_of: Any,
    user: str,
    ended: Callable[..., Grid],
    monkeypatch: pytest.MonkeyPatch,
):
    grid = ended()
    house = make_house(archive_keeps_files=False)

    def broken(*anything: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(house.archive, "files_gone", broken)
        archive(house)
    answer = api.post(f"{grid.where}:restore")
    assert (answer.status_code, answer.headers["retry-after"]) == (409, archive_routes.BUSY_SECONDS)
    archive(house)
    assert api.post(f"{grid.where}:restore").status_code == 204


def test_the_client_brings_back(api: TestClient, house: House, ended: Callable[..., Grid]):
    grid = ended()
    archive(house)
    backtest_id = grid.backtest.rpartition("/")[2]
    token = api.headers["Authorization"].removeprefix("Bearer ")
    with Client("http://testserver", token, transport=api._transport) as client:
        assert client.grid(backtest_id, grid.grid_id).archived_at is not None
        with pytest.raises(ClientError, match="restore brings it back"):
            client.run_by_id(grid.run_ids[0])
        client.restore_run(grid.run_ids[0])
        client.restore_grid(backtest_id, grid.grid_id)
        assert client.grid(backtest_id, grid.grid_id).archived_at is None
