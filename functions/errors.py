"""Errors as the API tells them: the only file that knows HTTP's status codes."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

STATUS = {
    "INVALID_INPUT": 422,
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "RATE_LIMITED": 429,
    "UPSTREAM_ERROR": 502,
    "INTERNAL_ERROR": 500,
}


class AnyProblem(Protocol):
    """What the engine's and the lake's problems have in common."""

    @property
    def field(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def hint(self) -> str | None: ...


class ApiError(Exception):
    """An answer that is an error: a code of STATUS, a message that says what to do, details for machines."""

    def __init__(
        self,
        code: str,
        message: str,
        details: dict[str, Any] | None = None,
        *,
        status: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.details = code, message, details or {}
        self.status = status or STATUS[code]
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": self.message, "details": self.details}}


def invalid_input(problems: Sequence[AnyProblem], prefix: str = "") -> ApiError:
    """All problems in one answer; `prefix` is the JSON path of the part that they belong to ("strategyRef.code")."""
    rows = list(_rows(problems, prefix))
    field, message = rows[0]["field"], rows[0]["message"]
    return ApiError("INVALID_INPUT", f"{field}: {message}" if field else message, {"field": field, "problems": rows})


def _rows(problems: Iterable[AnyProblem], prefix: str) -> Iterable[dict[str, Any]]:
    for problem in problems:
        field = f"{prefix}.{problem.field}" if prefix and problem.field else prefix or problem.field
        row = {"field": field, "message": problem.message, "hint": problem.hint}
        if getattr(problem, "line", None):
            row |= {"line": getattr(problem, "line", None), "column": getattr(problem, "column", None)}
        yield {key: value for key, value in row.items() if value is not None}
