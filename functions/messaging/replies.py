"""From the API's answer to the messages that carry it, signed."""

from datetime import UTC, datetime

from functions.messaging.calling import Answer
from functions.messaging.canonical import canonical, carried
from functions.messaging.envelope import Head, Reply
from functions.messaging.signing import signature_of

KEPT_HEADERS = ("retry-after", "location", "idempotency-replayed")
"""Of the API's answer; what else it says is about a connection that a message has not."""
LONGEST_PART = 60_000
"""Characters: written as JSON they take 240,000 bytes at most, and a message on SQS holds 262,144."""
MOST_PARTS = 40
"""More would be a file, which is fetched over HTTP."""


def replies_of(answer: Answer, head: Head, key: str, now: datetime | None = None) -> list[str]:
    """The messages, in their order; a long answer is cut into parts."""
    text = answer.body.decode("utf-8")
    pieces = [text[start : start + LONGEST_PART] for start in range(0, len(text), LONGEST_PART)] or [""]
    at = now or datetime.now(UTC)
    return [_signed(answer, head, piece, (number, len(pieces)), key, at) for number, piece in enumerate(pieces, 1)]


def is_too_long(answer: Answer) -> bool:
    return len(answer.body) > LONGEST_PART * MOST_PARTS


def _signed(answer: Answer, head: Head, piece: str, place: tuple[int, int], key: str, now: datetime) -> str:
    reply = Reply(
        client_id=head.client_id,
        message_id=head.message_id,
        correlation_id=head.correlation_id,
        sent_at=now,
        status=answer.status,
        headers={name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers},
        part=place[0],
        parts=place[1],
        body=piece,
        signature="",
    )
    message = reply.model_dump(mode="json")
    return carried(canonical(message | {"signature": signature_of("reply", message, key)}))
