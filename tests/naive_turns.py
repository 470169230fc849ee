"""Whose turn it is, told slowly: everything that waits is looked at for every claim."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["cells", "ledgers"]

PRICES: dict[Kind, float] = {"cells": 1.0, "ledgers": 0.1}


@dataclass(frozen=True)
class Waiting:
    """A block that may be claimed."""

    owner: str
    kind: Kind
    priority: int
    age: int
    """Smaller: older."""
    since: float = 0.0
    """How far everybody was when it began to wait."""
    spare: bool = False
    """An account that nobody waits for."""

    @property
    def place(self) -> tuple[int, bool, int]:
        """Among its owner's."""
        return self.priority, self.kind == "cells", self.age


@dataclass
class Turns:
    weights: dict[str, float] = field(default_factory=dict)
    """1 where nothing is said."""
    ends: dict[str, float] = field(default_factory=dict)
    """How far the claims so far have brought each owner."""
    now: float = 0.0
    """How far everybody is: where the furthest claim began."""

    def claim(self, waiting: list[Waiting]) -> Waiting | None:
        firsts = [min((block for block in waiting if block.owner == owner), key=lambda block: block.place) for owner in _owners(waiting)]
        if not firsts:
            return None
        chosen = min(firsts, key=lambda block: (block.spare, self._end(block), block.kind == "cells", block.age))
        end = self._end(chosen)
        self.now = max(self.now, self._begin(chosen))
        self.ends[chosen.owner] = end
        return chosen

    def _begin(self, block: Waiting) -> float:
        return max(block.since, self.ends.get(block.owner, 0.0))

    def _end(self, block: Waiting) -> float:
        return self._begin(block) + PRICES[block.kind] / self.weights.get(block.owner, 1.0)


def _owners(waiting: list[Waiting]) -> set[str]:
    return {block.owner for block in waiting}
