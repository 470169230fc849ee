"""Event source mappings over moto's SQS and real runtime processes: batches, failures, dead letters, concurrency."""

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.local.aws import Aws
from infra.local.processes import Children
from infra.local.queues import EventSource, _succeeded
from infra.local.runtime import Environment, Place
from infra.local.template import QueueSource, Template

TEXT = """
Resources:
  %(name)sGrave: {Type: 'AWS::SQS::Queue'}
  %(name)sWork:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 1, RedrivePolicy: {deadLetterTargetArn: !GetAtt %(name)sGrave.Arn, maxReceiveCount: 2}}
  %(name)sPatient: {Type: 'AWS::SQS::Queue', Properties: {VisibilityTimeout: 60}}
  %(name)sBus: {Type: 'AWS::Events::EventBus', Properties: {Name: '%(name)s-bus'}}
  Function:
    Type: AWS::Serverless::Function
    Properties: {Handler: handlers.batch, Timeout: 5, Environment: {Variables: {NOTES: %(notes)s, PAUSE: '%(pause)s'}}}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("queues")
    shutil.copy(Path(__file__).with_name("handlers.py"), folder)
    return folder


@pytest.fixture(scope="module")
def children(place: Path) -> Iterator[Children]:
    children = Children(place / "processes")
    yield children
    children.stop()


@pytest.fixture(scope="module")
def aws(place: Path, children: Children) -> Aws:
    return Aws("ap-east-1", children, place / "aws.log")


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


class Bench:
    """A queue of its own with its function, running, and what that noted."""

    def __init__(self, place: Path, children: Children, aws: Aws, queue: str, count: int = 1, batch: int = 1, pause: float = 0) -> None:
        name = f"T{time.monotonic_ns()}"
        self.notes = place / name
        self.notes.touch()
        template = Template(TEXT % {"name": name, "notes": self.notes, "pause": pause}, {})
        aws.make(template)
        self._aws, self.name = aws, name
        self.sqs, self.url = aws.sqs(), aws.lookup(name + queue, "Ref")
        function = template.functions(aws.lookup)["Function"]
        self.environments = [Environment(function, children, aws.variables, Place(place), place / "function.log") for _ in range(count)]
        for environment in self.environments:
            environment.warm_up()
        self._mapping = QueueSource(aws.lookup(name + queue, "Arn"), batch, True, count)
        self._source: EventSource | None = None

    def start(self) -> None:
        self._source = EventSource(self._mapping, self.url, self._aws.sqs(), self.environments)

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def rows(self) -> list[list[str]]:
        return [line.split(" ", 2) for line in self.notes.read_text().splitlines()]

    def bodies(self) -> list[str]:
        return [row[2] for row in self.rows()]

    def left(self) -> int:
        counts = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        return int(counts["ApproximateNumberOfMessages"]) + int(counts["ApproximateNumberOfMessagesNotVisible"])

    def dead(self) -> list[str]:
        grave = self._aws.lookup(self.name + "Grave", "Ref")
        return [message["Body"] for message in self.sqs.receive_message(QueueUrl=grave, MaxNumberOfMessages=10)["Messages"]]

    def stop(self) -> None:
        assert self._source is not None
        self._source.stop()
        for environment in self.environments:
            environment.stop()


def test_messages_are_handled_once_and_deleted(place: Path, children: Children, aws: Aws) -> None:
    bench = Bench(place, children, aws, "Patient")
    bench.start()
    bench.send(*(f"message {n}" for n in range(20)))
    until(lambda: len(bench.rows()) == 20 and bench.left() == 0)
    assert sorted(bench.bodies()) == sorted(f"message {n}" for n in range(20))
    assert {row[1] for row in bench.rows()} == {"1"}
    bench.stop()


def test_a_doorbell_is_heard_at_once(place: Path, children: Children, aws: Aws) -> None:
    bench = Bench(place, children, aws, "Patient")
    bench.start()
    waits = []
    for n in range(5):
        time.sleep(0.2)
        begin = time.monotonic()
        bench.send(f"bell {n}")
        until(lambda n=n: len(bench.rows()) == n + 1)  # type: ignore[misc]
        waits.append(time.monotonic() - begin)
    assert sorted(waits)[2] < 0.5, waits
    bench.stop()


def test_as_many_environments_work_as_allowed(place: Path, children: Children, aws: Aws) -> None:
    bench = Bench(place, children, aws, "Patient", count=3, pause=0.5)
    bench.send(*(f"message {n}" for n in range(6)))
    begin = time.monotonic()
    bench.start()
    until(lambda: bench.left() == 0)
    assert time.monotonic() - begin < 6 * 0.5
    assert len({row[0] for row in bench.rows()}) == 3
    bench.stop()


def test_a_failed_message_of_a_batch_fails_alone_and_ends_among_the_dead_letters(place: Path, children: Children, aws: Aws) -> None:
    bench = Bench(place, children, aws, "Work", batch=10)
    bench.send("good 1", "bad 1", "good 2")
    bench.start()
    until(lambda: bench.left() == 0)
    assert bench.rows()[0][1] == "3"
    assert Counter(bench.bodies()) == {"good 1": 1, "good 2": 1, "bad 1": 2}
    assert bench.dead() == ["bad 1"]
    bench.stop()


def test_an_error_brings_the_whole_batch_back(place: Path, children: Children, aws: Aws) -> None:
    bench = Bench(place, children, aws, "Work", batch=10)
    bench.send("good", "terrible")
    bench.start()
    until(lambda: bench.left() == 0)
    assert Counter(bench.bodies()) == {"good": 2, "terrible": 2}
    assert sorted(bench.dead()) == ["good", "terrible"]
    bench.stop()


def test_the_queues_follow_the_template(place: Path, children: Children, aws: Aws) -> None:
    aws.make(Template(TEXT % {"name": "Mine", "notes": "-", "pause": 0}, {}))
    attributes = aws.sqs().get_queue_attributes(QueueUrl=aws.lookup("MineWork", "Ref"), AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "1"
    assert json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"] == aws.lookup("MineGrave", "Arn")
    assert aws.queue_url(aws.lookup("MineWork", "Arn")) == aws.lookup("MineWork", "Ref")
    assert aws.events().describe_event_bus(Name=aws.lookup("MineBus", "Ref"))["Arn"] == aws.lookup("MineBus", "Arn")


MESSAGES = [{"MessageId": "a", "ReceiptHandle": "1"}, {"MessageId": "b", "ReceiptHandle": "2"}]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (None, ["a", "b"]),
        ({}, ["a", "b"]),
        ({"batchItemFailures": []}, ["a", "b"]),
        ({"batchItemFailures": None}, ["a", "b"]),
        ({"batchItemFailures": [{"itemIdentifier": "b"}]}, ["a"]),
        ({"batchItemFailures": [{"itemIdentifier": "c"}]}, []),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, []),
        ({"batchItemFailures": [{"wrong": "b"}]}, []),
        ({"batchItemFailures": ["b"]}, []),
        ("words", []),
    ],
)
def test_which_messages_are_done(answer: object, expected: list[str]) -> None:
    assert [message["MessageId"] for message in _succeeded(MESSAGES, answer, True)] == expected  # type: ignore[arg-type]
    assert _succeeded(MESSAGES, answer, False) == MESSAGES  # type: ignore[arg-type]
