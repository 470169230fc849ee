"""A table of signals as it is kept: what was uploaded, in one document, which means the same for ever."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar

import numpy as np

from engine.errors import EngineError, OrdersError, Problem
from engine.language.scripted import Settings, compile_settings
from engine.orders.columns import ORDERS, WEIGHTS, unused
from engine.orders.lines import Orders, Table, Weights, place_of
from engine.orders.script import identity_of
from engine.orders.table import read_orders, read_weights
from functions.identity import content_identity
from functions.signals.tables import table_of_csv, table_of_rows

SignalsKind = Literal["orders", "weights"]
Lines = Orders | Weights
Value = TypeVar("Value")


@dataclass(frozen=True)
class Signals:
    """As they were uploaded."""

    kind: SignalsKind
    name: str
    settings: str | None = field(repr=False)
    """A YAML of costs, execution, risk, rules."""
    csv: str | None = field(repr=False)
    """Exactly one of the two."""
    rows: Sequence[Mapping[str, Any]] | None = field(repr=False)

    @cached_property
    def table(self) -> Table:
        """OrdersError where it is none."""
        return table_of_rows(self.rows) if self.rows is not None else table_of_csv(self.csv or "")

    @cached_property
    def lines(self) -> Lines:
        """OrdersError with everything that is wrong with it."""
        return lines_of(self.table, self.kind)

    @property
    def unused(self) -> list[str]:
        """Columns that nobody reads."""
        return unused(self.table, ORDERS if self.kind == "orders" else WEIGHTS)

    def to_source(self) -> str:
        told = {"kind": self.kind, "name": self.name, "settings": self.settings, "csv": self.csv, "rows": self.rows}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_source(cls, source: str) -> "Signals":
        return cls(**json.loads(source))


_HUGE = re.compile(r"[+-]?[\d.,_]+[eE][+-]?\d{4,}")
"""Written with an exponent that no decimal arithmetic takes."""


def lines_of(table: Table, kind: SignalsKind) -> Lines:
    """OrdersError with everything that is wrong with them."""
    for name, column in table.columns.items():
        huge = [k for k, text in enumerate(column.texts) if _HUGE.fullmatch(text)]
        if huge:
            place = place_of(table.rows[np.isin(column.at, huge)])
            raise OrdersError([Problem(place, f"{name} {column.texts[huge[0]][:40]!r} is no number of this market")])
    return read_orders(table) if kind == "orders" else read_weights(table)


def trading_of(settings: str | None, context: Mapping[str, Any]) -> Settings:
    """How signals are traded: by their settings, and by what a backtest's context says instead. StrategyError with every problem."""
    return compile_settings(settings, {key: context[key] for key in ("costs", "execution") if context.get(key) is not None})


def table_identity(lines: Lines, trading: Settings) -> str:
    """Of what is traded and how: what the identity of its text is to a strategy."""
    return content_identity({"table": identity_of(lines), "settings": trading.identity})


def checked(read: Callable[[], Lines], settings: str | None) -> tuple[Lines, Settings]:
    """Everything that is wrong with the settings and with the table, told together: OrdersError."""
    problems: list[Problem] = []
    trading = _collect(problems, lambda: compile_settings(settings))
    lines = _collect(problems, read)
    if lines is None or trading is None:
        raise OrdersError(problems)
    return lines, trading


def _collect(problems: list[Problem], attempt: Callable[[], Value]) -> Value | None:
    try:
        return attempt()
    except EngineError as error:
        problems += error.problems
        return None
