"""The client: what it sends, what it tries again, what it says when it gives up."""

import json
from uuid import UUID

import httpx
import pytest

from functions.api.examples import EXAMPLES
from functions.client import ClientError
from tests.functions.client_server import Server, error

RUN = {
    "run_id": "r1", "backtest_id": "b1", "grid_id": "g1", "position": 0, "status": "succeeded", "progress": 100, "eta_seconds": 0,
    "created_at": "2025-09-10T04:10:00Z", "started_at": "2025-09-10T04:10:00Z", "finished_at": None, "params": {"ma_short": 5},
    "stats": {"return": 0.18, "sharpe": None}, "artifacts": {}, "error": None, "attempt": 1, "content_hash": "c",
    "engine_version": "e", "rules_version": "r",
}  # fmt: skip


def test_a_write_that_fails_on_the_way_is_sent_again_under_the_same_key() -> None:
    server = Server(
        httpx.ConnectError("no"), httpx.ReadTimeout("slow"), error(502, "UPSTREAM_ERROR"), httpx.Response(201, json={"backtest_id": "b1"})
    )
    assert server.client().create_backtest({"code": "x"}, {"window": {"start": "a", "end": "b"}}) == "b1"
    keys = {request.headers["Idempotency-Key"] for request in server.requests}
    assert len(server.requests) == 4 and len(keys) == 1 and UUID(keys.pop())
    assert all(0 < pause <= 2 for pause in server.pauses)
    assert json.loads(server.requests[0].content)["strategyRef"] == {"code": "x"}
    assert server.requests[0].headers["Authorization"] == "Bearer token"


def test_two_writes_have_two_keys() -> None:
    server = Server(*(httpx.Response(202, json={"run_ids": ["r1"]}) for _ in range(2)))
    client = server.client()
    assert [client.submit_single("b1", {}) for _ in range(2)] == ["r1", "r1"]
    assert len({request.headers["Idempotency-Key"] for request in server.requests}) == 2


@pytest.mark.parametrize(("status", "code"), [(422, "INVALID_INPUT"), (409, "CONFLICT"), (404, "NOT_FOUND"), (401, "UNAUTHORIZED")])
def test_what_is_the_callers_fault_is_not_tried_again(status: int, code: str) -> None:
    server = Server(error(status, code, problems=[{"field": "f", "message": "m"}]))
    with pytest.raises(ClientError) as caught:
        server.client().run("b1", "r1")
    assert (caught.value.code, caught.value.message, caught.value.request_id) == (code, "words", "q1")
    assert caught.value.problems == ({"field": "f", "message": "m"},) and not server.pauses


def test_a_rate_limit_is_waited_for() -> None:
    limited = error(429, "RATE_LIMITED")
    limited.headers["Retry-After"] = "7"
    server = Server(limited, httpx.Response(200, json=RUN))
    assert server.client().run("b1", "r1").stats == {"return": 0.18, "sharpe": None}
    assert server.pauses == [7]


def test_it_gives_up_with_words() -> None:
    server = Server(*(httpx.ConnectError("no") for _ in range(3)))
    with pytest.raises(ClientError, match="http://lianghu does not answer") as caught:
        server.client(attempts=3).health()
    assert caught.value.code == "UNREACHABLE" and len(server.pauses) == 2


@pytest.mark.parametrize(
    "answer", [httpx.Response(200, text="<html>"), httpx.Response(200, json={"a": 1}), httpx.Response(404, text="nginx")]
)
def test_something_that_is_not_the_api_is_said_to_be_so(answer: httpx.Response) -> None:
    with pytest.raises(ClientError) as caught:
        Server(answer).client().health()
    assert caught.value.code == "UNREACHABLE"


def test_lists_are_read_to_their_end() -> None:
    pages = [{"items": [RUN, RUN], "next_cursor": "two"}, {"items": [RUN], "next_cursor": None}]
    server = Server(*(httpx.Response(200, json=page) for page in pages))
    assert len(list(server.client().runs("b1", sort="-stats.sharpe"))) == 3
    assert server.requests[0].url.params["sort"] == "-stats.sharpe" and server.requests[1].url.params["cursor"] == "two"


def test_waiting_tells_of_each_look() -> None:
    states = [RUN | {"status": "queued", "progress": 0}, RUN | {"status": "running", "progress": 40}, RUN]
    seen: list[int] = []
    server = Server(*(httpx.Response(200, json=state) for state in states))
    assert server.client().wait_run("b1", "r1", lambda run: seen.append(run.progress)).status == "succeeded"
    assert seen == [0, 40, 100] and len(server.pauses) == 2


def test_waiting_for_a_grid_ends_in_time() -> None:
    grid = EXAMPLES["GridShown"] | {"status": "running", "progress": 40}
    server = Server(*(httpx.Response(200, json=grid) for _ in range(3)))
    with pytest.raises(ClientError, match=r"grid g1 has not ended after 0 s: running, 40 %") as caught:
        server.client().wait_grid("b1", "g1", timeout_seconds=0)
    assert caught.value.code == "TIMED_OUT" and len(server.requests) == 1


