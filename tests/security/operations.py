"""The API's operations as its OpenAPI document tells them: what the tests of this folder are generated from."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from functions.api.app import create_app

PUBLIC = {
    ("GET", "/api/health"),
    ("GET", "/api/metrics"),
    ("GET", "/api/templates"),
    ("GET", "/api/functions"),
    ("GET", "/api/shares/{token}"),
    ("GET", "/api/shares/{token}/report"),
    ("POST", "/api/product-events"),
}
"""Calls that need no token; every other one must refuse a stranger."""

SCOPES: dict[str, str] = {
    "/api/backtests": "run",
    "/api/grids": "run",
    "/api/runs": "run",
    "/api/runs/{run_id}/shares": "share",
    "/api/shares": "share",
    "/api/compare": "read",
    "/api/submissions": "read",
    "/api/strategies": "strategies",
    "/api/strategies:validate": "read",
    "/api/signals": "strategies",
    "/api/templates": "read",
    "/api/functions": "read",
    "/api/metrics": "read",
    "/api/market": "read",
    "/api/keys": "account",
    "/api/message-clients": "account",
    "/api/me": "account",
    "/api/feedback": "account",
    "/api/product-events": "read",
    "/api/health": "read",
}
"""What a key needs for a change under an address; the longest one that fits counts. A new address must be entered here."""

PERSONS_ONLY = {"/api/keys", "/api/message-clients"}
"""Where looking, too, is for people who signed in."""


@dataclass(frozen=True)
class Operation:
    name: str
    """Its operationId."""
    method: str
    path: str
    parameters: tuple[Mapping[str, Any], ...]
    body: Mapping[str, Any] | None
    """The JSON schema of the body, references resolved; None: it takes none."""
    media: str
    """Of the body; empty without one."""
    example: Any
    """The document's own, if it has one."""

    @property
    def public(self) -> bool:
        return (self.method, self.path) in PUBLIC

    @property
    def changes(self) -> bool:
        return self.method != "GET"

    def names(self, place: str) -> list[str]:
        """Of the parameters in a place: path, query, header."""
        return [str(row["name"]) for row in self.parameters if row["in"] == place]

    @property
    def scope(self) -> str:
        fitting = [start for start in SCOPES if re.match(re.escape(start) + r"($|[/:])", self.path)]
        if not fitting:
            raise AssertionError(f"{self.method} {self.path}: which scope does a key need for it? Enter its address in SCOPES")
        place = max(fitting, key=len)
        return SCOPES[place] if self.changes or place in PERSONS_ONLY else "read"

    def identities(self) -> set[str]:
        """Names that look like somebody's: in the path, the query and anywhere in the body."""
        places = [*self.names("path"), *self.names("query"), *properties(self.body)]
        return {name for name in places if re.search(r"(_ids?|^token|^signals?)$", name)}


@cache
def document() -> dict[str, Any]:
    return create_app().openapi()


@cache
def operations() -> tuple[Operation, ...]:
    return tuple(_read(document()))


def _read(told: Mapping[str, Any]) -> Iterator[Operation]:
    for path, calls in told["paths"].items():
        for method, call in calls.items():
            content = call.get("requestBody", {}).get("content", {})
            media = "application/json" if "application/json" in content else next(iter(content), "")
            schema = _resolved(content[media]["schema"]) if media and "schema" in content[media] else None
            rows = tuple(_resolved(row) for row in call.get("parameters", ()))
            example = _example(content.get(media, {}), schema)
            yield Operation(call["operationId"].split("_api_")[0], method.upper(), path, rows, schema, media, example)


def _resolved(schema: Any, depth: int = 0) -> Any:
    """With its references put in, as deep as bodies go."""
    if depth > 12:
        return {}
    if isinstance(schema, dict):
        if "$ref" in schema:
            _, _, kind, name = schema["$ref"].rsplit("/", 3)
            return _resolved(document()["components"][kind][name], depth + 1)
        return {key: _resolved(value, depth + 1) if key not in ("examples", "example") else value for key, value in schema.items()}
    if isinstance(schema, list):
        return [_resolved(item, depth + 1) for item in schema]
    return schema


def _example(content: Mapping[str, Any], schema: Any) -> Any:
    if "example" in content:
        return content["example"]
    if content.get("examples"):
        return next(iter(content["examples"].values())).get("value")
    for row in (schema or {}, *(schema or {}).get("oneOf", ()), *(schema or {}).get("anyOf", ())):
        if row.get("examples"):
            return row["examples"][0]
    return None


def properties(schema: Any) -> Iterator[str]:
    """The names of all properties, however deep."""
    if isinstance(schema, dict):
        for name, inner in schema.get("properties", {}).items():
            yield name
            yield from properties(inner)
        for key, value in schema.items():
            if key not in ("properties", "examples", "example"):
                yield from properties(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from properties(item)
