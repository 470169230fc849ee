"""Reads a request's whole body before anything else happens: not one byte more than is allowed, and not for longer."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.errors import ApiError

if TYPE_CHECKING:
    from functions.wiring import House

LARGEST_BODY = 1024 * 1024


class Body:
    """Leaves the bytes in the request's state as `body`, and gives them to whoever asks as one message."""

    def __init__(self, app: ASGIApp, house: "Callable[[], House]") -> None:
        self._app, self._house = app, house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        _check_announced(Headers(scope=scope))
        try:
            body = await asyncio.wait_for(_read(receive), self._house().settings.body_seconds)
        except TimeoutError:
            text = "the request's body did not come in time; send it faster, or in smaller requests"
            raise ApiError("INVALID_INPUT", text, status=408, headers={"Connection": "close"}) from None
        if body is None:
            return
        scope["state"]["body"] = body
        await self._app(scope, told_once(body, receive), send)


def told_once(body: bytes, receive: Receive) -> Receive:
    """The body as one message; then whatever still comes."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _read(receive: Receive) -> bytes | None:
    """None: whoever sent it has gone. However many pieces it comes in, it is read into one place."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise _too_large()
        if not message.get("more_body", False):
            return bytes(body)


def _check_announced(headers: Headers) -> None:
    length = headers.get("content-length", "0")
    if length.isascii() and length.isdigit() and int(length[:20]) > LARGEST_BODY:
        raise _too_large()
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        text = "Content-Encoding: bodies are read as they are sent, never unpacked; send it uncompressed"
        raise ApiError("INVALID_INPUT", text, {"field": "Content-Encoding"}, status=415)


def _too_large() -> ApiError:
    return ApiError(
        "INVALID_INPUT", f"the request's body is larger than {LARGEST_BODY // 1024} KiB", status=413, headers={"Connection": "close"}
    )
