"""Files of runs: whole, in part, in pages, as Parquet; chosen rows; and what is refused."""

import hashlib
import io
from collections.abc import Callable
from typing import Any, cast

import polars as pl
import psycopg
import pytest
from fastapi.testclient import TestClient

from datalake.objects import delete, put_over, sizes
from engine.simulation import run
from functions import computing
from functions.api.artifact_shapes import ARTIFACTS
from functions.jobs.columns import TABLES
from functions.jobs.lease import Lease, Verdict
from functions.messages import PlanMessage
from functions.wiring import House
from functions.wishes.makers import make
from tests.functions.api.bells import work
from tests.functions.api.conftest import Bells

Body = Callable[..., dict[str, Any]]


@pytest.fixture
def at(run_id: str) -> str:
    return f"/api/runs/{run_id}/artifacts"


def rows(api: TestClient, address: str, **query: Any) -> list[dict[str, Any]]:
    """All pages."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        answer = api.get(address, params={"format": "json", **query} | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found


def wishes(house: House) -> None:
    """Makes what was wished for, as the planner would."""
    waiting = cast(Bells, house.queue).wishes
    while waiting:
        make(waiting.pop(0), house)


def test_every_file_is_noted_with_its_size_and_hash(
    api: TestClient, house: House, user: str, at: str, run_id: str, admin: psycopg.Connection
) -> None:
    artifacts = api.get(f"/api/runs/{run_id}").json()["artifacts"]
    noted = admin.execute("select owner::text, key, path, bytes, sha256 from public.artifacts where run_id = %s", (run_id,)).fetchall()
    assert {key: path for _, key, path, _, _ in noted} == artifacts and {owner for owner, *_ in noted} == {user}
    for _, _, path, size, sha256 in noted:
        data = house.results.get_artifact(path)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (size, sha256)
    assert {offered.key for offered in ARTIFACTS.values()} == artifacts.keys()


def test_a_file_that_was_stored_before_files_were_noted_is_answered_alike(
    api: TestClient, house: House, at: str, run_id: str, admin: psycopg.Connection
) -> None:
    addresses = [f"{at}/trades", f"{at}/trades?format=json&limit=3", f"{at}/report"]
    before = [api.get(address) for address in addresses]
    api.get(f"{at}/trades?format=parquet")
    wishes(house)
    parquet = api.get(f"{at}/trades?format=parquet").content
    admin.execute("delete from public.artifacts where run_id = %s", (run_id,))
    after = [api.get(address) for address in addresses]
    assert [(each.content, each.headers["ETag"]) for each in after] == [(each.content, each.headers["ETag"]) for each in before]
    assert api.get(f"{at}/trades?format=parquet").content == parquet


@pytest.mark.parametrize("kind", list(TABLES))
def test_a_table_is_the_same_as_csv_json_and_parquet(api: TestClient, house: House, at: str, kind: str) -> None:
    answer = api.get(f"{at}/{kind}?format=parquet")
    assert answer.status_code == 202 and answer.headers["Retry-After"] and answer.json() == {"status": "preparing"}
    wishes(house)
    answer = api.get(f"{at}/{kind}?format=parquet")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/vnd.apache.parquet"
    assert answer.headers["Content-Disposition"].endswith('.parquet"') and cast(Bells, house.queue).wishes == []
    frame = pl.read_parquet(io.BytesIO(answer.content))
    told = rows(api, f"{at}/{kind}", limit=7 if kind != "events" else 1000)
    assert frame.columns == list(TABLES[kind]) and frame.height == len(told) == len(api.get(f"{at}/{kind}").text.splitlines()) - 1
    for mine, row in zip(told, frame.iter_rows(named=True), strict=True):
        for name, meaning in TABLES[kind].items():
            if meaning in ("yuan", "rate", "count"):
                assert mine[name] == (None if row[name] is None else float(row[name]))
            elif meaning == "text":
                assert mine[name] == row[name]
            else:
                assert (mine[name] or "")[:10] == ("" if row[name] is None else row[name].strftime("%Y-%m-%d"))


def test_only_one_parquet_is_made(api: TestClient, house: House, at: str, run_id: str) -> None:
    for _ in range(3):
        api.get(f"{at}/trades?format=parquet")
    wishes(house)
    path = api.get(f"/api/runs/{run_id}").json()["artifacts"]["trades_path"]
    assert sum(key.endswith(".parquet") for key in sizes(house.results.objects, path.rpartition("/")[0])) == 1


def test_an_account_that_ends_with_the_budget_is_fetched_like_any_other(
    api: TestClient, house: House, a_backtest: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files lie in a folder of the attempt, and the makers of Parquet once refused every address but a whole account's."""
    monkeypatch.setattr(run, "LONE_TILE", 10)
    monkeypatch.setattr(Lease, "checkpoint", lambda _, done: done < computing.RECORDED * 0.9)
    monkeypatch.setattr(Lease, "verdict", Verdict.OVER_BUDGET)
    backtest_id = api.post("/api/backtests", json=a_backtest()).json()["backtest_id"]
    asked = {"mode": "single", "params": {}, "budget_ms": 600_000}
    (run_id,) = api.post(f"/api/backtests/{backtest_id}/runs", json=asked).json()["run_ids"]
    work(house)
    told = api.get(f"/api/runs/{run_id}").json()
    assert (told["status"], told["error"]["details"]) == ("cancelled", {"reason": "budget"})
    assert told["stats"] is None and "report_path" not in told["artifacts"]
    assert {path.split("/")[3] for path in told["artifacts"].values()} == {"partial-1"}
    at = f"/api/runs/{run_id}/artifacts"
    assert "stopped after: " in api.get(f"{at}/logs").text
    assert api.get(f"{at}/report").status_code == 404
    assert api.get(f"{at}/equity?format=parquet").status_code == 202
    (wish,) = cast(Bells, house.queue).wishes
    assert PlanMessage.model_validate_json(wish.model_dump_json()).root == wish, "it comes to the planner"
    wishes(house)
    frame = pl.read_parquet(io.BytesIO(api.get(f"{at}/equity?format=parquet").content))
    assert 0 < frame.height == len(rows(api, f"{at}/equity")) == api.get(f"{at}/equity").text.count("\n") - 1


