"""What every request passes: names, callers, limits, bodies, one shape of errors, idempotency keys."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from functions.api.app import create_app
from functions.errors import ApiError
from functions.wiring import House

ClientOf = Callable[[House, str | None], TestClient]
RATE = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-Id")


def test_health_needs_no_token_and_tells_no_secret(house: House, client_of: ClientOf) -> None:
    answer = client_of(house, None).get("/api/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok" and answer.json()["dataset"] == "sample:v1"
    assert house.settings.database_url.get_secret_value() not in answer.text


def test_every_answer_carries_its_name_and_the_rate_limit(api: TestClient, house: House, client_of: ClientOf) -> None:
    stranger = client_of(house, None)
    answers = [
        api.get("/api/backtests"),
        api.get("/api/nothing"),
        api.delete("/api/backtests"),
        api.get(f"/api/backtests/{uuid4()}"),
        api.post("/api/backtests", content=b"{"),
        stranger.get("/api/backtests"),
        stranger.get("/api/health"),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 405, 404, 400, 401, 200]
    for answer in answers:
        assert all(name in answer.headers for name in RATE), answer
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        if answer.status_code >= 400:
            error = answer.json()["error"]
            assert set(error) == {"code", "message", "details"} and error["message"]
    assert answers[2].headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_request_keeps_the_name_it_came_with_if_that_is_harmless(api: TestClient) -> None:
    assert api.get("/api/backtests", headers={"X-Request-Id": "page-7"}).headers["X-Request-Id"] == "page-7"
    assert api.get("/api/backtests", headers={"X-Request-Id": "a b\x7f"}).headers["X-Request-Id"] != "a b\x7f"


def test_the_rate_limit_counts_down_and_stops(make_house: Callable[..., House], desk: object, user: str, client_of: ClientOf) -> None:
    api = client_of(make_house(rate_limit_requests=3, rate_limit_window_seconds=3600), user)
    answers = [api.get("/api/backtests") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0", "0"]
    assert answers[3].json()["error"]["code"] == "RATE_LIMITED"
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 3600
    assert int(answers[3].headers["X-RateLimit-Reset"]) > time.time()


def test_strangers_are_limited_too(make_house: Callable[..., House], client_of: ClientOf) -> None:
    stranger = client_of(make_house(rate_limit_requests=2, rate_limit_window_seconds=3600), None)
    assert [stranger.get("/api/backtests").status_code for _ in range(4)] == [401, 401, 429, 429]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "no JSON"),
        (b"\xff{}", "UTF-8"),
        (b'{"notes": NaN}', "NaN"),
        (b'{"notes": 1, "notes": 2}', "twice"),
        (b'{"notes": "\\u0000"}', "zero character"),
        (b'{"notes": "\\ud800"}', "surrogate"),
        (b"[" * 100_000, "no JSON"),
        (b"1" * 10_000, "no JSON"),
    ],
)
def test_bytes_that_are_no_json_are_a_400(api: TestClient, body: bytes, said: str) -> None:
    answer = api.post("/api/backtests", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400 and answer.json()["error"]["code"] == "INVALID_INPUT"
    assert said in answer.json()["error"]["message"]


def test_a_body_that_is_too_large_is_a_413_whether_announced_or_not(api: TestClient) -> None:
    large = b'{"notes": "' + b"x" * 2**20 + b'"}'
    answers = [api.post("/api/backtests", content=large), api.post("/api/backtests", content=iter([large[:1000], large[1000:]]))]
    for answer in answers:
        assert answer.status_code == 413 and answer.json()["error"]["code"] == "INVALID_INPUT"


def test_every_problem_of_a_shape_is_told_with_what_was_meant(api: TestClient) -> None:
    answer = api.post(
        "/api/backtests",
        json={
            "strategyref": {},
            "context": {"windw": {}, "window": {"start": "2020-13-01", "end": 5}, "initial_cash": "lots"},
            "notes": 7,
        },
    )
    assert answer.status_code == 422
    details = answer.json()["error"]["details"]
    problems = {row["field"]: row for row in details["problems"]}
    assert set(problems) == {
        "strategyRef", "strategyref", "context.windw", "context.window.start", "context.window.end", "context.initial_cash", "notes",
    }  # fmt: skip
    assert problems["strategyref"]["hint"] == "did you mean 'strategyRef'?"
    assert problems["context.windw"]["hint"] == "did you mean 'window'?"
    assert problems["strategyRef"]["message"] == "is missing"
    assert details["field"] == details["problems"][0]["field"]


def test_a_body_that_is_no_object_says_what_is_wanted(api: TestClient) -> None:
    for body in ([], "text", 5):
        answer = api.post("/api/backtests", json=body)
        assert answer.status_code == 422 and "strategyRef" in answer.json()["error"]["details"]["problems"][0]["hint"]


def test_an_unknown_query_key_is_an_error(api: TestClient) -> None:
    answer = api.get("/api/backtests?limt=5")
    assert answer.status_code == 422 and answer.json()["error"]["details"]["problems"][0]["field"] == "limt"
    assert api.get("/api/backtests?limit=0").status_code == 422
    assert api.get("/api/backtests?cursor=abc").status_code == 422


def test_an_unknown_query_key_did_not_say_which_there_are(api: TestClient) -> None:
    (limt,) = api.get("/api/backtests?limt=5").json()["error"]["details"]["problems"]
    assert limt["hint"] == "did you mean 'limit'?"
    (foo,) = api.get("/api/backtests?foo=5").json()["error"]["details"]["problems"]
    assert foo["hint"] == "known: limit, cursor"


def test_an_address_that_leads_nowhere_was_told_in_names_of_the_program(api: TestClient) -> None:
    told = {path: api.get(path).json()["error"]["message"] for path in ("/api/strategies/abc", f"/api/runs/{uuid4()}/artifacts/log")}
    first, second = told.values()
    assert first == "there is no strategy 'abc'"
    assert second.startswith("there is no kind 'log'; known: 'equity'") and "'report'" in second


def test_what_is_empty_was_told_in_the_words_of_a_library(api: TestClient) -> None:
    answer = api.post("/api/keys", json={"name": "", "scopes": []})
    assert answer.json()["error"]["details"]["problems"] == [
        {"field": "name", "message": "is empty"}, {"field": "scopes", "message": "is empty"},
    ]  # fmt: skip


def test_what_nobody_expected_says_nothing_of_its_inside(
    house: House, user: str, client_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def admit(self, *_: object) -> None:
            raise RuntimeError("the secret of the house")

    vars(house)["keys"] = Broken()
    answer = client_of(house, user).get("/api/backtests")
    assert answer.status_code == 500 and answer.json()["error"]["code"] == "INTERNAL_ERROR"
    assert "secret" not in answer.text and "Traceback" not in answer.text
    (record,) = [record for record in caplog.records if record.message == "request failed"]
    assert "the secret of the house" not in str(record.__dict__), "the text of an unknown error may hold anything"
    assert record.__dict__["error"] == "RuntimeError"


def test_no_log_line_holds_a_token(api: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    api.get("/api/backtests")
    api.get("/api/backtests", headers={"Authorization": "Bearer abc.def.ghi"})
    logged = str([vars(record) for record in caplog.records])
    assert "/api/backtests" in logged and "Bearer" not in logged and "abc.def.ghi" not in logged
    assert str(api.headers["Authorization"]).split()[1] not in logged


def test_a_database_that_is_away_is_an_upstream_error(make_house: Callable[..., House], user: str, client_of: ClientOf) -> None:
    house = make_house(database_url="postgresql://nobody@127.0.0.1:1/none?connect_timeout=1")
    answer = client_of(house, user).get("/api/backtests")
    assert answer.status_code == 502 and answer.json()["error"]["code"] == "UPSTREAM_ERROR"


def test_the_handler_answers_a_lambda_event(house: House) -> None:
    from mangum import Mangum

    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/api/health",
        "rawQueryString": "",
        "headers": {"host": "x"},
        "requestContext": {
            "http": {"method": "GET", "path": "/api/health", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "t"},
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
    answer = Mangum(create_app(lambda: house), lifespan="off")(event, object())  # type: ignore[arg-type]
    assert answer["statusCode"] == 200 and answer["headers"]["x-request-id"]


def test_errors_of_the_tree_have_their_codes() -> None:
    from datalake.errors import ContextError, MissingObjectError, StorageError, UpstreamError
    from datalake.errors import Problem as LakeProblem
    from engine.errors import ParameterError, Problem
    from functions.api.problems import api_error

    lake = LakeProblem("context.universe", "words")
    errors = [ParameterError([Problem("p", "m")]), ContextError(lake), MissingObjectError(lake), StorageError(lake), UpstreamError(lake)]
    found = [api_error(error) for error in errors]
    assert [error.code for error in found] == ["INVALID_INPUT", "INVALID_INPUT", "NOT_FOUND", "UPSTREAM_ERROR", "UPSTREAM_ERROR"]
    assert api_error(ApiError("CONFLICT", "words")).status == 409
