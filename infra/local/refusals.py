"""What the sign-in service refuses, in the words and numbers of Supabase Auth."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

API_VERSION = {"X-Supabase-Api-Version": "2024-01-01"}


class AuthError(Exception):
    """`code` is one of Supabase Auth's error codes, `message` what people read."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, dict(headers or {})


def refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AuthError)  # noqa: S101  it is registered for nothing else
    words: dict[str, Any] = {"code": error.code, "message": error.message, "error_code": error.code, "msg": error.message}
    if error.code == "weak_password":
        words["weak_password"] = {"reasons": ["length"]}
    return JSONResponse(words, error.status, headers=API_VERSION | error.headers)


def malformed(request: Request, _error: Exception) -> JSONResponse:
    return refused(request, AuthError(400, "validation_failed", "Could not parse request body as JSON, or something is missing in it"))


def unstorable(request: Request, _error: Exception) -> JSONResponse:
    """A zero character or half a surrogate pair in a text, or a number that no column holds."""
    return refused(request, AuthError(400, "validation_failed", "a text or a number in the request cannot be stored"))
