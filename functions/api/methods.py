"""HEAD is GET without its body, OPTIONS says which methods an address has; routes need not know of either."""

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.errors import ApiError

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


class Methods:
    """`scope["app"]` is the application whose routes are asked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            methods = allowed(scope)
            if not methods:
                raise ApiError("NOT_FOUND", f"there is nothing at {scope['path']}; the calls are listed in /openapi.json")
            await Response(status_code=204, headers={"Allow": methods})(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            """The length is that of the body which GET would have."""
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).setdefault("Content-Length", "0")
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, without_body)


def allowed(scope: Scope) -> str:
    """The value of the header Allow; empty where there is no such address. (Starlette names only the first route of an address.)"""
    found = {
        method for method in METHODS if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in scope["app"].routes)
    }
    if "GET" in found:
        found.add("HEAD")
    return ", ".join(sorted({*found, "OPTIONS"})) if found else ""
