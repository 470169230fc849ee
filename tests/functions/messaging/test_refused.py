"""Attacks by whoever can put a message into the queue: nobody is answered, nothing happens, and no message comes back for ever."""

import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from functions.messaging import answering
from functions.messaging.canonical import canonical
from functions.messaging.signing import signature_of
from tests.functions.api.conftest import DUAL
from tests.functions.messaging.conftest import Exchange, Registered
from tests.security.snapshots import of_people

Change = Callable[[dict[str, Any]], None]
CREATE = {"strategyRef": {"code": DUAL}, "context": {"window": {"start": "2022-01-04", "end": "2022-03-31"}, "universe": ["009001.SZ"]}}


def command(client: Registered, operation: str = "create_backtest", **members: Any) -> dict[str, Any]:
    """A good one, signed."""
    made: dict[str, Any] = {
        "client_id": client.client_id,
        "message_id": str(uuid.uuid4()),
        "sent_at": datetime.now(UTC).isoformat(),
        "correlation_id": "c-1",
        "operation": operation,
        "parameters": {},
        "query": {},
        "body": CREATE if operation == "create_backtest" else None,
    }
    return signed(made | members, client.key)


def signed(message: dict[str, Any], key: str) -> dict[str, Any]:
    return message | {"signature": signature_of("command", message, key)}


