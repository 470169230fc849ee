"""One submission, found by its request's id in the logs of every function that it goes through, and the metrics that they write."""

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import httpx
import pytest
from pydantic import SecretStr

from datalake.lake import Lake
from datalake.sample import build_sample
from datalake.sample.rows import sample_tables
from datalake.versions import list_versions
from functions.client import Client
from functions.metrics import METRICS, NAMESPACE
from functions.settings import Settings
from functions.templates import templates
from infra.local import template
from infra.local.stack import RunningStack, run_stack
from tests.datalake.standin import TOKEN, sample_tables_of, serve

pytestmark = [pytest.mark.stack, pytest.mark.slow]

REQUEST = "the-request-of-this-test"
REQUESTS = 150
"""That one address or person may make in a minute."""
Line = dict[str, Any]


class Told(NamedTuple):
    """What the logs of a stack say."""

    lines: dict[str, list[Line]]
    """Of the request, by service."""
    measured: dict[tuple[str, str], float]
    """By metric and service, summed up."""
    user: str
    grid_id: str
    run_ids: tuple[str, ...]
    raw: str


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    home = tmp_path_factory.mktemp("followed") / "home"
    home.mkdir()
    (home / "kernels").symlink_to(Path(os.environ["NUMBA_CACHE_DIR"]).parent)
    build_sample((home / "lake").as_uri())
    with serve(sample_tables_of(sample_tables(), date(2024, 12, 23), date(2024, 12, 31))) as vendor:
        given = Settings(
            lianghu_home=home, lianghu_port=0, workers=1, rate_limit_requests=REQUESTS, tushare_token=SecretStr(TOKEN),
            tushare_url=vendor.url, ingest_start=20241223, tushare_caps={"*": 1000},
        )  # fmt: skip
        with run_stack(given) as stack:
            ids = submitted(stack)
            refused(stack)
            fired(stack, home)
            time.sleep(1)
    raw = "\n".join(file.read_text() for file in sorted((home / "logs").glob("*.log")))
    lines: dict[str, list[Line]] = defaultdict(list)
    measured: dict[tuple[str, str], float] = defaultdict(float)
    for line in objects_of(raw):
        if line.get("request_id") == REQUEST:
            lines[line["service"]].append(line)
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
            assert directive["Namespace"] == NAMESPACE and line["stage"] == "local"
            for metric in directive["Metrics"]:
                measured[metric["Name"], line["service"]] += sum(line[metric["Name"]])
    yield Told(lines, measured, *ids, raw)


def objects_of(raw: str) -> Iterator[Line]:
    for text in raw.splitlines():
        if text.startswith("{"):
            yield json.loads(text)


def submitted(stack: RunningStack) -> tuple[str, str, tuple[str, ...]]:
    """A grid that stops early, over everything that is left of it: who asked, the grid, and its runs."""
    with Client(stack.url) as client:
        client.sign_in(stack.email, stack.password)
        text = templates()["dual-moving-average"]
        strategy = {"code": text}
        context = {"universe": ["009001.SZ"], "window": {"start": "2020-01-02", "end": "2022-12-30"}, "datasource_version": "sample:v1"}
        backtest_id = client.create_backtest(strategy, context)
        body = {
            "mode": "grid",
            "gridSpec": {"ma_short": [3, 4, 5, 6, 7, 8], "ma_long": [20, 25, 30]},
            "early_stop": {"metric": "return", "mode": "max", "patience": 2},
        }
        path = f"/api/backtests/{backtest_id}/runs"
        answer = client._call("POST", path, json=body, headers={"X-Request-Id": REQUEST})
        assert (answer.status_code, answer.headers["X-Request-Id"]) == (202, REQUEST)
        grid_id, run_ids = answer.json()["grid_id"], tuple(answer.json()["run_ids"])
        deadline = time.monotonic() + 120
        while client.grid(backtest_id, grid_id).status not in ("finished", "cancelled", "incomplete"):
            assert time.monotonic() < deadline
            time.sleep(1)
        return client.me().user_id, grid_id, run_ids


