"""Publishing: events leave the outbox (013_events.sql)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from functions.jobs.desk.calls import Calls


@dataclass(frozen=True)
class Event:
    """A row of the outbox."""

    id: str
    sequence: int
    """Rises from event to event of the same runs."""
    body: dict[str, Any]
    """The fields of one of functions.messages.Published, but for these two."""


class Publishing(Calls):
    """What publishers ask and tell."""

    def take_events(self, limit: int) -> list[Event]:
        """Unpublished events in their order, taken for half a minute; meanwhile nobody gets later ones of the same submissions."""
        return [Event(str(row["id"]), row["number"], row["body"]) for row in self._rows("select * from lianghu.take_events(%s)", limit)]

    def mark_published(self, ids: Sequence[str]) -> None:
        self._rows("select lianghu.mark_published(%s::uuid[])", list(ids))
