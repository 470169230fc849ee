"""Messages that are a client's own get what the same call gets over HTTP: no more, no less, and no other bytes."""

import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from functions.client import ClientError
from functions.errors import ApiError
from functions.messaging.canonical import canonical, read
from functions.messaging.operations import ALLOWED
from functions.messaging.signing import is_signed, signature_of
from functions.stores.message_clients import MessageClients
from infra.local import template
from tests.functions.api.conftest import DUAL, token
from tests.functions.messaging.conftest import Exchange, Registered
from tests.functions.messaging.test_refused import CREATE, command, signed
from tests.security.operations import operations

OK = [{"batchItemFailures": []}]


def answered(exchange: Exchange, client: Registered, message: dict[str, Any] | str) -> list[dict[str, Any]]:
    exchange.put(message if isinstance(message, str) else canonical(message))
    exchange.run()
    return exchange.replies(client.reply_url)


def over_http(exchange: Exchange, user: str) -> TestClient:
    client = TestClient(exchange.app)
    client.headers["Authorization"] = f"Bearer {token(user)}"
    return client


def test_a_reply_is_signed_and_says_what_it_answers(exchange: Exchange, user: str) -> None:
    client = exchange.register(user)
    message = command(client, "list_backtests")
    (reply,) = answered(exchange, client, message)
    assert is_signed("reply", reply, client.key) and not is_signed("reply", reply, client.key[:-1])
    assert {name: reply[name] for name in ("client_id", "message_id", "correlation_id", "status", "part", "parts", "headers")} == {
        "client_id": client.client_id, "message_id": message["message_id"], "correlation_id": "c-1", "status": 200, "part": 1, "parts": 1,
        "headers": {},
    }  # fmt: skip
    sent = datetime.fromisoformat(reply["sent_at"])
    assert abs((datetime.now(UTC) - sent).total_seconds()) < 60
    assert json.loads(reply["body"]) == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("operation", "address", "more"),
    [
        ("list_backtests", "/api/backtests?limit=3", {"query": {"limit": 3}}),
        ("list_backtests", "/api/backtests?limit=0", {"query": {"limit": 0}}),
        ("list_backtests", "/api/backtests?limt=3&x=true", {"query": {"limt": 3, "x": True}}),
        (
            "get_backtest",
            f"/api/backtests/{uuid.UUID(int=4, version=4)}",
            {"parameters": {"backtest_id": str(uuid.UUID(int=4, version=4))}},
        ),
        ("get_backtest", "/api/backtests/none", {"parameters": {"backtest_id": "none"}}),
        ("get_dataset", "/api/market/datasets/sample:v1", {"parameters": {"version": "sample:v1"}}),
        ("get_calendar", "/api/market/calendar?start=2022-01-04&end=2022-01-10", {"query": {"start": "2022-01-04", "end": "2022-01-10"}}),
        ("list_templates", "/api/templates", {}),
        ("list_metrics", "/api/metrics", {}),
        ("validate_strategy", "/api/strategies:validate", {"body": {"code": DUAL}}),
        ("validate_strategy", "/api/strategies:validate", {"body": {"code": "name: 一二三\nentry: closs > 1"}}),
        ("create_backtest", "/api/backtests", {"body": {"strategyRef": {"code": DUAL, "template": "x"}, "context": {}, "surprise": 0.10}}),
        ("create_backtest", "/api/backtests", {"body": [1, 2]}),
    ],
)
def test_the_answer_is_that_of_http_byte_for_byte(
    exchange: Exchange, user: str, operation: str, address: str, more: dict[str, Any]
) -> None:
    client = exchange.register(user, ("read", "run", "strategies"))
    replies = answered(exchange, client, command(client, operation, **more))
    api = over_http(exchange, user)
    http = api.post(address, json=more["body"]) if "body" in more else api.get(address)
    assert replies[0]["status"] == http.status_code
    assert "".join(reply["body"] for reply in sorted(replies, key=lambda row: row["part"])).encode() == http.content


