"""What routes ask for: the caller, the house, and ways to answer."""

from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel

from functions.api.answers import ErrorAnswer
from functions.api.auth import Scope, User
from functions.errors import ApiError
from functions.wiring import House

bearer = HTTPBearer(auto_error=False, description="A Supabase access token or an API key; checked before the route is reached")


# Asynchronous, because a dependency that is not takes a turn in the thread pool, and each request has four.


async def _caller(request: Request) -> User:
    return cast(User, request.state.user)


LOOKING = ("GET", "HEAD")


class Needs:
    """A dependency that refuses callers who may not: looking needs "read", everything else `scope` and an account that is not read-only."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    async def __call__(self, request: Request) -> None:
        self.check(cast(User, request.state.user), request.method)

    def check(self, user: User, method: str) -> None:
        wanted: Scope = "read" if method in LOOKING else self._scope
        if wanted == "account" and wanted not in user.scopes:  # no key can have it: naming it would send people looking
            raise ApiError("FORBIDDEN", "an API key may not do that, whatever its scopes: sign in with your password", {"scope": wanted})
        if wanted not in user.scopes:
            raise ApiError("FORBIDDEN", f"this API key may not do that: it lacks the scope {wanted!r}", {"scope": wanted})
        if user.read_only and wanted != "read":
            raise ApiError("FORBIDDEN", "this account is for looking around and changes nothing; sign up for one of your own")


async def _house(request: Request) -> House:
    return cast(House, request.app.state.house())


REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A report is somebody's text in a page: it may show, and do nothing."""

Caller = Annotated[User, Depends(_caller)]
TheHouse = Annotated[House, Depends(_house)]

ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorAnswer, "description": text}
    for status, text in {
        400: "INVALID_INPUT: no JSON",
        401: "UNAUTHORIZED",
        403: "FORBIDDEN: the API key lacks a scope, or the account is read-only",
        404: "NOT_FOUND: also somebody else's",
        409: "CONFLICT",
        406: "INVALID_INPUT: nothing of what Accept names",
        408: "INVALID_INPUT: the body did not come in time",
        413: "INVALID_INPUT: larger than 1 MiB",
        414: "INVALID_INPUT: an address longer than 8 KiB",
        415: "INVALID_INPUT: a packed body",
        422: "INVALID_INPUT: details.problems lists every problem",
        429: "RATE_LIMITED, with Retry-After",
        431: "INVALID_INPUT: headers larger than 32 KiB",
        500: "INTERNAL_ERROR",
        502: "UPSTREAM_ERROR",
        504: "UPSTREAM_ERROR: it took too long",
    }.items()
}


def answer_bytes(answer: BaseModel, *, leave_out_none: bool = False) -> bytes:
    """The one way in which answers become bytes that are stored."""
    return answer.model_dump_json(exclude_none=leave_out_none).encode()


def json_response(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")


def not_found(what: str, identity: object) -> ApiError:
    return ApiError("NOT_FOUND", f"there is no {what} {identity}")


def run_away(house: House, user: str, run_id: UUID) -> ApiError:
    """Why the user has no such run: CONFLICT where it is archived, else NOT_FOUND."""
    try:
        house.store.get_run(user, None, str(run_id))
    except ApiError as error:
        return error
    return not_found("run", run_id)
