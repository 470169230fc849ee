"""Which calls of the API may come as messages, and how a message becomes the request of one."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from starlette.routing import BaseRoute, Match

from engine.errors import Problem
from functions.errors import ApiError, invalid_input
from functions.messaging.canonical import canonical
from functions.messaging.envelope import Command

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "submit": ("create_backtest", "submit_runs"),
    "cancel": ("cancel_run", "cancel_grid"),
    "query": (
        "list_submissions", "list_backtests", "get_backtest", "list_runs", "get_run", "get_run_by_id", "get_grid", "get_grid_by_id",
        "get_diagnosis", "get_heatmap", "compare_runs", "get_artifact",
    ),
    "validate": ("validate_strategy", "list_templates", "list_functions", "list_metrics"),
    "strategies": (
        "create_strategy", "list_strategies", "get_strategy", "change_strategy", "create_version", "list_strategy_versions", "get_version",
        "create_signals", "list_signals", "get_signals",
    ),
    "rankings": ("get_ranking",),
    "data": ("list_datasets", "get_dataset", "list_instruments", "get_calendar", "list_indices", "get_bars"),
}  # fmt: skip
"""By operationId. Nothing of keys, accounts, shares and archives: those are for people, or told once."""
ALLOWED = frozenset(name for names in OPERATIONS.values() for name in names)
LOOKING = ("GET", "HEAD")
PARAMETER = re.compile(r"[A-Za-z0-9._:-]{1,100}")
"""Of a path. A slash in one would lead to another call."""


@dataclass(frozen=True)
class Request:
    """What goes to the API instead of bytes from a socket."""

    method: str
    path: str
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Routes:
    """The calls of an application, in the order in which it tries them, by their operationIds."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._all = tuple(routes)
        self._known = {getattr(route, "name", ""): route for route in self._all if getattr(route, "name", "") in ALLOWED}
        if missing := ALLOWED - self._known.keys():
            raise RuntimeError(f"the API has no {', '.join(sorted(missing))}")

    def request(self, command: Command, message: Mapping[str, Any]) -> Request:
        """`message` is the command as it was sent, so that the call gets its numbers as they were written. NOT_FOUND, INVALID_INPUT."""
        route: Any = self._known.get(command.operation)
        if route is None:
            known = ", ".join(sorted(ALLOWED))
            problem = {"field": "operation", "message": "no call of this name may come as a message", "hint": f"known: {known}"}
            text = f"operation: there is no {command.operation!r} for messages"
            raise ApiError("NOT_FOUND", text, {"field": "operation", "problems": [problem]})
        method = next(iter(sorted(route.methods - {"HEAD", "OPTIONS"})))
        path = _path(route.path_format, command.parameters)
        if not self._leads_to(route, method, path):
            raise ApiError("NOT_FOUND", f"there is nothing at {path}")
        body = b"" if message.get("body") is None else canonical(message["body"]).encode()
        headers = [(b"accept", b"application/json"), (b"x-request-id", str(command.message_id).encode())]
        if body:
            headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        if method not in LOOKING:
            headers.append((b"idempotency-key", str(command.message_id).encode()))
        return Request(method, path, _query(command.query), tuple(headers), body)

    def _leads_to(self, route: BaseRoute, method: str, path: str) -> bool:
        """Whether this very call is the one that the application would take for it."""
        scope = {"type": "http", "method": method, "path": path}
        return next((each for each in self._all if each.matches(scope)[0] is Match.FULL), None) is route


def _path(template: str, parameters: Mapping[str, str]) -> str:
    wanted = re.findall(r"\{(\w+)\}", template)
    problems = [Problem(f"parameters.{name}", "is missing") for name in wanted if name not in parameters]
    known = f"known: {', '.join(wanted)}" if wanted else "this call has none"
    problems += [Problem(f"parameters.{name}", "unknown key", known) for name in parameters if name not in wanted]
    problems += [
        Problem(f"parameters.{name}", "must be 1 to 100 letters, digits, dots, colons and hyphens")
        for name in wanted
        if name in parameters and not PARAMETER.fullmatch(parameters[name])
    ]
    if problems:
        raise invalid_input(problems)
    return template.format(**parameters)


def _query(query: Mapping[str, str | int | float | bool | None]) -> bytes:
    told = {name: value if isinstance(value, str) else json.dumps(value) for name, value in query.items() if value is not None}
    return urlencode(told, quote_via=quote).encode()
