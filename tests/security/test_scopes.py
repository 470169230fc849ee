"""What an API key, or an account to look around in, may not do, it cannot do: every operation of the OpenAPI document."""

from collections.abc import Callable

import psycopg
import pytest
from fastapi.testclient import TestClient

from tests.security.operations import Operation, operations
from tests.security.people import Person, possess
from tests.security.requests_of import calls_of
from tests.security.snapshots import of_people

OF_EVERY_KEY = ("rate_limits", "api_keys")
"""Counts, and when a key was last used."""


ALL = ("read", "run", "strategies", "share")


@pytest.fixture(scope="module")
def owner(new_person: Callable[[], Person]) -> Person:
    return possess(new_person())


@pytest.fixture(scope="module")
def key_of(owner: Person) -> Callable[[tuple[str, ...]], dict[str, str]]:
    """The header with a key of the owner's that has these scopes."""
    made: dict[tuple[str, ...], dict[str, str]] = {}

    def make(scopes: tuple[str, ...]) -> dict[str, str]:
        if scopes not in made:
            key = owner.made("POST", "/api/keys", "key", json={"name": "+".join(scopes), "scopes": list(scopes)})
            made[scopes] = {"Authorization": f"Bearer {key}"}
        return made[scopes]

    return make


@pytest.fixture(scope="module")
def onlooker(new_person: Callable[[], Person], servers: object) -> Person:
    """An account to look around in: it owned things before it was made one."""
    person = possess(new_person())
    with psycopg.connect(servers.admin, autocommit=True) as connection:  # type: ignore[attr-defined]
        changed = connection.execute("update public.profiles set read_only = true where owner = %s", (person.user,))
        assert changed.rowcount == 1
    return person


def private() -> list[Operation]:
    return [operation for operation in operations() if not operation.public]


@pytest.mark.parametrize("operation", private(), ids=lambda operation: operation.name)
def test_an_account_to_look_around_in_looks_and_changes_nothing(operation: Operation, onlooker: Person, admin: psycopg.Connection) -> None:
    before = of_people(admin, [onlooker.user])
    for _, call in calls_of(operation, onlooker.ids):
        answer = onlooker.api.request(call.method, call.address, **call.keywords())
        if operation.changes and operation.scope != "read":
            assert answer.status_code == 403 and answer.json()["error"]["code"] == "FORBIDDEN", (call, answer.text)
        else:
            assert answer.status_code < 400, (call, answer.text)
    assert of_people(admin, [onlooker.user]) == before


@pytest.mark.parametrize("operation", private(), ids=lambda operation: operation.name)
def test_a_key_without_the_scope_is_refused(
    operation: Operation,
    owner: Person,
    key_of: Callable[[tuple[str, ...]], dict[str, str]],
    admin: psycopg.Connection,
    stranger: TestClient,
) -> None:
    """With every other scope: what is missing is the reason. No key of whatever scope reaches the account."""
    headers = key_of(tuple(scope for scope in ALL if scope != operation.scope))
    key_of(ALL)
    before = of_people(admin, [owner.user], without=OF_EVERY_KEY)
    for _, call in calls_of(operation, owner.ids):
        words = call.keywords()
        answer = stranger.request(call.method, call.address, **words | {"headers": {**words["headers"], **headers}})
        if operation.scope == "account":
            answer = stranger.request(call.method, call.address, **words | {"headers": {**words["headers"], **key_of(ALL)}})
        assert answer.status_code == 403, (call, answer.status_code, answer.text)
        assert answer.json()["error"]["code"] == "FORBIDDEN"
        assert "X-RateLimit-Remaining" in answer.headers
    assert of_people(admin, [owner.user], without=OF_EVERY_KEY) == before


@pytest.mark.parametrize("operation", [row for row in private() if row.scope != "account"], ids=lambda operation: operation.name)
def test_a_key_with_that_scope_alone_is_let_in(
    operation: Operation, new_person: Callable[[], Person], owner: Person, stranger: TestClient
) -> None:
    """Else the test above would prove nothing; and a key needs no more than one scope for one call."""
    who = possess(new_person()) if operation.changes else owner
    key = who.made("POST", "/api/keys", "key", json={"name": "one", "scopes": [operation.scope]})
    for _, call in list(calls_of(operation, who.ids))[:1]:
        words = call.keywords()
        answer = stranger.request(call.method, call.address, **words | {"headers": {**words["headers"], "Authorization": f"Bearer {key}"}})
        assert answer.status_code < 400 or answer.status_code == 409, (call, answer.status_code, answer.text)
    who.made("DELETE", f"/api/keys/{who.api.get('/api/keys', params={'limit': 1}).json()['items'][0]['key_id']}")


@pytest.mark.parametrize("operation", [row for row in private() if row.path.startswith("/api/keys")], ids=lambda operation: operation.name)
def test_a_key_makes_sees_and_revokes_no_keys(
    operation: Operation, owner: Person, key_of: Callable[[tuple[str, ...]], dict[str, str]], stranger: TestClient
) -> None:
    for _, call in calls_of(operation, owner.ids):
        words = call.keywords()
        answer = stranger.request(call.method, call.address, **words | {"headers": {**words["headers"], **key_of(ALL)}})
        assert answer.status_code == 403, (call, answer.text)


@pytest.mark.parametrize("scopes", [["account"], ["read", "account"], ["ACCOUNT"], ["*"], [], ["read", "read"], ["admin"], "read", None])
def test_no_key_is_made_that_may_more(attacker: Person, scopes: object) -> None:
    answer = attacker.api.post("/api/keys", json={"name": "more", "scopes": scopes})
    assert answer.status_code == 422, answer.text
