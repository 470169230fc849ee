"""What went wrong, in the shape that the API tells it, and whether trying again may help."""

from typing import Any, NamedTuple

from datalake.errors import ContextError, DataError, UnknownDatasetError
from engine.errors import EngineError
from functions.errors import ApiError, invalid_input


class Failure(NamedTuple):
    error: dict[str, Any]
    """{"code", "message", "details"}; holds no strategy text and nothing secret."""
    retriable: bool


def failure_of(error: Exception) -> Failure:
    """Inputs that can never work are not tried again; storage, network and the unknown are."""
    if isinstance(error, EngineError | ContextError | UnknownDatasetError):
        return Failure(_body(invalid_input(error.problems)), retriable=False)
    if isinstance(error, DataError):
        return Failure(_body(ApiError("UPSTREAM_ERROR", str(error))), retriable=True)
    if isinstance(error, ApiError):
        return Failure(_body(error), retriable=True)
    # The text of an error that we do not know may hold anything.
    return Failure(_body(ApiError("INTERNAL_ERROR", f"the platform failed ({type(error).__name__})")), retriable=True)


def _body(error: ApiError) -> dict[str, Any]:
    body: dict[str, Any] = error.body()["error"]
    return body
