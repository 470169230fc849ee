"""A universe in words, in both languages."""

from collections.abc import Callable, Mapping
from typing import Any

from datalake.asked.universe import read_universe
from datalake.errors import ContextError
from engine.universe import Kind, Universe
from engine.words import Words

BOARDS = {
    "main": Words("主板", "main board"),
    "chinext": Words("创业板", "ChiNext"),
    "star": Words("科创板", "STAR"),
    "bse": Words("北交所", "BSE"),
    "fund": Words("ETF", "ETFs"),
}
_LISTED = 30
"""Codes and names that are written out."""


def universe_words(value: Mapping[str, Any]) -> Words | None:
    """As the strategy language or the API say it, with `where`; None where that is no universe."""
    if "from" not in value and "where" in value:
        return Words(f"符合 {value['where']}", f"where {value['where']}")
    try:
        found = _words(read_universe(value))
    except ContextError:
        return None
    where = value.get("where")
    return Words(f"{found.zh}，且 {where}", f"{found.en}, where {where}") if where else found


def _words(universe: Universe) -> Words:
    return _SAID[universe.kind](universe)


def _rank(universe: Universe) -> Words:
    zh, en = ("最低", "lowest") if universe.lowest else ("最高", "highest")
    among = _words(universe.within) if universe.within else Words("", "")
    inside = Words(f"{among.zh}中，", f" of {among.en}") if universe.within else among
    return Words(
        f"{inside.zh}{universe.lag} 个交易日前 {universe.field} {zh}的 {universe.top} 只",
        f"the {universe.top} {en} by {universe.field} (lag {universe.lag}){inside.en}",
    )


def _any(universe: Universe) -> Words:
    parts = [_words(part) for part in universe.parts]
    return Words("，或".join(part.zh for part in parts), ", or ".join(part.en for part in parts))


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(names[:_LISTED]) + (f" … ({len(names)})" if len(names) > _LISTED else "")


_SAID: dict[Kind, Callable[[Universe], Words]] = {
    "codes": lambda universe: Words(_names(universe.codes), _names(universe.codes)),
    "index": lambda universe: Words(f"{universe.index} 的成份股", f"members of {universe.index}"),
    "industry": lambda universe: Words(f"{_names(universe.industries)} 行业", f"industry {_names(universe.industries)}"),
    "boards": lambda universe: Words(
        "、".join(BOARDS[name].zh for name in universe.boards), ", ".join(BOARDS[name].en for name in universe.boards)
    ),
    "all": lambda universe: Words("全部股票", "all stocks"),
    "rank": _rank,
    "any": _any,
}
