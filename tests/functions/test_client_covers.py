"""The client has a method for every call of the OpenAPI document: each is called with made-up arguments, and what it asks for is noted."""

import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import httpx
import polars
import pytest

from functions.api.app import create_app
from functions.client import Client

CALL = tuple[str, str]


class AskedError(Exception):
    """Stops a method at its first request."""


def calls_of(document: Mapping[str, Any]) -> set[CALL]:
    return {(method.upper(), path) for path, calls in document["paths"].items() for method in calls}


def methods() -> list[str]:
    return [name for name, _ in inspect.getmembers(Client, inspect.isfunction) if not name.startswith("_") and name not in ELSEWHERE]


ELSEWHERE = {"close", "sign_in", "sign_out"}
"""Ask nothing, or Supabase Auth."""


def hints_of(name: str) -> dict[str, Any]:
    """Frames are named as their file would, which loads polars late."""
    return get_type_hints(getattr(Client, name), localns={"pl": polars})


def made_up(kind: Any, name: str) -> Any:
    """A value of an annotation."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return made_up(next(part for part in parts if part is not NoneType), name)
    if origin is Literal:
        return parts[0]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {}
    if isinstance(origin, type) and issubclass(origin, Iterable):
        return ["one", "two"]
    return {str: f"the-{name.replace('_', '-')}", int: 1, float: 1.0, bool: True, bytes: b"a"}[kind]


def asked_by(name: str) -> CALL:
    """The request of a method that is called with what it must be told, and nothing else."""
    noted: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        noted.append(request)
        raise AskedError

    method = getattr(Client("http://lianghu", "token", transport=httpx.MockTransport(note)), name)
    hints = hints_of(name)
    arguments: list[Any] = []
    named: dict[str, Any] = {}
    for parameter in inspect.signature(method).parameters.values():
        if parameter.default is not parameter.empty or parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        value = made_up(hints[parameter.name], parameter.name)
        if parameter.kind is parameter.KEYWORD_ONLY:
            named[parameter.name] = value
        else:
            arguments.append(value)
    with pytest.raises(AskedError):
        answer = method(*arguments, **named)
        if isinstance(answer, Iterator):
            next(answer)
    return noted[0].method, noted[0].url.path


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app().openapi()


def meant(call: CALL, document: Mapping[str, Any]) -> CALL | None:
    """The document's call that a request belongs to: the one with the fewest parameters in its path."""
    fitting = [
        (path.count("{"), (method, path))
        for method, path in calls_of(document)
        if method == call[0] and re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)), call[1])
    ]
    return min(fitting)[1] if fitting else None


@pytest.mark.parametrize("name", methods())
def test_a_method_asks_for_something_that_the_api_has(name: str, document: dict[str, Any]) -> None:
    call = asked_by(name)
    assert meant(call, document), f"Client.{name} asks for {' '.join(call)}, which the OpenAPI document does not have"


def test_every_call_of_the_document_has_a_method(document: dict[str, Any]) -> None:
    found = {meant(asked_by(name), document) for name in methods()}
    missing = sorted(" ".join(call) for call in calls_of(document) - found)
    assert not missing, f"functions/client/ has no method for {', '.join(missing)}"


def test_every_method_says_what_it_answers() -> None:
    silent = [name for name in methods() if "return" not in hints_of(name)]
    assert not silent


def test_a_call_without_a_method_is_missed(document: dict[str, Any]) -> None:
    more: dict[str, Any] = json.loads(json.dumps(document))
    more["paths"]["/api/new"] = {"get": {}}
    with pytest.raises(AssertionError, match="GET /api/new"):
        test_every_call_of_the_document_has_a_method(more)
