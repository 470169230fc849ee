"""Calls of the API by messages: signed, sent to the platform's queue, answered in one's own. docs/messages.md tells what travels."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from pydantic import ValidationError

from functions.client.errors import ClientError
from functions.messaging.canonical import canonical, carried, plain, read
from functions.messaging.envelope import Hello, Reply
from functions.messaging.signing import is_signed, signature_of

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONG_POLL_SECONDS = 20
LARGEST_MESSAGE = 262_144
"""Bytes, of SQS."""


class MessageClient:
    """One program and its reply queue. Answers to calls that it did not make, or that are not signed, are thrown away: a queue has one
    reader. Not for several threads at once."""

    def __init__(self, sqs: "SQSClient", command_queue: str, reply_queue: str, client_id: str, key: str) -> None:
        """`command_queue` and `reply_queue` are addresses (URLs); the other two come from `create_message_client`."""
        self._sqs, self._commands, self._replies = sqs, command_queue, reply_queue
        self._client_id, self._key = client_id, key
        self._parts: dict[str, dict[datetime, dict[int, Reply]]] = {}
        self._waited_for: set[str] = set()
        self._code: str | None = None

    def call(
        self,
        operation: str,
        parameters: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        timeout_seconds: float = 60,
    ) -> Any:
        """The JSON that the API answers; None where it answers nothing. ClientError with the API's own code, or TIMED_OUT."""
        return self.wait(self.send(operation, parameters, query=query, body=body), timeout_seconds)

    def send(
        self, operation: str, parameters: Mapping[str, str] | None = None, *, query: Mapping[str, Any] | None = None, body: Any = None
    ) -> str:
        """Its correlation id, by which `wait` finds the answer."""
        correlation_id = str(uuid4())
        command: dict[str, Any] = {
            "client_id": self._client_id,
            "message_id": str(uuid4()),
            "sent_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "correlation_id": correlation_id,
            "operation": operation,
            "parameters": dict(parameters or {}),
            "query": dict(query or {}),
            "body": body,
        }
        try:
            text = carried(canonical(command | {"signature": signature_of("command", command, self._key)}))
            read(text.encode())
        except ValueError as error:  # what the platform could not read it would never answer
            raise ClientError("INVALID_INPUT", f"this call cannot be sent as JSON: {getattr(error, 'msg', error)}") from error
        if len(text.encode()) > LARGEST_MESSAGE:
            raise ClientError("INVALID_INPUT", f"this call is larger than a message may be ({LARGEST_MESSAGE} bytes); make it over HTTP")
        self._waited_for.add(correlation_id)
        self._sqs.send_message(QueueUrl=self._commands, MessageBody=text)
        return correlation_id

    def wait(self, correlation_id: str, timeout_seconds: float = 60) -> Any:
        """The answer to `send`; others that come meanwhile are kept for their own `wait`."""
        until = time.monotonic() + timeout_seconds
        while (parts := self._whole(correlation_id)) is None:
            left = until - time.monotonic()
            if left <= 0:
                raise ClientError(
                    "TIMED_OUT", f"no answer after {timeout_seconds:g} s; was the client confirmed, and is its key the newest?"
                )
            self._receive(left)
        self._waited_for.discard(correlation_id)
        del self._parts[correlation_id]
        text = "".join(parts[number].body for number in sorted(parts))
        status = parts[1].status
        answer: Any = json.loads(text) if text else None
        if status >= 400:
            error = answer["error"]
            raise ClientError(error["code"], error["message"], error.get("details", {}).get("problems", ()), str(parts[1].message_id))
        return answer

    def code(self, timeout_seconds: float = 60) -> str:
        """What the platform sent to the reply queue when this client was made, for `confirm_message_client`."""
        until = time.monotonic() + timeout_seconds
        while self._code is None and (left := until - time.monotonic()) > 0:
            self._receive(left)
        if self._code is None:
            raise ClientError("TIMED_OUT", f"no code came to {self._replies} in {timeout_seconds:g} s")
        return self._code

    def _whole(self, correlation_id: str) -> dict[int, Reply] | None:
        """The parts of one answer: a call that was answered twice may have been told two things, which only their times tell apart."""
        answers = self._parts.get(correlation_id, {}).values()
        return next((parts for parts in answers if len(parts) == next(iter(parts.values())).parts), None)

    def _receive(self, left: float) -> None:
        for text in self._taken(left):
            reply = self._read(text)
            if reply is None:
                self._code = self._greeting(text) or self._code
            elif reply.correlation_id in self._waited_for:
                self._parts.setdefault(reply.correlation_id, {}).setdefault(reply.sent_at, {})[reply.part] = reply

    def _taken(self, left: float) -> list[str]:
        wait = max(0, min(LONG_POLL_SECONDS, int(left + 1)))
        answer = self._sqs.receive_message(QueueUrl=self._replies, MaxNumberOfMessages=10, WaitTimeSeconds=wait)
        messages = answer.get("Messages", [])
        if messages:
            entries = [{"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]} for place, message in enumerate(messages)]
            self._sqs.delete_message_batch(QueueUrl=self._replies, Entries=entries)  # type: ignore[arg-type]
        return [message["Body"] for message in messages]

    def _greeting(self, text: str) -> str | None:
        """The code, whenever it comes: it is sent once."""
        try:
            hello = Hello.model_validate_json(text)
        except ValidationError:
            return None
        return hello.code if str(hello.client_id) == self._client_id else None

    def _read(self, text: str) -> Reply | None:
        """None: nobody who has the key has written this."""
        try:
            message = read(text.encode("utf-8", "surrogatepass"))
            if not (isinstance(message, dict) and is_signed("reply", message, self._key)):
                return None
            return Reply.model_validate(plain(message))
        except (json.JSONDecodeError, ValidationError):
            return None


def endpoint_of(queue_url: str) -> str:
    """Of the service that a queue's address belongs to: for boto3's `endpoint_url`, where it is not AWS's own."""
    parts = urlsplit(queue_url)
    return f"{parts.scheme}://{parts.netloc}"
