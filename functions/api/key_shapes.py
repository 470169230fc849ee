"""API keys on the wire."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from functions.api.answers import Answered, Time
from functions.api.models import Sent

KeyScope = Literal["read", "run", "strategies", "share"]
MOST_DAYS = 3650

_SHOWN: dict[str, Any] = {
    "key_id": "0b9f5c8e-3c53-4e0f-9d6f-2f6c1c1b7a11",
    "name": "research notebook",
    "scopes": ["read", "run"],
    "requests": None,
    "created_at": "2026-11-21T08:00:00.000Z",
    "expires_at": "2027-02-19T08:00:00.000Z",
    "last_used_at": None,
}


def different(scopes: list[KeyScope]) -> list[KeyScope]:
    if len(set(scopes)) < len(scopes):
        raise ValueError("name each scope once")
    return scopes


class NewKey(Sent):
    """What a key may do, and for how long."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "research notebook", "scopes": ["read", "run"], "days": 90}]})

    name: str = Field(min_length=1, max_length=100, description="To tell it from the others")
    scopes: Annotated[list[KeyScope], AfterValidator(different)] = Field(
        min_length=1,
        max_length=4,
        description="read: look at everything of yours; run: backtests, runs and grids; strategies: strategies and signals; share: shares",
    )
    days: int | None = Field(default=None, ge=1, le=MOST_DAYS, description="Until it expires; null: never")
    requests: int | None = Field(
        default=None, ge=1, le=1_000_000, description="A smaller limit of requests in a window than the platform gives a key"
    )


class KeyShown(Answered):
    """Everything of a key but its secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SHOWN]})

    key_id: str
    name: str
    scopes: list[KeyScope]
    requests: int | None
    created_at: Time
    expires_at: Time | None
    last_used_at: Time | None
    """To the minute."""


class KeyCreated(KeyShown):
    """With the key itself, this once."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_SHOWN, "key": "lh_0b9f5c8e3c534e0f9d6f2f6c1c1b7a11_" + "x" * 43}]})

    key: str


class KeyList(Answered):
    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_SHOWN], "next_cursor": None}]})

    items: list[KeyShown]
    next_cursor: str | None
