"""Whether a message is one of a client's own, sent lately: what is not is never answered, because nobody knows whose it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from functions.messaging.canonical import plain, read
from functions.messaging.envelope import Head
from functions.messaging.signing import Keyring, is_signed
from functions.stores.message_clients import KnownClient, MessageClients

EARLY_SECONDS = 60
"""Clocks that go wrong by so much are borne."""

Reason = Literal["no envelope", "unknown client", "unconfirmed client", "wrong signature", "expired", "from the future"]


class RefusedError(Exception):
    """A message that is not answered."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Believed:
    """A message that its client has signed, within the client's window."""

    head: Head
    message: dict[str, Any]
    """As it was sent, numbers as they were written."""
    client: KnownClient
    key: str
    """That signed it, and that signs the answer."""


def believed(text: str, arrived_at: datetime, clients: MessageClients, keyring: Keyring) -> Believed:
    """RefusedError says why it is not. What waits in the queue grows no older: its age is that at which the queue took it."""
    try:
        message = read(text.encode("utf-8", "surrogatepass"))
        head = Head.model_validate(plain(message))
    except ValueError as error:  # no JSON, a number of thousands of digits, or another shape
        raise RefusedError("no envelope") from error
    client = clients.find(str(head.client_id))
    if client is None:
        raise RefusedError("unknown client")
    key = next((key for key in _keys(client, keyring) if is_signed("command", message, key)), None)
    if key is None:
        raise RefusedError("wrong signature")
    if not client.is_confirmed:
        raise RefusedError("unconfirmed client")
    if head.sent_at < arrived_at - timedelta(seconds=client.window_seconds):
        raise RefusedError("expired")
    if head.sent_at > arrived_at + timedelta(seconds=EARLY_SECONDS):
        raise RefusedError("from the future")
    return Believed(head, message, client, key)


def _keys(client: KnownClient, keyring: Keyring) -> list[str]:
    """The client's key, and the one before while that is good."""
    versions = [client.version]
    if client.version > 1 and client.previous_until is not None and client.previous_until > client.read_at:
        versions.append(client.version - 1)
    return [keyring.key(client.id, version) for version in versions]
