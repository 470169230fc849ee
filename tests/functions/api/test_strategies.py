"""Texts of strategies are read by whoever wrote them, and by nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.functions.api.conftest import DUAL

Body = Callable[..., dict[str, Any]]


@pytest.fixture
def pinned(api: TestClient, a_backtest: Body) -> dict[str, Any]:
    """The strategy of a backtest."""
    backtest = api.post("/api/backtests", json=a_backtest()).json()["backtest_id"]
    shown: dict[str, Any] = api.get(f"/api/backtests/{backtest}").json()["strategy"]
    return shown


def test_the_owner_reads_the_text_that_a_backtest_pins(api: TestClient, pinned: dict[str, Any]) -> None:
    answer = api.get(f"/api/strategies/{pinned['strategy_id']}/versions/{pinned['version']}")
    assert answer.status_code == 200 and answer.json() == {**pinned, "code": DUAL}


def test_somebody_elses_text_and_an_unknown_version_are_not_found(api: TestClient, other_api: TestClient, pinned: dict[str, Any]) -> None:
    address = f"/api/strategies/{pinned['strategy_id']}/versions"
    for who, version in ((other_api, pinned["version"]), (api, pinned["version"] + 1)):
        answer = who.get(f"{address}/{version}")
        assert answer.status_code == 404 and "cross_above" not in answer.text
    assert api.get(f"{address}/0").status_code == 404
