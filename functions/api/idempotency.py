"""Idempotency-Key: within 24 hours the same key and request get the first successful answer again, byte for byte."""

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.errors import ApiError

if TYPE_CHECKING:
    from functions.wiring import House

WRITES = {"POST", "PUT", "PATCH", "DELETE"}


class Idempotency:
    """Holds the key while the call runs. Answers other than 2xx are not kept, so the key stays usable after them.

    A route that stores its answer in its own transaction (submitting runs does) says so with `scope["state"]["answer_stored"]`.
    """

    def __init__(self, app: ASGIApp, house: "Callable[[], House]") -> None:
        self._app, self._house = app, house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        offered = Headers(scope=scope).get("idempotency-key") if scope["type"] == "http" else None
        if offered is None or scope["method"] not in WRITES or "user" not in scope["state"]:
            await self._app(scope, receive, send)
            return
        key, user, requests = _key(offered), scope["state"]["user"].id, self._house().requests
        known = await run_in_threadpool(requests.begin_idempotent, user, key, _fingerprint(scope))
        if known.state == "done":
            headers = {"Content-Type": "application/json"} if known.body else {}
            await Response(known.body or b"", known.status or 200, headers | {"Idempotency-Replayed": "true"})(scope, receive, send)
            return
        if known.state == "other":
            raise ApiError("CONFLICT", "this Idempotency-Key was used with another request; take a new one", {"field": "Idempotency-Key"})
        if known.state == "running":
            raise ApiError("CONFLICT", "the first call with this Idempotency-Key is still running", headers={"Retry-After": "1"})

        scope["state"]["idempotency_key"] = key
        messages: list[Message] = []

        async def hold(message: Message) -> None:
            messages.append(message)

        stored = False
        try:
            await self._app(scope, receive, hold)
            status = next((message["status"] for message in messages if message["type"] == "http.response.start"), 500)
            stored = scope["state"].get("answer_stored", False)
            if 200 <= status < 300 and not stored:
                body = b"".join(message.get("body", b"") for message in messages if message["type"] == "http.response.body")
                await run_in_threadpool(requests.finish_idempotent, user, key, status, body)
                stored = True
        finally:
            if not (stored or scope["state"].get("answer_stored", False)):
                await run_in_threadpool(requests.drop_idempotent, user, key)
        for message in messages:
            await send(message)


def _key(offered: str) -> str:
    try:
        return str(UUID(offered))
    except ValueError as error:
        raise ApiError("INVALID_INPUT", "Idempotency-Key: must be a UUID", {"field": "Idempotency-Key"}) from error


def _fingerprint(scope: Scope) -> str:
    digest = hashlib.sha256()
    for part in (scope["method"].encode(), scope["path"].encode(), scope["query_string"], scope["state"]["body"]):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
