"""The outermost of all: a name for every request, the headers that every answer carries, and an answer whatever falls."""

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions import metrics
from functions.api.problems import api_error, error_response
from functions.logs import log_failure, log_keys, logger
from functions.tracing import annotate

if TYPE_CHECKING:
    from functions.wiring import House


class Envelope:
    """What is not expected says nothing of its inside; the log has it, under the request's name."""

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
            if "message_client" not in state:  # the responder answers several at once, in one call of its function
                annotate(request_id=state["request_id"])
            try:
                await self._app(scope, receive, send_with_headers)
            except Exception as error:  # noqa: BLE001  the last line: whatever falls becomes an answer and a log entry
                answer = api_error(error)
                if answer.status >= 500:
                    log_failure("request failed", error, method=scope["method"], path=_told_path(scope["path"]))
                if not status:
                    await error_response(answer)(scope, receive, send_with_headers)
            logger().info(
                "request",
                extra={
                    "method": scope["method"],
                    "path": _told_path(scope["path"]),
                    "status": status,
                    "milliseconds": round((time.perf_counter() - began) * 1000, 1),
                    "user_id": state["user"].id if "user" in state else None,
                },
            )
        metrics.flush()

    def _untouched_rate(self) -> tuple[int, int, int]:
        settings = self._house().settings
        limit, window = settings.rate_limit_requests, settings.rate_limit_window_seconds
        return limit, limit, int(time.time()) // window * window + window


def _told_path(path: str) -> str:
    """For the log: without the token of a share, which is all that its reader needs."""
    return re.sub(r"(?i)(/shares/+)[\w.~-]{16,}", r"\1{token}", path)


def _request_id(offered: str | None) -> str:
    """The caller's own name for the request, if it is a harmless one."""
    return offered if offered and re.fullmatch(r"[\w.:-]{1,100}", offered, re.ASCII) else str(uuid4())
