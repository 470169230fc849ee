"""Events from the outbox over a real EventBridge rule into a subscriber's queue."""

import json
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
import psycopg
import pytest
from botocore.config import Config

from functions.jobs.desk import Desk, Event
from functions.jobs.events import LARGEST, Bus, Publisher, message_of, publish_events
from functions.jobs.records import RunResult
from functions.jobs.store import Store
from functions.messages import GridFinished, Published, RunEvent
from tests.functions.submissions import ENGINE, make_backtest, make_submission, results_of, submit_grid

TERMINAL = {"run.succeeded", "run.failed", "run.cancelled"}
BODY = {
    "event": "run.enqueued",
    "at": "2026-01-05T01:00:00+00:00",
    "owner": str(uuid.uuid4()),
    "backtest_id": str(uuid.uuid4()),
    "grid_id": str(uuid.uuid4()),
    "run_ids": [str(uuid.uuid4())],
}


@dataclass(frozen=True)
class Subscriber:
    """A bus with a rule for everything of ours, and the queue that it leads to."""

    events: Any
    sqs: Any
    name: str
    url: str

    @property
    def bus(self) -> Bus:
        return Bus(self.events, self.name)

    def received(self) -> list[Published]:
        """What has come since the last time; each message as a subscriber reads it."""
        found: list[Published] = []
        while messages := self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                envelope = json.loads(message["Body"])
                told = Published.model_validate(envelope["detail"])
                assert (envelope["source"], envelope["detail-type"]) == ("lianghu", told.root.event)
                found.append(told)
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return found


@pytest.fixture
def subscriber(aws: str) -> Iterator[Subscriber]:
    told: dict[str, Any] = {"endpoint_url": aws, "region_name": "ap-east-1"}
    events, sqs, name = boto3.client("events", **told), boto3.client("sqs", **told), f"bus-{uuid.uuid4()}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.create_event_bus(Name=name)
    events.put_rule(Name=name, EventBusName=name, EventPattern=json.dumps({"source": ["lianghu"]}))
    events.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "queue", "Arn": arn}])
    yield Subscriber(events, sqs, name, url)
    sqs.delete_queue(QueueUrl=url)


class Deaf:
    """An EventBridge that takes what `takes` says of each entry, and raises or refuses the others."""

    def __init__(self, *takes: bool) -> None:
        self.takes, self.heard = list(takes), list[str]()

    def put_events(self, Entries: Sequence[Mapping[str, str]]) -> dict[str, Any]:  # noqa: N803  boto3's name
        answers = []
        for entry in Entries:
            taken = self.takes.pop(0) if self.takes else True
            self.heard += [json.loads(entry["Detail"])["id"]] if taken else []
            answers.append({"EventId": "x"} if taken else {"ErrorCode": "ThrottlingException", "ErrorMessage": "slower"})
        return {"Entries": answers}


def finish(desk: Desk, grid_id: str, summary: Mapping[str, Any]) -> None:
    task = desk.claim_aggregate(grid_id)
    assert task is not None
    assert desk.finish_grid(grid_id, task.attempt, summary, []) == 0


def test_a_subscriber_hears_the_whole_life_of_a_grid_once_and_in_order(subscriber: Subscriber, store: Store, desk: Desk, user: str) -> None:
    backtest_id, submitted = submit_grid(store, desk, user, 6, 2)
    while task := desk.claim_block("w", ENGINE, 30):
        publish_events(desk, subscriber.bus)
        results = results_of(task.run_ids)
        failed = RunResult(task.run_ids[-1], None, None, error={"code": "INVALID_INPUT", "message": "除以零", "details": {}})
        desk.complete_block(task.block_id, task.attempt, [results[0], failed])
    best = {"run_id": submitted.run_ids[0], "params": {"n": 0}, "stats": {"return": 0.1, "sharpe": None, "max_dd": -0.02, "pnl": 3}}
    finish(
        desk,
        submitted.grid_id,
        {"counts": {"failed": 3, "succeeded": 3}, "best": {"return": best, "sharpe": None}, "diagnosis": {"verdict": "luck"}},
    )
    assert publish_events(desk, subscriber.bus) > 0
    assert publish_events(desk, subscriber.bus) == 0

    told = [each.root for each in subscriber.received()]
    assert len({each.id for each in told}) == len(told)
    courses: dict[uuid.UUID, list[str]] = defaultdict(list)
    for each in sorted((each for each in told if isinstance(each, RunEvent)), key=lambda each: each.sequence):
        assert (str(each.owner), str(each.backtest_id), str(each.grid_id)) == (user, backtest_id, submitted.grid_id)
        for run_id in each.run_ids:
            courses[run_id].append(each.event)
    assert {str(run_id) for run_id in courses} == set(submitted.run_ids)
    assert Counter(map(tuple, courses.values())) == {
        ("run.enqueued", "run.started", "run.succeeded"): 3,
        ("run.enqueued", "run.started", "run.failed"): 3,
    }
    failed_event = next(each for each in told if each.event == "run.failed")
    assert isinstance(failed_event, RunEvent)
    assert failed_event.details["errors"][str(failed_event.run_ids[0])]["message"] == "除以零"
    (finished,) = [each for each in told if isinstance(each, GridFinished)]
    assert finished.sequence == max(each.sequence for each in told)
    assert (finished.status, finished.counts, finished.verdict) == ("finished", {"failed": 3, "succeeded": 3}, "luck")
    first = finished.best["return"]
    assert first is not None and finished.best["sharpe"] is None
    assert first.stats == {"return": 0.1, "sharpe": None, "max_dd": -0.02}, "the head, not all of it"


