"""The gateway before the API's function: every kind of request through HTTP, an event, Mangum, an application, and back."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
import uvicorn
from mangum import Mangum
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.app import SERVING
from infra.local.aws import free_port
from infra.local.gateway import LARGEST_EVENT, LARGEST_REQUEST, Gateway
from infra.local.packaged_app import Fleet
from infra.local.runtime import Invocation

BYTES = bytes(range(256)) * 4


async def echo(request: Request) -> JSONResponse:
    return JSONResponse(
        {
            "method": request.method,
            "path": request.url.path,
            "query": request.query_params.multi_items(),
            "cookies": request.cookies,
            "headers": dict(request.headers),
            "body": list(await request.body()),
            "client": request.client.host if request.client else None,
        }
    )


async def answer(request: Request) -> Response:
    kinds = {
        "binary": Response(BYTES, media_type="application/vnd.apache.parquet"),
        "chinese": Response("量湖", media_type="text/html"),
        "empty": Response(status_code=204),
        "large": Response("x" * (LARGEST_EVENT - 1000), media_type="text/plain"),
        "too-large": Response("x" * LARGEST_EVENT, media_type="text/plain"),
    }
    made = kinds[request.path_params["kind"]]
    made.headers["X-Own"] = "kept"
    made.set_cookie("a", "1")
    made.set_cookie("b", "2")
    return made


APP = Starlette(routes=[Route("/answers/{kind}", answer), Route("/{path:path}", echo, methods=["GET", "POST", "PUT", "HEAD"])])


class Told:
    """A function that runs here, and the last event that it was given."""

    event: Mapping[str, Any]

    def __init__(self) -> None:
        self._handler = Mangum(APP, lifespan="off")

    def invoke(self, event: Mapping[str, Any]) -> Invocation:
        self.event = json.loads(json.dumps(event))
        if event["rawPath"] == "/broken":
            return Invocation(None, {"errorType": "RuntimeError"}, False, 0.0)
        asyncio.set_event_loop(loop := asyncio.new_event_loop())  # a function's process has its own
        answer = json.loads(json.dumps(self._handler(dict(event), None)))  # type: ignore[arg-type]
        loop.close()
        return Invocation(answer, None, False, 0.0)


@pytest.fixture(scope="module")
def told() -> Told:
    return Told()


@pytest.fixture(scope="module")
def client(told: Told) -> Iterator[httpx.Client]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(Gateway(told.invoke), port=port, **SERVING))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as made:
        yield made
    server.should_exit = True
    thread.join()


def test_a_request_comes_whole(client: httpx.Client, told: Told) -> None:
    seen = client.post(
        "/api/x", params=[("a", "1"), ("a", "2"), ("b", "量,湖 &")], json={"name": "量湖"}, headers={"Cookie": "s=1; t=2"}
    ).json()
    assert seen["query"] == [["a", "1"], ["a", "2"], ["b", "量,湖 &"]]
    assert json.loads(bytes(seen["body"])) == {"name": "量湖"}
    assert seen["cookies"] == {"s": "1", "t": "2"}
    assert seen["client"] == "127.0.0.1"
    assert (seen["method"], seen["path"]) == ("POST", "/api/x")
    assert told.event["version"] == "2.0" and told.event["routeKey"] == "$default"
    assert told.event["requestContext"]["stage"] == "$default"
    assert sorted(told.event["cookies"]) == ["s=1", "t=2"] and "cookie" not in told.event["headers"]
    assert told.event["queryStringParameters"] == {"a": "1,2", "b": "量,湖 &"}
    assert told.event["isBase64Encoded"] is False


@pytest.mark.parametrize(
    ("kind", "body", "encoded"),
    [
        ("application/octet-stream", BYTES, True),
        ("application/x-www-form-urlencoded", b"a=1", True),
        ("application/yaml", "名: 量湖".encode(), True),
        ("text/csv; charset=utf-8", "量湖,1\r\n".encode(), False),
        ("application/json", b"{}", False),
    ],
)
def test_a_body_of_any_kind_comes_byte_for_byte(client: httpx.Client, told: Told, kind: str, body: bytes, encoded: bool) -> None:
    seen = client.put("/x", content=body, headers={"Content-Type": kind}).json()
    assert bytes(seen["body"]) == body
    assert told.event["isBase64Encoded"] is encoded


def test_headers_that_come_again_are_one_with_commas(client: httpx.Client) -> None:
    seen = client.get("/x", headers=[("X-Two", "1"), ("X-Two", "2")]).json()
    assert seen["headers"]["x-two"] == "1,2"


@pytest.mark.parametrize("sent", ["/a%20b", "/%E9%87%8F", "/a%3Ab", "/a/../b", "//a", "/"])
def test_a_path_is_decoded(client: httpx.Client, told: Told, sent: str) -> None:
    client.request("GET", httpx.URL(str(client.base_url)).copy_with(raw_path=sent.encode()))
    assert told.event["rawPath"] == told.event["requestContext"]["http"]["path"]
    assert "%" not in told.event["rawPath"]


def test_an_answer_comes_back_byte_for_byte(client: httpx.Client) -> None:
    answer = client.get("/answers/binary")
    assert (answer.status_code, answer.content) == (200, BYTES)
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    assert answer.headers["x-own"] == "kept"
    assert dict(answer.cookies) == {"a": "1", "b": "2"}
    assert client.get("/answers/chinese").text == "量湖"
    empty = client.get("/answers/empty")
    assert (empty.status_code, empty.content) == (204, b"")
    head = client.head("/x")
    assert (head.status_code, head.content) == (200, b"")


def test_what_is_too_large_for_a_function_is_refused_as_the_platform_does(client: httpx.Client) -> None:
    assert client.get("/answers/large").status_code == 200
    assert client.get("/answers/too-large").json() == {"message": "Internal Server Error"}
    assert client.post("/x", content=b"x" * (LARGEST_EVENT - 10), headers={"Content-Type": "text/plain"}).status_code == 413
    assert client.post("/x", content=b"x" * (LARGEST_REQUEST + 1)).status_code == 413
    assert client.get("/x", headers={"X-Long": "x" * 10_240}).status_code == 431


def test_a_function_that_fails_says_nothing_of_its_inside(client: httpx.Client) -> None:
    failed = client.get("/broken")
    assert (failed.status_code, failed.json()) == (500, {"message": "Internal Server Error"})


def test_environments_are_started_only_when_all_are_busy() -> None:
    class Slow:
        def __init__(self, number: int) -> None:
            started.append(number)

        def invoke(self, event: Mapping[str, Any]) -> Invocation:
            time.sleep(0.05)
            return Invocation(None, None, False, 0.0)

    started: list[int] = []
    fleet = Fleet(Slow, most=2)  # type: ignore[arg-type]
    for _ in range(3):
        fleet.invoke({})
    assert started == [1]
    threads = [threading.Thread(target=fleet.invoke, args=({},)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert started == [1, 2]
