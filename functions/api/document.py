"""The OpenAPI document, made whole: what every call has in common is said once here, and added to what the routes say of themselves."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel

from functions.api.answers import Answered
from functions.api.document_links import link
from functions.api.document_words import DONE, ERROR_EXAMPLES, HEADERS, PARAMETERS, REQUEST_HEADERS, TAGS
from functions.api.examples import EXAMPLES
from functions.api.models import Sent
from functions.api.parts import ERRORS

METHODS = ("get", "post", "put", "patch", "delete")
EVERY_ANSWER = ("X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
SOME_ANSWERS = {"Content-Range": ("206",), "Location": ("302",)}


class Api(FastAPI):
    """Makes its document when it is first asked for."""

    _document: dict[str, Any] | None = None

    def openapi(self) -> dict[str, Any]:
        if self._document is None:
            self._document = whole(deepcopy(super().openapi()))
        return self._document


def operation_id(route: APIRoute) -> str:
    """The function's name: clients that are made from the document call their methods so."""
    return route.name


def whole(document: dict[str, Any]) -> dict[str, Any]:
    """The routes' own document with headers, words, examples and errors."""
    components = document["components"]
    components["headers"] = HEADERS
    components["parameters"] = REQUEST_HEADERS
    components["responses"] = {_named(status): _refusal(status, said["description"]) for status, said in ERRORS.items()}
    used = {tag for _, _, call in operations(document) for tag in call["tags"]}
    document["tags"] = [{"name": name, "description": words} for name, words in TAGS.items() if name in used]
    for name, examples in _examples().items():
        if name in components["schemas"]:
            components["schemas"][name]["examples"] = examples
    for _, method, call in operations(document):
        _ask(method, call)
        _refuse(call)
        _answer(call)
    link({call["operationId"]: (path, call) for path, _, call in operations(document)})
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method in small letters, and what is said of the call."""
    for path, calls in document["paths"].items():
        for method in METHODS:
            if method in calls:
                yield path, method, calls[method]


def _examples() -> dict[str, list[Any]]:
    """Of every shape, by its name. Those beside the shapes are read from there: FastAPI leaves the nulls in them out."""
    written: dict[str, list[Any]] = {name: [example] for name, example in EXAMPLES.items()}
    waiting: list[type[BaseModel]] = [Sent, Answered]
    for model in waiting:
        waiting += model.__subclasses__()
        extra = model.model_config.get("json_schema_extra")
        if isinstance(extra, dict) and isinstance(examples := extra.get("examples"), list):
            written[model.__name__] = examples
    return written


def _ask(method: str, call: dict[str, Any]) -> None:
    """What a request may carry."""
    parameters = call.setdefault("parameters", [])
    for parameter in parameters:
        if words := PARAMETERS.get(parameter["name"]):
            parameter.setdefault("description", words)
    wanted = ["Accept", "X-Request-Id"]
    if method != "get" and "security" in call:
        wanted.append("Idempotency-Key")
    wanted += [name for status, name in (("304", "If-None-Match"), ("206", "Range")) if status in call["responses"]]
    parameters += [{"$ref": f"#/components/parameters/{name}"} for name in wanted]


ABOUT_THE_CALLER = (401, 403)


def _refuse(call: dict[str, Any]) -> None:
    """Every call is refused for the same reasons, but for those about a caller where everybody may make it. What a route says of an error
    of its own is kept."""
    responses = call["responses"]
    for status, said in ERRORS.items():
        if "security" not in call and status in ABOUT_THE_CALLER:
            continue
        if responses.get(str(status), said)["description"] == said["description"]:
            responses[str(status)] = {"$ref": f"#/components/responses/{_named(status)}"}


def _named(status: int | str) -> str:
    return f"Error{status}"


def _refusal(status: int | str, description: str) -> dict[str, Any]:
    content = {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}, "examples": ERROR_EXAMPLES.get(str(status), {})}
    return {"description": description, "content": {"application/json": content}, "headers": _headers(str(status), EVERY_ANSWER)}


def _answer(call: dict[str, Any]) -> None:
    """What all other answers carry."""
    responses = call["responses"]
    for status, response in responses.items():
        if "$ref" in response:
            continue
        names = list(EVERY_ANSWER)
        names += [name for name, statuses in SOME_ANSWERS.items() if status in statuses]
        if status in ("200", "304") and "304" in responses:
            names.append("ETag")
        if status == "202" and call["operationId"] not in ACCEPTED:
            names.append("Retry-After")
        if int(status) >= 400:
            response.setdefault("content", {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}})
        response["headers"] = _headers(status, names) | response.get("headers", {})
        if response["description"] == "Successful Response":
            response["description"] = DONE[status]
        content = response.get("content", {}).get("application/json", {})
        if status in ERROR_EXAMPLES and content:
            content.setdefault("examples", ERROR_EXAMPLES[status])


ACCEPTED = {"submit_runs"}
"""Calls whose 202 is the answer; of all others it says that something is being made, and when to ask again."""


def _headers(status: str, names: Sequence[str]) -> dict[str, Any]:
    """A rate limit always says when to come again, a conflict where it passes."""
    references = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    wait = {"409": "Retry-After-sometimes", "429": "Retry-After"}.get(status)
    return references | ({"Retry-After": {"$ref": f"#/components/headers/{wait}"}} if wait else {})
