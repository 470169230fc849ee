"""Which ranking is meant: by which figure, from which end, among whom, how deep. Light: the API asks this."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from datalake.errors import Problem, did_you_mean
from datalake.versions import Catalog, Dataset, Instrument
from engine.universe import BOARDS, LONGEST_RETURN, return_sessions

BAR_FIELDS = ("amount", "volume", "open", "high", "low", "close", "pre_close")
"""Of the daily bars. Every field of daily_basic that a dataset has can be ranked by, too, and return_1 to return_250."""
LI_FIELDS = frozenset(BAR_FIELDS) - {"volume"}
"""Stored in li (0.001 CNY)."""
LI = 1000.0
"""So many make one CNY."""

DEPTHS = (30, 100, 300, 1000)
"""How deep rankings are stored, so that those who ask for 20 and for 25 share one; deeper: everybody who has a value."""
ALL = 0
"""The depth of everybody."""

_FACTS = ("is_st", "listed_sessions")
"""Of a catalog's fields those that no table has as figures of a day; names with a colon are bars of indices."""
_FUNDS = ("fund", "fund_20")


@dataclass(frozen=True)
class RankingSpec:
    """Equal specs have equal rankings of one dataset version. What counts as a value, and how returns are computed: docs/data.md."""

    field: str
    """One of able_fields."""
    depth: int = DEPTHS[0]
    """One of DEPTHS, or ALL."""
    lowest: bool = False
    """The least values first instead of the greatest."""
    boards: tuple[str, ...] = ()
    """Of BOARDS, in its order; empty: every stock, no funds."""

    @classmethod
    def of(cls, field: str, top: int, *, lowest: bool = False, boards: Iterable[str] = ()) -> "RankingSpec":
        """The stored ranking that serves whoever wants the first `top` (ALL: everybody)."""
        depth = next((depth for depth in DEPTHS if 0 < top <= depth), ALL)
        wanted = set(boards)
        chosen = *(board for board in BOARDS if board in wanted), *sorted(wanted - set(BOARDS))  # check_ranking tells of those
        return cls(field, depth, lowest, () if chosen == _STOCKS else chosen)

    @property
    def sessions(self) -> int:
        """Over how many sessions a return goes; 0 for what is stored."""
        return return_sessions(self.field) or 0

    @property
    def table(self) -> str:
        return "bars_1d" if self.field in BAR_FIELDS or self.sessions else "daily_basic"

    @property
    def unit(self) -> float:
        """A stored value divided by this is CNY, shares, a ratio, or what the vendor says."""
        return LI if self.field in LI_FIELDS else 1.0

    def includes(self, row: Instrument) -> bool:
        """Whether it ranks among these boards."""
        board = "fund" if row.board in _FUNDS else row.board
        return board in (self.boards or _STOCKS)

    def to_json(self) -> dict[str, Any]:
        return {"field": self.field, "depth": self.depth, "lowest": self.lowest, "boards": list(self.boards)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "RankingSpec":
        return cls(value["field"], value["depth"], value["lowest"], tuple(value["boards"]))


_STOCKS = tuple(board for board in BOARDS if board != "fund")


def able_fields(catalog: Catalog) -> list[str]:
    """What a dataset can rank by, without the returns, which any with daily bars has."""
    bars = BAR_FIELDS if "1d" in catalog.bars else ()
    return [*bars, *(name for name in catalog.fields if name not in _FACTS and ":" not in name)]


def field_problem(dataset: Dataset, name: str, field: str) -> Problem | None:
    """What stands against ranking by `name`; it was said in `field`."""
    able = able_fields(dataset.catalog)
    if name.startswith("return_") and "1d" in dataset.catalog.bars:
        if return_sessions(name):
            return None
        return Problem(field, f"{name!r} is no return over some sessions", f"return_1 to return_{LONGEST_RETURN}")
    if name in able:
        return None
    listed = f"one of {', '.join(able)}, return_1 to return_{LONGEST_RETURN}" if able else f"{dataset.version} has no daily figures"
    return Problem(field, f"{dataset.version} cannot rank by {name!r}", did_you_mean(name, [*able, "return_20"]) or listed)


def check_ranking(dataset: Dataset, spec: RankingSpec) -> Iterator[Problem]:
    """Everything that stands against a ranking of the dataset."""
    problem = field_problem(dataset, spec.field, "field")
    if problem:
        yield problem
    for board in spec.boards:
        if board not in BOARDS:
            yield Problem("boards", f"there is no board {board!r}", did_you_mean(board, BOARDS) or f"one of {', '.join(BOARDS)}")
