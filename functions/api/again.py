"""A call whose connection to Postgres was cut is made once more, where twice is once: a restart of the database is nobody's error."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.body import told_once
from functions.jobs.database import CutError
from functions.logs import logger

LOOKING = {"GET", "HEAD", "OPTIONS"}


class Again:
    """Looking changes nothing; a write under an Idempotency-Key finds its own answer, should it have happened after all. Other writes are
    told, and so is the second failure. Stands behind `Body`, which leaves the request's bytes in its state.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(dict(scope), receive, send_noting)  # the router writes into it what the second call must not read
        except CutError:
            if begun or not _may_be_repeated(scope):
                raise
            logger().info("the database was cut off, the call is made again", extra={"method": scope["method"]})
            await self._app(scope, told_once(scope["state"]["body"], receive), send)


def _may_be_repeated(scope: Scope) -> bool:
    return scope["method"] in LOOKING or "idempotency-key" in Headers(scope=scope)
