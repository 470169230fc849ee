"""JSON read strictly: what two readers could understand differently is refused before anything looks at it."""

import json
from collections.abc import Callable
from typing import Any, NoReturn

DEEPEST = 64
"""Objects and lists inside each other."""
MOST_KEYS = 1000
"""Of one object: no body of ours has nearly as many, and each unknown one would be a problem to be put into words."""


def read_strictly(body: bytes, parse_int: Callable[[str], Any] | None = None, parse_float: Callable[[str], Any] | None = None) -> Any:
    """NaN and Infinity, keys that come twice, characters that no UTF-8 text can hold and abysmal nesting are no JSON here.

    Raises json.JSONDecodeError. The other two read numbers, where they shall be something else than Python's.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise json.JSONDecodeError("it is not UTF-8", "", error.start) from error
    try:
        value = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique, parse_int=parse_int, parse_float=parse_float)
    except RecursionError as error:
        raise json.JSONDecodeError(f"it is nested more than {DEEPEST} deep", "", 0) from error
    except ValueError as error:
        if isinstance(error, json.JSONDecodeError):
            raise
        raise json.JSONDecodeError(str(error), "", 0) from error
    _check(value)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise json.JSONDecodeError(f"{name} is no number of JSON", "", 0)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(pairs) > MOST_KEYS:
        raise json.JSONDecodeError(f"an object has more than {MOST_KEYS} keys", "", 0)
    if len(result) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise json.JSONDecodeError(f"the key {twice!a} comes twice", "", 0)
    return result


def _check(value: Any) -> None:
    """Texts that UTF-8 and Postgres cannot hold, and nesting that nothing of ours needs."""
    waiting = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        if isinstance(item, str) and ("\0" in item or any("\ud800" <= letter <= "\udfff" for letter in item)):
            raise json.JSONDecodeError("a text holds a zero character or half a surrogate pair", "", 0)
        if isinstance(item, dict | list):
            if depth > DEEPEST:
                raise json.JSONDecodeError(f"it is nested more than {DEEPEST} deep", "", 0)
            inside = [*item.keys(), *item.values()] if isinstance(item, dict) else item
            waiting += [(each, depth + 1) for each in inside]
