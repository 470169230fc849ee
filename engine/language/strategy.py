"""A strategy as frozen values: everything that the text says, checked, with its defaults filled in, and its identity."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.errors import Problem
from engine.language.constants import as_text, exact, is_number, shown
from engine.language.expression import Call, Expression, Name, Text, meaning, walk
from engine.language.graph import DAILY, INDEX_PREFIX
from engine.language.manner import Manner
from engine.universe import Universe

LANGUAGE = 1
"""Part of every identity: raised when the same text comes to mean something else."""


@dataclass(frozen=True)
class Parameter:
    """Whole iff default, min and max are."""

    name: str
    default: float | int
    min: float | int
    max: float | int
    is_integer: bool

    def read(self, value: object) -> float | int | str:
        """The value as the parameter's type, or what is wrong with it."""
        if not is_number(value):
            return f"{shown(value)} is no number"
        if not self.min <= value <= self.max:
            return f"{shown(value)} is outside {as_text(exact(self.min))}..{as_text(exact(self.max))}"
        if self.is_integer and value != int(value):
            return f"{value} is not a whole number"
        return int(value) if self.is_integer else float(value)

    def read_all(self, values: Sequence[object]) -> list[float | int] | None:
        """Every value as the parameter's type; None where one is wrong, or neither an int nor a float by its very type."""
        if not {int, float}.issuperset(map(type, values)) or any(isinstance(self.read(value), str) for value in set(values)):
            return None
        return list(map(int if self.is_integer else float, values))  # type: ignore[arg-type]

    def normal(self) -> dict[str, Any]:
        bounds = {"default": self.default, "min": self.min, "max": self.max}
        return {**{key: as_text(exact(value)) for key, value in bounds.items()}, "whole": self.is_integer}


@dataclass(frozen=True)
class Let:
    """A named expression; it may name lets that stand before it."""

    name: str
    expression: Expression


@dataclass(frozen=True)
class Rotation:
    """`every`: "week", "month", or a number of sessions."""

    by: Expression
    top: Expression
    keep_within: Expression
    every: Expression | str
    weight: Expression | None = None
    """What holdings are to be worth, in proportion, brought about at each rebalance; None: a purchase takes a slot and grows as it may."""


@dataclass(frozen=True)
class Signals:
    """`exit` None: only the rules of risk sell."""

    entry: Expression
    exit: Expression | None
    rank: Expression | None


@dataclass(frozen=True)
class Price:
    """What an order asks for, bar by bar. `is_adjusted`: a back-adjusted level, which the bar's factor brings to the money of its day."""

    expression: Expression
    is_adjusted: bool


@dataclass(frozen=True)
class Orders:
    """How one side's orders are priced; without limit and stop they are market orders."""

    limit: Price | None = None
    stop: Price | None = None
    until_cancelled: bool = False

    @property
    def prices(self) -> dict[str, Price]:
        return {name: price for name, price in (("limit", self.limit), ("stop", self.stop)) if price is not None}

    def normal(self) -> dict[str, Any]:
        return {**{name: meaning(price.expression) for name, price in self.prices.items()}, "until_cancelled": self.until_cancelled}


@dataclass(frozen=True)
class Strategy:
    name: str
    parameters: tuple[Parameter, ...]
    require: tuple[Expression, ...]
    universe: Universe | None
    where: tuple[Expression, ...]
    lets: tuple[Let, ...]
    trading: Signals | Rotation
    manner: Manner
    buy: Orders
    sell: Orders
    look_back: int
    further_look_back: int = 0
    warnings: tuple[Problem, ...] = ()

    @cached_property
    def identity(self) -> str:
        text = json.dumps(self.normal(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def normal(self) -> dict[str, Any]:
        """The strategy without comments, order of keys, writing of numbers, or defaults left out."""
        return {
            "language": LANGUAGE,
            "name": self.name,
            "params": {parameter.name: parameter.normal() for parameter in self.parameters},
            "require": sorted(meaning(row) for row in self.require),
            "universe": self.universe.to_json() if self.universe else None,
            "where": sorted(meaning(row) for row in self.where),
            "let": {let.name: meaning(let.expression) for let in self.lets},
            "trading": {key: root if isinstance(root, str) else written(root) for key, root in vars(self.trading).items()},
            **{side: orders.normal() for side, orders in self.sides.items() if orders.prices},
            **self.manner.normal(),
        }

    @property
    def sides(self) -> dict[str, Orders]:
        return {"buy": self.buy, "sell": self.sell}

    def prices(self) -> dict[str, Price]:
        """The prices of orders, by the place they stand in."""
        return {f"execution.{side}.{name}": price for side, orders in self.sides.items() for name, price in orders.prices.items()}

    def roots(self) -> dict[str, Expression]:
        """The expressions that signals and prices come from, by the place they stand in."""
        trading = self.trading
        if isinstance(trading, Signals):
            found = {"entry": trading.entry, "exit": trading.exit, "rank": trading.rank}
        else:
            found = {"select.by": trading.by, "select.weight": trading.weight}
        found |= {f"where.{i}": row for i, row in enumerate(self.where)}
        found |= {place: price.expression for place, price in self.prices().items()}
        return {place: root for place, root in found.items() if root is not None}

    def used(self) -> frozenset[str]:
        """Every name that decides something."""
        trading = (each for each in vars(self.trading).values() if each is not None and not isinstance(each, str))
        prices = (price.expression for price in self.prices().values())
        everything = (*trading, *prices, *self.where, *self.require, *(given.expression for given in self.manner.settings))
        return frozenset[str]().union(*map(self.reached, everything))

    def reached(self, expression: Expression) -> frozenset[str]:
        """Every name that the expression uses, directly or through lets."""
        return frozenset(inner.name for inner in self._inside(expression) if isinstance(inner, Name))

    def called(self, expression: Expression) -> frozenset[str]:
        """Every function that the expression calls, directly or through lets."""
        return frozenset(inner.function for inner in self._inside(expression) if isinstance(inner, Call))

    def other_bars(self, expression: Expression) -> frozenset[str]:
        """The bars beside the strategy's own that the expression looks at, directly or through lets: "index:000300.SH", "daily"."""
        found = list(self._inside(expression))
        indices = {f"{INDEX_PREFIX}{inner.value}" for inner in found if isinstance(inner, Text)}
        is_daily = any(isinstance(inner, Call) and inner.function == DAILY for inner in found)
        return frozenset(indices | ({DAILY} if is_daily else set()))

    def _inside(self, expression: Expression) -> Iterator[Expression]:
        """The expression and everything in it; lets that it names are gone through once."""
        lets = {let.name: let.expression for let in self.lets}
        left = [expression]
        while left:
            for inner, _ in walk(left.pop()):
                yield inner
                if isinstance(inner, Name) and inner.name in lets:
                    left.append(lets.pop(inner.name))


def written(expression: Expression | None) -> str | None:
    return None if expression is None else meaning(expression)
