"""From the outbox to the bus: at least once, in order, under stable ids."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.jobs.desk import Desk, Event
from functions.logs import logger
from functions.messages import RunEvent

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SOURCE = "lianghu.runs"
BATCH = 10
LARGEST = 200_000
"""EventBridge takes 10 entries and 256 KB a call, what surrounds the details included."""
ROUND = 200


class Bus:
    """An EventBridge bus; the event's name is the detail type, RunEvent the detail."""

    def __init__(self, client: "EventBridgeClient", name: str) -> None:
        self._client, self._name = client, name

    def publish(self, events: Sequence[Event]) -> list[str]:
        """The ids that the bus has taken."""
        taken: list[str] = []
        for some in _batches([(event.id, *_message(event)) for event in events]):
            try:
                answer = self._client.put_events(
                    Entries=[
                        {"EventBusName": self._name, "Source": SOURCE, "DetailType": kind, "Detail": detail} for _, kind, detail in some
                    ]
                )
            except (BotoCoreError, ClientError) as error:
                logger().error("events were not published, they stay in the outbox", extra={"reason": str(error)})
                return taken
            taken += [identity for (identity, _, _), entry in zip(some, answer["Entries"], strict=True) if entry.get("EventId")]
        return taken


def publish_events(desk: Desk, bus: Bus | None) -> int:
    """Publishes what waits in the outbox; how many. Without a bus it stays there."""
    published = 0
    while bus:
        events = desk.take_events(ROUND)
        taken = bus.publish(events)
        if taken:
            desk.mark_published(taken)
            published += len(taken)
        if len(taken) < ROUND:
            break
    return published


def _message(event: Event) -> tuple[str, str]:
    """The event's name and its detail. Errors of very many runs are left out: they are read with the runs."""
    message = RunEvent.model_validate({"id": event.id, **event.body})
    detail = message.model_dump_json()
    if len(detail) > LARGEST:
        detail = message.model_copy(update={"details": {"left_out": True}}).model_dump_json()
    return message.event, detail


def _batches(messages: Sequence[tuple[str, str, str]]) -> Iterator[list[tuple[str, str, str]]]:
    """As many as one call takes, by number and by size."""
    batch: list[tuple[str, str, str]] = []
    for message in messages:
        if batch and (len(batch) == BATCH or sum(len(detail) for _, _, detail in batch) + len(message[2]) > LARGEST):
            yield batch
            batch = []
        batch.append(message)
    if batch:
        yield batch