def test_every_call_that_may_come_by_message_is_one_of_the_document_and_no_account_of_it(exchange: Exchange) -> None:
    known = {operation.name: operation for operation in operations()}
    assert set(known) >= ALLOWED
    assert {name for name in ALLOWED if known[name].public} == {"list_metrics", "list_templates", "list_functions"}
    assert all(known[name].scope in ("read", "run", "strategies") for name in ALLOWED)
    rooms = re.compile(r"/api/(keys|message-clients|me|feedback|shares)\b|.*/shares")
    assert not [name for name in ALLOWED if rooms.match(known[name].path)]


@pytest.mark.parametrize(
    "operation", [*sorted(row.name for row in operations() if row.name not in ALLOWED), "", "openapi", "no_such", "../x"]
)
def test_other_calls_are_none_for_messages(exchange: Exchange, user: str, operation: str) -> None:
    client = exchange.register(user, ("read", "run", "strategies", "share"))
    (reply,) = answered(exchange, client, command(client, operation, body={}))
    assert reply["status"] == 404 and json.loads(reply["body"])["error"]["details"]["problems"][0]["field"] == "operation"


@pytest.mark.parametrize(
    "value", ["../../keys", "a/b", "a%2Fb", "%2e%2e", "a?x=1", "a#b", "", "x" * 101, "a b", "a\n", "ä", "a;b", "{run_id}", "a\\b"]
)
def test_a_parameter_leads_to_no_other_call(exchange: Exchange, user: str, value: str) -> None:
    client = exchange.register(user)
    (reply,) = answered(exchange, client, command(client, "get_backtest", parameters={"backtest_id": value}))
    assert reply["status"] in (404, 422), reply
    (problem,) = json.loads(reply["body"])["error"]["details"]["problems"]
    assert problem["field"] == "parameters.backtest_id"


@pytest.mark.parametrize("value", ["x:cancel", ":cancel", "..", "."])
def test_a_parameter_that_looks_like_another_call_is_none(exchange: Exchange, user: str, value: str) -> None:
    client = exchange.register(user)
    (reply,) = answered(exchange, client, command(client, "get_run_by_id", parameters={"run_id": value}))
    assert reply["status"] == 404, reply


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"operation": None}, "operation"),
        ({"operation": "x" * 65}, "operation"),
        ({"operation": ["get_run"]}, "operation"),
        ({"parameters": {"backtest_id": 7}}, "parameters.backtest_id"),
        ({"parameters": []}, "parameters"),
        ({"parameters": {}}, "parameters.backtest_id"),
        ({"parameters": {"backtest_id": "x", "run_id": "y"}}, "parameters.run_id"),
        ({"query": {"limit": [1]}}, "query.limit"),
        ({"query": "limit=1"}, "query"),
        ({"reply_queue": "arn:aws:sqs:ap-east-1:123456789012:lianghu-replies-mine"}, "reply_queue"),
        ({"owner": str(uuid.uuid4())}, "owner"),
    ],
)
def test_a_signed_message_of_a_wrong_shape_is_told_where(exchange: Exchange, user: str, members: dict[str, Any], field: str) -> None:
    client = exchange.register(user)
    (reply,) = answered(exchange, client, command(client, **{"operation": "get_backtest"} | members))  # type: ignore[arg-type]
    error = json.loads(reply["body"])["error"]
    assert (reply["status"], error["code"]) == (422, "INVALID_INPUT")
    told = [problem["field"] for problem in error["details"]["problems"]]
    assert field in told and len(told) == len(set(told)), error


def test_a_value_of_a_query_is_told_what_it_may_be(exchange: Exchange, user: str) -> None:
    """A list was told, four times, that it should be a text, a whole number, …"""
    client = exchange.register(user)
    (reply,) = answered(exchange, client, command(client, "list_backtests", query={"limit": [1]}))
    (problem,) = json.loads(reply["body"])["error"]["details"]["problems"]
    assert problem == {"field": "query.limit", "message": "must be a text, a number, true or false"}


