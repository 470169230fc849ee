"""Writes that break off between their commit and their answer: the same Idempotency-Key finds what was done, and does it no second time."""

import random
import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from functions.api.app import ROUTES, create_app
from functions.api.keeping import Keep
from functions.wiring import House
from tests.functions.api.conftest import DUAL, token

Body = Callable[..., dict[str, Any]]
Write = tuple[str, str, Any]

REPLIES = "arn:aws:sqs:ap-east-1:123456789012:lianghu-replies-somebody"
ORDERS = "date,ts_code,shares\n2020-01-03,609001.SH,200\n2020-03-02,609001.SH,-200\n"
SAME_BY_THEMSELVES = {"cancel_run", "cancel_grid", "restore_run", "restore_grid", "delete_share", "validate_strategy"}
"""Doing one twice is doing it once, with the same answer."""
SHOWN_ONCE = {"create_key", "create_share", "create_message_client", "rotate_message_client"}
"""The secret in their answer is not kept, so the second answer is a conflict."""
OF_THEIR_OWN = {"submit_runs"}
"""It writes thousands of rows and rings a bell, and stores its answer itself."""


@pytest.fixture
def writes(api: TestClient, house: House, a_backtest: Body, run_id: str) -> dict[str, Write]:
    """Of every operation that stores its answer by `keeping`: a request that changes something."""

    def strategy(name: str) -> str:
        return str(api.post("/api/strategies", json={"code": DUAL, "name": name}).json()["strategy_id"])

    def message_client(name: str) -> str:
        wanted = {"name": name, "scopes": ["read"], "reply_queue": REPLIES}
        return str(api.post("/api/message-clients", json=wanted).json()["client_id"])

    new = message_client("new")
    key_id = api.post("/api/keys", json={"name": "old", "scopes": ["read"]}).json()["key_id"]
    signal_id = api.post("/api/signals", json={"kind": "orders", "csv": ORDERS, "name": "old"}).json()["signal_id"]
    changed = DUAL.replace("max_positions: 10", "max_positions: 9")
    return {
        "create_backtest": ("POST", "/api/backtests", a_backtest(changed)),
        "create_strategy": ("POST", "/api/strategies", {"code": DUAL, "name": "new"}),
        "change_strategy": ("PATCH", f"/api/strategies/{strategy('before')}", {"name": "after"}),
        "delete_strategy": ("DELETE", f"/api/strategies/{strategy('bygone')}", None),
        "create_version": ("POST", f"/api/strategies/{strategy('grows')}/versions", {"code": changed}),
        "create_signals": ("POST", "/api/signals", {"kind": "orders", "csv": ORDERS, "name": "new"}),
        "delete_signals": ("DELETE", f"/api/signals/{signal_id}", None),
        "create_key": ("POST", "/api/keys", {"name": "new", "scopes": ["read"]}),
        "revoke_key": ("DELETE", f"/api/keys/{key_id}", None),
        "create_share": ("POST", f"/api/runs/{run_id}/shares", {"days": 7}),
        "create_message_client": ("POST", "/api/message-clients", {"name": "one more", "scopes": ["read"], "reply_queue": REPLIES}),
        "confirm_message_client": ("POST", f"/api/message-clients/{new}:confirm", {"code": house.keyring.code(new, REPLIES)}),
        "rotate_message_client": ("POST", f"/api/message-clients/{message_client('rotates')}:rotate", {}),
        "revoke_message_client": ("DELETE", f"/api/message-clients/{message_client('bygone')}", None),
        "give_feedback": ("POST", "/api/feedback", {"kind": "idea", "message": "more"}),
    }


@pytest.fixture
def rows(admin: psycopg.Connection) -> Callable[[], dict[str, int]]:
    """How many there are of everything that users make."""

    def count() -> dict[str, int]:
        tables = ("backtests", "strategies", "strategy_versions", "api_keys", "shares", "feedback", "message_clients")
        counted = admin.execute(" union all ".join(f"select '{table}', count(*)::int from public.{table}" for table in tables))
        return dict(counted.fetchall())

    return count


