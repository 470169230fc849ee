"""What a simulation tells."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from functions.scale.parts import Grid


class Waits(NamedTuple):
    """Seconds from a submission until something; of those of which it has happened."""

    mean: float
    p50: float
    p95: float
    most: float


class Use(NamedTuple):
    """Of something that there is so much of."""

    peak: float
    """Of what happens, and of what works: in the busiest ten seconds; of what is kept: ever."""
    mean: float
    limit: float

    @property
    def share(self) -> float:
        return self.peak / self.limit

    @property
    def is_full(self) -> bool:
        """Who is asked for all that there is asks for less: whoever waits for an answer asks nothing."""
        return self.share >= 0.95


@dataclass(frozen=True)
class Outcome:
    seconds: float
    """Until the last submission was summed up. What nobody waits for goes on afterwards, and counts below."""
    submissions: int
    unfinished: int
    began: dict[str, Waits]
    """By crew, and "all": until the first of it was begun."""
    ended: dict[str, Waits]
    """Until it was summed up."""
    tail: float
    """Of the submission in which it is longest: from the moment at which three quarters of its blocks were done until the last one."""
    use: dict[str, Use]
    counts: dict[str, float]
    """Calls, messages, seconds, failures: what the cost follows from."""

    @property
    def combinations_a_second(self) -> float:
        return self.counts.get("combinations", 0.0) / self.seconds if self.seconds else 0.0

    @property
    def saturated(self) -> list[str]:
        """What is asked for as much as there is, or more, the worst first; workers and functions are only busy then."""
        return sorted((name for name, use in self.use.items() if use.is_full), key=lambda name: -self.use[name].share)


def waits_of(grids: Sequence[Grid], moment: Callable[[Grid], float | None]) -> dict[str, Waits]:
    found: dict[str, list[float]] = {}
    for grid in grids:
        if (at := moment(grid)) is not None:
            for name in (grid.crew, "all"):
                found.setdefault(name, []).append(at - grid.submitted)
    return {name: waits(seconds) for name, seconds in found.items()}


def waits(seconds: Sequence[float]) -> Waits:
    known = sorted(seconds)
    return Waits(sum(known) / len(known), known[len(known) // 2], known[min(len(known) - 1, int(len(known) * 0.95))], known[-1])
