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
from functions.errors import ApiError
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

        await Patience(app, Home)({"type": "http"}, None, send)  # type: ignore[arg-type]

    asyncio.run(run())
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]


def test_what_falls_after_its_caller_was_sent_away_is_logged_and_nothing_more(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.2)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("the secret of the house")

    sent: list[Any] = []

    async def run() -> None:
        async def send(message: Any) -> None:
            sent.append(message)

        class Home:
            class settings:  # noqa: N801
                request_seconds = 0.05

        with pytest.raises(ApiError) as caught:
            await Patience(app, Home)({"type": "http"}, None, send)  # type: ignore[arg-type]
        assert caught.value.status == 504
        await asyncio.sleep(0.4)

    asyncio.run(run())
    assert sent == []
    (record,) = [record for record in caplog.records if "sent away" in record.message]
    assert record.__dict__["error"] == "RuntimeError" and "secret" not in str(record.__dict__)


def test_whoever_hangs_up_ends_what_was_asked_for() -> None:
    ended: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def run() -> None:
        class Home:
            class settings:  # noqa: N801
                request_seconds = 5

        asked = asyncio.ensure_future(Patience(app, Home)({"type": "http"}, None, None))  # type: ignore[arg-type]
        await asyncio.sleep(0.05)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        await asyncio.sleep(0)

    asyncio.run(run())
    assert ended == ["cancelled"]
