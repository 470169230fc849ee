"""The catalogue: every field and function that a strategy may name, one row each, with its formula, look-back, NaN rule and source.

A row with a `definition` is an abbreviation, written in the strategy language itself, and reaches the kernels as what it stands for.
A row without one is a node that the kernels compute under its own name.
"""

from engine.indicators.catalog import (
    arithmetic,
    cross_section,
    crosses,
    logic,
    momentum,
    moving_averages,
    oscillators,
    other_bars,
    time_series,
    volatility,
    volume,
)
from engine.indicators.catalog.fields import FIELDS
from engine.indicators.catalog.row import LONGEST, Argument, Field, Function, Kind, Scale

__all__ = ["FIELD", "FIELDS", "FUNCTION", "FUNCTIONS", "LONGEST", "NODES", "OPERATORS", "Argument", "Field", "Function", "Kind", "Scale"]

GROUPS = (moving_averages, momentum, oscillators, volatility, volume, time_series, cross_section, crosses, logic, arithmetic, other_bars)
FUNCTIONS: tuple[Function, ...] = tuple(row for group in GROUPS for row in group.FUNCTIONS)
FUNCTION = {row.name: row for row in FUNCTIONS}
FIELD = {row.name: row for row in FIELDS}

OPERATORS = (
    *("constant", "add", "sub", "mul", "div", "neg", "gt", "ge", "eq", "ne", "and", "or", "not"),
    *("member", "select_entry", "select_exit", "select_weights", "order_price"),
)
"""Nodes that strategies reach through operators and sections instead of names."""

NODES = frozenset(OPERATORS) | FIELD.keys() | {row.name for row in FUNCTIONS if row.definition is None}
"""Everything that a compiled strategy may ask the kernels for."""