def test_scopes_are_those_of_the_client(exchange: Exchange, user: str) -> None:
    reads, runs = exchange.register(user, ("read",)), exchange.register(user, ("run",))
    assert answered(exchange, reads, command(reads))[0]["status"] == 403
    assert answered(exchange, runs, command(runs))[0]["status"] == 201
    assert answered(exchange, runs, command(runs, "list_backtests"))[0]["status"] == 403
    assert answered(exchange, runs, command(runs, "create_strategy", body={"name": "a", "code": DUAL}))[0]["status"] == 403


def test_an_account_to_look_around_in_changes_nothing_by_messages(exchange: Exchange, user: str, admin: psycopg.Connection) -> None:
    client = exchange.register(user)
    admin.execute("update public.profiles set read_only = true where owner = %s", (user,))
    assert answered(exchange, client, command(client))[0]["status"] == 403
    assert answered(exchange, client, command(client, "list_backtests"))[0]["status"] == 200


def test_what_is_somebody_elses_is_unknown(exchange: Exchange, user: str, new_user: Callable[[], str]) -> None:
    mine, other = exchange.register(user), exchange.register(new_user())
    backtest_id = json.loads(answered(exchange, mine, command(mine))[0]["body"])["backtest_id"]
    place = {"backtest_id": backtest_id}
    assert answered(exchange, mine, command(mine, "get_backtest", parameters=place))[0]["status"] == 200
    assert answered(exchange, other, command(other, "get_backtest", parameters=place))[0]["status"] == 404
    body = {"mode": "single", "params": {}}
    assert answered(exchange, other, command(other, "submit_runs", parameters=place, body=body))[0]["status"] == 404
    assert exchange.replies(mine.reply_url) == []


def test_the_owners_and_the_clients_limits_count(make_exchange: Callable[..., Exchange], desk: object, user: str) -> None:
    exchange = make_exchange(rate_limit_requests=40, rate_limit_key_requests=40, rate_limit_window_seconds=86400)
    client = exchange.register(user, requests=3)
    statuses = [answered(exchange, client, command(client, "list_backtests"))[0] for _ in range(4)]
    assert [row["status"] for row in statuses] == [200, 200, 200, 429]
    assert int(statuses[-1]["headers"]["retry-after"]) > 0
    other = exchange.register(user)
    api = over_http(exchange, user)
    while api.get("/api/backtests").status_code == 200:
        pass
    assert answered(exchange, other, command(other, "list_backtests"))[0]["status"] == 429, "what the person did counts for their clients"


