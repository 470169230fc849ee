"""Idempotency-Key: within 24 hours the same key and request get the first successful answer again, byte for byte."""

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.errors import ApiError
from functions.logs import log_failure
from functions.stores.requests import Idempotent

if TYPE_CHECKING:
    from functions.wiring import House

WRITES = {"POST", "PUT", "PATCH", "DELETE"}


class Idempotency:
    """Holds the key while the call runs. Answers other than 2xx are not kept, so the key stays usable after them. Keys are a user's: a
    person and their API keys share them, and nobody else's are seen.

    A route says in the request's state what it knows better:
    `answer_stored`: it has stored its answer in its own transaction, so both happened or neither. Every route does whose work must not be
    done twice: see `keeping`.
    """

    def __init__(self, app: ASGIApp, house: "Callable[[], House]") -> None:
        self._app, self._house = app, house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        offered = Headers(scope=scope).get("idempotency-key") if scope["type"] == "http" else None
        if offered is None or scope["method"] not in WRITES or "user" not in scope["state"]:
            await self._app(scope, receive, send)
            return
        key, user, store = _key(offered), scope["state"]["user"].id, self._house().requests
        known = await run_in_threadpool(store.begin_idempotent, user, key, _fingerprint(scope))
        if known.state != "new":
            _check_allowed(scope)
            await _again(known)(scope, receive, send)
            return
        state = scope["state"]
        state["idempotency_key"] = key
        messages: list[Message] = []

        async def hold(message: Message) -> None:
            messages.append(message)

        is_done = False
        try:
            await self._app(scope, receive, hold)
            is_done = state.get("answer_stored", False) or 200 <= _status(messages) < 300
        finally:
            if not (is_done or state.get("answer_stored", False)):
                await run_in_threadpool(store.drop_idempotent, user, key)
        if is_done and not state.get("answer_stored", False):
            try:
                await run_in_threadpool(store.finish_idempotent, user, key, *_kept(messages))
            except ApiError as error:
                if error.code == "CONFLICT":
                    raise
                # It has happened, so whoever asked is told; doing it again, when the key is free in a minute, changes nothing.
                log_failure("the answer of a write could not be kept", error, path=scope["path"])
        for message in messages:
            await send(message)


def _check_allowed(scope: Scope) -> None:
    """What is kept was answered to a caller who may; a key of another scope that repeats the request is told FORBIDDEN, as by the route."""
    for router, needs in scope["app"].state.needs:
        if any(route.matches(scope)[0] is Match.FULL for route in router.routes):
            needs.check(scope["state"]["user"], scope["method"])


def _again(known: Idempotent) -> Response:
    """What a key gets whose first call has ended, still runs, or was another one."""
    if known.state == "other":
        raise ApiError("CONFLICT", "this Idempotency-Key was used with another request; take a new one", {"field": "Idempotency-Key"})
    if known.state == "running":
        raise ApiError("CONFLICT", "the first call with this Idempotency-Key is still running", headers={"Retry-After": "1"})
    headers = {"Content-Type": known.content_type} if known.content_type else {}
    return Response(known.body or b"", known.status or 200, headers | {"Idempotency-Replayed": "true"})


def _status(messages: Sequence[Message]) -> int:
    return int(next((message["status"] for message in messages if message["type"] == "http.response.start"), 500))


def _kept(messages: Sequence[Message]) -> tuple[int, bytes, str | None]:
    """Status, bytes and content type of the answer that the next call with the same key gets."""
    start = next(message for message in messages if message["type"] == "http.response.start")
    body = b"".join(message.get("body", b"") for message in messages if message["type"] == "http.response.body")
    return start["status"], body, Headers(raw=start["headers"]).get("content-type")


def _key(offered: str) -> str:
    try:
        return str(UUID(offered))
    except ValueError as error:
        raise ApiError("INVALID_INPUT", "Idempotency-Key: must be a UUID", {"field": "Idempotency-Key"}) from error


def _fingerprint(scope: Scope) -> str:
    """Of everything that decides what is done."""
    digest = hashlib.sha256()
    kind = Headers(scope=scope).get("content-type", "")
    for part in (scope["method"].encode(), scope["path"].encode(), scope["query_string"], kind.encode(), scope["state"]["body"]):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
