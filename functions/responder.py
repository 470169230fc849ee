"""Responder: answers the calls that come as messages. Another door to the same application: it is called in this process, so there is one
implementation of every call, with the same scopes, limits, shapes and errors as over HTTP.

Who calls is said in the request's state, which no byte from a socket reaches, and only the application that is made here looks there.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from functions.api.app import create_app
from functions.api.auth import Scope as KeyScope
from functions.api.auth import User, unauthorized
from functions.invocations import serves
from functions.logs import log_failure, logger
from functions.messaging.answering import Answering, LaterError, pause
from functions.messaging.calling import call
from functions.messaging.operations import Routes
from functions.stores.keys import Admitted, Limits
from functions.wiring import House
from functions.wiring import house as the_house


@serves("responder")
def handle(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    return _responder().handle(event)


@cache
def _responder() -> "Responder":
    return Responder(the_house())


class Responder:
    """One loop for the whole life of the process: what was left to end by itself (see functions/api/patience.py) ends in it."""

    def __init__(self, house: House) -> None:
        self._house = house
        app = create_app(lambda: house, known=self._known)
        self._answering = Answering(
            house.message_clients,
            house.keyring,
            house.reply_queues,
            Routes(route for router in (*app.state.catalogues, *(router for router, _ in app.state.needs)) for route in router.routes),
            lambda request, client_id: call(app, request, {"message_client": client_id}),
        )
        self._runner = asyncio.Runner()

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Which messages are to be kept. A batch is answered at once, not one after the other."""
        records = event["Records"]
        done = self._runner.run(self._answered(records))
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record, ok in zip(records, done, strict=True) if not ok]}

    async def _answered(self, records: list[Mapping[str, Any]]) -> list[bool]:
        return list(await asyncio.gather(*(self._answer(record) for record in records)))

    async def _answer(self, record: Mapping[str, Any]) -> bool:
        """False: the message comes back, sooner than the queue's visibility timeout would bring it."""
        attributes = record["attributes"]
        receives, arrived_at = int(attributes["ApproximateReceiveCount"]), int(attributes["SentTimestamp"]) / 1000
        try:
            await self._answering.answer(record["body"], datetime.fromtimestamp(arrived_at, UTC), receives)
        except LaterError as error:
            logger().warning("a message comes back", extra={"reason": str(error), "receives": receives})
        except Exception as error:  # noqa: BLE001  the queue keeps the message, and its redrive policy ends that
            log_failure("a message could not be answered", error, receives=receives)
        else:
            return True
        await run_in_threadpool(self._house.commands.bring_back, record["receiptHandle"], pause(receives))
        return False

    def _known(self, scope: Scope, limits: Limits) -> tuple[User, Admitted]:
        """The client whose message was believed, counted as a request with a key is."""
        client_id = scope["state"]["message_client"]
        admitted = self._house.message_clients.admit(client_id, limits)
        if admitted is None:
            raise unauthorized("this message client was revoked")
        scopes = cast("frozenset[KeyScope]", frozenset(admitted.scopes or ()))
        return User(admitted.owner, scopes=scopes, key_id=admitted.key_id, read_only=admitted.read_only), admitted
