"""Links to a frozen picture of a run: shown once, seen without signing in, gone when they are taken away or expire."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from datalake.errors import MissingObjectError
from functions.api.snapshots import told_universe
from functions.archiver import archive
from functions.sweeper import forget_shares
from functions.wiring import House
from tests.functions.api.bells import work
from tests.functions.api.conftest import DUAL

Body = Callable[..., dict[str, Any]]
ClientOf = Callable[[House, str | None], TestClient]


@pytest.fixture
def stranger(house: House, client_of: ClientOf) -> TestClient:
    return client_of(house, None)


def share(api: TestClient, run_id: str, **body: Any) -> dict[str, Any]:
    answer = api.post(f"/api/runs/{run_id}/shares", json=body)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_link_shows_the_run_to_whoever_has_it(
    api: TestClient, stranger: TestClient, house: House, user: str, run_id: str, admin: psycopg.Connection
) -> None:
    made = share(api, run_id, days=7, title="均线 <b>", include=["trades", "report"])
    assert len(made["token"]) >= 32 and made["path"] == f"/api/shares/{made['token']}" and made["views"] == 0
    answer = stranger.get(made["path"])
    assert (
        answer.status_code == 200 and answer.headers["Referrer-Policy"] == "no-referrer" and "no-store" in answer.headers["Cache-Control"]
    )
    seen, run = answer.json(), api.get(f"/api/runs/{run_id}").json()
    assert (seen["title"], seen["strategy_name"], seen["synthetic"]) == ("均线 <b>", "dual-moving-average", True)
    assert seen["stats"] == run["stats"] and seen["params"] == run["params"] and seen["expires_at"] == made["expires_at"]
    compared = api.get(f"/api/compare?run_ids={run_id}").json()
    assert seen["sessions"] == compared["sessions"] and seen["equity"] == compared["runs"][0]["equity"]
    assert seen["drawdown"] == compared["runs"][0]["drawdown"] and seen["benchmark"] == compared["benchmarks"][0]["values"]
    assert seen["benchmark_code"] == compared["benchmarks"][0]["code"] and [month["month"] for month in seen["months"]][:2] == [
        "2020-01",
        "2020-02",
    ]
    assert sum(month["sessions"] for month in seen["months"]) == len(seen["sessions"])
    trades = api.get(f"/api/runs/{run_id}/artifacts/trades?format=json&limit=10000").json()["items"]
    assert seen["trades"] == trades[:1000] and seen["trade_count"] == len(trades) > 0
    page = stranger.get(f"{made['path']}/report")
    assert (
        page.status_code == 200
        and page.headers["Content-Type"].startswith("text/html")
        and "sandbox" in page.headers["Content-Security-Policy"]
    )
    backtest = api.get(f"/api/backtests/{run['backtest_id']}").json()
    (submission,) = admin.execute("select grid_id::text from public.backtest_runs where id = %s", (run_id,)).fetchone() or ("",)
    for hidden in (user, run_id, run["backtest_id"], submission, backtest["strategy"]["strategy_id"], "cross_above", "sma(close"):
        assert hidden not in answer.text and hidden not in page.text, hidden
    assert {"sma(close"} <= {line for line in ("sma(close",) if line in DUAL}, "the strategy's text would have shown it"
    (listed,) = api.get(f"/api/runs/{run_id}/shares").json()["items"]
    assert listed["views"] == 1 and "token" not in listed and listed["include"] == ["report", "trades"] and listed["revoked_at"] is None


def test_what_is_not_shared_is_not_shown(api: TestClient, stranger: TestClient, run_id: str) -> None:
    made = share(api, run_id)
    seen = stranger.get(made["path"]).json()
    assert seen["trades"] is None and seen["has_report"] is False and seen["title"] == "dual-moving-average"
    assert stranger.get(f"{made['path']}/report").status_code == 404


def test_unknown_expired_and_taken_away_are_the_same_answer(
    api: TestClient, stranger: TestClient, admin: psycopg.Connection, run_id: str
) -> None:
    unknown, expired, revoked = ({"path": f"/api/shares/{uuid4()}"}, share(api, run_id), share(api, run_id, include=["report"]))
    admin.execute(
        "update public.shares set created_at = now() - interval '9 days', expires_at = now() - interval '1 second' where id = %s",
        (expired["share_id"],),
    )
    for _ in range(2):
        assert api.delete(f"/api/runs/{run_id}/shares/{revoked['share_id']}").status_code == 204
    for tail in ("", "/report"):
        answers = [stranger.get(f"{made['path']}{tail}") for made in (unknown, expired, revoked)]
        assert {answer.status_code for answer in answers} == {404} and len({answer.content for answer in answers}) == 1
    assert stranger.get("/api/shares/%FF%00'; drop table shares--").status_code == 404


def test_a_link_that_is_taken_away_leaves_no_file(api: TestClient, house: House, admin: psycopg.Connection, run_id: str) -> None:
    made = share(api, run_id, include=["report"])
    row = admin.execute("select snapshot_path, report_path from public.shares where id = %s", (made["share_id"],)).fetchone()
    assert row is not None and all(house.results.get_artifact(path) for path in row)
    api.delete(f"/api/runs/{run_id}/shares/{made['share_id']}")
    for path in row:
        with pytest.raises(MissingObjectError):
            house.results.get_artifact(path)


def test_a_share_outlives_its_run_and_does_not_change(
    api: TestClient, stranger: TestClient, admin: psycopg.Connection, run_id: str
) -> None:
    made = share(api, run_id, include=["trades"])
    before = stranger.get(made["path"]).content
    admin.execute("update public.backtest_runs set stats = '{}' where id = %s", (run_id,))
    admin.execute("delete from public.backtests")
    assert stranger.get(made["path"]).content == before
    assert [row["share_id"] for row in api.get(f"/api/runs/{run_id}/shares").json()["items"]] == [made["share_id"]]
    assert api.delete(f"/api/runs/{run_id}/shares/{made['share_id']}").status_code == 204
    assert stranger.get(made["path"]).status_code == 404


def test_nobody_touches_what_is_somebody_elses(api: TestClient, other_api: TestClient, stranger: TestClient, run_id: str) -> None:
    made = share(api, run_id)
    address = f"/api/runs/{run_id}/shares"
    assert other_api.post(address, json={}).status_code == 404 and other_api.get(address).status_code == 404
    assert other_api.delete(f"{address}/{made['share_id']}").status_code == 404
    assert api.delete(f"/api/runs/{uuid4()}/shares/{made['share_id']}").status_code == 404, "of another run"
    assert api.delete(f"{address}/{uuid4()}").status_code == 404 and api.get(f"/api/runs/{uuid4()}/shares").status_code == 404
    assert stranger.post(address, json={}).status_code == 401
    assert stranger.get(made["path"]).status_code == 200


def test_the_token_is_stored_nowhere(api: TestClient, admin: psycopg.Connection, run_id: str) -> None:
    """Not under an Idempotency-Key either: asked again, nothing is made, and nothing told."""
    key = str(uuid4())
    first = api.post(f"/api/runs/{run_id}/shares", json={"days": 3}, headers={"Idempotency-Key": key}).json()
    again = api.post(f"/api/runs/{run_id}/shares", json={"days": 3}, headers={"Idempotency-Key": key})
    assert again.status_code == 409 and first["token"] not in again.text
    (count,) = admin.execute("select count(*) from public.shares where run_id = %s", (run_id,)).fetchone() or (None,)
    assert count == 1
    tables = admin.execute("select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'")
    for (table,) in tables.fetchall():
        told = admin.execute(f"select coalesce(json_agg(t)::text, '') from public.{table} t").fetchone()
        assert told is not None and first["token"] not in told[0], table
        assert first["token"].encode().hex() not in told[0], table


@pytest.mark.parametrize(
    "body", [{"days": 0}, {"days": 366}, {"days": 1.5}, {"include": ["source"]}, {"title": "x" * 201}, {"x": 1}, {"include": "trades"}, []]
)
def test_bad_wishes_are_refused(api: TestClient, run_id: str, body: Any) -> None:
    assert api.post(f"/api/runs/{run_id}/shares", json=body).status_code == 422


def test_a_cell_is_shared_when_its_account_is_made(api: TestClient, stranger: TestClient, house: House, a_backtest: Body) -> None:
    backtest_id = api.post("/api/backtests", json=a_backtest()).json()["backtest_id"]
    spec = {"ma_short": {"start": 2, "stop": 26, "step": 1}, "ma_long": [60]}
    address = f"/api/backtests/{backtest_id}/runs"
    grid_id = api.post(address, json={"mode": "grid", "gridSpec": spec}).json()["grid_id"]
    queued = api.get(f"{address}?grid_id={grid_id}&limit=1").json()["items"][0]["run_id"]
    early = api.post(f"/api/runs/{queued}/shares", json={})
    assert early.status_code == 409 and early.headers["Retry-After"]
    work(house)
    worst = api.get(f"{address}?sort=stats.return&grid_id={grid_id}&limit=1").json()["items"][0]
    first = api.post(f"/api/runs/{worst['run_id']}/shares", json={})
    assert first.status_code == 409 and first.headers["Retry-After"]
    work(house)
    assert stranger.get(share(api, worst["run_id"])["path"]).json()["stats"] == worst["stats"]


def test_ended_shares_are_forgotten_a_month_later(api: TestClient, house: House, admin: psycopg.Connection, run_id: str) -> None:
    old, live = share(api, run_id, include=["report"]), share(api, run_id)
    paths = admin.execute("select snapshot_path, report_path from public.shares where id = %s", (old["share_id"],)).fetchone()
    admin.execute(
        "update public.shares set created_at = now() - interval '99 days', expires_at = now() - interval '31 days' where id = %s",
        (old["share_id"],),
    )
    assert paths is not None
    assert forget_shares(house) == 1 and forget_shares(house) == 0
    for path in paths:
        with pytest.raises(MissingObjectError):
            house.results.get_artifact(path)
    assert [row["share_id"] for row in api.get(f"/api/runs/{run_id}/shares").json()["items"]] == [live["share_id"]]
    assert house.shares.ended(10) == []


@pytest.mark.parametrize(
    ("universe", "told"),
    [
        (["000001.SZ", "600519.SH"], {"codes": 2}),
        ({"codes": ["000001.SZ"]}, {"codes": 1}),
        ({"index": "000300.SH"}, {"index": "000300.SH"}),
        ({"rank": "amount", "top": 30, "lag": 1}, {"rank": "amount", "top": 30, "lag": 1}),
        ({"rank": "amount", "top": 30, "within": {"codes": ["000001.SZ"]}}, None),
        ({"from": {"all": True}, "where": "close > 5"}, None),
        ({"any": [{"index": "000300.SH"}, ["600519.SH"]]}, None),
        (None, None),
    ],
)
def test_codes_and_own_rules_stay_at_home(universe: Any, told: Any) -> None:
    assert told_universe(universe) == told
    assert "600519" not in json.dumps(told_universe(universe)) and "close" not in json.dumps(told_universe(universe))


def test_ids_are_ids(api: TestClient, run_id: str) -> None:
    made = share(api, run_id)
    assert UUID(made["share_id"]) and made["run_id"] == run_id


def test_an_archived_run_says_the_way_back_and_keeps_its_links(
    api: TestClient, stranger: TestClient, house: House, admin: psycopg.Connection, run_id: str
) -> None:
    made = share(api, run_id, include=["report"])
    admin.execute("update public.grids set finished_at = now() - interval '400 days'")
    archive(house)
    for answer in (
        api.get(f"/api/runs/{run_id}/artifacts/trades"),
        api.get(f"/api/compare?run_ids={run_id}"),
        api.post(f"/api/runs/{run_id}/shares", json={}),
    ):
        assert answer.status_code == 409 and ":restore" in answer.json()["error"]["message"], answer.text
    assert stranger.get(made["path"]).status_code == 200 and stranger.get(f"{made['path']}/report").status_code == 200
    assert len(api.get(f"/api/runs/{run_id}/shares").json()["items"]) == 1
    assert api.delete(f"/api/runs/{run_id}/shares/{made['share_id']}").status_code == 204
    assert api.post(f"/api/runs/{run_id}:restore").status_code == 204
    assert api.get(f"/api/runs/{run_id}/artifacts/trades").status_code == 200
    assert share(api, run_id)["run_id"] == run_id
