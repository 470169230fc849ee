"""From the outbox to the bus: at least once, in order, under stable ids."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.jobs.desk import Desk, Event
from functions.logs import logger
from functions.messages import RunEvent

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SOURCE = "lianghu.runs"
BATCH = 10
"""EventBridge's limit of entries a call."""
ROUND = 200


class Bus:
    """An EventBridge bus; the event's name is the detail type, RunEvent the detail."""

    def __init__(self, client: "EventBridgeClient", name: str) -> None:
        self._client, self._name = client, name

    def publish(self, events: Sequence[Event]) -> list[str]:
        """The ids that the bus has taken."""
        taken: list[str] = []
        for first in range(0, len(events), BATCH):
            some = events[first : first + BATCH]
            messages = [RunEvent(id=event.id, **event.body) for event in some]  # type: ignore[arg-type]
            try:
                answer = self._client.put_events(
                    Entries=[
                        {"EventBusName": self._name, "Source": SOURCE, "DetailType": message.event, "Detail": message.model_dump_json()}
                        for message in messages
                    ]
                )
            except (BotoCoreError, ClientError) as error:
                logger().error("events were not published, they stay in the outbox", extra={"reason": str(error)})
                return taken
            taken += [event.id for event, entry in zip(some, answer["Entries"], strict=True) if entry.get("EventId")]
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
