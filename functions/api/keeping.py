"""A write and the answer to it in one transaction: whatever breaks off, the next try under its Idempotency-Key finds both or neither."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Annotated, cast

from fastapi import Depends, Request, Response

from functions.api.auth import User
from functions.api.problems import error_response
from functions.errors import ApiError
from functions.stores.requests import finish
from functions.wiring import House

Keep = Callable[[Response], Response]
"""Stores the answer, and gives it back."""


@contextmanager
def _kept(request: Request, *, shown_once: bool = False) -> Iterator[Keep]:
    """What the caller's stores write inside of the block is committed at its end, with the answer that `Keep` was told.

    No doorbells and no long work inside: nobody else sees what was written before the end. `shown_once`: the answer holds a secret, so it
    is not kept, and the same request again gets a CONFLICT that says so.
    """
    house, user = cast(House, request.app.state.house()), cast(User, request.state.user)
    key: str | None = getattr(request.state, "idempotency_key", None)
    with house.database.together(user.id) as connection:

        def keep(answer: Response) -> Response:
            if key:
                stored = error_response(SHOWN_ONCE) if shown_once else answer
                finish(connection, key, stored.status_code, bytes(stored.body), stored.media_type)
            return answer

        yield keep
    request.state.answer_stored = key is not None


SHOWN_ONCE = ApiError("CONFLICT", "this was done, and its secret was shown in the first answer alone")


async def _together(request: Request) -> Callable[..., AbstractContextManager[Keep]]:
    return partial(_kept, request)


Together = Annotated[Callable[..., AbstractContextManager[Keep]], Depends(_together)]
"""What a route that writes asks for: `with together() as keep: ... return keep(answer)`."""
