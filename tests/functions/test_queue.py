"""Doorbells on moto's SQS."""

import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from functions.jobs.queue import Queue
from functions.messages import DeadBlock, Doorbell, PlanMessage
from functions.wishes.shapes import RankingWish

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