def test_a_damaged_table_is_no_parquet_and_says_why(api: TestClient, house: House, at: str, run_id: str) -> None:
    path = api.get(f"/api/runs/{run_id}").json()["artifacts"]["orders_path"]
    put_over(house.results.objects, path, b"something else")
    assert api.get(f"{at}/orders?format=parquet").status_code == 202
    wishes(house)
    told = api.get(f"{at}/orders?format=parquet")
    assert told.status_code == 502 and told.headers["Retry-After"] and "not what it was" in told.json()["error"]["message"]


def test_rows_are_chosen_by_stock_and_day(api: TestClient, at: str) -> None:
    trades = rows(api, f"{at}/trades")
    code = trades[0]["ts_code"]
    assert rows(api, f"{at}/trades", ts_code=code, limit=1) == [row for row in trades if row["ts_code"] == code] != trades
    assert rows(api, f"{at}/trades", ts_code="x") == []
    held = rows(api, f"{at}/trades", **{"from": "2020-03-02", "to": "2020-03-31"}, limit=2)
    assert held == [row for row in trades if row["exit_date"] >= "2020-03-02" and row["entry_date"] <= "2020-03-31"]
    assert any(row["entry_date"] < "2020-03-02" for row in held)
    for kind in ("refusals", "events", "equity"):
        whole = rows(api, f"{at}/{kind}", limit=10_000)
        assert rows(api, f"{at}/{kind}", **{"from": "2020-03-02", "to": "2020-03-02"}) == [r for r in whole if r["date"] == "2020-03-02"]
    positions = rows(api, f"{at}/positions")
    day = positions[0]["entry_date"]
    assert rows(api, f"{at}/positions", **{"from": day, "to": day}) == [row for row in positions if row["entry_date"] == day]


