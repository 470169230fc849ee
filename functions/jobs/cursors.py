"""What a page's cursor says: in which order the list is, and the place of the page's last row in it."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from functions.errors import ApiError

Kind = Literal["number", "time"]
"""Of the key that a list is sorted by, where not all rows have one."""
POSITIONS = range(2**31)


@dataclass(frozen=True)
class Place:
    """Of a row in its list."""

    key: float | datetime | None
    """None: the row has none, or the list has no key."""
    created_at: datetime
    position: int
    id: UUID


def write_cursor(sort: str, row: dict[str, Any]) -> str:
    """After this row, which has `place_key`, `created_at`, `position` and `id`."""
    key = row["place_key"]
    told = key.isoformat() if isinstance(key, datetime) else key if key is None else repr(float(key))
    place = [sort, told, row["created_at"].isoformat(), row["position"], str(row["id"])]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def read_cursor(cursor: str, sort: str, kind: Kind | None) -> Place:
    """INVALID_INPUT where no page of this list has given it."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        made_for, key, created_at, position, identity = json.loads(base64.urlsafe_b64decode(padded.encode()))
        place = Place(_key(key, kind), _time(created_at), int(position), UUID(identity))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ApiError("INVALID_INPUT", "cursor: this is no cursor of this list", {"field": "cursor"}) from error
    if made_for != sort or place.position not in POSITIONS:
        raise ApiError("INVALID_INPUT", "cursor: it belongs to a list in another order", {"field": "cursor"})
    return place


def _key(told: Any, kind: Kind | None) -> float | datetime | None:
    if told is None:
        return None
    if kind is None:
        raise ValueError("this list has no key")
    return _time(told) if kind == "time" else float(told)


def _time(told: Any) -> datetime:
    """ValueError where no zone is told: Postgres would take its own."""
    found = datetime.fromisoformat(told)
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found
