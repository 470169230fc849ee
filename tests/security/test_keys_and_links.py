"""API keys, share tokens and idempotency keys: guessed, changed, taken away, too old, or somebody else's."""

import hashlib
import statistics
import time
import uuid
from collections.abc import Callable

import psycopg
import pytest
from fastapi.testclient import TestClient

from tests.security.people import CODE, CONTEXT, Person, possess
from tests.security.snapshots import owned_tables


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_a_right_key_is_its_owner(stranger: TestClient, victim: Person) -> None:
    """Else the refusals below would prove nothing."""
    answer = stranger.get(f"/api/backtests/{victim.ids['backtest_id']}", headers=bearer(victim.ids["key"]))
    assert answer.status_code == 200 and answer.json()["notes"] == f"notes of {victim.user}"


CHANGES: dict[str, Callable[[str, str], str]] = {
    "the last letter": lambda key, other: key[:-1] + ("a" if key[-1] != "a" else "b"),
    "shorter": lambda key, other: key[:-1],
    "longer": lambda key, other: key + "a",
    "another's secret": lambda key, other: key[:36] + other[36:],
    "another's id": lambda key, other: other[:36] + key[36:],
    "id alone": lambda key, other: key[:35],
    "no secret": lambda key, other: key[:36],
    "upper case": lambda key, other: key.upper(),
    "the hash instead": lambda key, other: key[:36] + hashlib.sha256(key.encode()).hexdigest()[:43],
    "with a blank": lambda key, other: f"{key} x",
    "with a line": lambda key, other: key + "%0a",
    "a pattern": lambda key, other: key[:36] + "%" * 43,
    "SQL": lambda key, other: "lh_' or true --_" + key[36:],
    "zeros": lambda key, other: f"lh_{'0' * 32}_{'A' * 43}",
    "long": lambda key, other: "lh_" + "a" * 20_000,
}


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_key_that_was_changed_is_none(stranger: TestClient, victim: Person, attacker: Person, name: str) -> None:
    offered = CHANGES[name](victim.ids["key"], attacker.ids["key"])
    answer = stranger.get("/api/backtests", headers=bearer(offered))
    assert answer.status_code in (401, 431), answer.text
    assert offered not in answer.text and victim.user not in answer.text


def test_a_key_that_was_revoked_is_none_at_once(stranger: TestClient, new_person: Callable[[], Person]) -> None:
    who = new_person()
    made = who.api.post("/api/keys", json={"name": "to go", "scopes": ["read"]}).json()
    assert stranger.get("/api/backtests", headers=bearer(made["key"])).status_code == 200
    assert who.api.delete(f"/api/keys/{made['key_id']}").status_code == 204
    assert stranger.get("/api/backtests", headers=bearer(made["key"])).status_code == 401


def test_a_key_that_has_expired_is_none(stranger: TestClient, new_person: Callable[[], Person], admin: psycopg.Connection) -> None:
    who = new_person()
    made = who.api.post("/api/keys", json={"name": "old", "scopes": ["read"], "days": 1}).json()
    changed = admin.execute(
        "update public.api_keys set created_at = now() - interval '2 days', expires_at = now() - interval '1 second' where id = %s",
        (made["key_id"],),
    )
    assert changed.rowcount == 1
    assert stranger.get("/api/backtests", headers=bearer(made["key"])).status_code == 401


def test_revoked_expired_and_unknown_keys_are_told_the_same(
    stranger: TestClient, new_person: Callable[[], Person], admin: psycopg.Connection
) -> None:
    who = new_person()
    keys = [who.api.post("/api/keys", json={"name": f"{n}", "scopes": ["read"]}).json() for n in range(2)]
    who.api.delete(f"/api/keys/{keys[0]['key_id']}")
    admin.execute("update public.api_keys set expires_at = now() where id = %s", (keys[1]["key_id"],))
    texts = [keys[0]["key"], keys[1]["key"], f"lh_{uuid.uuid4().hex}_{'A' * 43}", keys[1]["key"][:-1] + "_"]
    told = [stranger.get("/api/backtests", headers=bearer(text)) for text in texts]
    assert {answer.status_code for answer in told} == {401}
    assert len({answer.json()["error"]["message"] for answer in told}) == 1


def test_a_key_is_told_once_and_stored_nowhere(attacker: Person, admin: psycopg.Connection) -> None:
    """Not even where answers are kept for whoever repeats a request."""
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    body = {"name": "told once", "scopes": ["read"]}
    first = attacker.api.post("/api/keys", json=body, headers=headers)
    again = attacker.api.post("/api/keys", json=body, headers=headers)
    secret = first.json()["key"]
    assert secret not in again.text and secret not in attacker.api.get("/api/keys").text
    share = attacker.api.post(
        f"/api/runs/{attacker.ids['run_id']}/shares", json={"days": 1}, headers={"Idempotency-Key": str(uuid.uuid4())}
    )
    found = _tables_with(admin, secret) + _tables_with(admin, share.json()["token"]) + _tables_with(admin, secret.rpartition("_")[2])
    assert found == []
    assert "api_keys" in _tables_with(admin, first.json()["key_id"]), "the search itself works"


