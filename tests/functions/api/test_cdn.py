"""Whose address a request comes from, behind the CDN and beside it: events as the gateway makes them, through Mangum."""

import asyncio
import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some
from mangum import Mangum
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from functions.api.app import create_app
from functions.api.cdn import Cdn
from functions.wiring import House
from infra.local.gateway import event_of

SECRET = "what-the-cdn-shows-of-more-than-thirty-two-bytes"
EDGE, READER, OTHER = "130.176.100.154", "203.0.113.7", "198.51.100.9"
PROVED = {"x-lianghu-cdn": SECRET}


async def seen(request: Request) -> JSONResponse:
    return JSONResponse({"client": request.client and request.client.host, "headers": dict(request.headers)})


def event(headers: Mapping[str, str], source: str = EDGE, path: str = "/api/backtests") -> dict[str, Any]:
    """What HttpApi hands to the function: names in small letters, X-Forwarded-For as the gateway writes it."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "x", "x-forwarded-for": source, "via": "2.0 0f.cloudfront.net (CloudFront)", **headers},
        "requestContext": {
            "http": {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": source, "userAgent": "t"},
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }


def through(app: Any, event: Mapping[str, Any]) -> dict[str, Any]:
    asyncio.set_event_loop(loop := asyncio.new_event_loop())  # a function's process has its own
    try:
        return cast("dict[str, Any]", Mangum(app, lifespan="off")(dict(event), object()))  # type: ignore[arg-type]
    finally:
        loop.close()
        asyncio.set_event_loop(None)


def told(headers: Mapping[str, str], secret: str = SECRET) -> dict[str, Any]:
    return told_of(event(headers), secret)


def told_of(event: Mapping[str, Any], secret: str) -> dict[str, Any]:
    """What is behind: the address, and the headers that are left."""
    house = SimpleNamespace(settings=SimpleNamespace(cdn_secret=SecretStr(secret)))
    app = Cdn(Starlette(routes=[Route("/{path:path}", seen)]), cast("Callable[[], House]", lambda: house))
    answer = json.loads(through(app, event)["body"])
    assert not [name for name in answer["headers"] if name.startswith("x-lianghu-")], "the secret goes no further"
    return cast("dict[str, Any]", answer)


@pytest.mark.parametrize("address", [READER, "2001:db8::7", "::ffff:203.0.113.7"])
def test_behind_the_cdn_the_reader_is_who_asks(address: str) -> None:
    assert told({**PROVED, "x-lianghu-viewer": address})["client"] == address


@pytest.mark.parametrize(
    ("headers", "secret"),
    [
        ({"x-lianghu-viewer": READER}, SECRET),
        ({"x-lianghu-cdn": "", "x-lianghu-viewer": READER}, SECRET),
        ({"x-lianghu-cdn": SECRET[:-1], "x-lianghu-viewer": READER}, SECRET),
        ({"x-lianghu-cdn": f"{SECRET},{SECRET}", "x-lianghu-viewer": READER}, SECRET),  # twice, as the gateway writes it
        ({"x-lianghu-cdn": "量湖", "x-lianghu-viewer": READER}, SECRET),
        ({"x-lianghu-cdn": "", "x-lianghu-viewer": READER}, ""),  # on one machine nobody is believed
        (PROVED, SECRET),
        ({**PROVED, "x-lianghu-viewer": "nobody"}, SECRET),
        ({**PROVED, "x-lianghu-viewer": f"{READER},{OTHER}"}, SECRET),
    ],
)
def test_otherwise_it_is_whom_the_gateway_sees(headers: dict[str, str], secret: str) -> None:
    assert told(headers, secret)["client"] == EDGE


def test_a_header_that_comes_twice_is_not_believed() -> None:
    """Another server than the gateway hands both on."""
    house = SimpleNamespace(settings=SimpleNamespace(cdn_secret=SecretStr(SECRET)))
    found: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        found.append((scope["client"], scope["headers"]))

    proof, told = (b"X-Lianghu-CDN", SECRET.encode()), (b"x-lianghu-viewer", READER.encode())
    for headers in ([proof, told], [proof, proof, told], [proof, told, told]):
        scope = {"type": "http", "client": (EDGE, 1), "headers": [(b"a", b"b"), *headers]}
        asyncio.run(Cdn(inner, cast("Callable[[], House]", lambda: house))(scope, cast("Any", None), cast("Any", None)))
    assert found == [((READER, 0), [(b"a", b"b")]), ((EDGE, 1), [(b"a", b"b")]), ((EDGE, 1), [(b"a", b"b")])]


words = some.text(some.characters(min_codepoint=32, max_codepoint=126), max_size=60)
addresses = some.lists(some.ip_addresses().map(str) | words, max_size=4).map(", ".join)


@given(forwarded=addresses, reader=some.ip_addresses().map(str) | words, proof=words)
def test_whatever_is_forged_without_the_secret_changes_nothing(forwarded: str, reader: str, proof: str) -> None:
    assume(proof != SECRET)
    forged = {"x-forwarded-for": forwarded, "forwarded": f"for={forwarded}", "x-lianghu-viewer": reader, "x-lianghu-cdn": proof}
    assert told(forged)["client"] == EDGE


@given(forwarded=addresses, reader=some.ip_addresses().map(str))
def test_behind_the_cdn_no_list_of_a_reader_changes_who_it_is(forwarded: str, reader: str) -> None:
    assert told({**PROVED, "x-lianghu-viewer": reader, "x-forwarded-for": f"{forwarded}, {EDGE}"})["client"] == reader


def test_strangers_behind_the_cdn_shared_one_limit(make_house: Callable[..., House], desk: object) -> None:
    house = make_house(rate_limit_requests=2, rate_limit_window_seconds=86400, cdn_secret=SecretStr(SECRET))
    app = create_app(lambda: house)

    def asked(reader: str, **headers: str) -> int:
        return int(through(app, event({**PROVED, "x-lianghu-viewer": reader, **headers}))["statusCode"])

    assert [asked(READER) for _ in range(3)] == [401, 401, 429]
    assert asked(OTHER) == 401, "somebody else"
    assert asked(READER, **{"x-forwarded-for": OTHER}) == 429
    forged = event({"x-lianghu-cdn": "x" * 40, "x-lianghu-viewer": "192.0.2.1"}, source="192.0.2.99")
    assert [through(app, forged)["statusCode"] for _ in range(3)] == [401, 401, 429], "who goes round the CDN is counted as who it is"


def test_the_secret_is_in_no_line_of_the_log(make_house: Callable[..., House], desk: object, caplog: pytest.LogCaptureFixture) -> None:
    house = make_house(cdn_secret=SecretStr(SECRET))
    app = create_app(lambda: house)
    for path in ("/api/health", "/api/backtests", "/api/nothing"):
        answer = through(app, event({**PROVED, "x-lianghu-viewer": READER}, path=path))
        assert SECRET not in str(answer)
    assert caplog.records and SECRET not in str([vars(record) for record in caplog.records])


def test_the_gateway_on_one_machine_believes_nobody() -> None:
    scope = {
        "method": "GET", "scheme": "http", "http_version": "1.1", "raw_path": b"/api/x", "query_string": b"", "server": ("127.0.0.1", 1),
        "headers": [(b"host", b"x"), (b"x-forwarded-for", OTHER.encode()), (b"x-lianghu-viewer", OTHER.encode()), (b"x-lianghu-cdn", b"")],
        "client": ("127.0.0.1", 5),
    }  # fmt: skip
    made = event_of(scope, b"")
    assert made["headers"]["x-forwarded-for"] == made["requestContext"]["http"]["sourceIp"] == "127.0.0.1"
    assert told_of(made, secret="")["client"] == "127.0.0.1"
