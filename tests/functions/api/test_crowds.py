"""More slow requests at once than there are threads and connections: who looks whether the platform stands is not kept waiting."""

import asyncio
import time
from typing import Any

import httpx
import pytest

from functions.api.app import create_app
from functions.wiring import House
from tests.functions.api.conftest import token


def test_health_waited_behind_a_hundred_slow_requests(house: House, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: Any, **__: Any) -> tuple[list[Any], None]:
        with house.database.as_user(user) as connection:
            connection.execute("select pg_sleep(0.5)")
        return [], None

    monkeypatch.setattr(house.strategies, "list_backtests", slow)

    async def crowd(app: Any) -> tuple[float, dict[str, Any], list[httpx.Response]]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", timeout=60) as client:
            headers = {"Authorization": f"Bearer {token(user)}"}
            crowd = [asyncio.ensure_future(client.get("/api/backtests", headers=headers)) for _ in range(100)]
            await asyncio.sleep(0.5)
            began = time.monotonic()
            health = await client.get("/api/health")
            return time.monotonic() - began, health.json(), await asyncio.gather(*crowd)

    seconds, health, answers = asyncio.run(crowd(create_app(lambda: house)))
    assert seconds < 3, seconds
    assert health["lake"]
    assert {answer.status_code for answer in answers} <= {200, 502, 504}
    assert all(answer.json()["error"]["code"] == "UPSTREAM_ERROR" for answer in answers if answer.status_code != 200)
