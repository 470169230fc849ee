"""Accept and methods: which version is wanted, what HEAD and OPTIONS say, which methods an address has."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from functions.api.accepting import ANSWERED, acceptable
from functions.wiring import House

ClientOf = Callable[[House, str | None], TestClient]
RATE = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-Id")


@pytest.mark.parametrize(
    ("accept", "works"),
    [
        ("application/vnd.backtest.v1+json", True),
        ("APPLICATION/VND.BACKTEST.V1+JSON", True),
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("text/html", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("*/*", True),
        ("application/*", True),
        ("text/*;q=0.1", True),
        ("application/vnd.backtest.v2+json, application/json;q=0.5", True),
        ("application/xml, */*;q=0.01", True),
        ("*/*, application/json;q=0", True),
        ("application/vnd.backtest.v2+json", False),
        ("application/vnd.backtest+json", False),
        ("application/xml", False),
        ("image/*", False),
        ("application/json;q=0", False),
        ("application/json;q=0, application/*;q=0", False),
        ("*/*;q=0", False),
        ("*/*;q=nonsense", False),
        ("*/*;q=-1", False),
        ("*/*;q=2", False),
        ("*/*;q=nan", False),
        ("nonsense", False),
        (",;,", False),
        ("*", False),
    ],
)
def test_what_is_acceptable(accept: str, works: bool) -> None:
    assert acceptable(accept) is works


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_accept(accept: str) -> None:
    assert acceptable(accept) in (True, False)
    for offered in ANSWERED:
        assert acceptable(f"{accept.replace(',', '').replace(';', '')}x/y, {offered}")


def test_another_version_of_the_api_is_a_406_that_says_what_there_is(api: TestClient) -> None:
    answer = api.get("/api/backtests", headers={"Accept": "application/vnd.backtest.v2+json"})
    error = answer.json()["error"]
    assert answer.status_code == 406 and error["code"] == "INVALID_INPUT" and error["details"]["field"] == "Accept"
    assert "application/vnd.backtest.v1+json" in error["details"]["acceptable"]
    assert answer.headers["Content-Type"].startswith("application/json") and all(name in answer.headers for name in RATE)
    for accept in ("application/vnd.backtest.v1+json", "", "text/html"):
        assert api.get("/api/backtests", headers={"Accept": accept}).status_code == 200


def test_head_is_get_without_its_body(api: TestClient, house: House, client_of: ClientOf) -> None:
    for path in ("/api/backtests", "/api/health", "/openapi.json", f"/api/backtests/{uuid4()}", "/api/nothing"):
        whole, head = api.get(path), api.head(path)
        assert head.status_code == whole.status_code and head.content == b""
        assert head.headers["Content-Type"] == whole.headers["Content-Type"] and all(name in head.headers for name in RATE)
        if path != "/api/health":
            assert head.headers["Content-Length"] == str(len(whole.content))
    assert client_of(house, None).head("/api/backtests").status_code == 401
    assert api.head(f"/api/backtests/{uuid4()}/runs/{uuid4()}:cancel").status_code in (404, 405)


def test_options_tells_the_methods_of_an_address_to_anybody(house: House, client_of: ClientOf) -> None:
    stranger = client_of(house, None)
    for path, methods in (
        ("/api/backtests", "GET, HEAD, OPTIONS, POST"),
        (f"/api/keys/{uuid4()}", "DELETE, OPTIONS"),
        ("/api/health", "GET, HEAD, OPTIONS"),
    ):
        answer = stranger.options(path)
        assert (answer.status_code, answer.headers["Allow"], answer.content) == (204, methods, b"")
        assert all(name in answer.headers for name in RATE)
    assert stranger.options("/api/nothing").status_code == 404


def test_a_method_that_an_address_does_not_have_is_told_all_that_it_has(api: TestClient) -> None:
    answer = api.put("/api/backtests", json={})
    assert answer.status_code == 405 and answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert "GET, HEAD, OPTIONS, POST" in answer.json()["error"]["message"]
    assert api.request("PROPFIND", "/api/backtests").status_code == 405
