"""How the platform is: asked of all parts at once, and answered in time even by the dead."""

import threading
import time
from typing import Any

import boto3
import pytest

from functions.errors import ApiError
from functions.jobs.queue import Queue
from functions.pulse import FRESH_SECONDS, Pulse, Pulses


def test_a_part_that_hangs_costs_its_patience_once_and_one_thread() -> None:
    asked, release = [], threading.Event()

    def hang() -> int:
        asked.append(1)
        release.wait(10)
        return 7

    pulse = Pulse(hang)
    for _ in range(5):
        pulse.begin()
        began = time.monotonic()
        assert pulse.wait(time.monotonic() + 0.05) is None
        assert time.monotonic() - began < 0.5
    assert len(asked) == 1
    release.set()
    assert pulse.wait(time.monotonic() + 5) == 7, "whoever waits gets it when it comes"


def test_an_answer_is_given_again_for_a_moment() -> None:
    asked: list[int] = []
    pulse = Pulse(lambda: asked.append(1) or len(asked))
    for _ in range(3):
        pulse.begin()
        assert pulse.wait(time.monotonic() + 5) == 1
    time.sleep(FRESH_SECONDS + 0.05)
    pulse.begin()
    assert pulse.wait(time.monotonic() + 5) == 2


def test_a_part_that_refuses_is_away() -> None:
    def refuse() -> int:
        raise ApiError("UPSTREAM_ERROR", "away")

    pulse = Pulse(refuse)
    pulse.begin()
    assert pulse.wait(time.monotonic() + 5) is None


def test_all_parts_together_take_no_longer_than_one() -> None:
    class Dead:
        def check(self) -> None:
            time.sleep(3)

        def waiting(self) -> int:
            time.sleep(3)
            return 0

    class House:
        database = queue = Dead()

        @property
        def lake(self) -> Any:
            time.sleep(3)
            raise ApiError("UPSTREAM_ERROR", "away")

    house: Any = House()
    began = time.monotonic()
    vital = Pulses(house, patience=0.3).take()
    assert (vital.database, vital.dataset, vital.queued) == (None, None, None)
    assert time.monotonic() - began < 1


def test_what_waits_is_counted_over_all_queues(aws: str) -> None:
    client = boto3.client("sqs", endpoint_url=aws)
    urls: Any = {kind: client.create_queue(QueueName=f"pulse-{kind}")["QueueUrl"] for kind in ("plan", "block", "aggregate")}
    queue = Queue(client, urls, "")
    assert queue.waiting() == 0
    queue.ring("block", "0b9f5c8e-3c53-4e0f-9d6f-2f6c1c1b7a11", 3)
    queue.ring("plan", "0b9f5c8e-3c53-4e0f-9d6f-2f6c1c1b7a11")
    assert queue.waiting() == 4
    with pytest.raises(ApiError) as caught:
        Queue(client, {"plan": f"{aws}/nowhere"}, "").waiting()
    assert caught.value.code == "UPSTREAM_ERROR" and "nowhere" not in str(caught.value)
