"""Message clients over HTTP: who may make them, what is shown of them, and where the platform writes because of them."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from functions.wiring import House

QUEUE = "arn:aws:sqs:ap-east-1:123456789012:lianghu-replies-desk"
CLIENT = {"name": "order desk", "scopes": ["read", "run"], "reply_queue": QUEUE}


def letters(house: House) -> list[tuple[str, Any]]:
    return [(arn, json.loads(body)) for arn, body in house.reply_queues.sent]  # type: ignore[attr-defined]


def test_a_client_is_made_confirmed_given_a_new_key_and_revoked(api: TestClient, house: House) -> None:
    made = api.post("/api/message-clients", json=CLIENT | {"window_seconds": 60, "requests": 5})
    assert made.status_code == 201
    client = made.json()
    key = client.pop("key")
    assert key == house.keyring.key(client["client_id"], 1) and client.pop("command_queue") == ""
    assert (client["scopes"], client["window_seconds"], client["requests"], client["version"]) == (["read", "run"], 60, 5, 1)
    assert client["confirmed_at"] is None
    assert api.get("/api/message-clients").json() == {"items": [client], "next_cursor": None, "command_queue": ""}
    address = f"/api/message-clients/{client['client_id']}"
    ((arn, hello),) = letters(house)
    assert arn == QUEUE and hello["client_id"] == client["client_id"]
    for wrong in ("", "x", hello["code"][:-1], hello["code"].upper() + "x", key, "ä" * 32):
        assert api.post(f"{address}:confirm", json={"code": wrong}).status_code == 422
    assert api.get("/api/message-clients").json()["items"][0]["confirmed_at"] is None
    assert [api.post(f"{address}:confirm", json={"code": hello["code"]}).status_code for _ in range(2)] == [204, 204]
    assert api.get("/api/message-clients").json()["items"][0]["confirmed_at"]
    rotated = api.post(f"{address}:rotate", json={"overlap_seconds": 60}).json()
    assert rotated["version"] == 2 and rotated["previous_until"] and rotated["key"] == house.keyring.key(client["client_id"], 2) != key
    assert rotated["confirmed_at"], "it is the same queue"
    assert [api.delete(address).status_code for _ in range(2)] == [204, 404]
    assert api.post(f"{address}:rotate", json={}).status_code == 404
    assert api.post(f"{address}:confirm", json={"code": hello["code"]}).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"reply_queue": "arn:aws:sqs:ap-east-1:123456789012:PlanQueue"},
        {"reply_queue": "arn:aws:sqs:ap-east-1:123456789012:lianghu-local-BlockQueue"},
        {"reply_queue": "arn:aws:sqs:ap-east-1:123456789012:lianghu-replies-"},
        {"reply_queue": "arn:aws:sqs:ap-east-1:123456789012:lianghu-replies-a/../PlanQueue"},
        {"reply_queue": "arn:aws:sqs:ap-east-1:123456789012:lianghu-replies-a.fifo"},
        {"reply_queue": QUEUE + "\n"},
        {"reply_queue": "arn:aws:sqs:eu-west-1:123456789012:lianghu-replies-desk"},
        {"reply_queue": "arn:aws:sns:ap-east-1:123456789012:lianghu-replies-desk"},
        {"reply_queue": "arn:aws:sqs:ap-east-1:1234:lianghu-replies-desk"},
        {"reply_queue": "https://sqs.ap-east-1.amazonaws.com/123456789012/lianghu-replies-desk"},
        {"reply_queue": "http://169.254.169.254/lianghu-replies-desk"},
        {"reply_queue": "arn:aws:sqs:ap-east-1:123456789012:lianghu-replies-closed"},
        {"reply_queue": None},
        {"scopes": ["account"]},
        {"scopes": []},
        {"window_seconds": 9},
        {"window_seconds": 43_201},
        {"window_seconds": "60"},
        {"name": ""},
        {"key": "mine"},
        {"client_id": str(uuid4())},
        {"confirmed_at": "2026-11-22T08:00:00Z"},
    ],
)
def test_a_wrong_wish_for_a_client_is_refused(api: TestClient, house: House, change: dict[str, Any]) -> None:
    answer = api.post("/api/message-clients", json=CLIENT | change)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["details"]["field"].split("[")[0] in change
    assert api.get("/api/message-clients").json()["items"] == [] and letters(house) == []


def test_the_same_request_again_does_not_show_the_key_again(api: TestClient, admin: psycopg.Connection) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    first = api.post("/api/message-clients", json=CLIENT, headers=headers)
    again = api.post("/api/message-clients", json=CLIENT, headers=headers)
    assert (first.status_code, again.status_code) == (201, 409)
    assert len(api.get("/api/message-clients").json()["items"]) == 1
    rotation = {"Idempotency-Key": str(uuid4())}
    address = f"/api/message-clients/{first.json()['client_id']}:rotate"
    assert [api.post(address, json={}, headers=rotation).status_code for _ in range(2)] == [200, 409]
    assert api.get("/api/message-clients").json()["items"][0]["version"] == 2, "it happened once"
    stored = str(admin.execute("select i.body, c from public.idempotency i, public.message_clients c").fetchall())
    assert "lhm_" not in stored and first.json()["key"] not in stored


def test_another_persons_client_is_not_found(api: TestClient, other_api: TestClient, house: House) -> None:
    client_id = api.post("/api/message-clients", json=CLIENT).json()["client_id"]
    code = letters(house)[0][1]["code"]
    assert other_api.get("/api/message-clients").json()["items"] == []
    address = f"/api/message-clients/{client_id}"
    calls = [
        other_api.post(f"{address}:confirm", json={"code": code}), other_api.post(f"{address}:rotate", json={}), other_api.delete(address)
    ]  # fmt: skip
    assert [call.status_code for call in calls] == [404, 404, 404]
    assert api.get("/api/message-clients").json()["items"][0]["version"] == 1


def test_the_code_of_one_client_confirms_no_other(api: TestClient, other_api: TestClient, house: House) -> None:
    """Whoever registers somebody else's queue never reads the code that is sent there."""
    mine = api.post("/api/message-clients", json=CLIENT).json()["client_id"]
    theirs = other_api.post("/api/message-clients", json=CLIENT).json()["client_id"]
    codes = {hello["client_id"]: hello["code"] for _, hello in letters(house)}
    assert other_api.post(f"/api/message-clients/{theirs}:confirm", json={"code": codes[mine]}).status_code == 422
    assert api.post(f"/api/message-clients/{mine}:confirm", json={"code": codes[mine]}).status_code == 204


