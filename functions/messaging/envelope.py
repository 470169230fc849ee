"""What travels: commands to the platform, and the answers to them. docs/messages.md tells it to people who write a client."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic_core import PydanticCustomError


def _written(value: Any) -> Any:
    """A time is written as text: pydantic would take a number of seconds, too."""
    if not isinstance(value, str | datetime):
        raise PydanticCustomError("time", "must be a time like 2026-11-22T08:00:00.000Z")
    return value


def _told(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Time = Annotated[AwareDatetime, BeforeValidator(_written), PlainSerializer(_told, return_type=str)]
Correlation = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]


class Head(BaseModel):
    """Of every command: who sent it, when, and where its answer belongs. Without a good one nobody is answered."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    client_id: UUID
    message_id: UUID
    """The Idempotency-Key of a call that changes something: the same message again happens once."""
    sent_at: Time
    correlation_id: Correlation
    """Chosen by the client; its answer carries it."""
    signature: str = Field(pattern=r"^[0-9a-f]{64}$")


class Command(Head):
    """A call of the API."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    operation: str = Field(max_length=64)
    """The call's operationId in the OpenAPI document."""
    parameters: dict[str, str] = {}
    """Of its path."""
    query: dict[str, str | int | float | bool | None] = {}
    """null: left out."""
    body: Any = None
    """The JSON that the call takes; null: none."""


class Reply(BaseModel):
    """An answer, or a part of a long one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: UUID
    message_id: UUID
    """Of the command."""
    correlation_id: str
    sent_at: Time
    status: int
    """As the API answers over HTTP."""
    headers: dict[str, str]
    """Those of KEPT_HEADERS that the answer had."""
    part: int = Field(ge=1)
    parts: int = Field(ge=1)
    body: str
    """The answer's own text, byte for byte; of several parts their bodies one after the other."""
    signature: str


class Hello(BaseModel):
    """What a reply queue gets when it is registered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: UUID
    code: str
    """To be shown to the platform: see `POST /api/message-clients/{client_id}:confirm`."""
