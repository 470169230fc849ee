"""API keys through the door: who makes them, what they open, and what they never do."""

from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from functions.api.key_text import new_key
from functions.wiring import House

ClientOf = Callable[[House, str | None], TestClient]


def with_key(house: House, client_of: ClientOf, key: str) -> TestClient:
    client = client_of(house, None)
    client.headers["Authorization"] = f"Bearer {key}"
    return client


@pytest.fixture
def key_of(api: TestClient, house: House, client_of: ClientOf) -> Callable[..., TestClient]:
    """A client that calls with a new key of the user's."""

    def make(*scopes: str, **more: object) -> TestClient:
        answer = api.post("/api/keys", json={"name": "k", "scopes": list(scopes)} | more)
        assert answer.status_code == 201, answer.text
        return with_key(house, client_of, answer.json()["key"])

    return make


def test_a_key_is_shown_once_and_kept_as_a_hash(api: TestClient, admin: psycopg.Connection) -> None:
    made = api.post("/api/keys", json={"name": "notebook", "scopes": ["read", "run"], "days": 30, "requests": 100}).json()
    assert made["key"].startswith(f"lh_{made['key_id'].replace('-', '')}_")
    (listed,) = api.get("/api/keys").json()["items"]
    assert listed == {name: value for name, value in made.items() if name != "key"}
    assert listed["last_used_at"] is None and listed["expires_at"] > listed["created_at"]
    secret = made["key"].rpartition("_")[2]
    for table in ("api_keys", "idempotency"):
        assert secret not in str(admin.execute(f"select * from public.{table}").fetchall())


def test_a_key_opens_what_its_scopes_say_and_nothing_else(
    key_of: Callable[..., TestClient], a_backtest: Callable[..., dict[str, object]]
) -> None:
    reader, runner, both = key_of("read"), key_of("run"), key_of("read", "run")
    assert reader.get("/api/backtests").status_code == 200
    refused = reader.post("/api/backtests", json=a_backtest())
    assert refused.status_code == 403 and refused.json()["error"]["details"]["scope"] == "run"
    assert runner.get("/api/backtests").status_code == 403
    assert both.post("/api/backtests", json=a_backtest()).status_code == 201
    assert len(reader.get("/api/backtests").json()["items"]) == 1, "the same person's"


def test_a_key_was_sent_looking_for_a_scope_that_no_key_can_have(key_of: Callable[..., TestClient]) -> None:
    refused = key_of("read", "run", "strategies", "share").post("/api/keys", json={"name": "k", "scopes": ["read"]})
    assert refused.status_code == 403 and "sign in" in refused.json()["error"]["message"]


def test_a_key_makes_sees_and_revokes_no_keys(key_of: Callable[..., TestClient], api: TestClient) -> None:
    keyed = key_of("read", "run", "strategies", "share")
    listed = api.get("/api/keys").json()["items"][0]
    calls = [
        keyed.get("/api/keys"),
        keyed.post("/api/keys", json={"name": "x", "scopes": ["read"]}),
        keyed.delete(f"/api/keys/{listed['key_id']}"),
    ]
    assert [call.status_code for call in calls] == [403, 403, 403]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "scopes": ["read"]},
        {"name": "x" * 101, "scopes": ["read"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["account"]},
        {"name": "x", "scopes": ["read", "read"]},
        {"name": "x", "scopes": ["read"], "days": 0},
        {"name": "x", "scopes": ["read"], "days": 3651},
        {"name": "x", "scopes": ["read"], "requests": 0},
        {"name": "x", "scopes": ["read"], "owner": str(uuid4())},
        {"scopes": ["read"]},
    ],
)
def test_a_wrong_wish_for_a_key_is_refused(api: TestClient, body: dict[str, object]) -> None:
    assert api.post("/api/keys", json=body).status_code == 422
    assert api.get("/api/keys").json()["items"] == []


def test_a_revoked_key_is_refused_at_once(key_of: Callable[..., TestClient], api: TestClient) -> None:
    keyed = key_of("read")
    assert keyed.get("/api/backtests").status_code == 200
    key_id = api.get("/api/keys").json()["items"][0]["key_id"]
    assert api.delete(f"/api/keys/{key_id}").status_code == 204
    answer = keyed.get("/api/backtests")
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
    assert api.delete(f"/api/keys/{key_id}").status_code == 404


def test_an_expired_key_is_refused_and_still_listed(key_of: Callable[..., TestClient], api: TestClient, admin: psycopg.Connection) -> None:
    keyed = key_of("read", days=1)
    admin.execute("update public.api_keys set expires_at = now() - interval '1 second'")
    assert keyed.get("/api/backtests").status_code == 401
    assert len(api.get("/api/keys").json()["items"]) == 1


