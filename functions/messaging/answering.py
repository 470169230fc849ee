"""The way of one message: believed, called, answered. What cannot be answered now comes back; what never can is counted and forgotten."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from engine.errors import Problem
from functions import metrics
from functions.errors import ApiError, invalid_input
from functions.logs import log_keys, logger
from functions.messaging.believing import Believed, RefusedError, believed
from functions.messaging.calling import Answer
from functions.messaging.canonical import plain
from functions.messaging.envelope import Command
from functions.messaging.operations import Request, Routes
from functions.messaging.queues import LostQueueError, ReplyQueues
from functions.messaging.replies import is_too_long, replies_of
from functions.messaging.signing import Keyring
from functions.stores.message_clients import MessageClients

Call = Callable[[Request, str], Awaitable[Answer]]
"""The API, as the client with this id."""
MOST_RECEIVES = 5
"""As the queue's redrive policy says; the last time an answer is given, whatever it is."""


class LaterError(Exception):
    """The message is to come back: see `pause`."""


@dataclass(frozen=True)
class Answering:
    clients: MessageClients
    keyring: Keyring
    queues: ReplyQueues
    routes: Routes
    call: Call

    async def answer(self, text: str, arrived_at: datetime, receives: int) -> None:
        """LaterError: nothing was answered, and trying again may help. `arrived_at`: when the queue took it."""
        try:
            asked = await run_in_threadpool(believed, text, arrived_at, self.clients, self.keyring)
        except RefusedError as error:
            metrics.measure(metrics.MESSAGES_REFUSED, part=error.reason)
            logger().warning("a message was refused", extra={"reason": error.reason})
            return
        head = asked.head
        with log_keys(request_id=head.message_id, client_id=head.client_id):
            answer = await self._called(asked)
            if receives < MOST_RECEIVES and _may_pass(answer):
                raise LaterError(f"the API answered {answer.status}")
            try:
                await run_in_threadpool(self.queues.send, asked.client.reply_queue, replies_of(answer, head, asked.key))
            except LostQueueError:
                metrics.measure(metrics.REPLIES_LOST)
                logger().warning("a reply queue is gone or closed", extra={"reply_queue": asked.client.reply_queue})

    async def _called(self, asked: Believed) -> Answer:
        try:
            command = Command.model_validate(plain(asked.message))
            request = self.routes.request(command, asked.message)
        except ValidationError as error:
            return _refusal(_shape(error))
        except ApiError as error:
            return _refusal(error)
        answer = await self.call(request, asked.client.id)
        if answer.body and not answer.headers.get("content-type", "").startswith("application/json"):
            text = "messages carry JSON alone; ask for the JSON of this, or fetch it over HTTP"
            return _refusal(_not_by_message("query.format", text, 406))
        if is_too_long(answer):
            text = "this answer is longer than messages carry; ask for smaller pages with query.limit, or over HTTP"
            return _refusal(_not_by_message("query.limit", text, 413))
        return answer


def pause(receives: int) -> int:
    """Seconds until a message comes back that was received so often: 2, 8, 32, 128. In the end a call that died with its key has let go
    of it, and most restarts are over."""
    return int(2 * 4 ** (receives - 1))


def _may_pass(answer: Answer) -> bool:
    """Troubles of ours, and a call that is under way because the message came twice."""
    return answer.status >= 500 or (answer.status == 409 and "retry-after" in answer.headers)


def _not_by_message(field: str, text: str, status: int) -> ApiError:
    details = {"field": field, "problems": [{"field": field, "message": text}]}
    return ApiError("INVALID_INPUT", f"{field}: {text}", details, status=status)


def _refusal(error: ApiError) -> Answer:
    return Answer(error.status, error.headers, json.dumps(error.body(), ensure_ascii=False).encode())


def _shape(error: ValidationError) -> ApiError:
    known = ", ".join(Command.model_fields)
    problems: dict[Problem, None] = {}  # a value of a query is told once, though it is none of four kinds
    for row in error.errors(include_url=False, include_input=False):
        is_unknown = row["type"] == "extra_forbidden"
        path = ".".join(map(str, row["loc"][: 2 if row["loc"][0] in ("parameters", "query") else 1]))
        message = "unknown key" if is_unknown else "is missing" if row["type"] == "missing" else str(row["msg"])
        if path.startswith("query."):
            message = "must be a text, a number, true or false"
        problems[Problem(path, message[:1].lower() + message[1:], f"known: {known}" if is_unknown else None)] = None
    return invalid_input(list(problems)[:100])