def test_a_single_run_is_no_grid_that_finishes(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    backtest_id = make_backtest(store, user)
    submitted = store.submit(user, make_submission(backtest_id, 1, 1, mode="single"))
    store.cancel_grid(user, submitted.grid_id)
    finish(desk, submitted.grid_id, {"counts": {"cancelled": 1}})
    rows = admin.execute("select body ->> 'event' from public.outbox order by number").fetchall()
    assert [event for (event,) in rows] == ["run.enqueued", "run.cancelled"]


def test_without_a_bus_events_stay_in_the_outbox(store: Store, desk: Desk, user: str) -> None:
    submit_grid(store, desk, user, 6, 2)
    assert publish_events(desk, None) == 0
    Publisher(desk, None).poke()
    assert len(desk.take_events(10)) == 3


def test_a_bus_that_is_gone_loses_nothing(aws: str, subscriber: Subscriber, store: Store, desk: Desk, user: str, admin: Any) -> None:
    submit_grid(store, desk, user, 2, 2)
    once = Config(retries={"total_max_attempts": 1}, connect_timeout=1)
    gone = boto3.client("events", endpoint_url="http://127.0.0.1:1", region_name="ap-east-1", config=once)
    assert publish_events(desk, Bus(gone, "x")) == 0
    admin.execute("update public.outbox set taken_until = now() - interval '1 second'")
    assert publish_events(desk, subscriber.bus) == 1
    assert [each.root.event for each in subscriber.received()] == ["run.enqueued"]


def test_what_a_publisher_took_nobody_else_gets_nor_what_comes_after_it(
    store: Store, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    _, submitted = submit_grid(store, desk, user, 6, 2)
    first = desk.take_events(2)
    assert [event.sequence for event in first] == sorted(event.sequence for event in first)
    assert desk.take_events(10) == [], "the third one is of the same grid"
    submit_grid(store, desk, user, 2, 2)
    (other,) = desk.take_events(10)
    assert other.body["grid_id"] != submitted.grid_id
    desk.mark_published([event.id for event in first])
    (third,) = desk.take_events(10)
    assert third.body["grid_id"] == submitted.grid_id
    admin.execute("update public.outbox set taken_until = now() - interval '1 second'")
    assert [event.id for event in desk.take_events(10)] == [third.id, other.id], "the same ids again, in order"


def test_a_refused_event_holds_back_those_of_its_grid_and_no_others(store: Store, desk: Desk, user: str, admin: Any) -> None:
    submit_grid(store, desk, user, 24, 2)
    submit_grid(store, desk, user, 2, 2)
    deaf: Any = Deaf(*[True] * 3, False)  # the fourth of ten; the batch is on its way already
    assert publish_events(desk, Bus(deaf, "x")) == 10
    assert publish_events(desk, Bus(deaf, "x")) == 0, "they are held for half a minute"
    admin.execute("update public.outbox set taken_until = now() - interval '1 second'")
    assert publish_events(desk, Bus(deaf, "x")) == 3
    assert len(deaf.heard) == len(set(deaf.heard)) == 13


def test_two_publishers_at_once_keep_the_order_of_every_run(store: Store, desk: Desk, user: str) -> None:
    """Workers, planners and sweepers publish at the same time, and their calls overtake each other."""
    heard: list[dict[str, Any]] = []
    lock = threading.Lock()

    class Slow:
        def put_events(self, Entries: Sequence[Mapping[str, str]]) -> dict[str, Any]:  # noqa: N803  boto3's name
            time.sleep(0.003 * (len(heard) % 5))
            with lock:
                heard.extend(json.loads(entry["Detail"]) for entry in Entries)
            return {"Entries": [{"EventId": "x"}] * len(Entries)}

    bus = Bus(Slow(), "x")  # type: ignore[arg-type]
    for _ in range(3):
        submit_grid(store, desk, user, 12, 2)

    def work(name: str) -> None:
        publisher = Publisher(desk, bus)
        while task := desk.claim_block(name, ENGINE, 30):
            publisher.poke()
            desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids))
            publisher.poke()
        publisher.settle(30)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.take_events(10) == [], "whoever came last published what was left"
    courses: dict[str, list[str]] = defaultdict(list)
    for detail in heard:
        for run_id in detail["run_ids"]:
            courses[run_id].append(detail["event"])
    assert set(map(tuple, courses.values())) == {("run.enqueued", "run.started", "run.succeeded")}
    assert len(courses) == 36


