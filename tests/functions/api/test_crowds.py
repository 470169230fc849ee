"""More slow requests at once than there are threads and connections: who looks whether the platform stands is not kept waiting."""

import asyncio
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

    async def crowd(app: Any) -> tuple[list[int], list[httpx.Response]]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", timeout=60) as client:
            headers = {"Authorization": f"Bearer {token(user)}"}
            crowd = [asyncio.ensure_future(client.get("/api/backtests", headers=headers)) for _ in range(100)]
            await asyncio.sleep(0.5)  # until all of them wait
            still_waiting = [0]
            while not all(each.done() for each in crowd):
                lake = (await client.get("/api/health")).json()["lake"]
                still_waiting.append(lake * sum(not each.done() for each in crowd))
                await asyncio.sleep(0.1)
            return still_waiting, await asyncio.gather(*crowd)

    still_waiting, answers = asyncio.run(crowd(create_app(lambda: house)))
    assert max(still_waiting) > 60, "when the first look at the platform was answered, and saw its lake"
    assert {answer.status_code for answer in answers} <= {200, 502, 504}
    assert all(answer.json()["error"]["code"] == "UPSTREAM_ERROR" for answer in answers if answer.status_code != 200)
