"""A request to an ASGI application in this process: no socket, and a state that no socket could bring."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message

from functions.messaging.operations import Request


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes


async def call(app: ASGIApp, request: Request, state: Mapping[str, Any]) -> Answer:
    """`state` is what the application finds as the request's own."""
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "https",
        "method": request.method,
        "path": request.path,
        "raw_path": request.path.encode(),
        "root_path": "",
        "query_string": request.query,
        "headers": list(request.headers),
        "client": None,
        "server": None,
        "state": dict(state),
    }
    waiting: list[Message] = [{"type": "http.request", "body": request.body, "more_body": False}]
    told: list[Message] = []

    async def receive() -> Message:
        if waiting:
            return waiting.pop()
        return await asyncio.Event().wait() and {"type": "http.disconnect"}  # nobody hangs up

    async def send(message: Message) -> None:
        told.append(message)

    await app(scope, receive, send)
    start = next(message for message in told if message["type"] == "http.response.start")
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], headers, b"".join(message.get("body", b"") for message in told))
