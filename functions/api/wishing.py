"""How a route answers for what has to be made first: 202 and Retry-After, or why it could not be made."""

from typing import Any

from fastapi import Response

from functions.api.answers import Preparing
from functions.api.parts import answer_bytes
from functions.errors import ApiError
from functions.wiring import House
from functions.wishes.failures import newest_failure
from functions.wishes.shapes import AnyWish

RETRY_SECONDS = 2

BEING_MADE: dict[int | str, dict[str, Any]] = {202: {"model": Preparing, "description": "Being made; ask again after Retry-After seconds"}}
"""For `responses=` of a route that answers so."""


def wished(house: House, wish: AnyWish) -> Response:
    """Tells the planner. The error of the last try is raised for a minute, with Retry-After until it is tried once more."""
    if failed := newest_failure(house.lake, wish):
        raise ApiError(**failed.error, headers={"Retry-After": str(failed.seconds)})
    house.queue.wish(wish)
    return Response(answer_bytes(Preparing(status="preparing")), 202, {"Retry-After": str(RETRY_SECONDS)}, "application/json")