def test_ten_thousand_runs_at_once_are_told_in_events_that_a_bus_takes(store: Store, desk: Desk, user: str, subscriber: Subscriber) -> None:
    backtest_id = make_backtest(store, user)
    submitted = store.submit(user, make_submission(backtest_id, 10_000, 10_000))
    task = desk.claim_plan(submitted.grid_id)
    assert task is not None
    error = {"code": "UPSTREAM_ERROR", "message": "湖" * 300, "details": {}}
    desk.plan_failed(submitted.grid_id, task.attempt, error, retriable=False)
    assert publish_events(desk, subscriber.bus) == 40
    told = [each.root for each in subscriber.received()]
    for name in ("run.enqueued", "run.failed"):
        named = [run_id for each in told if isinstance(each, RunEvent) and each.event == name for run_id in each.run_ids]
        assert Counter(map(str, named)) == Counter(submitted.run_ids)
    for each in told:
        if isinstance(each, RunEvent) and each.event == "run.failed":
            assert each.details == {"left_out": True}, "500 errors of 900 bytes are too large for EventBridge"


def test_each_part_of_a_long_event_has_the_errors_of_its_own_runs(store: Store, desk: Desk, user: str) -> None:
    backtest_id = make_backtest(store, user)
    submitted = store.submit(user, make_submission(backtest_id, 1_200, 1_200))
    task = desk.claim_plan(submitted.grid_id)
    assert task is not None
    desk.plan_failed(submitted.grid_id, task.attempt, {"code": "UPSTREAM_ERROR", "message": "no", "details": {}}, retriable=False)
    parts = [event.body for event in desk.take_events(100) if event.body["event"] == "run.failed"]
    assert [len(part["run_ids"]) for part in parts] == [500, 500, 200]
    for part in parts:
        assert set(part["details"]["errors"]) == set(part["run_ids"])


def test_the_size_of_an_event_was_counted_in_characters() -> None:
    errors = {str(uuid.uuid4()): {"message": "湖" * 400} for _ in range(250)}
    message = message_of(Event(str(uuid.uuid4()), 1, BODY | {"event": "run.failed", "details": {"errors": errors}}))
    assert message is not None
    assert message.bytes == len(message.detail.encode()) <= LARGEST


def test_an_event_of_another_version_stops_nobody(
    store: Store, desk: Desk, user: str, admin: psycopg.Connection, subscriber: Subscriber
) -> None:
    admin.execute("""insert into public.outbox (body) values ('{"event": "succeeded"}')""")
    submit_grid(store, desk, user, 2, 2)
    assert publish_events(desk, subscriber.bus) == 1
    assert [each.root.event for each in subscriber.received()] == ["run.enqueued"]
    admin.execute("update public.outbox set taken_until = now() - interval '1 second'")
    assert desk.take_events(10) == [], "and is not met again"


def test_a_publisher_outlives_what_its_database_does(store: Store, desk: Desk, user: str, subscriber: Subscriber) -> None:
    class Falling(Desk):
        falls = True

        def take_events(self, limit: int) -> list[Event]:
            if self.falls:
                self.falls = False
                raise RuntimeError("the database is gone")
            return super().take_events(limit)

    submit_grid(store, desk, user, 2, 2)
    publisher = Publisher(Falling(desk._database), subscriber.bus)
    publisher.poke()
    publisher.settle()
    assert subscriber.received() == []
    publisher.poke()
    publisher.settle()
    assert len(subscriber.received()) == 1