def test_what_strangers_may_ask_over_http_counts_for_the_client_as_everything_does(exchange: Exchange, user: str) -> None:
    client = exchange.register(user, requests=2)
    statuses = [answered(exchange, client, command(client, "list_metrics"))[0]["status"] for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_the_same_message_again_happens_once_and_gets_the_same_answer(exchange: Exchange, user: str) -> None:
    client = exchange.register(user)
    message = command(client)
    first, *more = [reply for _ in range(3) for reply in answered(exchange, client, message)]
    assert [row["body"] for row in more] == [first["body"]] * 2 and first["status"] == 201
    assert more[0]["headers"] == {"idempotency-replayed": "true"} and first["headers"] == {}
    assert len(exchange.api(user).backtests()) == 1
    other = signed({**message, "body": {**CREATE, "notes": "another"}}, client.key)
    (refused,) = answered(exchange, client, other)
    assert refused["status"] == 409, "the same id for something else"


def test_a_message_that_comes_twice_at_the_same_moment_happens_once_and_is_answered_alike(exchange: Exchange, user: str) -> None:
    """One of them meets the other at work. It was told CONFLICT, and the program took that for its answer."""
    client = exchange.register(user)
    text = canonical(command(client))
    for _ in range(5):
        exchange.put(text)
    failures = [row for answer in exchange.run() for row in answer["batchItemFailures"]]
    replies = exchange.replies(client.reply_url)
    deadline = datetime.now(UTC).timestamp() + 20
    while len(replies) < 5 and datetime.now(UTC).timestamp() < deadline:
        exchange.run()
        replies += exchange.replies(client.reply_url)
    assert {(row["status"], row["body"]) for row in replies} == {(201, replies[0]["body"])} and len(replies) == 5
    assert len(exchange.api(user).backtests()) == 1
    assert failures, "else nothing met anything, and this test proves nothing"


def test_a_long_answer_comes_in_parts(exchange: Exchange, user: str) -> None:
    client = exchange.register(user)
    backtest_id = json.loads(answered(exchange, client, command(client))[0]["body"])["backtest_id"]
    grid = {"ma_short": list(range(2, 52)), "ma_long": list(range(60, 110))}
    message = command(client, "submit_runs", parameters={"backtest_id": backtest_id}, body={"mode": "grid", "gridSpec": grid})
    replies = answered(exchange, client, message)
    assert len(replies) > 1 and {row["parts"] for row in replies} == {len(replies)}
    assert {row["part"] for row in replies} == set(range(1, len(replies) + 1))
    assert all(is_signed("reply", row, client.key) for row in replies)
    text = "".join(row["body"] for row in sorted(replies, key=lambda row: row["part"]))
    assert len(json.loads(text)["run_ids"]) == 2500
    again = client.messages.wait  # the program puts them together, too
    correlation = client.messages.send("list_runs", {"backtest_id": backtest_id}, query={"limit": 1000})
    assert len(again(correlation)["items"]) == 1000


def test_only_json_travels(exchange: Exchange, user: str) -> None:
    client = exchange.register(user)
    calls = client.messages
    backtest_id = calls.call("create_backtest", body=CREATE)["backtest_id"]
    run_id = calls.call("submit_runs", {"backtest_id": backtest_id}, body={"mode": "single", "params": {}})["run_ids"][0]
    exchange.platform.run()
    place = {"run_id": run_id, "kind": "trades"}
    assert "items" in calls.call("get_artifact", place, query={"format": "json"})
    with pytest.raises(ClientError) as caught:
        calls.call("get_artifact", place, query={"format": "csv"})
    assert (caught.value.code, caught.value.problems[0]["field"]) == ("INVALID_INPUT", "query.format")


def test_numbers_arrive_as_they_were_written(exchange: Exchange, user: str) -> None:
    """The signature and the request are over the same letters."""
    client = exchange.register(user)
    body = json.dumps(CREATE)[:-1] + ', "notes": 1.50e+00}'
    message = read(canonical(command(client)).encode()) | {"body": read(body.encode())}
    (reply,) = answered(exchange, client, signed(message, client.key))
    assert reply["status"] == 422 and "notes" in reply["body"]
    cash = json.dumps({**CREATE, "context": {**CREATE["context"], "initial_cash": 1_000_000}}).replace("1000000", "1e6")  # type: ignore[dict-item]
    message = read(canonical(command(client)).encode()) | {"body": read(cash.encode())}
    http = over_http(exchange, user).post("/api/backtests", content=cash, headers={"Content-Type": "application/json"})
    (reply,) = answered(exchange, client, signed(message, client.key))
    assert (reply["status"], http.status_code) == (422, 422) and reply["body"].encode() == http.content


def test_troubles_of_ours_bring_the_message_back_and_are_told_in_the_end(exchange: Exchange, user: str) -> None:
    client = exchange.register(user)
    asked: list[int] = []

    class Broken(MessageClients):
        def admit(self, *_: Any) -> Any:
            asked.append(1)
            raise ApiError("UPSTREAM_ERROR", "the database does not answer")

    vars(exchange.house)["message_clients"] = Broken(exchange.house.database)
    record = {"messageId": "m", "receiptHandle": "r", "body": canonical(command(client, "list_backtests"))}
    sent = str(int(datetime.now(UTC).timestamp() * 1000))
    for receives in (1, 2, 3, 4):
        attributes = {"ApproximateReceiveCount": str(receives), "SentTimestamp": sent}
        assert exchange.responder.handle({"Records": [{**record, "attributes": attributes}]})["batchItemFailures"] != []
    assert exchange.replies(client.reply_url) == []
    attributes = {"ApproximateReceiveCount": "5", "SentTimestamp": sent}
    assert exchange.responder.handle({"Records": [{**record, "attributes": attributes}]}) == OK[0]
    (reply,) = exchange.replies(client.reply_url)
    assert reply["status"] == 502 and len(asked) == 5
    del vars(exchange.house)["message_clients"]


def test_the_queue_gives_up_when_the_responder_would_have_answered_anyway() -> None:
    text = Path(template.TEMPLATE).read_text(encoding="utf-8")
    assert "CommandDeadLetters.Arn, maxReceiveCount: 5}" in text
    from functions.messaging.answering import MOST_RECEIVES, pause

    assert MOST_RECEIVES == 5 and sum(pause(times) for times in range(1, 5)) > 61, "a call that died holds its key for a minute"


def test_a_reply_queue_that_is_gone_loses_the_answer_and_nothing_else(exchange: Exchange, user: str) -> None:
    client = exchange.register(user)
    message = command(client)
    exchange.sqs.delete_queue(QueueUrl=client.reply_url)
    exchange.put(canonical(message))
    assert exchange.run() == OK, "it does not come back for ever"
    assert len(exchange.api(user).backtests()) == 1
    exchange.sqs.create_queue(QueueName=client.arn.rsplit(":", 1)[1])
    (reply,) = answered(exchange, client, message)
    assert reply["status"] == 201 and reply["headers"] == {"idempotency-replayed": "true"}, "the same message finds its answer later"


def test_a_batch_is_answered_each_by_itself(exchange: Exchange, user: str) -> None:
    client = exchange.register(user)
    texts = [canonical(command(client, "list_backtests", correlation_id=f"c-{place}")) for place in range(8)]
    for text in (texts[0], "nonsense", *texts[1:]):
        exchange.put(text)
    assert all(answer == OK[0] for answer in exchange.run())
    assert {reply["correlation_id"] for reply in exchange.replies(client.reply_url)} == {f"c-{place}" for place in range(8)}


def test_no_request_over_http_is_believed_to_be_a_message(exchange: Exchange, user: str) -> None:
    """Only the responder's own application looks where it says who calls."""
    client = exchange.register(user)
    api = TestClient(exchange.app)
    names = ("message_client", "Message-Client", "X-Message-Client", "state", "user", "X-User")
    headers = {name.replace("_", "-"): client.client_id for name in names} | {"Cookie": f"message_client={client.client_id}"}
    assert api.get("/api/backtests", headers=headers, params={"message_client": client.client_id}).status_code == 401
    signature = signature_of("command", {"client_id": client.client_id}, client.key)
    for text in (client.key, signature, client.client_id):
        assert api.get("/api/backtests", headers={"Authorization": f"Bearer {text}"}).status_code == 401


def test_one_place_alone_says_who_calls() -> None:
    """An application that believes what it is told must never stand behind a socket."""
    root = Path(__file__).parents[3]
    told = {
        str(file.relative_to(root))
        for folder in ("functions", "infra", "layers", "bench")
        for file in (root / folder).rglob("*.py")
        if "known=" in file.read_text(encoding="utf-8") and "create_app" in file.read_text(encoding="utf-8")
    }
    assert told == {"functions/responder.py", "functions/api/app.py"}
