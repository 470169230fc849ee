"""Every alarm has a runbook and every runbook an alarm; alarms, dashboard and page name no metric that nobody measures."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.metrics import METRICS, NAMESPACE, SERVICES
from infra.local import template
from infra.local.aws import PREFIX

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
TREE = template.tree_of((ROOT / "template.yaml").read_text())["Resources"]
GLOBAL = template.tree_of((ROOT / "infra" / "deploy" / "global.yaml").read_text())["Resources"]
HEADING = re.compile(r"^### Alarm: (\w+)$", re.MULTILINE)
PARTS = ("Means", "Look", "Do", "Ends")
BY_NAME = {row.name: row for row in METRICS}


def alarms() -> set[str]:
    kinds = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::Budgets::Budget")
    return {name for resources in (TREE, GLOBAL) for name, row in resources.items() if row["Type"] in kinds}


def runbooks() -> dict[str, str]:
    found = HEADING.split(PAGE)
    return {name: re.split(r"^##+ ", text, maxsplit=1, flags=re.MULTILINE)[0] for name, text in zip(found[1::2], found[2::2], strict=True)}


def test_every_alarm_has_a_runbook_and_every_runbook_an_alarm() -> None:
    assert len(alarms()) >= 10
    assert set(runbooks()) == alarms()
    assert len(HEADING.findall(PAGE)) == len(runbooks()), "one is there twice"


@pytest.mark.parametrize("name", sorted(alarms()))
def test_a_runbook_says_what_it_means_how_to_look_what_to_do_and_when_it_ends(name: str) -> None:
    text = runbooks()[name]
    places = [text.find(f"**{part}") for part in PARTS]
    assert -1 not in places and places == sorted(places), f"{name}: {dict(zip(PARTS, places, strict=True))}"


def named() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Who names a metric of ours, its name, and its dimensions."""
    for name, row in TREE.items():
        if row["Type"] == "AWS::CloudWatch::Alarm":
            properties = row["Properties"]
            for told in [each["MetricStat"]["Metric"] for each in properties.get("Metrics", []) if "MetricStat" in each] or [properties]:
                if told["Namespace"] == NAMESPACE:
                    yield name, told["MetricName"], {each["Name"]: str(each["Value"]) for each in told["Dimensions"]}
    for widget in widgets():
        for namespace, metric, *dimensions in (row for row in widget["properties"].get("metrics", []) if isinstance(row[0], str)):
            if namespace == NAMESPACE:
                pairs = [word for word in dimensions if isinstance(word, str)]
                yield widget["properties"]["title"], metric, dict(zip(pairs[::2], pairs[1::2], strict=True))


def widgets() -> list[dict[str, Any]]:
    body = TREE["Dashboard"]["Properties"]["DashboardBody"]
    found: list[dict[str, Any]] = json.loads(body["Fn::Sub"])["widgets"]
    return found


def test_alarms_and_dashboard_name_only_what_is_measured() -> None:
    found = list(named())
    assert {"IngestIsLate", "RunsWait"} <= {where for where, *_ in found}
    for where, metric, dimensions in found:
        assert metric in BY_NAME, f"{where} names {metric}, which is no row of functions/metrics.py"
        row = BY_NAME[metric]
        assert dimensions.pop("service") in row.services, f"{where}: {metric} is measured by {row.services}"
        assert dimensions.pop("stage") in ("${Stage}", "{'Ref': 'Stage'}"), where
        assert set(dimensions) <= {row.by}, f"{where}: {metric} has no dimension {set(dimensions)}"


def test_the_dashboard_shows_what_people_ask_for() -> None:
    shown = {metric for _, metric, _ in named()}
    assert {
        "QueueWait", "BlockTime", "Combinations", "PanelLoads", "ColdStart", "RateLimited", "IngestRows", "Retries", "EarlyStops"
    } <= shown  # fmt: skip


def test_services_are_the_functions_of_the_template() -> None:
    functions = {name for name, row in TREE.items() if row["Type"] == "AWS::Serverless::Function"}
    assert {name.removesuffix("Function").lower() for name in functions} == set(SERVICES)


def test_the_page_has_the_table_of_metrics() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (Seconds|Count) \| (\w*) \| ([\w, ]+) \| (.+) \|$", PAGE, re.MULTILINE)
    assert [(name, unit, by, who, meaning) for name, unit, by, who, meaning in rows] == [
        (row.name, row.unit.value, row.by, "every function" if row.services == SERVICES else ", ".join(row.services), row.meaning)
        for row in METRICS
    ]


def test_what_commands_of_the_runbooks_name_exists() -> None:
    resources = set(re.findall(r"(?:physical|arn) (\w+)", PAGE)) - {"of"}
    assert {"PlanDeadLetters", "BlockQueue", "IngestFunction", "Lake"} <= resources <= TREE.keys()
    for group in set(re.findall(r"/lianghu/prod/(\w+)", PAGE)):
        assert f"{group.capitalize()}Log" in TREE, group
    assert PREFIX not in PAGE


def test_the_gateways_log_has_no_tokens_and_leads_to_the_functions_lines() -> None:
    """The address of a share is its key, and queries and headers may hold others."""
    told = json.loads(TREE["Api"]["Properties"]["AccessLogSettings"]["Format"]["Fn::Sub"])
    assert set(told) == {"stage", "request_id", "time", "method", "function_request_id", "status", "bytes", "ms", "source", "error"}
    assert told["function_request_id"] == "$context.integration.requestId"
    assert not re.search(r"path|routeKey|query|header|authorizer", json.dumps(told), re.IGNORECASE)


def test_links_of_the_page_lead_somewhere() -> None:
    headings = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)}
    assert [link for link in re.findall(r"\]\(#([\w-]+)\)", PAGE) if link not in headings] == []
