"""Which stocks a strategy may buy, as it is said; who resolves it to codes and days stands nearer to the data."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["codes", "index", "industry", "boards", "all", "rank", "any"]
KINDS: tuple[Kind, ...] = ("codes", "index", "industry", "boards", "all", "rank", "any")


@dataclass(frozen=True)
class Universe:
    """As known on each day: `codes` lists ts_codes; `index`: an index's members; `industry`: the stocks of some industries; `boards`: those
    listed on some boards, funds too; `all`: every stock, no funds; `rank`: the `top` by `field` as of `lag` sessions before; `any`: whoever
    belongs to one of its `parts`. `ranked` and `union` make the last two, so that equal universes are equal."""

    kind: Kind
    codes: tuple[str, ...] = ()
    """Ascending, unique."""
    index: str = ""
    industries: tuple[str, ...] = ()
    """Names, ascending and unique."""
    boards: tuple[str, ...] = ()
    """Of BOARDS, in its order."""
    field: str = ""
    top: int = 0
    lag: int = 0
    lowest: bool = False
    """The `top` with the least values instead of the greatest."""
    within: "Universe | None" = None
    """Among whom `rank` ranks: the members of the day itself, not those of `lag` sessions before. None: every stock, no funds."""
    parts: tuple["Universe", ...] = ()
    """Of other kinds than `any`, in the order of KINDS, at most one of `codes`, `industry`, `boards` and `all`."""

    def to_json(self) -> dict[str, Any]:
        """Only what the kind needs, so that equal universes are equal JSON."""
        return {"kind": self.kind, **_SAID[self.kind](self)}

    def walk(self) -> Iterator["Universe"]:
        """Itself and all that it is made of."""
        yield self
        for inner in (*self.parts, *((self.within,) if self.within else ())):
            yield from inner.walk()

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> "Universe":
        """What `to_json` said."""
        plain: dict[str, Any] = {key: tuple(each) if isinstance(each, list) else each for key, each in value.items()}
        if "within" in plain:
            plain["within"] = Universe.from_json(plain["within"])
        if "parts" in plain:
            plain["parts"] = tuple(Universe.from_json(part) for part in plain["parts"])
        return Universe(**plain)


def _rank(universe: Universe) -> dict[str, Any]:
    said: dict[str, Any] = {"field": universe.field, "top": universe.top, "lag": universe.lag}
    if universe.lowest:
        said["lowest"] = True
    if universe.within:
        said["within"] = universe.within.to_json()
    return said


_SAID: dict[Kind, Callable[[Universe], dict[str, Any]]] = {
    "codes": lambda universe: {"codes": list(universe.codes)},
    "index": lambda universe: {"index": universe.index},
    "industry": lambda universe: {"industries": list(universe.industries)},
    "boards": lambda universe: {"boards": list(universe.boards)},
    "all": lambda universe: {},
    "rank": _rank,
    "any": lambda universe: {"parts": [part.to_json() for part in universe.parts]},
}


def ranked(field: str, top: int, lag: int = 1, lowest: bool = False, within: Universe | None = None) -> Universe:
    """A `rank` among others; among all stocks is as good as among nobody in particular."""
    return Universe("rank", field=field, top=top, lag=lag, lowest=lowest, within=None if within == Universe("all") else within)


def union(parts: Iterable[Universe]) -> Universe:
    """Whoever belongs to one of the parts, which are at least one: unions inside are opened, lists of one kind are put together."""
    flat = [inner for part in parts for inner in (part.parts if part.kind == "any" else (part,))]
    lists = (
        Universe("codes", codes=tuple(sorted({code for part in flat for code in part.codes}))),
        Universe("industry", industries=tuple(sorted({name for part in flat for name in part.industries}))),
        Universe("boards", boards=tuple(name for name in BOARDS if any(name in part.boards for part in flat))),
    )
    kinds = {part.kind for part in flat}
    others = {part for part in flat if part.kind not in ("codes", "industry", "boards")}
    found = sorted(
        {*others, *(part for part in lists if part.kind in kinds)},
        key=lambda part: (KINDS.index(part.kind), json.dumps(part.to_json(), sort_keys=True)),
    )
    return found[0] if len(found) == 1 else Universe("any", parts=tuple(found))


BOARDS = ("main", "chinext", "star", "bse", "fund")
"""What a universe may name; `fund` is every exchange-traded fund, whatever its limits."""

LONGEST_RETURN = 250
"""Sessions: about a year."""
_RETURN = re.compile(r"return_([1-9][0-9]{0,2})")


def return_sessions(field: str) -> int | None:
    """N of the field `return_N`, the change over the last N sessions, which needs no table; None: it is another field."""
    found = _RETURN.fullmatch(field)
    sessions = int(found[1]) if found else 0
    return sessions if 0 < sessions <= LONGEST_RETURN else None
