"""Universes as requests and jobs write them. panels/membership.py resolves them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from datalake.errors import ContextError, Problem, did_you_mean
from engine.universe import BOARDS, KINDS, Universe, ranked, union

FIELD = "context.universe"
_DEEPEST = 8
"""Universes inside each other; the strategy language takes no more either."""
_WAYS = "a list of codes, or {index: ...}, {industry: ...}, {boards: [...]}, {all: true}, {rank: ..., top: ...}, {any: [...]}"


def read_universe(value: object, deep: int = _DEEPEST) -> Universe:
    """A list of codes, {"kind": "rank", "field": "amount", "top": 30, "lag": 1}, or as the YAML says it: {"rank": "amount", "top": 30}.

    Of {"from": ..., "where": ...} the source; the condition is the strategy language's.
    """
    if isinstance(value, Mapping) and "from" in value:
        value = value["from"]
    if isinstance(value, Universe):
        return value
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _codes({"codes": value}, deep)
    if not isinstance(value, Mapping):
        raise _error(FIELD, f"{value!r} is no universe", _WAYS)
    kind = value.get("kind") or next((name for name in KINDS if name in value), None)
    if not isinstance(kind, str) or kind not in _READERS:
        raise _error(FIELD, f"unknown kind {kind!r}", did_you_mean(str(kind), KINDS) or f"one of {', '.join(KINDS)}")
    if deep <= 0:
        raise _error(FIELD, f"more than {_DEEPEST} universes stand inside each other")
    return _READERS[kind](value, deep - 1)


def _codes(value: Mapping[str, Any], _: int) -> Universe:
    codes = value.get("codes", ())
    if not isinstance(codes, Sequence) or isinstance(codes, str) or not all(isinstance(code, str) for code in codes):
        raise _error(FIELD, "codes must be a list of texts like 600519.SH")
    if not codes:
        raise _error(FIELD, "the universe is empty", "name at least one code")
    return Universe("codes", codes=tuple(sorted(set(codes))))


def _index(value: Mapping[str, Any], _: int) -> Universe:
    index = value.get("index")
    if not isinstance(index, str) or not index:
        raise _error(f"{FIELD}.index", "the index's code is missing")
    return Universe("index", index=index)


def _industry(value: Mapping[str, Any], _: int) -> Universe:
    names = _names(value.get("industries", value.get("industry")), "industry", "the name of an industry, or a list of names")
    return Universe("industry", industries=tuple(sorted(set(names))))


def _boards(value: Mapping[str, Any], _: int) -> Universe:
    names = _names(value.get("boards"), "boards", f"a list of some of {', '.join(BOARDS)}")
    for name in names:
        if name not in BOARDS:
            raise _error(f"{FIELD}.boards", f"{name!r} is no board", did_you_mean(name, BOARDS) or f"of {', '.join(BOARDS)}")
    return Universe("boards", boards=tuple(name for name in BOARDS if name in names))


def _names(value: object, key: str, what: str) -> list[str]:
    names = [value] if isinstance(value, str) else value
    if isinstance(names, Sequence) and names and all(isinstance(name, str) and name.strip() for name in names):
        return [name.strip() for name in names]
    raise _error(f"{FIELD}.{key}", f"{value!r} is not {what}")


def _rank(value: Mapping[str, Any], deep: int) -> Universe:
    field = value.get("field") or value.get("rank")
    end = "bottom" if "bottom" in value else "top"
    top, lag, within = value.get(end), value.get("lag", 1), value.get("within")
    if not isinstance(field, str):
        raise _error(f"{FIELD}.field", "the field to rank by is missing")
    if not isinstance(top, int) or isinstance(top, bool) or top < 1:
        raise _error(f"{FIELD}.{end}", f"{top!r} is not how many stocks to take", "a whole number from 1")
    if not isinstance(lag, int) or isinstance(lag, bool) or not 0 <= lag <= 250:
        raise _error(f"{FIELD}.lag", f"{lag!r} is no number of sessions", "0 to 250")
    lowest = end == "bottom" or value.get("lowest") is True
    return ranked(field, top, lag, lowest, None if within is None else read_universe(within, deep))


def _any(value: Mapping[str, Any], deep: int) -> Universe:
    parts = value.get("parts", value.get("any"))
    if not isinstance(parts, Sequence) or isinstance(parts, str) or not parts:
        raise _error(f"{FIELD}.any", "must be a list of universes", "as in [{index: ...}, {boards: [fund]}]")
    return union(read_universe(part, deep) for part in parts)


def _error(field: str, message: str, hint: str | None = None) -> ContextError:
    return ContextError(Problem(field, message, hint))


_READERS: Mapping[str, Callable[[Mapping[str, Any], int], Universe]] = {
    "codes": _codes,
    "index": _index,
    "industry": _industry,
    "boards": _boards,
    "all": lambda value, deep: Universe("all"),
    "rank": _rank,
    "any": _any,
}