@pytest.fixture
def broken(house: House, user: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Whoever stores an answer, or a strategy, loses the connection to Postgres: after its commit."""
    with monkeypatch.context() as patched:
        execute = psycopg.Connection.execute
        storing: list[Any] = []

        def lost(connection: Any, query: Any, *values: Any, **more: Any) -> Any:
            answer = execute(connection, query, *values, **more)
            if "finish_idempotent" in str(query) or "lianghu.create_strategy" in str(query):
                storing.append(connection)
            if query == "commit" and connection in storing:
                storing.clear()
                connection.close()
                raise psycopg.OperationalError("server closed the connection unexpectedly")
            return answer

        patched.setattr(psycopg.Connection, "execute", lost)
        yield TestClient(create_app(lambda: house), headers={"Authorization": f"Bearer {token(user)}"}, raise_server_exceptions=False)


def ask(client: TestClient, write: Write, key: str) -> Any:
    method, path, body = write
    return client.request(method, path, json=body, headers={"Idempotency-Key": key})


def test_every_write_keeps_its_answer_with_what_it_did_or_may_be_done_twice(writes: dict[str, Write]) -> None:
    """`writes` names them all, and so the tests below try them all."""
    routes = [route for module, _ in ROUTES for route in module.router.routes if route.methods & {"POST", "PUT", "PATCH", "DELETE"}]
    keeping = {route.name for route in routes if "together" in str(route.endpoint.__annotations__)}
    assert keeping == writes.keys()
    assert {route.name for route in routes} - keeping == SAME_BY_THEMSELVES | OF_THEIR_OWN
    assert Keep


def test_what_was_done_when_the_connection_broke_in_its_commit_was_done_again_by_the_next_try(
    writes: dict[str, Write], broken: TestClient, api: TestClient, rows: Callable[[], dict[str, int]]
) -> None:
    """The API itself tries again, and tells what the first would have told; so does whoever asks once more."""
    for name, write in writes.items():
        key = str(uuid4())
        again = ask(broken, write, key)
        after = rows()
        once_more = ask(api, write, key)
        assert again.headers["Idempotency-Replayed"] == "true", name
        assert again.status_code in ((409,) if name in SHOWN_ONCE else (200, 201, 204)), (name, again.text)
        assert (again.status_code, again.content) == (once_more.status_code, once_more.content)
        assert rows() == after, name


def test_a_write_without_a_key_is_told_when_nobody_can_know_whether_it_happened(
    writes: dict[str, Write], broken: TestClient, rows: Callable[[], dict[str, int]]
) -> None:
    method, path, body = writes["create_strategy"]
    before = rows()["strategies"]
    answer = broken.request(method, path, json=body)
    assert answer.status_code == 502 and answer.headers["Retry-After"] == "2" and "may have happened" in answer.text
    assert rows()["strategies"] == before + 1, "it was done, and only once"


def test_an_answer_that_comes_again_is_the_first_one_to_the_byte(writes: dict[str, Write], api: TestClient) -> None:
    for name, write in writes.items():
        key = str(uuid4())
        first, again = ask(api, write, key), ask(api, write, key)
        assert first.is_success, (name, first.text)
        if name not in SHOWN_ONCE:
            told = [(answer.status_code, answer.content, answer.headers.get("Content-Type")) for answer in (first, again)]
            assert told[0] == told[1], name


def test_of_a_write_whose_answer_cannot_be_stored_nothing_stays(
    writes: dict[str, Write], house: House, user: str, admin: psycopg.Connection, rows: Callable[[], dict[str, int]]
) -> None:
    """A process that was thought dead for a minute, while another took its key: it undoes what it did."""
    client = TestClient(create_app(lambda: house), headers={"Authorization": f"Bearer {token(user)}"}, raise_server_exceptions=False)
    begin = house.requests.begin_idempotent
    for name, write in writes.items():

        def overtaken(*values: Any) -> Any:
            answer = begin(*values)
            admin.execute("delete from public.idempotency where status is null")
            return answer

        vars(house.requests)["begin_idempotent"] = overtaken
        before = rows()
        answer = ask(client, write, str(uuid4()))
        assert answer.status_code == 409 and "was faster" in answer.text, (name, answer.text)
        assert rows() == before, name
        del vars(house.requests)["begin_idempotent"]
        assert ask(client, write, str(uuid4())).is_success, name


def test_connections_that_are_cut_again_and_again_lose_and_double_nothing(
    make_house: Callable[..., House], desk: object, user: str, admin: psycopg.Connection, rows: Callable[[], dict[str, int]]
) -> None:
    """Cut by Postgres itself, wherever each write happens to be; whoever asks repeats with the same key until there is an answer."""
    house = make_house(rate_limit_requests=100_000)
    client = TestClient(create_app(lambda: house), headers={"Authorization": f"Bearer {token(user)}"}, raise_server_exceptions=False)
    stop = threading.Event()
    cuts: list[int] = []

    def cut() -> None:
        while not stop.wait(random.uniform(0.02, 0.4)):
            ended = admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lianghu'")
            cuts.append(len(ended.fetchall()))

    cutting = threading.Thread(target=cut)
    statuses: list[int] = []
    before = rows()["strategies"]
    told: list[str] = []
    keys: list[str] = []
    cutting.start()
    try:
        while len(keys) < 25 or (sum(cuts) < 5 and len(keys) < 500):
            write = ("POST", "/api/strategies", {"code": DUAL, "name": f"n{len(keys)}"})
            keys.append(key := str(uuid4()))
            while (answer := ask(client, write, key)).status_code != 201:
                statuses.append(answer.status_code)
                if answer.status_code == 409:  # a try that could not give the key back: a minute later it is free
                    assert answer.headers["Retry-After"], answer.text
                    admin.execute("update public.idempotency set created_at = created_at - interval '61 seconds' where status is null")
            told.append(answer.json()["strategy_id"])
    finally:
        stop.set()
        cutting.join()
    assert set(statuses) <= {502, 409} and len(statuses) < len(keys), "few are told, because the API tries again by itself"
    assert sum(cuts) >= 5
    assert rows()["strategies"] - before == len(keys) == len(set(told))
    assert {row[0] for row in admin.execute("select id::text from public.strategies where name like 'n%'")} == set(told)