def _tables_with(admin: psycopg.Connection, text: str) -> list[str]:
    """Tables with a row that holds the text, as it is or as bytes."""
    found = []
    for table in [*owned_tables(admin), "product_events", "system_config"]:
        row = admin.execute(
            f"select exists (select from public.{table} t where t::text like %s or t::text like %s)",
            (f"%{text}%", f"%{text.encode().hex()}%"),
        ).fetchone()
        if row == (True,):
            found.append(table)
    return found


GUESSES = ("", "a", "0" * 32, "A" * 32, "%", "_" * 32, "../" * 3, "' or true --", "null", "*", "x" * 5000, "\u4e00" * 32)


def test_the_right_link_opens(stranger: TestClient, victim: Person) -> None:
    """Else the refusals below would prove nothing. It shows no text of the strategy and no id of its owner's."""
    for address in (f"/api/shares/{victim.ids['token']}", f"/api/shares/{victim.ids['token']}/report"):
        answer = stranger.get(address)
        assert answer.status_code == 200
        hidden = (
            victim.user.encode(),
            *(victim.ids[name].encode() for name in ("backtest_id", "grid_id", "run_id", "strategy_id", "share_id")),
        )
        assert [mark for mark in hidden if mark in answer.content.replace(f"title of {victim.user}".encode(), b"")] == []
        for words in (b"cross_above", b"sma(close", b"entry:", b"ma_short < ma_long", b"notes of"):
            assert words not in answer.content, f"{address} shows the strategy's text"
        assert "no-store" in answer.headers["Cache-Control"] and answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("name", ["guessed", "revoked", "expired", "changed", "hash"])
def test_a_link_that_is_none_is_one_and_the_same_404(
    stranger: TestClient, new_person: Callable[[], Person], admin: psycopg.Connection, name: str
) -> None:
    owner = possess(new_person())
    token = owner.ids["token"]
    tried = [token]
    if name == "guessed":
        tried = [guess.replace("/", "%2f") for guess in GUESSES if guess]
    elif name == "revoked":
        owner.made("DELETE", f"/api/runs/{owner.ids['run_id']}/shares/{owner.ids['share_id']}")
    elif name == "expired":
        admin.execute(
            "update public.shares set created_at = now() - interval '9 days', expires_at = now() - interval '1 second' where id = %s",
            (owner.ids["share_id"],),
        )
    elif name == "changed":
        tried = [
            token[:-1] + ("A" if token[-1] != "A" else "B"),
            token[:-1],
            token + "A",
            token.swapcase(),
            token[::-1],
            f"{token}%00",
            f" {token}",
        ]
    else:
        tried = [hashlib.sha256(token.encode()).hexdigest(), owner.ids["share_id"], owner.ids["run_id"]]
    unknown = stranger.get(f"/api/shares/{uuid.uuid4().hex}")
    for text in tried:
        for after in ("", "/report"):
            answer = stranger.get(f"/api/shares/{text}{after}")
            assert answer.status_code == 404, (text, answer.text)
            assert answer.content == unknown.content or name in ("guessed", "changed"), "its words tell more than that it is none"
            assert set(answer.headers) == set(unknown.headers)


def test_the_time_of_a_404_does_not_tell_which_links_there_were(
    stranger: TestClient, new_person: Callable[[], Person], admin: psycopg.Connection
) -> None:
    """Medians of many, taken turn by turn; a difference that a network hides anyway is no difference."""
    owner = possess(new_person())
    admin.execute("update public.shares set revoked_at = now() where id = %s", (owner.ids["share_id"],))
    places = {"revoked": owner.ids["token"], "unknown": "q" * len(owner.ids["token"])}
    took: dict[str, list[float]] = {name: [] for name in places}
    for _ in range(120):
        for name, token in places.items():
            began = time.perf_counter()
            assert stranger.get(f"/api/shares/{token}").status_code == 404
            took[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(times) for name, times in took.items()}
    assert abs(medians["revoked"] - medians["unknown"]) < 0.003, medians


def test_somebody_elses_idempotency_key_is_another_key(victim: Person, attacker: Person) -> None:
    """The same key and the same body: each gets an answer of their own, and nobody's key blocks another's."""
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    body = {"strategyRef": {"code": CODE.format(name="mine")}, "context": dict(CONTEXT), "notes": "mine"}
    first = victim.api.post("/api/backtests", json=body, headers=headers)
    second = attacker.api.post("/api/backtests", json=body, headers=headers)
    assert first.status_code == second.status_code == 201
    assert first.json() != second.json() and "Idempotency-Replayed" not in second.headers
    assert victim.api.post("/api/backtests", json=body, headers=headers).json() == first.json()
    other = attacker.api.post("/api/backtests", json=body | {"notes": "another"}, headers=headers)
    assert other.status_code == 409 and first.json()["backtest_id"] not in other.text


def test_a_key_of_less_scope_does_not_get_a_kept_answer(stranger: TestClient, attacker: Person) -> None:
    """A person's answer is kept for the person's keys too, but not for one that might not have asked."""
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    body = {"strategyRef": {"code": CODE.format(name="kept")}, "context": dict(CONTEXT), "notes": "kept"}
    made = attacker.api.post("/api/backtests", json=body, headers=headers)
    assert made.status_code == 201
    key = attacker.made("POST", "/api/keys", "key", json={"name": "reader", "scopes": ["read"]})
    answer = stranger.post("/api/backtests", json=body, headers=headers | bearer(key))
    assert answer.status_code == 403 and made.json()["backtest_id"] not in answer.text
