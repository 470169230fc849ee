"""Keys of message clients, and the signatures that they make. None is kept anywhere: each is made anew from one secret of the platform."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Literal

from functions.errors import ApiError
from functions.messaging.canonical import canonical
from functions.setting_forms import LEAST_SECRET

PREFIX = "lhm_"
"""Secret scanners find it."""
What = Literal["command", "reply"]
"""Part of what is signed, so that an answer can never be sent back as a command."""


class Keyring:
    """Makes keys from the platform's secret, the client's id and the number of its key: whoever reads the database has none of them."""

    def __init__(self, secret: str) -> None:
        """INTERNAL_ERROR: the platform has no secret, or one that could be guessed."""
        if len(secret) < LEAST_SECRET:
            raise ApiError("INTERNAL_ERROR", f"the platform takes no messages: MESSAGES_SECRET has less than {LEAST_SECRET} characters")
        self._secret = secret.encode()

    def key(self, client_id: str, version: int) -> str:
        return PREFIX + self._made("key", client_id, str(version))

    def code(self, client_id: str, reply_queue: str) -> str:
        """What is sent to a client's reply queue: whoever tells it has read that queue."""
        return self._made("code", client_id, reply_queue)[:32]

    def _made(self, *parts: str) -> str:
        return hmac.new(self._secret, "\n".join(("lianghu-messages", *parts)).encode(), hashlib.sha256).hexdigest()


def signature_of(what: What, message: Mapping[str, Any], key: str) -> str:
    """HMAC-SHA256, in small hexadecimal letters, of the line `lianghu-command-v1` or `lianghu-reply-v1` and the canonical bytes of the
    message without its `signature`; its key are the bytes of the client's key as it was shown."""
    unsigned = {name: value for name, value in message.items() if name != "signature"}
    return hmac.new(key.encode(), f"lianghu-{what}-v1\n{canonical(unsigned)}".encode(), hashlib.sha256).hexdigest()


def is_signed(what: What, message: Mapping[str, Any], key: str) -> bool:
    offered = message.get("signature")
    return isinstance(offered, str) and hmac.compare_digest(offered.encode(), signature_of(what, message, key).encode())
