"""No request takes for ever: whoever waits is told before the doors in front of us give up without a word."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.errors import ApiError
from functions.logs import log_failure

if TYPE_CHECKING:
    from functions.wiring import House


class Patience:
    """504 where an answer has not begun in time. What was begun is not torn apart: it ends by itself, because a thread cannot be stopped,
    and a write with an Idempotency-Key keeps its answer for the next try. An answer that has begun may take as long as its reader does."""

    def __init__(self, app: ASGIApp, house: "Callable[[], House]") -> None:
        self._app, self._house = app, house
        self._left_alone: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = asyncio.Event()
        given_up = False

        async def send_while_wanted(message: Message) -> None:
            if given_up:
                return
            begun.set()
            await send(message)

        work = asyncio.ensure_future(self._app(scope, receive, send_while_wanted))
        answering = asyncio.ensure_future(begun.wait())
        try:
            await asyncio.wait({work, answering}, timeout=self._house().settings.request_seconds, return_when=asyncio.FIRST_COMPLETED)
            if work.done() or begun.is_set():
                await work
                return
        except asyncio.CancelledError:
            work.cancel()
            raise
        finally:
            answering.cancel()
        given_up = True
        self._left_alone.add(work)
        work.add_done_callback(self._forget)
        raise ApiError(
            "UPSTREAM_ERROR",
            "this took too long; what was asked for may still happen: ask again with the same Idempotency-Key, or look in a moment",
            status=504,
        )

    def _forget(self, work: "asyncio.Task[None]") -> None:
        """Whoever asked was told that nobody knows, so a failure is for the log alone."""
        self._left_alone.discard(work)
        if not work.cancelled() and (error := work.exception()) is not None:
            log_failure(
                "a request failed after its caller was sent away", error if isinstance(error, Exception) else Exception(repr(error))
            )
