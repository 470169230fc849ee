"""What every request passes on its way in and out: a name, the caller, the rate limit, a body of bearable size, one shape of errors."""

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.auth import User, Verifier, verifier
from functions.api.problems import api_error, error_response
from functions.errors import ApiError
from functions.logs import log_failure, log_keys, logger

if TYPE_CHECKING:
    from functions.wiring import House

LARGEST_BODY = 1024 * 1024
PUBLIC = {"/api/health", "/openapi.json", "/docs"}


class Envelope:
    """Outermost: names the request, writes the headers that every answer carries, and turns whatever falls into an answer."""

    def __init__(self, app: ASGIApp, house: "Callable[[], House]") -> None:
        self._app, self._house = app, house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        state = scope.setdefault("state", {})
        state["request_id"] = _request_id(Headers(scope=scope).get("x-request-id"))
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = state["request_id"]
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("Cache-Control", "no-store")
                if headers.get("Content-Type") == "application/json":
                    headers["Content-Type"] = "application/json; charset=utf-8"
                limit, remaining, reset = state.get("rate") or self._untouched_rate()
                headers["X-RateLimit-Limit"] = str(limit)
                headers["X-RateLimit-Remaining"] = str(max(0, remaining))
                headers["X-RateLimit-Reset"] = str(reset)
            await send(message)

        with log_keys(request_id=state["request_id"]):
            try:
                await self._app(scope, receive, send_with_headers)
            except Exception as error:  # noqa: BLE001  the last line: whatever falls becomes an answer and a log entry
                answer = api_error(error)
                if answer.status >= 500:
                    log_failure("request failed", error, method=scope["method"], path=scope["path"])
                if not status:
                    await error_response(answer)(scope, receive, send_with_headers)
            logger().info(
                "request",
                extra={
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": status,
                    "milliseconds": round((time.perf_counter() - began) * 1000, 1),
                    "user": state["user"].id if "user" in state else None,
                },
            )

    def _untouched_rate(self) -> tuple[int, int, int]:
        settings = self._house().settings
        limit, window = settings.rate_limit_requests, settings.rate_limit_window_seconds
        return limit, limit, int(time.time()) // window * window + window


class Admission:
    """Who calls, and how often: a user's requests are counted in Postgres, those of strangers in this process, by address."""

    def __init__(self, app: ASGIApp, house: "Callable[[], House]") -> None:
        self._app, self._house = app, house
        self._strangers = Strangers()
        self._verifier: Verifier | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._admit(scope)
        await self._app(scope, receive, send)

    async def _admit(self, scope: Scope) -> None:
        state, settings = scope["state"], self._house().settings
        limit, window = settings.rate_limit_requests, settings.rate_limit_window_seconds
        user: User | None = None
        refusal: ApiError | None = None
        if scope["path"] not in PUBLIC:
            try:
                user = await run_in_threadpool(self._user, Headers(scope=scope).get("authorization"))
            except ApiError as error:
                refusal = error
        if user:
            state["user"] = user
            remaining, reset_at = await run_in_threadpool(self._house().requests.take_request, user.id, limit, window)
            reset = int(reset_at.timestamp())
        else:
            remaining, reset = self._strangers.take((scope.get("client") or ("",))[0], limit, window)
        state["rate"] = (limit, remaining, reset)
        if remaining < 0:
            wait = max(1, reset - int(time.time()))
            raise ApiError(
                "RATE_LIMITED",
                f"more than {limit} requests in {window} seconds; try again in {wait} s",
                headers={"Retry-After": str(wait)},
            )
        if refusal:
            raise refusal

    def _user(self, authorization: str | None) -> User:
        if self._verifier is None:
            self._verifier = verifier(self._house().settings)
        return self._verifier.user(authorization)


class Strangers:
    """Requests without a valid token in a fixed window, by address; remembers the latest few thousand addresses."""

    MOST = 4096

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, int], int] = OrderedDict()

    def take(self, address: str, limit: int, window: int) -> tuple[int, int]:
        """How many are left (negative: too many) and the Unix second in which the window ends."""
        place = (address, int(time.time()) // window)
        self._seen[place] = self._seen.get(place, 0) + 1
        self._seen.move_to_end(place)
        while len(self._seen) > self.MOST:
            self._seen.popitem(last=False)
        return limit - self._seen[place], (place[1] + 1) * window


class Body:
    """Reads the whole body before anything else happens, and not one byte more than is allowed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isascii() and announced.isdigit() and int(announced) > LARGEST_BODY:
            raise _too_large()
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > LARGEST_BODY:
                raise _too_large()
            if not message.get("more_body", False):
                break
        body = b"".join(parts)
        scope["state"]["body"] = body
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)


def _request_id(offered: str | None) -> str:
    """The caller's own name for the request, if it is a harmless one."""
    return offered if offered and re.fullmatch(r"[\w.:-]{1,100}", offered, re.ASCII) else str(uuid4())


def _too_large() -> ApiError:
    return ApiError("INVALID_INPUT", f"the request's body is larger than {LARGEST_BODY // 1024} KiB", status=413)
