"""The OpenAPI document is whole: every call has a name, words, headers, errors and examples that hold, and the repository keeps it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import validate

from functions.api.app import create_app
from functions.api.document import operations
from functions.openapi import written

KEPT = Path(__file__).parents[3] / "docs/openapi.json"
DOCUMENT = create_app().openapi()
CALLS = {call["operationId"]: (path, method, call) for path, method, call in operations(DOCUMENT)}
PUBLIC = {
    "/api/health", "/api/metrics", "/api/templates", "/api/functions", "/api/product-events",
    "/api/shares/{token}", "/api/shares/{token}/report",
}  # fmt: skip
HEADERS = {"X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
JSON = "application/json"

every_call = pytest.mark.parametrize("name", CALLS)


def test_the_document_in_the_repository_is_todays() -> None:
    assert KEPT.read_text(encoding="utf-8") == written(), "the API has changed: renew its document with `make openapi`"


def test_the_document_is_openapi() -> None:
    validate(DOCUMENT)


def test_every_call_has_a_name_of_its_own() -> None:
    assert len(CALLS) == sum(1 for _ in operations(DOCUMENT)) and all(name.isidentifier() for name in CALLS)


def test_every_group_of_calls_is_told_of() -> None:
    told = {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}
    assert {tag for _, _, call in CALLS.values() for tag in call["tags"]} == set(told), "a row of TAGS in document_words.py is missing"
    assert all(told.values())


@every_call
def test_a_call_says_what_it_does_and_what_it_takes(name: str) -> None:
    _, method, call = CALLS[name]
    assert call["summary"] and call.get("description"), f"{name} has no docstring"
    parameters = [found(parameter) for parameter in call["parameters"]]
    silent = [parameter["name"] for parameter in parameters if not parameter.get("description")]
    assert not silent, f"{name}: no words for {silent}"
    offered = {parameter["name"] for parameter in parameters if parameter["in"] == "header"}
    assert {"Accept", "X-Request-Id"} <= offered
    assert ("Idempotency-Key" in offered) == (method != "get" and "security" in call)


@every_call
def test_a_call_asks_for_a_token_unless_everybody_may(name: str) -> None:
    path, _, call = CALLS[name]
    assert ("security" in call) == (path not in PUBLIC)
    assert ({"401", "403"} <= set(call["responses"])) == (path not in PUBLIC)


@every_call
def test_an_answer_has_its_headers_and_an_error_an_example(name: str) -> None:
    _, _, call = CALLS[name]
    assert {"422", "429", "500"} <= set(call["responses"])
    for status, said in call["responses"].items():
        response = found(said)
        assert set(response["headers"]) >= HEADERS, status
        assert (status == "429") <= ("Retry-After" in response["headers"])
        if int(status) >= 400:
            content = response["content"][JSON]
            assert content["schema"] == {"$ref": "#/components/schemas/ErrorAnswer"}
            assert content["examples"], f"{name} {status} has no example"


@every_call
def test_every_body_and_answer_has_an_example(name: str) -> None:
    _, _, call = CALLS[name]
    for what, schema in bodies(call):
        for each in alternatives(schema):
            assert shown(each), f"{name}: {each.get('title', each)} of {what} has no example"


def test_every_example_fits_its_schema() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    tried = 0
    for title, schema in schemas.items():
        for example in schema.get("examples", ()):
            check(example, {"$ref": f"#/components/schemas/{title}"}, title)
            tried += 1
    assert tried >= 30
    for name, (_, _, call) in CALLS.items():
        for response in call["responses"].values():
            for content in found(response).get("content", {}).values():
                for example in content.get("examples", {}).values():
                    check(example["value"], content["schema"], name)


def test_an_example_that_does_not_fit_is_found() -> None:
    with pytest.raises(jsonschema.ValidationError):
        check({"backtest_id": 7}, {"$ref": "#/components/schemas/BacktestCreated"}, "a number is no id")


def check(value: Any, schema: Mapping[str, Any], what: str) -> None:
    errors = sorted(jsonschema.Draft202012Validator({**schema, "components": DOCUMENT["components"]}).iter_errors(value), key=str)
    if errors:
        raise jsonschema.ValidationError(f"{what}: {errors[0].message} at {errors[0].json_path}")


def found(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference means."""
    while "$ref" in part:
        kind, name = part["$ref"].split("/")[-2:]
        part = DOCUMENT["components"][kind][name]
    return part


def bodies(call: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Schemas of JSON that goes in, and that comes out where all is well."""
    places = [("the request", call.get("requestBody", {}))]
    places += [(f"answer {status}", response) for status, response in call["responses"].items() if int(status) < 300]
    for what, place in places:
        if JSON in place.get("content", {}) and (schema := place["content"][JSON].get("schema")):
            yield what, schema


def alternatives(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for each in schema.get("oneOf") or schema.get("anyOf") or [schema]:
        yield found(each)


def shown(schema: Mapping[str, Any]) -> bool:
    return bool(schema.get("examples") or schema.get("example"))


def test_the_kept_document_is_read_as_json() -> None:
    assert json.loads(KEPT.read_text(encoding="utf-8"))["openapi"].startswith("3.1")
