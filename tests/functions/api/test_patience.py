"""Requests that take too long: whoever waits is told, and what was begun ends by itself."""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from functions.api.app import create_app
from functions.api.patience import Patience
from functions.wiring import House
from tests.functions.api.conftest import token


@pytest.fixture
def slow(make_house: Callable[..., House], desk: object, user: str) -> tuple[TestClient, list[str]]:
    """A platform on which writing a backtest takes half a second longer than anybody waits."""
    house = make_house(request_seconds=0.5)
    done: list[str] = []
    real = house.strategies.create_backtest

    def slowly(*values: Any, **more: Any) -> str:
        time.sleep(1.0)
        made = real(*values, **more)
        done.append(made)
        return made

    vars(house)["strategies"].create_backtest = slowly
    client = TestClient(create_app(lambda: house), headers={"Authorization": f"Bearer {token(user)}"})
    return client, done


def test_who_waits_too_long_is_told_and_the_write_keeps_its_answer(
    slow: tuple[TestClient, list[str]], a_backtest: Callable[..., dict[str, Any]]
) -> None:
    client, done = slow
    headers = {"Idempotency-Key": str(uuid4())}
    with client:  # one event loop for all requests, as a server has
        began = time.monotonic()
        late = client.post("/api/backtests", json=a_backtest(), headers=headers)
        assert late.status_code == 504 and late.json()["error"]["code"] == "UPSTREAM_ERROR" and time.monotonic() - began < 1.0
        assert int(late.headers["X-RateLimit-Remaining"]) > 0
        assert client.post("/api/backtests", json=a_backtest(), headers=headers).status_code == 409, "it still runs"
        until = time.monotonic() + 10
        while (answer := client.post("/api/backtests", json=a_backtest(), headers=headers)).status_code == 409 and time.monotonic() < until:
            time.sleep(0.05)
    assert answer.status_code == 201 and answer.headers["Idempotency-Replayed"] == "true"
    assert done == [answer.json()["backtest_id"]], "it happened once"


def test_an_answer_that_has_begun_may_take_its_time() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(0.3)
        await send({"type": "http.response.body", "body": b"late"})

    sent: list[Any] = []

    async def run() -> None:
        async def send(message: Any) -> None:
            sent.append(message)

        class Home:
            class settings:  # noqa: N801
                request_seconds = 0.1

        await Patience(app, Home)({"type": "http"}, None, send)  # type: ignore[arg-type,return-value]

    asyncio.run(run())
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