def ago(**how_long: float) -> str:
    return (datetime.now(UTC) - timedelta(**how_long)).isoformat()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the metrics were told."""
    seen: list[tuple[str, str]] = []
    monkeypatch.setattr(answering.metrics, "measure", lambda metric, value=1, part="": seen.append((metric.name, part)))
    return seen


def nothing_happens(exchange: Exchange, admin: psycopg.Connection, people: list[str], urls: list[str], texts: list[str]) -> None:
    before = of_people(admin, people, without=())
    for text in texts:
        exchange.put(text)
    answers = exchange.run()
    assert sum(len(answer["batchItemFailures"]) for answer in answers) == 0, "refused for good: it never comes back"
    assert [exchange.replies(url) for url in urls] == [[] for _ in urls], "nobody is answered"
    assert of_people(admin, people, without=()) == before, "nothing happened, and nothing was counted against anybody"


def test_a_message_that_is_none_is_refused(
    exchange: Exchange, user: str, admin: psycopg.Connection, counted: list[tuple[str, str]]
) -> None:
    client = exchange.register(user)
    good = command(client)
    wrong: list[Any] = [
        "", "nothing", "[]", "null", "7", '"text"', "{", "{}", "[" * 5000, '{"a":' * 5000, "9" * 5000,
        canonical(good).replace('"operation"', '"operation":"list_runs","operation"'),
        canonical(good)[:-1] + ',"more":NaN}',
        canonical(good)[:-1] + ',"more":' + "9" * 5000 + "}",
        *(canonical(signed({name: value for name, value in good.items() if name not in (left_out, "signature")}, client.key))
          for left_out in ("client_id", "message_id", "sent_at", "correlation_id")),
        canonical({name: value for name, value in good.items() if name != "signature"}),
        *(canonical(signed({**good, name: value}, client.key)) for name, value in [
            ("client_id", 7), ("client_id", "me"), ("message_id", "1"), ("message_id", None), ("sent_at", 1_795_000_000),
            ("sent_at", "yesterday"), ("sent_at", "2026-11-22T08:00:00"), ("correlation_id", ""), ("correlation_id", "x" * 129),
            ("correlation_id", "a b"), ("correlation_id", "ä"), ("correlation_id", ["a"]), ("correlation_id", "a\n"),
        ]),
        canonical({**good, "signature": good["signature"].upper()}), canonical({**good, "signature": good["signature"] + "\n"}),
    ]  # fmt: skip
    nothing_happens(exchange, admin, [user], [client.reply_url], wrong)
    assert counted == [("MessagesRefused", "no envelope")] * len(wrong)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda row: row.update(operation="create_strategy"), "wrong signature"),
        (lambda row: row["body"].update(notes="mine"), "wrong signature"),
        (lambda row: row.update(sent_at=ago(seconds=1)), "wrong signature"),
        (lambda row: row.update(message_id=str(uuid.uuid4())), "wrong signature"),
        (lambda row: row.update(correlation_id="c-2"), "wrong signature"),
        (lambda row: row.update(signature="0" * 64), "wrong signature"),
        (lambda row: row.update(reply_queue="arn:aws:sqs:ap-east-1:123456789012:lianghu-replies-mine"), "wrong signature"),
        (lambda row: row.update(client_id=str(uuid.uuid4())), "unknown client"),
    ],
)
def test_a_message_that_was_changed_is_refused(
    exchange: Exchange, user: str, admin: psycopg.Connection, counted: list[tuple[str, str]], change: Change, reason: str
) -> None:
    client = exchange.register(user)
    message = json.loads(canonical(command(client)))
    change(message)
    nothing_happens(exchange, admin, [user], [client.reply_url], [canonical(message)])
    assert counted == [("MessagesRefused", reason)]


def test_one_clients_key_signs_nothing_for_another(
    exchange: Exchange, user: str, new_user: Callable[[], str], admin: psycopg.Connection, counted: list[tuple[str, str]]
) -> None:
    other_user = new_user()
    mine, other = exchange.register(user), exchange.register(other_user)
    forged = signed({**command(other), "client_id": mine.client_id}, other.key)
    nothing_happens(exchange, admin, [user, other_user], [mine.reply_url, other.reply_url], [canonical(forged)])
    assert counted == [("MessagesRefused", "wrong signature")]


def test_an_answer_sent_back_is_no_command(exchange: Exchange, user: str, counted: list[tuple[str, str]]) -> None:
    client = exchange.register(user)
    exchange.put(canonical(command(client, "list_backtests")))
    exchange.run()
    (reply,) = exchange.replies(client.reply_url)
    exchange.put(canonical(reply))
    exchange.run()
    assert exchange.replies(client.reply_url) == [] and counted == [("MessagesRefused", "wrong signature")]


def test_a_message_outside_of_its_clients_window_is_refused(
    exchange: Exchange, user: str, admin: psycopg.Connection, counted: list[tuple[str, str]]
) -> None:
    narrow, wide = exchange.register(user, window_seconds=10), exchange.register(user, window_seconds=3600)
    texts = [
        canonical(command(narrow, sent_at=ago(seconds=20))),
        canonical(command(wide, sent_at=ago(seconds=3700))),
        canonical(command(wide, sent_at=ago(days=400))),
        canonical(command(wide, sent_at="0001-01-01T00:00:00+14:00")),
    ]
    nothing_happens(exchange, admin, [user], [narrow.reply_url, wide.reply_url], texts)
    assert counted == [("MessagesRefused", "expired")] * len(texts)
    counted.clear()
    texts = [canonical(command(wide, sent_at=ago(seconds=-seconds))) for seconds in (90, 10_000)]
    texts.append(canonical(command(wide, sent_at="9999-12-31T23:59:59-14:00")))
    nothing_happens(exchange, admin, [user], [narrow.reply_url, wide.reply_url], texts)
    assert counted == [("MessagesRefused", "from the future")] * len(texts)
    for client, sent_at in ((wide, ago(seconds=3500)), (wide, ago(seconds=-30)), (narrow, ago(seconds=2))):
        exchange.put(canonical(command(client, "list_backtests", sent_at=sent_at)))
        exchange.run()
        assert [reply["status"] for reply in exchange.replies(client.reply_url)] == [200]


def test_a_message_does_not_grow_old_while_it_waits_in_the_queue(exchange: Exchange, user: str) -> None:
    """Else a queue that was slow for a quarter of an hour would lose everything that was in it."""
    client = exchange.register(user, window_seconds=10)
    message = command(client, "list_backtests", sent_at=ago(seconds=7))
    exchange.put(canonical(message))
    time.sleep(4)
    exchange.run()
    assert [reply["status"] for reply in exchange.replies(client.reply_url)] == [200]
    exchange.put(canonical(message))
    exchange.run()
    assert exchange.replies(client.reply_url) == [], "who sends it again later is too late"


def test_nothing_is_answered_before_the_client_was_confirmed_or_after_it_was_revoked(
    exchange: Exchange, user: str, counted: list[tuple[str, str]]
) -> None:
    client = exchange.register(user, is_confirmed=False)
    assert len(exchange.replies(client.reply_url)) == 1, "the code"
    exchange.put(canonical(command(client)))
    exchange.run()
    assert exchange.replies(client.reply_url) == []
    confirmed = exchange.register(user)
    exchange.api(user).revoke_message_client(confirmed.client_id)
    exchange.put(canonical(command(confirmed)))
    exchange.run()
    assert exchange.replies(confirmed.reply_url) == []
    assert counted == [("MessagesRefused", "unconfirmed client"), ("MessagesRefused", "unknown client")]
    assert exchange.api(user).backtests() == []


def test_the_key_before_is_good_for_as_long_as_was_said(
    exchange: Exchange, user: str, admin: psycopg.Connection, counted: list[tuple[str, str]]
) -> None:
    client = exchange.register(user)

    def status(key: str) -> list[int]:
        exchange.put(canonical(signed({**command(client, "list_backtests")}, key)))
        exchange.run()
        replies = exchange.replies(client.reply_url)
        assert all(signature_of("reply", reply, key) == reply["signature"] for reply in replies), "with the key that asked"
        return [reply["status"] for reply in replies]

    second = exchange.api(user).rotate_message_client(client.client_id, 3600).key
    assert (status(client.key), status(second)) == ([200], [200])
    admin.execute("update public.message_clients set previous_until = now() - interval '1 second'")
    assert (status(client.key), status(second)) == ([], [200])
    third = exchange.api(user).rotate_message_client(client.client_id, 0).key
    assert (status(client.key), status(second), status(third)) == ([], [], [200])
    assert len({client.key, second, third}) == 3
    assert counted == [("MessagesRefused", "wrong signature")] * 3


def test_a_client_whose_owner_is_gone_is_nobody(exchange: Exchange, user: str, admin: psycopg.Connection) -> None:
    client = exchange.register(user)
    admin.execute("delete from auth.users where id = %s", (user,))
    exchange.put(canonical(command(client)))
    assert exchange.run() == [{"batchItemFailures": []}] and exchange.replies(client.reply_url) == []


def test_an_answer_that_nobody_can_be_given_is_counted(exchange: Exchange, user: str, counted: list[tuple[str, str]]) -> None:
    client = exchange.register(user)
    exchange.sqs.delete_queue(QueueUrl=client.reply_url)
    exchange.put(canonical(command(client)))
    (answer,) = exchange.run()
    assert answer == {"batchItemFailures": []} and counted == [("RepliesLost", "")]