@pytest.mark.parametrize(
    ("tail", "field"),
    [
        ("trades?format=html", "format"),
        ("report?format=parquet", "format"),
        ("trades?ts_code=000001.SZ", "ts_code"),
        ("trades?format=csv&from=2020-01-02", "from"),
        ("statistics?to=2020-01-02", "to"),
        ("equity?format=json&ts_code=000001.SZ", "ts_code"),
        ("trades?format=json&from=2020-02-01&to=2020-01-01", ""),
        ("trades?format=json&from=yesterday", "from"),
        ("trades?format=json&cursor=x", "cursor"),
        ("trades?format=json&cursor=MQ", "cursor"),
        ("trades?format=json&cursor=LTE", "cursor"),
        ("trades?format=json&cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "cursor"),
        ("trades?format=json&cursor=é", "cursor"),
        ("trades?format=json&limit=10001", "limit"),
        ("trades?x=1", "x"),
    ],
)
def test_what_makes_no_sense_is_refused(api: TestClient, at: str, tail: str, field: str) -> None:
    answer = api.get(f"{at}/{tail}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["details"]["field"] == field


@pytest.mark.parametrize("kind", ["..%2f..%2fsecret", "secrets", "trades.csv", "%00"])
def test_no_path_is_a_kind(api: TestClient, at: str, kind: str) -> None:
    assert api.get(f"{at}/{kind}").status_code in (404, 422)


def test_a_part_of_a_file(api: TestClient, at: str) -> None:
    whole = api.get(f"{at}/events")
    size = len(whole.content)
    assert whole.headers["Accept-Ranges"] == "bytes"
    for said, first, last in (
        ("bytes=0-9", 0, 9),
        ("bytes=5-", 5, size - 1),
        ("bytes=-7", size - 7, size - 1),
        (f"bytes=3-{size * 2}", 3, size - 1),
        (f"bytes=-{size * 2}", 0, size - 1),
        ("bytes=0-0", 0, 0),
    ):
        part = api.get(f"{at}/events", headers={"Range": said})
        assert part.status_code == 206 and part.content == whole.content[first : last + 1], said
        assert part.headers["Content-Range"] == f"bytes {first}-{last}/{size}" and part.headers["ETag"] == whole.headers["ETag"]
    for said in ("bytes=0-1,4-5", "lines=1-2", "bytes=-", "bytes=9-3", "bytes=a-b", f"bytes={'9' * 19}-"):
        assert api.get(f"{at}/events", headers={"Range": said}).content == whole.content, said
    for said in (f"bytes={size}-", "bytes=-0"):
        beyond = api.get(f"{at}/events", headers={"Range": said})
        assert beyond.status_code == 416 and beyond.headers["Content-Range"] == f"bytes */{size}" and beyond.json()["error"]
    old = api.get(f"{at}/events", headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert old.status_code == 200 and old.content == whole.content
    assert api.get(f"{at}/events", headers={"Range": "bytes=0-9", "If-Range": whole.headers["ETag"]}).status_code == 206


def test_what_has_not_changed_is_not_sent_again(api: TestClient, at: str) -> None:
    tags = set()
    for tail in (
        "trades",
        "trades?format=json",
        "trades?format=json&limit=1",
        "trades?format=json&ts_code=x",
        "report",
        "statistics",
        "logs",
    ):
        tag = api.get(f"{at}/{tail}").headers["ETag"]
        tags.add(tag)
        for offered in (tag, f"W/{tag}", f'"x", {tag}', "*"):
            again = api.get(f"{at}/{tail}", headers={"If-None-Match": offered})
            assert again.status_code == 304 and not again.content and again.headers["ETag"] == tag, (tail, offered)
        assert api.get(f"{at}/{tail}", headers={"If-None-Match": '"x"'}).status_code == 200
    assert len(tags) == 7, "each answer has its own"


def test_large_files_of_a_folder_stream(api: TestClient, house: House, at: str, run_id: str, user: str, admin: psycopg.Connection) -> None:
    data = b"sequence,date\n" + b"1,2020-01-02\n" * 800_000
    path = f"artifacts/{user}/{run_id}/events.csv"
    put_over(house.results.objects, path, data)
    admin.execute("update public.artifacts set bytes = %s where run_id = %s and key = 'events_path'", (len(data), run_id))
    answer = api.get(f"{at}/events")
    assert answer.status_code == 200 and answer.content == data and answer.headers["Content-Length"] == str(len(data))


def test_a_file_that_the_store_lost_is_an_error_and_no_empty_answer(api: TestClient, house: House, at: str, run_id: str) -> None:
    artifacts = api.get(f"/api/runs/{run_id}").json()["artifacts"]
    delete(house.results.objects, [artifacts["trades_path"], artifacts["events_path"]])
    for tail in ("trades", "trades?format=json", "events"):
        answer = api.get(f"{at}/{tail}")
        assert answer.status_code in (404, 502) and answer.json()["error"], tail
