"""Each function as a real process: it starts with what the template gives it, and ends at once, with a word, where something is wrong."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

from functions import needs
from functions.metrics import SERVICES
from functions.needs import NEEDS
from functions.secrets import GROUPS, group_of, secret_name
from infra.local import template
from infra.local.errors import StackError
from infra.local.processes import Children
from infra.local.runtime import Environment, Place
from infra.local.template import Function
from infra.secrets import grouped

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
STAGE = "start"
SECRETS = {
    "DATABASE_URL": "postgresql://app:Sesame-1@127.0.0.1:1/postgres",
    "SUPABASE_JWT_SECRET": "Sesame-2",
    "MESSAGES_SECRET": "Sesame-3" * 4,
    "TUSHARE_TOKEN": "Sesame-4",
}


def functions() -> dict[str, Function]:
    """By the name of the service, with the environment of the template."""
    read = template.read({"Stage": STAGE, "SupabaseUrl": "https://abc.supabase.co", "WorkerConcurrency": "2"})
    found = read.functions(lambda name, attribute: f"https://sqs.example.com/1/{name}" if attribute == "Ref" else f"<{name}.{attribute}>")
    return {function.handler.split(".")[1]: function for function in found.values()}


def test_there_is_a_row_of_needs_for_each_function_and_the_template_meets_it() -> None:
    assert functions().keys() == NEEDS.keys() == set(SERVICES)
    for service, function in functions().items():
        readable = {
            name
            for group, names in GROUPS.items()
            if secret_name(STAGE, group) in function.environment["SECRETS"].split(",")
            for name in names
        }
        assert set(NEEDS[service]) <= readable | {name for name, value in function.environment.items() if value}, service


@pytest.fixture(scope="module")
def secrets(aws: str) -> str:
    """An address where the stage's secrets are kept."""
    manager = boto3.client("secretsmanager", endpoint_url=aws, region_name="ap-east-1")
    for name, values in grouped(STAGE, SECRETS).items():
        manager.create_secret(Name=name, SecretString=json.dumps(values))
    return aws


@pytest.fixture
def started(secrets: str, tmp_path: Path) -> Iterator[Callable[..., Environment]]:
    children = Children(tmp_path / "processes")
    platform = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "ap-east-1", "AWS_ENDPOINT_URL": secrets}

    def make(service: str, **changes: str | None) -> Environment:
        function = functions()[service]
        variables = {name: value for name, value in (function.environment | changes).items() if value is not None}
        told = Function(function.name, function.handler, 5.0, 128, variables, (), ())
        return Environment(told, children, platform, Place(ROOT), tmp_path / f"{service}.log")

    yield make
    children.stop()


@pytest.mark.parametrize("service", SERVICES)
def test_it_starts_with_what_the_template_gives_it(started: Callable[..., Environment], service: str) -> None:
    environment = started(service)
    environment.warm_up()
    assert not environment.log.exists() or "cannot start" not in environment.log.read_text()


@pytest.mark.parametrize("service", SERVICES)
def test_it_ends_with_one_line_that_names_everything(started: Callable[..., Environment], service: str) -> None:
    missing = dict.fromkeys(name for name in NEEDS[service] if group_of(name) is None)
    environment = started(service, **missing, WORKERS="Sesame-5", SECRETS=f"lianghu/{STAGE}/api,lianghu/{STAGE}/lost")
    with pytest.raises(StackError) as told:
        environment.warm_up()
    assert told.value.hint == f"see {environment.log}"
    lines = environment.log.read_text().splitlines()
    assert [json.loads(line)["level"] for line in lines] == ["CRITICAL"]
    row = json.loads(lines[0])
    assert row["service"] == service
    assert row["message"] == told.value.problem.replace(environment.function.name, "the function")
    named = re.findall(r"(?:^|; |: )([\w/]+) \((?:environment|secret|named)", row["message"])
    assert named == [f"lianghu/{STAGE}/lost", "WORKERS", *NEEDS[service]]
    assert f"DATABASE_URL (secret lianghu/{STAGE}/shared): it is missing; write it like postgresql://" in row["message"]
    assert "Sesame" not in lines[0]
    invocation = environment.invoke({})
    assert invocation.error is not None and invocation.error["errorType"] == "SettingsError"


def test_the_runtime_of_an_image_says_by_its_arguments_what_it_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr(needs, "start_or_end", started.append)
    monkeypatch.setattr("sys.argv", ["awslambdaric", "functions.planner.handle"])
    for name in (needs.HANDLER, needs.RUNTIME):
        monkeypatch.delenv(name, raising=False)
    needs.look_while_starting("planner")  # a command line
    monkeypatch.setenv(needs.RUNTIME, "127.0.0.1:1")
    for service in SERVICES:
        needs.look_while_starting(service)
    assert started == ["planner"]


def test_of_a_secret_that_cannot_be_read_nothing_else_is_said(started: Callable[..., Environment]) -> None:
    environment = started("archiver", STAGE="other", SECRETS="lianghu/other/shared")
    with pytest.raises(StackError, match="there is no such secret") as told:
        environment.warm_up()
    assert "DATABASE_URL" not in told.value.problem
