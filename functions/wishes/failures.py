"""Why something that was asked for could not be made: a note in the lake, which the planner leaves and the API reads.

Light: the API needs no table library for it. Without the note whoever waits would be told to wait for ever.
"""

import hashlib
import json
from time import time
from typing import Any, NamedTuple

from datalake.errors import MissingObjectError
from datalake.objects import WISHES, Store, delete, get, put_over
from functions.errors import STATUS
from functions.wishes.shapes import Wish

SECONDS = 60
"""How long it is told. Whoever asks later has it tried once more."""


class Failed(NamedTuple):
    error: dict[str, Any]
    """{"code", "message", "details"}"""
    seconds: int
    """Until it is tried again when somebody asks."""


def note_failure(store: Store, wish: Wish, error: dict[str, Any]) -> None:
    """`error`: as `jobs.failures` tells it."""
    put_over(store, _key(wish), json.dumps({"at": time(), "error": error}, ensure_ascii=False).encode())


def forget_failure(store: Store, wish: Wish) -> None:
    delete(store, [_key(wish)])


def newest_failure(store: Store, wish: Wish) -> Failed | None:
    """None: it was not tried, or that was too long ago (or is to come: clocks differ), or the note is damaged."""
    try:
        told = json.loads(get(store, _key(wish)))
        age, error = time() - float(told["at"]), told["error"]
        if abs(age) >= SECONDS or error["code"] not in STATUS:
            return None
        return Failed({name: error[name] for name in ("code", "message", "details")}, max(1, round(SECONDS - age)))
    except (MissingObjectError, ValueError, KeyError, TypeError):
        return None


def _key(wish: Wish) -> str:
    """The vacuum takes what is old in this room."""
    name = hashlib.sha256(json.dumps(wish.named, sort_keys=True).encode()).hexdigest()
    return f"{WISHES}/failed/{wish.kind}/{name}.json"
