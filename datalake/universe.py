"""Universes as requests and jobs write them. membership.py resolves them."""

from collections.abc import Mapping, Sequence
from typing import Any

from datalake.errors import ContextError, Problem
from engine.universe import Universe

FIELD = "context.universe"


def read_universe(value: object) -> Universe:
    """A list of codes, {"kind": "rank", "field": "amount", "top": 30, "lag": 1}, or as the YAML says it: {"rank": "amount", "top": 30}.

    Of {"from": ..., "where": ...} the source; the condition is the strategy language's.
    """
    if isinstance(value, Mapping) and "from" in value:
        value = value["from"]
    if isinstance(value, Universe):
        return value
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _codes(value)
    if not isinstance(value, Mapping):
        raise _error(FIELD, f"{value!r} is no universe", "a list of codes, or {index: ...}, {all: true}, {rank: ..., top: ...}")
    kind = value.get("kind") or next((name for name in ("codes", "index", "all", "rank") if name in value), None)
    if kind == "codes":
        return _codes(value.get("codes", ()))
    if kind == "index":
        index = value.get("index")
        if not isinstance(index, str) or not index:
            raise _error(f"{FIELD}.index", "the index's code is missing")
        return Universe("index", index=index)
    if kind == "all":
        return Universe("all")
    if kind == "rank":
        return _rank(value)
    raise _error(FIELD, f"unknown kind {kind!r}", "codes, index, all or rank")


def _codes(value: object) -> Universe:
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(code, str) for code in value):
        raise _error(FIELD, "codes must be a list of texts like 600519.SH")
    if not value:
        raise _error(FIELD, "the universe is empty", "name at least one code")
    return Universe("codes", codes=tuple(sorted(set(value))))


def _rank(value: Mapping[str, Any]) -> Universe:
    field = value.get("field") or value.get("rank")
    top, lag = value.get("top"), value.get("lag", 1)
    if not isinstance(field, str):
        raise _error(f"{FIELD}.field", "the field to rank by is missing")
    if not isinstance(top, int) or isinstance(top, bool) or top < 1:
        raise _error(f"{FIELD}.top", f"{top!r} is not how many stocks to take", "a whole number from 1")
    if not isinstance(lag, int) or isinstance(lag, bool) or not 0 <= lag <= 250:
        raise _error(f"{FIELD}.lag", f"{lag!r} is no number of sessions", "0 to 250")
    return Universe("rank", field=field, top=top, lag=lag)


def _error(field: str, message: str, hint: str | None = None) -> ContextError:
    return ContextError(Problem(field, message, hint))
