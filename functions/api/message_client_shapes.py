"""Message clients on the wire."""

from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field

from functions.api.answers import Answered, Time
from functions.api.key_shapes import KeyScope, different
from functions.api.models import Sent
from functions.messaging.address import EXAMPLE, FORM

_SHOWN: dict[str, Any] = {
    "client_id": "6f0d2c1e-8a54-4c0e-9d6f-2f6c1c1b7a11",
    "name": "order desk",
    "scopes": ["read", "run"],
    "reply_queue": EXAMPLE,
    "window_seconds": 900,
    "requests": None,
    "version": 1,
    "previous_until": None,
    "created_at": "2026-11-22T08:00:00.000Z",
    "confirmed_at": None,
    "last_used_at": None,
}
_COMMANDS = "https://sqs.ap-east-1.amazonaws.com/123456789012/lianghu-commands"
_KEYED = {**_SHOWN, "key": "lhm_" + "x" * 64, "command_queue": _COMMANDS}


def _address(arn: str) -> str:
    if not FORM.fullmatch(arn):
        raise ValueError(f"must be the ARN of a queue of yours whose name begins with lianghu-replies-, like {EXAMPLE}")
    return arn


class NewMessageClient(Sent):
    """A program that will send its calls as messages."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "order desk", "scopes": ["read", "run"], "reply_queue": EXAMPLE, "window_seconds": 900}]}
    )

    name: str = Field(min_length=1, max_length=100, description="To tell it from the others")
    scopes: Annotated[list[KeyScope], AfterValidator(different)] = Field(
        min_length=1, max_length=4, description="As of an API key: read, run, strategies, share"
    )
    reply_queue: Annotated[str, AfterValidator(_address)] = Field(
        max_length=200, description="The ARN of the one queue that answers go to; its name begins with lianghu-replies-"
    )
    window_seconds: int = Field(
        default=900, ge=10, le=43_200, strict=True, description="A message that was sent longer ago is not answered"
    )
    requests: int | None = Field(
        default=None, ge=1, le=1_000_000, description="A smaller limit of requests in a window than the platform gives a key"
    )


class Confirmation(Sent):
    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "0123456789abcdef0123456789abcdef"}]})

    code: str = Field(min_length=1, max_length=100, description="What was sent to the reply queue when the client was made")


class Rotation(Sent):
    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_seconds": 86400}]})

    overlap_seconds: int = Field(
        default=86_400, ge=0, le=604_800, strict=True, description="So long the key before stays good, too; 0: it ends at once"
    )


class MessageClientShown(Answered):
    """Everything of a client but its key."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SHOWN]})

    client_id: str
    name: str
    scopes: list[KeyScope]
    reply_queue: str
    window_seconds: int
    requests: int | None
    version: int
    """How many keys it has had."""
    previous_until: Time | None
    """So long the key before the newest one is good."""
    created_at: Time
    confirmed_at: Time | None
    """None: nothing is answered yet."""
    last_used_at: Time | None
    """To the minute."""


class MessageClientKeyed(MessageClientShown):
    """With its key, this once, and where its commands go."""

    model_config = ConfigDict(json_schema_extra={"examples": [_KEYED]})

    key: str
    command_queue: str


class MessageClientList(Answered):
    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_SHOWN], "next_cursor": None, "command_queue": _COMMANDS}]})

    items: list[MessageClientShown]
    next_cursor: str | None
    command_queue: str
    """Where commands go."""
