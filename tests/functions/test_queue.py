"""Doorbells and events on moto's SQS and EventBridge."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from functions.jobs.desk import Desk
from functions.jobs.events import Bus, publish_events
from functions.jobs.queue import Queue
from functions.jobs.store import Store
from functions.messages import DeadBlock, Doorbell, PlanMessage, RunEvent
from functions.wishes.shapes import RankingWish
from tests.functions.submissions import submit_grid

GRID = str(uuid.uuid4())
DEAD = DeadBlock(grid_id=uuid.UUID(GRID), block_id=7, error={"code": "INTERNAL_ERROR", "message": "boom", "details": {}})

WISH = RankingWish(datasource_version="sample:v1", field="amount", depth=30, lowest=False, boards=("main",), day=20240603, request_id="r")


@pytest.fixture
def sqs(aws: str) -> Any:
    return boto3.client("sqs", endpoint_url=aws, region_name="ap-east-1")


@pytest.fixture
def graves(sqs: Any) -> str:
    return str(sqs.create_queue(QueueName=f"dead-{uuid.uuid4()}")["QueueUrl"])


@pytest.fixture
def queue(sqs: Any, graves: str) -> Iterator[Queue]:
    url = sqs.create_queue(QueueName=f"bells-{uuid.uuid4()}")["QueueUrl"]
    yield Queue(sqs, {"plan": url, "block": url, "aggregate": url}, graves)
    sqs.delete_queue(QueueUrl=url)


def received(sqs: Any, url: str) -> list[str]:
    found: list[str] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [message["Body"] for message in messages]
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def test_every_bell_says_the_grid_and_the_request(sqs: Any, queue: Queue) -> None:
    assert queue.ring("block", GRID, 23, request_id="request-1") == 23
    assert queue.depth("block") == 23
    bells = [Doorbell.model_validate_json(body) for body in received(sqs, queue._urls["block"])]
    assert len(bells) == 23
    assert set(bells) == {Doorbell(grid_id=uuid.UUID(GRID), request_id="request-1")}


def test_a_delayed_bell_waits_and_counts(sqs: Any, queue: Queue) -> None:
    assert queue.ring("block", GRID, delay=600.2) == 1
    assert queue.ring("block", GRID, delay=5000) == 1, "longer than SQS can is as long as SQS can"
    assert received(sqs, queue._urls["block"]) == []
    assert queue.depth("block") == 2


def test_no_bell_is_no_call(queue: Queue) -> None:
    assert queue.ring("block", GRID, 0) == 0


def test_a_queue_that_is_gone_is_logged_and_not_raised(sqs: Any, capsys: pytest.CaptureFixture[str]) -> None:
    missing = Queue(sqs, {"plan": "http://127.0.0.1:1/nothing", "block": "http://127.0.0.1:1/nothing", "aggregate": ""}, "")
    assert missing.ring("plan", GRID) == 0
    assert missing.depth("block") == 0
    assert not missing.bury(DEAD)
    assert not missing.wish(WISH)


def test_a_wish_for_a_ranking_goes_to_the_planner_beside_its_bells(sqs: Any, queue: Queue) -> None:
    assert queue.wish(WISH) and queue.ring("plan", GRID) == 1
    found = [PlanMessage.model_validate_json(body) for body in received(sqs, queue._urls["plan"])]
    assert {type(message.root) for message in found} == {RankingWish, Doorbell}
    assert WISH in [message.root for message in found]
    assert {tuple(message.log_keys) for message in found} == {("request_id", "wish"), ("request_id", "grid_id")}


def test_a_block_that_was_given_up_lies_with_the_dead_letters(sqs: Any, queue: Queue, graves: str) -> None:
    assert queue.bury(DEAD)
    assert [DeadBlock.model_validate_json(body) for body in received(sqs, graves)] == [DEAD]


def test_events_reach_the_bus_once_and_stay_in_the_outbox_without_one(
    aws: str, sqs: Any, graves: str, store: Store, desk: Desk, user: str
) -> None:
    submit_grid(store, desk, user, 6, 2)
    assert publish_events(desk, None) == 0
    events = boto3.client("events", endpoint_url=aws, region_name="ap-east-1")
    name = f"bus-{uuid.uuid4()}"
    events.create_event_bus(Name=name)
    arn = sqs.get_queue_attributes(QueueUrl=graves, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="all", EventBusName=name, EventPattern=json.dumps({"source": ["lianghu.runs"]}))
    events.put_targets(Rule="all", EventBusName=name, Targets=[{"Id": "graves", "Arn": arn}])

    assert publish_events(desk, Bus(events, name)) == 3
    assert publish_events(desk, Bus(events, name)) == 0
    told = [json.loads(body) for body in received(sqs, graves)]
    assert [message["detail-type"] for message in told] == ["enqueued"] * 3
    details = [RunEvent.model_validate(message["detail"]) for message in told]
    assert [len(detail.run_ids) for detail in details] == [2, 2, 2]
    assert len({detail.id for detail in details}) == 3
    assert {str(detail.owner) for detail in details} == {user}


def test_a_bus_that_is_gone_loses_nothing(aws: str, store: Store, desk: Desk, user: str, admin: Any) -> None:
    submit_grid(store, desk, user, 2, 2)
    events = boto3.client("events", endpoint_url=aws, region_name="ap-east-1")
    assert publish_events(desk, Bus(events, "no-such-bus")) in (0, 1)
    admin.execute("update public.outbox set taken_until = null, published_at = null")
    assert len(desk.take_events(10)) == 1
