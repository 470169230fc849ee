"""From every kind of failure to the one shape of error answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, get_args, get_origin

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from datalake.errors import ContextError, DataError, MissingObjectError, StorageError, UnknownDatasetError
from engine.errors import EngineError
from functions.api.methods import allowed
from functions.errors import ApiError, invalid_input


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a request; `field` is its JSON path."""

    field: str
    message: str
    hint: str | None = None


def api_error(error: Exception) -> ApiError:
    """The answer to an exception. What is not expected says nothing of its inside; the log has it, under the request's id."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, EngineError | ContextError | UnknownDatasetError):
        return invalid_input(error.problems)
    if isinstance(error, MissingObjectError):
        return ApiError("NOT_FOUND", "this object is not there (any more)")
    if isinstance(error, StorageError):
        text = "the object store did not do what was asked; try again in a moment"
        return ApiError("UPSTREAM_ERROR", text, headers={"Retry-After": "5"})
    if isinstance(error, DataError):
        return ApiError("UPSTREAM_ERROR", "a source of data did not answer; try again in a moment")
    return ApiError("INTERNAL_ERROR", "something went wrong on our side; tell us the X-Request-Id of this answer")


def error_response(error: ApiError) -> JSONResponse:
    body = error.body()
    details = body["error"]["details"]
    if error.code == "INVALID_INPUT" and "field" in details and "problems" not in details:
        message = error.args[0].removeprefix(f"{details['field']}: ")
        details["problems"] = [{"field": details["field"], "message": message}]
    return JSONResponse(body, error.status, headers=error.headers)


async def validation_handler(request: Request, error: Exception) -> JSONResponse:
    """A request that does not have the shape of its model: every problem, in words, with what was probably meant."""
    assert isinstance(error, RequestValidationError)  # noqa: S101  FastAPI calls this for nothing else
    rows = error.errors()
    for row in rows:
        if row["type"] == "json_invalid":
            reason = row.get("ctx", {}).get("error", "")
            return error_response(ApiError("INVALID_INPUT", f"the body is no JSON: {reason}", {"field": ""}, status=400))
        if row["loc"][0] == "path":
            known = f"; known: {row['ctx']['expected']}" if row["type"] in {"literal_error", "enum"} else ""
            return error_response(ApiError("NOT_FOUND", f"there is no {row['loc'][-1].removesuffix('_id')} {row['input']!r}{known}"))
    route = request.scope.get("route")
    model = _asked_of(route) if rows[0]["loc"][0] == "query" else _sent_to(route)
    return error_response(invalid_request([{**row, "loc": _inside(row["loc"])} for row in rows], model))


def _sent_to(route: Any) -> Any:
    """The model of a route's body, None where it takes none."""
    return getattr(getattr(getattr(route, "body_field", None), "field_info", None), "annotation", None)


def _asked_of(route: Any) -> Any:
    """The model of a route's query, None where it has none."""
    fields = [field.field_info.annotation for field in route.dependant.query_params] if route else []
    return next((model for model in fields if isinstance(model, type) and issubclass(model, BaseModel)), None)


def invalid_request(rows: Sequence[Mapping[str, Any]], model: Any) -> ApiError:
    """pydantic's errors of a model, or of a union that its `mode` tells apart."""
    problems = [_problem(row, model) for row in rows[:MOST_PROBLEMS]]
    if len(rows) > MOST_PROBLEMS:
        problems.append(Problem("", f"and {len(rows) - MOST_PROBLEMS} more problems"))
    return invalid_input(problems)


async def http_handler(request: Request, error: Exception) -> JSONResponse:
    """What the router says by itself: no such address, or not with this method."""
    assert isinstance(error, HTTPException)  # noqa: S101  Starlette calls this for nothing else
    headers = dict(error.headers or {})
    if error.status_code == 405:
        methods = allowed(request.scope)
        text = f"{request.method} is not possible here; possible: {methods}"
        return error_response(ApiError("NOT_FOUND", text, status=405, headers={**headers, "Allow": methods}))
    if error.status_code == 404:
        return error_response(ApiError("NOT_FOUND", f"there is nothing at {request.url.path}; the calls are listed in /openapi.json"))
    code = "INVALID_INPUT" if error.status_code < 500 else "INTERNAL_ERROR"
    return error_response(ApiError(code, str(error.detail), status=error.status_code, headers=headers))


MOST_PROBLEMS = 1000
"""Of one shape: enough for everything that people write, and an answer is not many times as large as what was sent."""


def did_you_mean(word: str, known: Sequence[str]) -> str | None:
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else None


_WORDS = {"missing": "is missing", "extra_forbidden": "unknown key", "none_required": "must be null"}


def _problem(row: Mapping[str, Any], model: Any) -> Problem:
    kind = row["type"]
    model, steps = _member(model, list(row["loc"]))
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
    if kind.startswith("union_tag"):
        return Problem("mode", "is missing" if kind == "union_tag_not_found" else "must be 'single' or 'grid'", "'single' or 'grid'")
    if not path and kind != "one_of":
        known = ", ".join(_keys(model, ())) or "see /openapi.json"
        return Problem("", "the body must be a JSON object sent as application/json", f"its keys: {known}")
    if kind == "extra_forbidden":
        known_keys = _keys(model, steps[:-1])
        hint = did_you_mean(str(steps[-1]), known_keys) or (f"known: {', '.join(known_keys)}" if known_keys else None)
        return Problem(path, "unknown key", hint)
    if kind in {"string_too_short", "too_short"} and row["ctx"]["min_length"] == 1:
        return Problem(path, "is empty")
    message = str(row["msg"]).removeprefix("Value error, ")
    return Problem(path, _WORDS.get(kind, message[:1].lower() + message[1:]), row.get("ctx", {}).get("hint"))


def _inside(place: Sequence[Any]) -> Sequence[Any]:
    """FastAPI says first where a value was sent: body, query or header."""
    return place[1:]


def _member(model: Any, place: list[Any]) -> tuple[Any, list[Any]]:
    """pydantic puts the name of a union's member into the path, which nobody has sent: take it out, and that member as the model."""
    union = get_args(model)[0] if get_origin(model) is Annotated else model
    for member in get_args(union):
        if isinstance(member, type) and issubclass(member, BaseModel) and place and place[0] in _names(member):
            return member, place[1:]
    return model, place


def _names(member: type[BaseModel]) -> tuple[Any, ...]:
    mode = member.model_fields.get("mode")
    return get_args(mode.annotation) if mode else ()


def _keys(model: Any, steps: Sequence[Any]) -> list[str]:
    """The keys that are known at a place inside a model."""
    for step in steps:
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return []
        found = next((info for name, info in model.model_fields.items() if step in (info.alias, name)), None)
        if found is None:
            return []
        arguments = [item for item in getattr(found.annotation, "__args__", ()) if isinstance(item, type) and issubclass(item, BaseModel)]
        model = arguments[0] if arguments else found.annotation
    if isinstance(model, type) and issubclass(model, BaseModel):
        return [info.alias or name for name, info in model.model_fields.items()]
    return []
