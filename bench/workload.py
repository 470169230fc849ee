"""What a workload is: a row that names its module, its size, and what the project wants of it."""

from importlib import import_module
from typing import Any, NamedTuple

Figures = dict[str, Any]
"""What JSON can say; seconds, combinations a second, megabytes by their names."""


class Size(NamedTuple):
    """How much there is to do, and how often."""

    stocks: int
    bars: int
    combinations: int
    rounds: int = 5
    seconds: float = 20.0
    """Rounds end early when this much time has gone; there are always two where `rounds` allows it."""


class Workload(NamedTuple):
    name: str
    about: str
    module: str
    """Has `run(size) -> Figures`; it is run in a process of its own."""
    full: Size
    tiny: Size
    """Seconds at most: shows that it runs, measures nothing."""
    reach: str = ""
    """What the project wants; empty: it is only told."""
    starts_others: bool = False
    """It starts processes of its own, and sees to their kernels."""

    def run(self, tiny: bool = False) -> Figures:
        found: Figures = import_module(f"bench.{self.module}").run(self.tiny if tiny else self.full)
        return found
