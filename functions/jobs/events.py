"""From the outbox to the bus: at least once, in order, under stable ids, and beside the work of whoever publishes."""

import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from functions import metrics
from functions.jobs.desk import Desk, Event
from functions.logs import log_failure, logger
from functions.messages import Published, RunEvent

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SOURCE = "lianghu"
BATCH = 10
LARGEST = 240_000
"""EventBridge takes 10 entries and 256 KiB (262,144 bytes) a call, in UTF-8 and with what surrounds the details."""
ROUND = 200
SETTLE_SECONDS = 5.0
"""So long a function waits at its end for a bus that is slow; what is left then is published by whoever comes next."""


class Message(NamedTuple):
    """An event as the bus takes it."""

    id: str
    stream: str
    """Events of one stream are published in their order."""
    kind: str
    detail: str
    bytes: int


class Bus:
    """An EventBridge bus; the event's name is the detail type, its JSON (functions.messages.Published) the detail."""

    def __init__(self, client: "EventBridgeClient", name: str) -> None:
        self._client, self._name = client, name

    def publish(self, messages: Sequence[Message]) -> list[str]:
        """The ids that the bus has taken. What follows a message that it refused, of the same stream, is kept back as far as possible."""
        taken: list[str] = []
        held: set[str] = set()
        for batch in _batches(messages):
            sent = [message for message in batch if message.stream not in held]
            if not sent:
                continue
            try:
                answer = self._client.put_events(
                    Entries=[
                        {"EventBusName": self._name, "Source": SOURCE, "DetailType": message.kind, "Detail": message.detail}
                        for message in sent
                    ]
                )
            except (BotoCoreError, ClientError) as error:
                logger().error("events were not published, they stay in the outbox", extra={"reason": str(error)})
                return taken
            for message, entry in zip(sent, answer["Entries"], strict=True):
                if entry.get("EventId"):
                    taken.append(message.id)
                else:
                    held.add(message.stream)
                    told = {"event": message.kind, "event_id": message.id, "reason": entry.get("ErrorMessage", "")}
                    logger().error("the bus refused an event, it stays in the outbox", extra=told)
        return taken


class Publisher:
    """Publishes in a thread of its own, so that nobody computes later because of an event. Without a bus it does nothing."""

    def __init__(self, desk: Desk, bus: Bus | None) -> None:
        self._desk, self._bus = desk, bus
        self._lock = threading.Lock()
        self._poked = False
        self._thread: threading.Thread | None = None

    def poke(self) -> None:
        """Something may be in the outbox: call it after the transaction that wrote it."""
        if self._bus is None:
            return
        with self._lock:
            self._poked = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
                self._thread.start()

    def settle(self, seconds: float | None = None) -> None:
        """Waits until what was poked for is published: a function that returns is frozen with its threads."""
        thread = self._thread
        if thread:
            thread.join(SETTLE_SECONDS if seconds is None else seconds)

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._poked:
                    self._thread = None
                    return
                self._poked = False
            try:
                publish_events(self._desk, self._bus)
            except Exception as error:  # noqa: BLE001  the work goes on without; whoever comes next publishes
                log_failure("events were not published, they stay in the outbox", error)


def publish_events(desk: Desk, bus: Bus | None) -> int:
    """Publishes what waits in the outbox; how many. Without a bus it stays there.

    It goes on until nothing is left, because an event that came meanwhile may be of a submission that nobody else could take.
    """
    published = 0
    while bus and (events := desk.take_events(ROUND)):
        messages = [message for event in events if (message := message_of(event))]
        unreadable = {event.id for event in events} - {message.id for message in messages}
        taken = bus.publish(messages)
        desk.mark_published([*taken, *unreadable])
        published += len(taken)
        if taken:
            metrics.measure(metrics.EVENTS_PUBLISHED, len(taken))
        if len(taken) < len(messages):
            break
    return published


def message_of(event: Event) -> Message | None:
    """None: what stands in the outbox is no event of this version. It is logged and passed over, because nothing heals it.

    Errors of very many runs are left out: they are read with the runs.
    """
    try:
        told = Published.model_validate({"id": event.id, "sequence": event.sequence, **event.body}).root
    except ValidationError as error:
        log_failure("an event of another version is passed over", error, event_id=event.id)
        return None
    stream = str(event.body.get("grid_id", ""))
    detail = told.model_dump_json()
    if len(detail.encode()) > LARGEST and isinstance(told, RunEvent):
        detail = told.model_copy(update={"details": {"left_out": True}}).model_dump_json()
    return Message(event.id, stream, told.event, detail, len(detail.encode()))


def _batches(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """As many as one call takes, by number and by size."""
    batch: list[Message] = []
    for message in messages:
        if batch and (len(batch) == BATCH or sum(each.bytes for each in batch) + message.bytes > LARGEST):
            yield batch
            batch = []
        batch.append(message)
    if batch:
        yield batch
