"""From a submission to a subscriber's queue: whoever works publishes, beside the work and at once."""

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from datalake.sample import build_sample
from functions.jobs.desk import Desk
from functions.jobs.events import Bus
from functions.jobs.plan import Wanted
from functions.messages import GridFinished, Published, RunEvent
from functions.wiring import House
from tests.functions.conftest import Servers
from tests.functions.platform import Platform, platform_of
from tests.functions.test_events import Subscriber, subscriber

__all__ = ["subscriber"]


@pytest.fixture
def platform(
    servers: Servers, desk: Desk, aws: str, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, subscriber: Subscriber
) -> Iterator[Platform]:
    lake = f"file://{tmp_path_factory.getbasetemp()}/lake-of-events"
    build_sample(lake)
    with platform_of(servers.login, aws, lake, tmp_path) as made:
        vars(made.house)["bus"] = subscriber.bus
        yield made


def course(told: list[Published], run_id: str) -> list[str]:
    found = [each.root for each in told if isinstance(each.root, RunEvent) and uuid.UUID(run_id) in each.root.run_ids]
    return [each.event for each in sorted(found, key=lambda each: each.sequence)]


def test_each_room_publishes_what_it_changed(platform: Platform, user: str, subscriber: Subscriber) -> None:
    backtest_id = platform.backtest(user)
    submitted = platform.submit(user, platform.plan(user, backtest_id, Wanted("grid", {"ma_short": [3, 5], "ma_long": [20]})).submission)
    told: list[Published] = []
    assert platform.answer_one() == "plan"
    told += subscriber.received()
    assert course(told, submitted.run_ids[0]) == ["run.enqueued"], "the planner tells that somebody asked"
    assert platform.answer_one() == "block"
    told += subscriber.received()
    assert course(told, submitted.run_ids[0]) == ["run.enqueued", "run.started", "run.succeeded"], "the worker tells what it did"
    platform.run()
    told += subscriber.received()
    (finished,) = [each.root for each in told if isinstance(each.root, GridFinished)]
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None and grid.summary is not None
    best = finished.best["return"]
    assert best is not None
    assert (str(best.run_id), best.params) == (grid.summary["best"]["return"]["run_id"], grid.summary["best"]["return"]["params"])
    assert best.stats["return"] == grid.summary["best"]["return"]["stats"]["return"]
    assert finished.verdict == grid.summary["diagnosis"]["verdict"]
    assert (finished.counts, finished.status, finished.reused) == ({"succeeded": 2}, "finished", 0)
    assert len({each.root.id for each in told}) == len(told)


def test_that_a_run_has_started_is_told_while_it_computes(
    platform: Platform, user: str, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The aggregator and the sweeper alone published: a subscriber heard of it a minute later."""
    heard: list[str] = []

    def slow(*args: Any) -> Any:
        deadline = time.monotonic() + 10
        while not {"run.started"} & set(heard) and time.monotonic() < deadline:
            heard.extend(each.root.event for each in subscriber.received())
        return compute(*args)

    from functions import worker

    compute = worker.compute
    monkeypatch.setattr(worker, "compute", slow)
    platform.submit(user, platform.plan(user, platform.backtest(user), Wanted("single", {})).submission)
    platform.run()
    assert heard[-1] == "run.started"


def test_work_goes_on_where_the_bus_hangs(platform: Platform, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging:
        def put_events(self, Entries: Any) -> Any:  # noqa: N803  boto3's name
            time.sleep(20)

    monkeypatch.setattr("functions.jobs.events.SETTLE_SECONDS", 0.2)
    house: House = platform.house
    vars(house)["bus"] = Bus(Hanging(), "x")  # type: ignore[arg-type]
    submitted = platform.submit(user, platform.plan(user, platform.backtest(user), Wanted("single", {})).submission)
    began = time.monotonic()
    assert platform.answer_one() == "plan"
    assert platform.answer_one() == "block"
    run = house.store.get_run(user, None, submitted.run_ids[0])
    assert run is not None and run.status == "succeeded"
    assert time.monotonic() - began < 15


def test_the_example_of_the_page_reads_events(platform: Platform, user: str, aws: str, subscriber: Subscriber) -> None:
    page = Path("docs/events.md").read_text(encoding="utf-8")
    example = page.split("```python\n")[1].split("```")[0]
    events, sqs = (boto3.client(name, endpoint_url=aws, region_name="ap-east-1") for name in ("events", "sqs"))
    there: dict[str, Any] = {"events": events, "sqs": sqs, "BUS": subscriber.name, "print": lambda *words: printed.append(words)}
    printed: list[Any] = []
    exec(example, there)
    platform.submit(user, platform.plan(user, platform.backtest(user), Wanted("single", {})).submission)
    platform.run()
    platform.house.publisher.settle()
    there["read"]()
    there["read"]()
    names = [words[0] for words in printed]
    assert names.count("run.enqueued") == names.count("run.started") == names.count("run.succeeded") == 1
    assert json.dumps(there["PATTERN"])
