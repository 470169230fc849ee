"""SQL, paths, control characters and code in every string of every operation: no fall, no word of our inside, nothing changed of others."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from functions.wiring import House
from tests.security.evil import STRINGS, TELLTALES
from tests.security.operations import Operation, operations
from tests.security.people import CONTEXT, Person, possess
from tests.security.requests_of import CONSTANTS, Call, Case, call_of, cases_of
from tests.security.snapshots import of_people

HEADERS = ("Idempotency-Key", "Accept", "X-Request-Id", "If-None-Match", "Content-Type", "Accept-Language", "X-Forwarded-For", "Origin")


@pytest.fixture(scope="module")
def player(new_person: Callable[[], Person]) -> Person:
    """Who sends all this; some of it is right, and then deletes and changes what is the player's own."""
    return possess(new_person())


def variants(operation: Operation, case: Case, who: Person) -> Iterator[Call]:
    """The operation's call with each evil text in each place that a text can stand."""
    right = call_of(operation, case, who.ids)
    known = CONSTANTS | who.ids
    for text in STRINGS:
        for name in operation.names("path"):
            place = quote(known.get(name, "sample:v1"), safe="")
            yield replace(right, address=right.address.replace(f"/{place}", f"/{quote(text, safe='')}", 1))
        for name in operation.names("query"):
            yield replace(right, query={**right.query, name: text})
        yield replace(right, query={**right.query, text: text})
        if right.body is not None:
            yield from (replace(right, body=body) for body in _bodies(right.body, text))
    for header in HEADERS:
        for text in STRINGS[:: len(HEADERS)]:
            yield replace(right, headers={header: quote(text, safe=" '\"%$(){};:,./<>=*|+-@!#&?[]\\")})


def _bodies(body: Any, text: str) -> Iterator[Any]:
    """Each text of a body in turn, and a key that nobody knows."""
    if isinstance(body, str | bytes):
        yield text if isinstance(body, str) else text.encode()
        return
    for path in _texts(body):
        changed = deepcopy(body)
        inner = changed
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = text
        yield changed
    if isinstance(body, dict):
        yield {**body, text: text}


def _texts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str) and path:
        yield path
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in rows:
        yield from _texts(inner, (*path, key))


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)
def test_evil_texts_are_texts(
    operation: Operation, victim: Person, player: Person, house: House, admin: psycopg.Connection, results_folder: Path
) -> None:
    before = of_people(admin, [victim.user])
    password = house.settings.database_url.get_secret_value().split("@")[0].rpartition(":")[2]
    tried = 0
    for case in cases_of(operation)[:1]:
        for call in variants(operation, case, player):
            answer = player.api.request(call.method, call.address, **call.keywords())
            tried += 1
            assert answer.status_code < 500 or answer.status_code == 502, (call, answer.text)
            told = answer.text + json.dumps(dict(answer.headers))
            assert [word for word in (*TELLTALES, password, victim.user) if word in told] == [], call
            assert "set-cookie" not in answer.headers
    assert tried >= len(STRINGS)
    assert of_people(admin, [victim.user]) == before


def test_nothing_was_dropped(admin: psycopg.Connection, victim: Person) -> None:
    """After all of the above: the tables are there, and what the victim owns is as it was made."""
    for table in ("backtests", "grids", "backtest_runs", "strategies"):
        row = admin.execute(f"select count(*) from public.{table}").fetchone()
        assert row is not None and row[0] > 0, table
    assert victim.api.get(f"/api/backtests/{victim.ids['backtest_id']}").json()["notes"] == f"notes of {victim.user}"


@pytest.mark.parametrize("text", [text for text in STRINGS if "\x00" not in text], ids=repr)
def test_what_is_stored_comes_back_as_it_was_sent(attacker: Person, text: str) -> None:
    """Escaping is the business of whoever shows a text, never of whoever keeps it."""
    body = {"strategyRef": {"strategy_id": attacker.ids["strategy_id"]}, "context": dict(CONTEXT), "notes": text}
    made = attacker.api.post("/api/backtests", json=body)
    assert made.status_code == 201, made.text
    assert attacker.api.get(f"/api/backtests/{made.json()['backtest_id']}").json()["notes"] == text
