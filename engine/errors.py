"""Every error that the engine raises: where, what, and what was probably meant."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input. Line and column count from 1."""

    field: str
    message: str
    hint: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = f"{self.field} (line {self.line}, column {self.column})" if self.line else self.field
        return f"{place}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class EngineError(Exception):
    """Root of the engine's errors: carries every problem that was found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


class StrategyError(EngineError):
    """A strategy text that does not say something that can be run."""


class ParameterError(EngineError):
    """Parameter values or a grid that the strategy does not allow."""


class MarketError(EngineError):
    """Arrays that are no market: wrong shapes, types, order or magnitudes."""


class RulesError(EngineError):
    """A window or account that the market rules cannot serve."""


class OrdersError(EngineError):
    """A table of orders or weights that cannot be placed on a market."""
