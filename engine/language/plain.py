"""The tree of a strategy's text, made from plain values: a backtest's context comes as JSON and has no lines."""

from collections.abc import Mapping
from typing import Any

from engine.errors import Problem, StrategyError
from engine.language.constants import is_number, shown
from engine.language.tree import DEEPEST, Entry, Listing, Place, Scalar, Table, Tree, first, join

LONGEST = 10_000
"""Entries of a list or mapping: more than there are stocks."""


def from_plain(value: Any, path: str) -> Tree:
    """The same tree from plain values (a JSON request's context); it has no places."""
    problems: list[Problem] = []
    tree = _from_plain(value, path, 0, problems)
    if problems:
        raise StrategyError(first(problems))
    return tree


def _from_plain(value: Any, path: str, depth: int, problems: list[Problem]) -> Tree:
    nowhere = Place()
    if depth > DEEPEST:
        problems.append(Problem(path, f"is nested deeper than {DEEPEST} levels"))
    elif isinstance(value, bool):
        return Scalar("true" if value else "false", path, nowhere)
    elif isinstance(value, str) or is_number(value):
        return Scalar(value if isinstance(value, str) else repr(value), path, nowhere)
    elif isinstance(value, Mapping | list | tuple) and len(value) > LONGEST:
        problems.append(Problem(path, f"has {len(value):,} entries; at most {LONGEST:,} are allowed"))
    elif isinstance(value, Mapping):
        entries = []
        for key, inner in value.items():
            if isinstance(key, str):
                inside = join(path, key)
                entries.append(Entry(Scalar(key, inside, nowhere), _from_plain(inner, inside, depth + 1, problems)))
            else:
                problems.append(Problem(path, f"{shown(key)} is no name"))
        return Table(path, nowhere, tuple(entries))
    elif isinstance(value, list | tuple):
        return Listing(path, nowhere, tuple(_from_plain(inner, f"{path}[{i}]", depth + 1, problems) for i, inner in enumerate(value)))
    else:
        problems.append(Problem(path, f"is {shown(value)}, not a mapping, list, text, finite number or truth value"))
    return Scalar("", path, nowhere)
