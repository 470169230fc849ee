"""The API does what its OpenAPI document says: thousands of made-up requests, right ones and wrong ones, get answers that it foresees."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from functions.api.app import create_app
from functions.api.document import operations
from functions.wiring import House
from tests.functions.api.bells import work
from tests.functions.api.conftest import token

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 40
"""Made-up requests of each kind to each call: those that the document allows, and those that it does not."""
LEAST_FOLLOWED = 15
GRID = {"mode": "grid", "gridSpec": {"ma_short": [5, 10], "ma_long": [20, 30]}}
PARTS = 6
"""The calls are tried in so many tests, so that a failure names few of them and no test is long."""

pytestmark = pytest.mark.slow


class World(NamedTuple):
    """A platform with something of everything in it."""

    app: Any
    schema: Any
    headers: dict[str, str]
    known: dict[str, list[str]]
    """Ids that are there, by the name of the parameter that takes them."""


@pytest.fixture
def world(make_house: Callable[..., House], desk: object, user: str, a_backtest: Callable[..., dict[str, Any]]) -> World:
    house = make_house(rate_limit_requests=1_000_000)
    app = create_app(lambda: house)
    headers = {"Authorization": f"Bearer {token(user)}"}
    client = TestClient(app, headers=headers)
    backtest = client.post("/api/backtests", json=a_backtest()).json()["backtest_id"]
    submitted = client.post(f"/api/backtests/{backtest}/runs", json=GRID).json()
    work(house)
    waiting = client.post(f"/api/backtests/{backtest}/runs", json=GRID | {"reuse": False}).json()
    strategy = client.get(f"/api/backtests/{backtest}").json()["strategy"]
    known = {
        "backtest_id": [backtest],
        "run_id": [submitted["run_ids"][0], waiting["run_ids"][0]],
        "grid_id": [submitted["grid_id"], waiting["grid_id"]],
        "strategy_id": [strategy["strategy_id"]],
        "version": ["1", "sample:v1", "sample"],
    }
    return World(app, schemathesis.openapi.from_asgi("/openapi.json", app), headers, known)


def parts() -> Iterator[list[str]]:
    names = sorted(call["operationId"] for _, _, call in operations(create_app().openapi()))
    yield from ([name for place, name in enumerate(names) if place % PARTS == part] for part in range(PARTS))


@pytest.mark.parametrize("names", list(parts()), ids=",".join)
def test_made_up_requests_get_answers_that_the_document_foresees(world: World, names: list[str]) -> None:
    tried = set()
    for found in world.schema.get_all_operations():
        operation = found.ok()
        name = operation.definition.raw["operationId"]
        if name in names:
            tried.add(name)
            for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
                try_out(world, operation, mode)
    assert tried == set(names)


def try_out(world: World, operation: Any, mode: GenerationMode, examples: int = EXAMPLES) -> set[int]:
    """The statuses of the answers."""
    seen: set[int] = set()

    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    @settings(max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def call(case: Any, data: st.DataObject) -> None:
        for name, values in world.known.items():
            if name in (case.path_parameters or {}) and data.draw(st.booleans(), label="known"):
                case.path_parameters[name] = data.draw(st.sampled_from(values), label=name)
        answer = case.call(headers=world.headers)
        seen.add(answer.status_code)
        case.validate_response(answer, headers=world.headers, checks=CHECKS)

    call()
    return seen


def test_whoever_follows_the_links_gets_answers_that_the_document_foresees(world: World) -> None:
    """What one call makes is what the next one takes; bodies are the document's examples."""
    document = world.app.openapi()
    examples = {call["operationId"]: shown["examples"][-1] for _, _, call in operations(document) for shown in bodies(call, document)}
    found = {each.ok().definition.raw["operationId"]: each.ok() for each in world.schema.get_all_operations()}
    client = TestClient(world.app, headers=world.headers)
    followed = 0
    for path, method, call in operations(document):
        for status, response in call["responses"].items():
            if "links" not in response:
                continue
            known = {name: values[0] for name, values in world.known.items()}
            made = client.request(method, path.format_map(known), json=examples[call["operationId"]])
            if str(made.status_code) != status:
                continue
            for link in response["links"].values():
                values = {name: meant(text, made.json(), known) for name, text in link["parameters"].items()}
                body = {"body": examples[name], "media_type": "application/json"} if (name := link["operationId"]) in examples else {}
                case = found[name].Case(path_parameters=values, **body)
                case.validate_response(case.call(headers=world.headers), headers=world.headers, checks=CHECKS)
                followed += 1
    assert followed > LEAST_FOLLOWED


def meant(text: str, answer: Any, known: Mapping[str, str]) -> str:
    """The value of a link's expression: of the answer, or of the path that was asked for."""
    place, _, pointer = text.partition("#")
    if place != "$response.body":
        return known[text.removeprefix("$request.path.")]
    for part in pointer.split("/")[1:]:
        answer = answer[int(part) if isinstance(answer, list) else part]
    return str(answer)


def test_an_api_key_gets_answers_that_the_document_foresees(world: World) -> None:
    """One that may look alone: whatever changes something is FORBIDDEN, and the document says so."""
    client = TestClient(world.app, headers=world.headers)
    made = client.post("/api/keys", json={"name": "looking", "scopes": ["read"]}).json()
    looking = world._replace(headers={"Authorization": f"Bearer {made['key']}"})
    document = world.app.openapi()
    for found in world.schema.get_all_operations():
        operation = found.ok()
        seen = try_out(looking, operation, GenerationMode.POSITIVE, examples=3)
        call = document["paths"][operation.path][operation.method]
        if "security" in call and operation.method != "get" and operation.definition.raw["operationId"] not in JUDGING:
            assert not {status for status in seen if status < 300}, operation.label


JUDGING = {"validate_strategy"}
"""Changes nothing, whatever its method."""


def test_what_the_document_shows_is_taken(world: World) -> None:
    """The example of every body is no mistake in itself: what it names may be missing here."""
    client = TestClient(world.app, headers=world.headers)
    document = world.app.openapi()
    tried = 0
    for path, method, call in operations(document):
        for schema in bodies(call, document):
            for example in schema["examples"]:
                address = path.format_map(Missing({name: values[0] for name, values in world.known.items()}))
                answer = client.request(method, address, json=example)
                tried += 1
                assert answer.status_code not in (400, 422), f"{call['operationId']}: {answer.text}"
                assert answer.status_code < 500
    assert tried >= 4


class Missing(dict[str, str]):
    """An id that is nobody's for whatever is not known."""

    def __missing__(self, name: str) -> str:
        return "00000000-0000-4000-8000-000000000000"


def bodies(call: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    schema = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    for each in schema.get("oneOf") or schema.get("anyOf") or ([schema] if schema else []):
        yield document["components"]["schemas"][each["$ref"].split("/")[-1]] if "$ref" in each else each
