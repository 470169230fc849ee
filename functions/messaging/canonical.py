"""The bytes that a signature is over: a message's JSON in the one way in which everybody writes it.

Members sorted by the code points of their names; no white space; texts with the escapes that JSON asks for (quotation mark, backslash,
control characters: \\b \\f \\n \\r \\t, else \\u00xx in small letters) and every other character as itself, in UTF-8; numbers letter by
letter as they stand in the message, because languages differ in how they write 0.1, 1.0 and 1e21.
"""

import json
from typing import Any

from functions.strict_json import read_strictly


class Number(str):
    """A number as it was written."""

    __slots__ = ()


def read(body: bytes) -> Any:
    """Raises json.JSONDecodeError. Numbers keep their letters; `plain` gives their values."""
    return read_strictly(body, parse_int=Number, parse_float=Number)


def canonical(value: Any) -> str:
    """Of what `read` gave (at most 64 levels), or of a value in Python, whose numbers are written as json.dumps writes them."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(name)}:{canonical(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(canonical, value)) + "]"
    return _text(value)


def carried(text: str) -> str:
    """Canonical text as SQS carries it: the two characters that it takes from nobody are escapes, which are read as the same text."""
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def plain(value: Any) -> Any:
    """The same with numbers as Python reads them."""
    if isinstance(value, Number):
        return json.loads(value)
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def _text(value: Any) -> str:
    """ValueError for what is no JSON: NaN, Infinity. Names of members are texts."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
