"""Which stocks a strategy may buy, as it is said; who resolves it to codes and days stands nearer to the data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["codes", "index", "industry", "boards", "all", "rank", "any"]
KINDS: tuple[Kind, ...] = ("codes", "index", "industry", "boards", "all", "rank", "any")


@dataclass(frozen=True)
class Universe:
    """As known on each day: `codes` lists ts_codes; `index`: an index's members; `industry`: the stocks of some industries; `boards`: those
    listed on some boards, funds too; `all`: every stock, no funds; `rank`: the `top` by `field` as of `lag` sessions before; `any`: whoever
    belongs to one of its `parts`."""

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
    """Among whom `rank` ranks: another kind. None: every stock, no funds."""
    parts: tuple["Universe", ...] = ()
    """Of other kinds than `any`."""

    def to_json(self) -> dict[str, Any]:
        """Only what the kind needs, so that equal universes are equal JSON."""
        return {"kind": self.kind, **_SAID[self.kind](self)}

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

BOARDS = ("main", "chinext", "star", "bse", "fund")
"""What a universe may name; `fund` is every exchange-traded fund, whatever its limits."""
