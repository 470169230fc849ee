"""What stands before the API's function: HTTP requests become events and its answers become HTTP, as AWS's HttpApi does it (payload 2.0).

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import json
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from infra.local.runtime import Invocation

LARGEST_REQUEST = 10 * 2**20
LARGEST_EVENT = 6 * 2**20
"""Of a function's event and of its answer, as JSON: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
LARGEST_HEAD = 10_240
"""The request's line and headers: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""
TEXTS = ("text/", "application/json", "application/xml", "application/javascript")
"""Bodies of other kinds come as base64, forms too."""
TOO_LARGE = (413, "Request Entity Too Large")
FAILED = (500, "Internal Server Error")
HEADERS_TOO_LARGE = (431, "Request Header Fields Too Large")


class Gateway:
    """An ASGI application over a function."""

    def __init__(self, invoke: Callable[[Mapping[str, Any]], Invocation]) -> None:
        self._invoke = invoke

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(f"the gateway of the API passes on no {scope['type']}")
        status, headers, body = await self._answer(scope, receive)
        if scope["method"] != "HEAD":
            headers = [(name, value) for name, value in headers if name != "content-length"] + [("content-length", str(len(body)))]
        await send(
            {"type": "http.response.start", "status": status, "headers": [(name.encode(), value.encode()) for name, value in headers]}
        )
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, list[tuple[str, str]], bytes]:
        head = len(scope["raw_path"]) + len(scope["query_string"]) + sum(len(name) + len(value) for name, value in scope["headers"])
        if head > LARGEST_HEAD:
            return refused(*HEADERS_TOO_LARGE)
        body = await _body(receive)
        if body is None:
            return refused(*TOO_LARGE)
        event = event_of(scope, body)
        if len(json.dumps(event)) > LARGEST_EVENT:
            return refused(*TOO_LARGE)
        return answer_of(await run_in_threadpool(self._invoke, event))


async def _body(receive: Receive) -> bytes | None:
    """None: there is too much of it."""
    body, more = bytearray(), True
    while more and len(body) <= LARGEST_REQUEST:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body) if len(body) <= LARGEST_REQUEST else None


def event_of(scope: Scope, body: bytes) -> dict[str, Any]:
    """The path is decoded, the query is not; headers and parameters that come again are one, with commas; cookies stand apart."""
    headers: dict[str, str] = {}
    for name, value in ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]):
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    cookies = [each.strip() for each in headers.pop("cookie", "").split(";") if each.strip()]
    path, query = unquote(scope["raw_path"].decode("latin-1")), scope["query_string"].decode("latin-1")
    source, now = scope["client"][0], time.time()
    domain = headers.get("host", "local")
    headers |= {"x-forwarded-for": source, "x-forwarded-proto": scope["scheme"], "x-forwarded-port": str(scope["server"][1])}
    text = not body or headers.get("content-type", "").lower().startswith(TEXTS)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "http": {
                "method": scope["method"],
                "path": path,
                "protocol": f"HTTP/{scope['http_version']}",
                "sourceIp": source,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": not text,
    }
    if cookies:
        event["cookies"] = cookies
    if parameters := _together(parse_qsl(query, keep_blank_values=True)):
        event["queryStringParameters"] = parameters
    if body:
        event["body"] = body.decode("utf-8", "replace") if text else base64.b64encode(body).decode()
    return event


def _together(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def answer_of(invocation: Invocation) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers, body. A function that failed, or said too much, is a 500 that says nothing."""
    answer = invocation.payload
    if invocation.error is not None or not isinstance(answer, dict) or len(json.dumps(answer)) > LARGEST_EVENT:
        return refused(*FAILED)
    body = answer.get("body") or ""
    headers = [(name.lower(), str(value)) for name, value in answer.get("headers", {}).items()]
    headers += [("set-cookie", cookie) for cookie in answer.get("cookies", [])]
    return int(answer["statusCode"]), headers, base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()


def refused(status: int, message: str) -> tuple[int, list[tuple[str, str]], bytes]:
    return status, [("content-type", "application/json")], json.dumps({"message": message}).encode()
