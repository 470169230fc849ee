"""Who calls, what they may, and how often: asked of Postgres in one call for each request, before anything else happens."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from functions import metrics
from functions.api import auth
from functions.api.auth import User, Verifier, bearer_token, unauthorized, verifier
from functions.api.key_text import PREFIX, hash_of, key_id_of
from functions.api.strangers import Strangers
from functions.errors import ApiError
from functions.logs import log_keys
from functions.stores.keys import Admitted, Limits

if TYPE_CHECKING:
    from functions.wiring import House

Known = Callable[[Scope, Limits], tuple[User, Admitted]]
"""Who calls, where that was found out before the application was called; raises ApiError for nobody. It counts the request, too."""

LOOKING = {"GET", "HEAD"}
PUBLIC = {
    ("GET", "/api/health"),
    ("GET", "/api/metrics"),
    ("GET", "/api/templates"),
    ("GET", "/api/functions"),
    ("GET", "/openapi.json"),
    ("GET", "/docs"),
    ("POST", "/api/product-events"),
}
PUBLIC_BEGINNING = "/api/shares/"
"""Whoever has a share's token may look at it."""
LARGEST_HEADERS = 32 * 1024
LONGEST_ADDRESS = 8 * 1024


class Admission:
    """Users and their keys are counted in Postgres; strangers, and whoever shows a wrong token or key, in this process by address."""

    def __init__(self, app: ASGIApp, house: "Callable[[], House]", known: Known | None = None) -> None:
        """`known`: of an application that no socket leads to. Then no header says who calls."""
        self._app, self._house, self._known = app, house, known
        self._known_strangers: Strangers | None = None
        self._verifier: Verifier | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._admit(scope)
        with log_keys(user_id=scope["state"]["user"].id if "user" in scope["state"] else ""):
            await self._app(scope, receive, send)

    async def _admit(self, scope: Scope) -> None:
        """Leaves `user` and `rate` (limit, what is left, Unix second of the window's end) in the request's state."""
        state = scope["state"]
        address = str((scope.get("client") or ("",))[0])
        admitted: Admitted | None = None
        refusal = _unbearable(scope)
        if not refusal and (self._known is not None or not _is_public(scope["method"], scope["path"])):
            try:
                state["user"], admitted = await run_in_threadpool(self._caller, scope, address)
            except ApiError as error:
                refusal = error
        if admitted:
            limit, remaining, reset = admitted.limit, admitted.remaining, int(admitted.reset_at.timestamp())
        else:
            limit, (remaining, reset) = self._strangers.limit, self._strangers.take(address)
        state["rate"] = (limit, remaining, reset)
        if remaining < 0:
            raise self._too_many(limit, reset)
        if refusal:
            raise refusal

    def _caller(self, scope: Scope, address: str) -> tuple[User, Admitted]:
        """A key or a person, and the one call to the database that counts the request."""
        if self._known is not None:
            return self._known(scope, self._limits)
        token = bearer_token(Headers(scope=scope).get("authorization"))
        keys, limits = self._house().keys, self._limits
        if token.startswith(PREFIX):
            admitted = self._with_key(token, address)
            scopes = cast("frozenset[auth.Scope]", frozenset(admitted.scopes or ()))
            return User(admitted.owner, scopes=scopes, key_id=admitted.key_id, read_only=admitted.read_only), admitted
        if self._verifier is None:
            self._verifier = verifier(self._house().settings)
        user = self._verifier.user(token)
        admitted = keys.admit(user.id, limits)
        return replace(user, read_only=admitted.read_only), admitted

    def _with_key(self, text: str, address: str) -> Admitted:
        """What is not even written like a key, and whoever has tried too many of them, asks the database nothing."""
        left, reset = self._strangers.look(address)
        if left <= 0:
            raise self._too_many(self._strangers.limit, reset)
        key_id = key_id_of(text)
        admitted = self._house().keys.admit_key(key_id, hash_of(text), self._limits) if key_id else None
        if admitted is None:
            raise unauthorized("this API key is not valid here: there is none like it, or it was revoked or has expired")
        return admitted

    @property
    def _limits(self) -> Limits:
        settings = self._house().settings
        key_requests = min(settings.rate_limit_key_requests, settings.rate_limit_requests)
        return Limits(settings.rate_limit_requests, key_requests, settings.rate_limit_window_seconds)

    @property
    def _strangers(self) -> Strangers:
        if self._known_strangers is None:
            limits = self._limits
            self._known_strangers = Strangers(limits.requests, limits.window_seconds)
        return self._known_strangers

    def _too_many(self, limit: int, reset: int) -> ApiError:
        metrics.measure(metrics.RATE_LIMITED)
        wait = max(1, reset - int(time.time()))
        text = f"more than {limit} requests in {self._limits.window_seconds} seconds; try again in {wait} s"
        return ApiError("RATE_LIMITED", text, headers={"Retry-After": str(wait)})


def _is_public(method: str, path: str) -> bool:
    """What needs neither token nor key; OPTIONS tells nothing that the OpenAPI document does not."""
    looked = "GET" if method in LOOKING else method
    return method == "OPTIONS" or (looked, path) in PUBLIC or (looked == "GET" and path.startswith(PUBLIC_BEGINNING))


def _unbearable(scope: Scope) -> ApiError | None:
    """Headers and addresses that no call of ours needs, and a character that Postgres cannot hold."""
    if b"%00" in scope["query_string"]:
        return ApiError("INVALID_INPUT", "the address holds a zero character", status=400)
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
        return ApiError("INVALID_INPUT", f"the address is longer than {LONGEST_ADDRESS // 1024} KiB", status=414)
    if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS:
        return ApiError("INVALID_INPUT", f"the headers are larger than {LARGEST_HEADERS // 1024} KiB", status=431)
    return None
