"""The lines of which CloudWatch makes metrics: what they say, that nothing is lost among threads, and who may measure what."""

import ast
import importlib
import json
import re
import sys
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from functions import invocations, metrics
from functions.metrics import METRICS, NAMESPACE, SERVICES, Metric, Notes
from functions.settings import Settings
from infra.local import template

ROOT = Path(__file__).parents[2]
BY_CONSTANT = {name: row for name, row in vars(metrics).items() if isinstance(row, Metric)}
UNITS = {"Seconds", "Count"}


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]


@pytest.fixture
def notes() -> Notes:
    made = Notes()
    made.serve_as("worker")
    return made


def test_the_table_is_in_order() -> None:
    assert set(BY_CONSTANT.values()) == set(METRICS) and len(BY_CONSTANT) == len(METRICS), "a metric is missing in the table"
    assert len({row.name for row in METRICS}) == len(METRICS)
    for row in METRICS:
        assert re.fullmatch(r"[A-Z]\w+", row.name) and row.unit.value in UNITS and row.meaning
        assert row.services and set(row.services) <= set(SERVICES), row
        assert row.by not in ("service", "stage")


def test_one_line_holds_what_was_measured_since_the_last_one(notes: Notes, told: Callable[[], list[dict[str, Any]]]) -> None:
    for seconds in (1.5, 2.5):
        notes.measure(metrics.QUEUE_WAIT, seconds)
        notes.measure(metrics.COMBINATIONS, 500)
    notes.flush()
    notes.flush()
    (line,) = told()
    head = line.pop("_aws")
    assert line == {"service": "worker", "stage": "local", "QueueWait": [1.5, 2.5], "Combinations": [1000.0]}
    (said,) = head["CloudWatchMetrics"]
    assert (said["Namespace"], said["Dimensions"]) == (NAMESPACE, [["service", "stage"]])
    assert said["Metrics"] == [{"Name": "QueueWait", "Unit": "Seconds"}, {"Name": "Combinations", "Unit": "Count"}]


def test_a_metric_by_parts_is_there_as_a_whole_and_by_each(notes: Notes, told: Callable[[], list[dict[str, Any]]]) -> None:
    for layer in ("memory", "store", "memory"):
        notes.measure(metrics.PANEL_LOADS, part=layer)
    notes.flush()
    lines = {line["layer"]: line for line in told()}
    assert {layer: line["PanelLoads"] for layer, line in lines.items()} == {"memory": [2.0], "store": [1.0]}
    for line in lines.values():
        assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service", "stage"], ["service", "stage", "layer"]]


@pytest.mark.parametrize(("metric", "part"), [(metrics.PANEL_LOADS, ""), (metrics.COMBINATIONS, "memory")])
def test_a_dimension_that_is_lacking_or_unknown_is_an_error(notes: Notes, metric: Metric, part: str) -> None:
    with pytest.raises(ValueError, match=metric.name):
        notes.measure(metric, part=part)


def test_nobody_measures_before_it_is_said_who(told: Callable[[], list[dict[str, Any]]]) -> None:
    """A command line, whose standard output is an answer."""
    nobody = Notes()
    nobody.measure(metrics.COMBINATIONS, 7)
    nobody.flush()
    assert told() == []
    with pytest.raises(ValueError, match="known: api, responder"):
        nobody.serve_as("WorkerFunction")


def test_many_threads_lose_nothing_and_break_no_line(notes: Notes, capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        for number in range(200):
            notes.measure(metrics.COMBINATIONS)
            notes.measure(metrics.BLOCK_TIME, number)
            if number % 7 == 0:
                notes.flush()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    notes.flush()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sum(sum(line.get("Combinations", [])) for line in lines) == 1600
    seconds = sorted(value for line in lines for value in line.get("BlockTime", []))
    assert seconds == sorted(float(number) for number in range(200) for _ in range(8))


def test_more_values_than_a_line_may_hold_take_several(notes: Notes, told: Callable[[], list[dict[str, Any]]]) -> None:
    for number in range(250):
        notes.measure(metrics.QUEUE_WAIT, number)
    notes.measure(metrics.COMBINATIONS, 3)
    notes.flush()
    lines = told()
    assert [len(line["QueueWait"]) for line in lines] == [99, 99, 52]
    assert [value for line in lines for value in line["QueueWait"]] == [float(number) for number in range(250)]
    assert sum(sum(line.get("Combinations", [])) for line in lines) == 3


def handlers() -> dict[str, str]:
    """By its name in the template, as modules are written: functions.worker.handle."""
    return {name: function.handler for name, function in template.read({"SupabaseUrl": "https://x"}).functions(lambda *_: "x").items()}


@pytest.mark.parametrize("name", sorted(handlers()))
def test_every_function_says_its_own_name(name: str, monkeypatch: pytest.MonkeyPatch, told: Callable[[], list[dict[str, Any]]]) -> None:
    """The function's name without "Function", in lower case, is the dimension `service` of alarms and dashboard."""
    module, _, handler = handlers()[name].rpartition(".")
    handle = getattr(importlib.import_module(module), handler)
    for part in ("house", "the_house"):
        monkeypatch.setattr(sys.modules[module], part, lambda: None, raising=False)
    monkeypatch.setattr(invocations._State, "began", False)
    for _ in range(2):
        with suppress(Exception):  # there is no such event, and nothing to work on
            handle({"Records": 7}, None)
    (line,) = told()
    assert (line["service"], line["ColdStart"]) == (name.removesuffix("Function").lower(), [1.0]), "once, with the first call"


def calls() -> list[tuple[str, ast.Call]]:
    """Every call of `metrics.measure(metrics.X, ...)` below functions/ and layers/, by its file."""
    found = []
    for file in [*(ROOT / "functions").rglob("*.py"), *(ROOT / "layers").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("metrics.measure", "measure") and file.name != "metrics.py":
                found.append((str(file.relative_to(ROOT)), node))
    return found


def test_every_row_is_measured_somewhere_and_nothing_else_is() -> None:
    measured = defaultdict(list)
    for file, call in calls():
        constant = ast.unparse(call.args[0]).removeprefix("metrics.")
        row = BY_CONSTANT.get(constant)
        assert row is not None, f"{file}:{call.lineno} measures {constant}, which is no row of METRICS"
        has_part = len(call.args) > 2 or any(keyword.arg == "part" for keyword in call.keywords)
        assert has_part == bool(row.by), f"{file}:{call.lineno}: {row.name} is measured by {row.by or 'nothing'}"
        measured[row.name].append(file)
    assert {row.name for row in METRICS} - set(measured) == set(), "rows that no code measures"


def test_what_was_started_beforehand_is_no_cold_start(monkeypatch: pytest.MonkeyPatch, told: Callable[[], list[dict[str, Any]]]) -> None:
    monkeypatch.setattr(invocations._State, "began", False)
    monkeypatch.setattr(invocations, "settings", lambda: Settings(aws_lambda_initialization_type="provisioned-concurrency"))
    assert not invocations.begin("api")
    metrics.flush()
    assert told() == []
