"""Every operation refuses whoever has not signed in, generated from the OpenAPI document."""

import psycopg
import pytest
from fastapi.testclient import TestClient

from tests.security.operations import Operation, operations
from tests.security.people import Person
from tests.security.requests_of import calls_of
from tests.security.snapshots import of_people


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)
def test_without_a_token_nothing_is_told_and_nothing_happens(
    operation: Operation, stranger: TestClient, victim: Person, admin: psycopg.Connection
) -> None:
    """With ids that exist, so that only the missing token can be the reason."""
    before = of_people(admin, [victim.user])
    for _, call in calls_of(operation, victim.ids):
        answer = stranger.request(call.method, call.address, **call.keywords())
        if operation.public:
            assert answer.status_code < 400, (call, answer.text)
            continue
        assert answer.status_code == 401, (call, answer.text)
        assert answer.json()["error"]["code"] == "UNAUTHORIZED" and answer.headers["WWW-Authenticate"] == "Bearer"
        assert victim.user not in answer.text
        assert of_people(admin, [victim.user]) == before


def test_other_methods_and_spellings_open_no_door(stranger: TestClient) -> None:
    """Addresses that look like public ones, and methods that nobody offers."""
    for address in (
        "/api/health/../backtests", "//api/backtests", "/api/backtests/", "/API/BACKTESTS", "/api/backtests;x=/api/health", "/api/health/",
        "/api/backtests?/api/health", "/api/backtests%3f/api/health", "/api/health%2f..%2fbacktests",
        "/api/shares/../keys", "/docs/../api/me",
    ):  # fmt: skip
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "LIANGHU"):
            answer = stranger.request(method, f"http://testserver{address}")
            assert answer.status_code in (200, 204, 401, 404, 405, 422), (method, address, answer.status_code)
            assert answer.status_code not in (200, 204) or method in ("OPTIONS", "HEAD") or "items" not in answer.text, (method, address)