def refused(stack: RunningStack) -> None:
    """Whoever asks too often."""
    with httpx.Client() as anybody:
        answers = {anybody.get(f"{stack.url}/api/health").status_code for _ in range(REQUESTS + 5)}
    assert answers == {200, 429}


def fired(stack: RunningStack, home: Path) -> None:
    """What schedules call: a round of the ingest, the look in the evening, the archiver."""
    (look,) = (
        schedule
        for schedule in template.read({"SupabaseUrl": "https://x"}).functions(lambda *_: "x")["IngestFunction"].schedules
        if schedule.input
    )
    stack.fire("IngestFunction")
    deadline = time.monotonic() + 90
    while not any(dataset.source == "tushare" for dataset in list_versions(Lake((home / "lake").as_uri()).store)):
        assert time.monotonic() < deadline, (home / "logs" / "IngestFunction-1.log").read_text()
        time.sleep(0.2)
    stack.fire("IngestFunction", look)  # type: ignore[call-arg]
    stack.fire("ArchiverFunction")


@pytest.mark.timeout(600)
def test_one_request_is_found_in_every_function_that_it_goes_through(told: Told) -> None:
    assert told.lines.keys() == {"api", "planner", "worker", "aggregator"}
    for service, lines in told.lines.items():
        for line in lines:
            assert {"level", "message", "timestamp", "location", "service", "request_id"} <= line.keys(), (service, line)


def test_the_lines_say_whose_they_are(told: Told) -> None:
    (asked,) = [line for line in told.lines["api"] if line["message"] == "request"]
    assert (asked["user_id"], asked["status"]) == (told.user, 202)
    for service, message in (("planner", "planned"), ("worker", "block done"), ("aggregator", "aggregated")):
        found = [line for line in told.lines[service] if line["message"] == message]
        assert found, service
        for line in found:
            assert (line["user_id"], line["grid_id"]) == (told.user, told.grid_id)
            assert isinstance(line["cold_start"], bool) and line["function_request_id"] and line["xray_trace_id"].startswith("1-")
    done = [line for line in told.lines["worker"] if line["message"] == "block done"]
    assert len({line["block_id"] for line in done}) == len(done) and all(line["attempt"] == "1" for line in done)
    alone = [line["run_id"] for line in done if line["runs"] == 1]
    assert alone and set(alone) <= set(told.run_ids), "a block of one run says which"


def test_every_metric_comes_from_a_function_that_the_table_names(told: Told) -> None:
    known = {(row.name, service) for row in METRICS for service in row.services}
    assert set(told.measured) - known == set()


def test_what_happened_was_measured(told: Told) -> None:
    started = {service for name, service in told.measured if name == "ColdStart"}
    assert started == {"api", "planner", "worker", "aggregator", "sweeper", "archiver", "ingest"}, "nobody sent a message"
    always = {
        ("QueueWait", "worker"), ("BlockTime", "worker"), ("Combinations", "worker"), ("PanelLoads", "worker"), ("PanelPlans", "planner"),
        ("EarlyStops", "aggregator"), ("RateLimited", "api"), ("IngestRows", "ingest"), ("IngestLate", "ingest"),
    }  # fmt: skip
    assert always <= told.measured.keys()
    assert told.measured["Combinations", "worker"] >= 3 and told.measured["EarlyStops", "aggregator"] > 0
    assert 5 <= told.measured["RateLimited", "api"] <= 10
    is_weekday = datetime.now(ZoneInfo("Asia/Shanghai")).isoweekday() < 6
    assert told.measured["IngestLate", "ingest"] == is_weekday, "the vendor's last day is long past, and so is its calendar's"
    assert sum(value for (name, _), value in told.measured.items() if name == "EventsPublished") >= 4, "enqueued, started, ended, finished"
    assert ("Compilations", "worker") not in told.measured, "the kernels are there"


def test_no_secret_and_no_strategy_is_in_any_of_them(told: Told) -> None:
    assert TOKEN not in told.raw and "cross_above(" not in told.raw and "ma_long" not in told.raw
    assert "eyJ" not in told.raw and "Bearer" not in told.raw
