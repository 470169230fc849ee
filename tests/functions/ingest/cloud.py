"""What calls the scheduled ingest, with a clock that can be set, and a queue whose delays are over at once."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from datalake.lake import Lake, scan
from datalake.storing.deferred import waiting
from datalake.upstream.ingest import SOURCE
from datalake.versions import Dataset, resolve
from functions.doorbells import answer_messages
from functions.ingest import Ingest
from functions.jobs.queue import TaskQueue
from functions.messages import FetchTasks
from functions.wiring import House

FIRST, LAST = date(2019, 6, 3), date(2019, 7, 31)
SESSIONS = 42
SHORT, SHORT_SESSIONS = 20190725, 5
"""From here on, where two months would show no more."""
EVENING = datetime(2019, 7, 31, 9, 30, tzinfo=UTC).timestamp()
"""17:30 in Shanghai."""
HOUR = 3600.0


@dataclass
class Clock:
    now: float = EVENING

    def __call__(self) -> float:
        return self.now


class Killed(BaseException):
    """What no handler survives."""


class Hasty(TaskQueue):
    """The real queue, but what is to be received later is received at once, and the clock tells that it was later."""

    def __init__(self, queue: TaskQueue, clock: Clock) -> None:
        super().__init__(queue._client, queue._url)
        self.clock = clock
        self.delays: list[float] = []

    def send(self, messages: Sequence[FetchTasks], delay: float = 0) -> None:
        self.delays += [delay] * bool(delay)
        self.clock.now += delay
        super().send(messages)


class Context:
    function_name, memory_limit_in_mb, aws_request_id, invoked_function_arn = "ingest", 3008, "request", "arn"

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


@dataclass
class Cloud:
    """The schedule, the queue and what calls the function."""

    house: House
    clock: Clock
    queue: Hasty
    sqs: Any
    url: str
    seconds: float = 600.0
    killed: int = 0
    failed: int = 0
    dice: random.Random = field(default_factory=lambda: random.Random(5))

    @property
    def lake(self) -> Lake:
        return Lake(self.house.settings.lake_url, self.house.object_options)

    @property
    def ingest(self) -> Ingest:
        return Ingest(self.house, self.clock)

    def start(self) -> dict[str, Any]:
        """As the schedule does; a call that is killed is made again."""
        while True:
            try:
                return self.ingest.start()
            except Killed:
                self.killed += 1
                self.clock.now += 3 * HOUR

    def work(self, times: int = 1) -> int:
        """Until no message is left, in any order, each delivered so many times; how many deliveries there were."""
        deliveries = 0
        while messages := self.receive():
            self.dice.shuffle(messages)
            for message in messages:
                for _ in range(times):
                    deliveries += 1
                    done = self.deliver(message)
                if done:
                    self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return deliveries

    def receive(self, most: int = 10) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=most, AttributeNames=["All"]).get(
            "Messages", []
        )
        return found

    def deliver(self, message: dict[str, Any]) -> bool:
        """Whether it may be deleted. What a killed function had comes back an hour later."""
        record = {"messageId": message["MessageId"], "body": message["Body"], "attributes": message["Attributes"], "eventSource": "aws:sqs"}
        ingest, context = self.ingest, Context(self.seconds)
        try:
            answer = answer_messages(
                {"Records": [record]}, context, FetchTasks, lambda told, receives: ingest.serve(told, receives, lambda: self.seconds)
            )
        except Killed:
            self.killed += 1
            self.clock.now += HOUR
            return False
        self.failed += bool(answer["batchItemFailures"])
        return not answer["batchItemFailures"]

    def lose(self) -> int:
        """Every message in the queue."""
        lost = 0
        while messages := self.receive():
            lost += len(messages)
            for message in messages:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return lost

    def dataset(self) -> Dataset:
        return resolve(self.lake.store, SOURCE)

    def held(self) -> tuple[dict[str, list[tuple]], str]:
        return held(self.lake)

    def remains(self) -> tuple[list[str], list[Any]]:
        """Rounds and answers that are left. (What was found on the way waits for the next version.)"""
        return self.ingest.rounds.all(), waiting(self.lake, SOURCE)


def held(lake: Lake) -> tuple[dict[str, list[tuple]], str]:
    """The sorted rows of every table of the newest version, and its catalog's name, which is a hash of what it says."""
    dataset = resolve(lake.store, SOURCE)
    rows = {name: scan(lake, SOURCE, name, table.delta_version).collect() for name, table in dataset.tables.items()}
    return {name: frame.sort(frame.columns).rows() for name, frame in rows.items()}, dataset.catalog_key