@pytest.mark.parametrize("asked", [True, False])
def test_ctrl_c_ends_the_work_only_where_that_is_asked_for(asked: bool) -> None:
    def interrupted(seen: object) -> None:
        raise KeyboardInterrupt

    running = RUN | {"status": "running"}
    grid = EXAMPLES["GridShown"] | {"status": "running"}
    server = Server(httpx.Response(200, json=running), httpx.Response(200, json=grid))
    if asked:
        server.answers.insert(1, httpx.Response(204))
        server.answers.append(httpx.Response(204))
    client = server.client()
    with pytest.raises(KeyboardInterrupt):
        client.wait_run("b1", "r1", interrupted, cancel_on_interrupt=asked)
    with pytest.raises(KeyboardInterrupt):
        client.wait_grid("b1", "g1", interrupted, cancel_on_interrupt=asked)
    cancelled = [request.url.path for request in server.requests if request.method == "POST"]
    assert cancelled == (["/api/backtests/b1/runs/r1:cancel", "/api/backtests/b1/grids/g1:cancel"] if asked else [])


def test_what_is_never_made_is_given_up() -> None:
    preparing = [httpx.Response(202, json={"status": "preparing"}, headers={"Retry-After": "1"}) for _ in range(3)]
    with pytest.raises(ClientError, match="the equity of run r1 were not ready after 0 s") as caught:
        Server(*preparing).client().artifact("r1", "equity", timeout_seconds=0)
    assert caught.value.code == "TIMED_OUT"


def test_a_date_in_retry_after_is_no_reason_to_fall() -> None:
    busy = error(503, "UPSTREAM_ERROR")
    busy.headers["Retry-After"] = "Wed, 21 Oct 2026 07:28:00 GMT"
    server = Server(busy, httpx.Response(200, json=EXAMPLES["Health"]))
    assert server.client().health().status == "ok" and 0 < server.pauses[0] <= 1


def test_an_artifact_that_is_being_made_is_waited_for() -> None:
    preparing = httpx.Response(202, json={"status": "preparing"}, headers={"Retry-After": "1"})
    server = Server(preparing, httpx.Response(200, content=b"time,equity\n"))
    assert server.client().artifact("r1", "equity") == b"time,equity\n"
    assert server.pauses == [0.5]


def test_maps_are_asked_for_by_their_axes_and_what_is_held() -> None:
    answer = {"metric": "sharpe", "x": {"name": "n", "values": [1]}, "y": None, "fixed": {"m": 2}, "values": [[0.5]], "run_ids": [["r1"]]}
    server = Server(httpx.Response(200, json=answer), httpx.Response(200, json=answer))
    client = server.client()
    assert client.heatmap("b1", "g1", "n", metric="sharpe", held={"m": 2}).values == [[0.5]]
    client.heatmap("b1", "g1", "n", "m")
    first, second = (dict(request.url.params) for request in server.requests)
    assert first == {"x": "n", "metric": "sharpe", "params.m": "2"} and second == {"x": "n", "y": "m", "metric": "return"}
    assert {request.url.path for request in server.requests} == {"/api/backtests/b1/grids/g1/heatmap"}


def test_a_diagnosis_is_waited_for_and_comes_as_plain_values() -> None:
    words = {"zh": "好", "en": "good"}
    indicator = {"key": "spa", "label": words, "value": None, "unit": "probability", "verdict": "unknown", "meaning": words,
                 "advice": words, "formula": "", "source": ""}  # fmt: skip
    answer = {"combinations": 1, "sessions": 9, "trials": {"count": 1, "variance": None, "scope": "owner"}, "best": 0, "best_run_id": "r1",
              "verdict": "unknown", "summary": words, "indicators": [indicator]}  # fmt: skip
    early = error(409, "CONFLICT")
    early.headers["Retry-After"] = "1"
    server = Server(early, httpx.Response(200, json=answer))
    assert server.client().diagnosis("b1", "g1") == answer and server.pauses == [1]


def test_one_id_is_enough_for_a_run_and_a_grid_and_its_report() -> None:
    grid = {"grid_id": "g1", "backtest_id": "b1", "status": "finished", "progress": 100, "eta_seconds": 0, "total": 1, "counts": {},
            "skipped": 0, "best": None, "summary": None, "created_at": "2025-09-10T04:10:00Z", "started_at": None,
            "finished_at": None}  # fmt: skip
    server = Server(httpx.Response(200, json=RUN), httpx.Response(200, json=grid), httpx.Response(200, content=b"<html>"))
    client = server.client()
    assert client.run_by_id("r1").backtest_id == client.grid_by_id("g1").backtest_id == "b1"
    assert client.grid_report("b1", "g1") == b"<html>"
    assert [request.url.path for request in server.requests] == ["/api/runs/r1", "/api/grids/g1", "/api/backtests/b1/grids/g1/report"]


def test_metrics_are_rows() -> None:
    row = {"key": "pnl", "label": {"zh": "盈亏", "en": "profit"}, "unit": "yuan", "formula": "f", "source": "s", "least": 0, "of_what": "",
           "differs": ""}  # fmt: skip
    (metric,) = Server(httpx.Response(200, json={"items": [row]})).client().metrics()
    assert (metric.key, metric.label.zh, metric.unit) == ("pnl", "盈亏", "yuan")