def test_what_only_looks_like_a_key_is_refused(house: House, client_of: ClientOf, key_of: Callable[..., TestClient]) -> None:
    good = str(key_of("read").headers["Authorization"]).removeprefix("Bearer ")
    for text in ("lh_", "lh_x_y", new_key().text, good[:-1] + ("a" if good[-1] != "a" else "b"), good + "x", good.replace("lh_", "LH_")):
        assert with_key(house, client_of, text).get("/api/backtests").status_code == 401, text


def test_another_persons_key_is_not_found(api: TestClient, other_api: TestClient, key_of: Callable[..., TestClient]) -> None:
    keyed = key_of("read")
    key_id = api.get("/api/keys").json()["items"][0]["key_id"]
    assert other_api.get("/api/keys").json()["items"] == []
    assert other_api.delete(f"/api/keys/{key_id}").status_code == 404
    assert keyed.get("/api/backtests").status_code == 200


def test_the_same_request_again_does_not_show_the_key_again(api: TestClient, admin: psycopg.Connection) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    body = {"name": "k", "scopes": ["read"]}
    first = api.post("/api/keys", json=body, headers=headers)
    again = api.post("/api/keys", json=body, headers=headers)
    assert first.status_code == 201 and again.status_code == 409
    assert again.json()["error"]["code"] == "CONFLICT" and again.headers["Idempotency-Replayed"] == "true"
    assert len(api.get("/api/keys").json()["items"]) == 1
    assert first.json()["key"].encode() not in str(admin.execute("select body from public.idempotency").fetchall()).encode()


def test_keys_and_their_person_share_idempotency_keys_and_nobody_else_does(
    api: TestClient, other_api: TestClient, key_of: Callable[..., TestClient], a_backtest: Callable[..., dict[str, object]]
) -> None:
    headers, keyed = {"Idempotency-Key": str(uuid4())}, key_of("run")
    first = api.post("/api/backtests", json=a_backtest(), headers=headers)
    again = keyed.post("/api/backtests", json=a_backtest(), headers=headers)
    assert first.content == again.content and again.headers["Idempotency-Replayed"] == "true"
    other = other_api.post("/api/backtests", json=a_backtest(), headers=headers)
    assert other.status_code == 201 and other.content != first.content


def test_a_read_only_account_makes_no_keys(
    api: TestClient, user: str, admin: psycopg.Connection, key_of: Callable[..., TestClient]
) -> None:
    keyed = key_of("read", "run")
    admin.execute("update public.profiles set read_only = true where owner = %s", (user,))
    assert api.post("/api/keys", json={"name": "k", "scopes": ["read"]}).status_code == 403
    assert api.get("/api/keys").status_code == 200
    assert keyed.get("/api/backtests").status_code == 200
    assert keyed.post("/api/backtests", json={}).status_code == 403, "nor does an older key of it change anything"


def test_a_key_has_a_smaller_limit_than_its_person(make_house: Callable[..., House], desk: object, user: str, client_of: ClientOf) -> None:
    house = make_house(rate_limit_requests=10, rate_limit_key_requests=4, rate_limit_window_seconds=86400)
    api = client_of(house, user)

    def key(**more: object) -> TestClient:
        return with_key(house, client_of, api.post("/api/keys", json={"name": "k", "scopes": ["read"]} | more).json()["key"])

    wide, narrow = key(), key(requests=2)

    def ask(client: TestClient) -> tuple[int, str, str]:
        answer = client.get("/api/backtests")
        return answer.status_code, answer.headers["X-RateLimit-Limit"], answer.headers["X-RateLimit-Remaining"]

    assert [ask(narrow) for _ in range(3)] == [(200, "2", "1"), (200, "2", "0"), (429, "2", "0")]
    assert [ask(wide) for _ in range(5)] == [(200, "4", "3"), (200, "4", "2"), (200, "4", "1"), (200, "4", "0"), (429, "4", "0")]
    assert ask(api)[0] == 429, "what its keys did counts for the person"


def test_whoever_tries_many_keys_is_stopped_before_the_database_is_asked(
    make_house: Callable[..., House], desk: object, client_of: ClientOf
) -> None:
    house = make_house(rate_limit_requests=3, rate_limit_window_seconds=86400)
    client = client_of(house, None)
    asked: list[str] = []
    real = house.keys.admit_key
    vars(house)["keys"].admit_key = lambda *values: asked.append(values[0]) or real(*values)
    codes = [client.get("/api/backtests", headers={"Authorization": f"Bearer {new_key().text}"}).status_code for _ in range(6)]
    assert codes == [401, 401, 401, 429, 429, 429] and len(asked) == 3
