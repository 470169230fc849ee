"""Idempotency keys where things go wrong: after the commit, before the answer, a day later."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from functions.api.app import create_app
from functions.errors import ApiError
from functions.wiring import House
from tests.functions.api.conftest import token

SINGLE = {"mode": "single", "params": {"ma_short": 5, "ma_long": 20}}


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def count(admin: psycopg.Connection, table: str) -> int:
    row = admin.execute(f"select count(*) from public.{table}").fetchone()
    assert row is not None
    return int(row[0])


def test_a_submission_whose_bell_fell_silent_is_answered_by_its_next_try(
    house: House, user: str, backtest: str, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit has the answer; what falls afterwards does not make it happen twice."""
    client = TestClient(create_app(lambda: house), headers={"Authorization": f"Bearer {token(user)}"}, raise_server_exceptions=False)
    headers = key()

    def silent(*_: object, **__: object) -> int:
        raise RuntimeError("no queue")

    with monkeypatch.context() as broken:
        broken.setattr(house.queue, "ring", silent)
        assert client.post(f"{backtest}/runs", json=SINGLE, headers=headers).status_code == 500
    again = client.post(f"{backtest}/runs", json=SINGLE, headers=headers)
    assert again.status_code == 202 and again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Content-Type"].startswith("application/json")
    (run,) = client.get(f"{backtest}/runs").json()["items"]
    assert again.json()["run_ids"] == [run["run_id"]] and count(admin, "grids") == 1


def test_an_answer_that_could_not_be_kept_is_given_all_the_same(
    house: House, api: TestClient, backtest: str, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what may be done twice: everything else keeps its answer with what it did."""

    def away(*_: object) -> None:
        raise ApiError("UPSTREAM_ERROR", "the database does not answer")

    run_id = api.post(f"{backtest}/runs", json=SINGLE).json()["run_ids"][0]
    path, headers = f"{backtest}/runs/{run_id}:cancel", key()
    with monkeypatch.context() as broken:
        broken.setattr(house.requests, "finish_idempotent", away)
        assert api.post(path, headers=headers).status_code == 204
    again = api.post(path, headers=headers)
    assert again.status_code == 409 and again.headers["Retry-After"]
    admin.execute("update public.idempotency set created_at = created_at - interval '61 seconds'")
    assert api.post(path, headers=headers).status_code == 204, "and is free after a minute"


def test_a_refused_call_leaves_its_key_usable(api: TestClient, a_backtest: Callable[..., dict[str, Any]], backtest: str) -> None:
    headers = key()
    assert api.post("/api/backtests", json={}, headers=headers).status_code == 422
    assert api.post("/api/backtests", content=b"{", headers=headers).status_code == 400
    assert api.post(f"/api/backtests/{uuid4()}/runs", json=SINGLE, headers=headers).status_code == 404
    assert api.post("/api/backtests", json=a_backtest(), headers=headers).status_code == 201


def test_everything_that_decides_what_is_done_makes_another_request(api: TestClient, backtest: str) -> None:
    headers = key()
    first = api.post(f"{backtest}/runs", json=SINGLE, headers=headers)
    assert first.status_code == 202
    for method, path, body in (
        ("POST", f"{backtest}/runs", SINGLE | {"priority": 1}),
        ("POST", f"{backtest}/runs?dry_run=true", SINGLE),
        ("POST", "/api/strategies:validate", SINGLE),
        ("DELETE", f"/api/keys/{uuid4()}", SINGLE),
    ):
        answer = api.request(method, path, json=body, headers=headers)
        assert answer.status_code == 409 and answer.json()["error"]["details"]["field"] == "Idempotency-Key", (method, path)
    assert api.post(f"{backtest}/runs", json=SINGLE, headers=headers).content == first.content


def test_an_answer_without_a_body_is_given_again(api: TestClient) -> None:
    key_id = api.post("/api/keys", json={"name": "k", "scopes": ["read"]}).json()["key_id"]
    headers = key()
    for replayed in (None, "true"):
        answer = api.delete(f"/api/keys/{key_id}", headers=headers)
        assert (answer.status_code, answer.content, answer.headers.get("Idempotency-Replayed")) == (204, b"", replayed)
    assert api.delete(f"/api/keys/{key_id}", headers=key()).status_code == 404


def test_an_answer_is_kept_for_a_day(api: TestClient, backtest: str, admin: psycopg.Connection) -> None:
    headers = key()
    first = api.post(f"{backtest}/runs", json=SINGLE, headers=headers)
    admin.execute("update public.idempotency set created_at = created_at - interval '23 hours 59 minutes'")
    assert api.post(f"{backtest}/runs", json=SINGLE, headers=headers).content == first.content
    admin.execute("update public.idempotency set created_at = created_at - interval '2 minutes'")
    later = api.post(f"{backtest}/runs", json=SINGLE, headers=headers)
    assert later.status_code == 202 and later.content != first.content


def test_of_many_calls_at_once_one_happens(house: House, user: str, backtest: str, admin: psycopg.Connection) -> None:
    headers = key() | {"Authorization": f"Bearer {token(user)}"}

    def ask(_: int) -> tuple[int, bytes]:
        answer = TestClient(create_app(lambda: house)).post(f"{backtest}/runs", json=SINGLE, headers=headers)
        return answer.status_code, answer.content if answer.status_code == 202 else b""

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, range(12)))
    assert {status for status, _ in answers} <= {202, 409} and len({body for status, body in answers if status == 202}) == 1
    assert count(admin, "grids") == 1


@pytest.mark.parametrize("offered", ["", "x", "1", "' or 1=1", "0" * 500, "{}", "00000000-0000-0000-0000-00000000000g"])
def test_what_is_no_uuid_is_no_key(api: TestClient, offered: str) -> None:
    answer = api.post("/api/backtests", json={}, headers={"Idempotency-Key": offered})
    assert answer.status_code == 422 and answer.json()["error"]["details"]["field"] == "Idempotency-Key"


def test_reading_takes_no_notice_of_a_key(api: TestClient, admin: psycopg.Connection) -> None:
    assert api.get("/api/backtests", headers={"Idempotency-Key": "nonsense"}).status_code == 200
    assert count(admin, "idempotency") == 0