def test_keys_make_see_and_revoke_no_clients(api: TestClient, house: House, client_of: Callable[[House, str | None], TestClient]) -> None:
    client_id = api.post("/api/message-clients", json=CLIENT).json()["client_id"]
    key = api.post("/api/keys", json={"name": "k", "scopes": ["read", "run", "strategies", "share"]}).json()["key"]
    keyed = client_of(house, None)
    keyed.headers["Authorization"] = f"Bearer {key}"
    address = f"/api/message-clients/{client_id}"
    calls = [
        keyed.get("/api/message-clients"), keyed.post("/api/message-clients", json=CLIENT), keyed.post(f"{address}:rotate", json={}),
        keyed.post(f"{address}:confirm", json={"code": "x"}), keyed.delete(address),
    ]  # fmt: skip
    assert [call.status_code for call in calls] == [403] * 5


def test_twenty_clients_are_the_most_even_at_once(api: TestClient) -> None:
    for _ in range(18):
        assert api.post("/api/message-clients", json=CLIENT).status_code == 201
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda _: api.post("/api/message-clients", json=CLIENT).status_code, range(6)))
    assert sorted(statuses) == [201, 201, 409, 409, 409, 409]
    pages = api.get("/api/message-clients", params={"limit": 15}).json()
    following = api.get("/api/message-clients", params={"limit": 15, "cursor": pages["next_cursor"]}).json()
    assert len({row["client_id"] for row in pages["items"] + following["items"]}) == 20


def test_a_platform_without_a_secret_makes_no_clients(
    make_house: Callable[..., House], desk: object, user: str, client_of: Callable[[House, str | None], TestClient]
) -> None:
    house = make_house(messages_secret=SecretStr(""))
    answer = client_of(house, user).post("/api/message-clients", json=CLIENT)
    assert answer.status_code == 500 and "MESSAGES_SECRET" in answer.json()["error"]["message"]
    assert letters(house) == []
