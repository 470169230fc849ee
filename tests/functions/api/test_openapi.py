"""The OpenAPI document describes what the API does: thousands of made-up requests get answers that it foresees."""

from collections.abc import Callable
from typing import Any

import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from functions.api.app import create_app
from functions.wiring import House
from tests.functions.api.conftest import token

CALLS = {
    ("POST", "/api/backtests"), ("GET", "/api/backtests"), ("GET", "/api/backtests/{backtest_id}"),
    ("POST", "/api/backtests/{backtest_id}/runs"), ("GET", "/api/backtests/{backtest_id}/runs"),
    ("GET", "/api/backtests/{backtest_id}/runs/{run_id}"), ("POST", "/api/backtests/{backtest_id}/runs/{run_id}:cancel"),
    ("GET", "/api/backtests/{backtest_id}/grids/{grid_id}"), ("POST", "/api/backtests/{backtest_id}/grids/{grid_id}:cancel"),
    ("GET", "/api/backtests/{backtest_id}/grids/{grid_id}/diagnosis"), ("GET", "/api/backtests/{backtest_id}/grids/{grid_id}/heatmap"),
    ("GET", "/api/backtests/{backtest_id}/grids/{grid_id}/report"), ("GET", "/api/runs/{run_id}"), ("GET", "/api/grids/{grid_id}"),
    ("GET", "/api/metrics"), ("GET", "/api/runs/{run_id}/artifacts/{kind}"), ("GET", "/api/strategies/{strategy_id}/versions/{version}"),
    ("GET", "/api/functions"), ("POST", "/api/strategies:validate"),
    ("GET", "/api/templates"), ("GET", "/api/market/datasets"), ("GET", "/api/market/datasets/{version}"), ("GET", "/api/market/rankings"),
    ("GET", "/api/health"),
}  # fmt: skip


CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def test_the_document_lists_every_call_and_asks_for_a_token() -> None:
    document = create_app().openapi()
    found = {(method.upper(), path) for path, calls in document["paths"].items() for method in calls}
    assert found == CALLS
    for path, calls in document["paths"].items():
        for call in calls.values():
            assert path == "/api/health" or call["security"], path
    names = document["components"]["schemas"]
    assert {"strategyRef", "context"} <= set(names["NewBacktest"]["properties"])
    assert {"mode", "gridSpec", "budget_ms", "max_evals", "early_stop", "priority"} == set(names["GridRun"]["properties"])


def test_made_up_requests_get_answers_that_the_document_foresees(
    make_house: Callable[..., House], desk: object, user: str, a_backtest: Callable[..., dict[str, Any]]
) -> None:
    house = make_house(rate_limit_requests=1_000_000)
    app = create_app(lambda: house)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    headers = {"Authorization": f"Bearer {token(user)}"}
    known = TestClient(app).post("/api/backtests", json=a_backtest(), headers=headers).json()["backtest_id"]

    def try_out(operation: Any) -> None:
        @given(case=operation.as_strategy())
        @settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
        def call(case: Any) -> None:
            if "/runs" in case.path and "backtest_id" in (case.path_parameters or {}):
                case.path_parameters["backtest_id"] = known
            answer = case.call(headers=headers)
            case.validate_response(answer, headers=headers, checks=CHECKS)

        call()

    for found in schema.get_all_operations():
        try_out(found.ok())
