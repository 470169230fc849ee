"""A table of orders or weights: as texts, and as the lines of values that they come to. Where a problem lies is said here, too.

A column comes as its distinct texts, so that a million rows cost a few thousand readings.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.arrays import Integers
from engine.errors import Problem

MICRO, PICO = 10**6, 10**12
NO_CLOCK = -1
SHOWN = 20
"""Problems of one kind."""


class Column(NamedTuple):
    texts: Sequence[str]
    """Distinct, without blanks around them."""
    at: Integers
    """(X,) which of them each row has."""


@dataclass(frozen=True)
class Table:
    columns: Mapping[str, Column]
    """By the names that the file gives them."""
    rows: Integers
    """(X,) what the file's rows are called: lines of a CSV, the header being line 1; numbers from 1 of a Parquet."""


@dataclass(frozen=True, eq=False)
class Lines:
    """X lines of a table."""

    rows: Integers
    days: Integers
    """YYYYMMDD"""
    clock: Integers
    """Milliseconds after midnight in Shanghai, NO_CLOCK where only the day is said."""
    codes: tuple[str, ...]
    """Distinct."""
    stocks: Integers
    """Which code each line names; -1: none, but cash."""


@dataclass(frozen=True, eq=False)
class Orders(Lines):
    shares: Integers
    """Signed."""
    limit: Integers
    """Micro-yuan, 0: none."""
    stop: Integers
    price: Integers
    until_cancelled: Integers
    """1: until cancelled."""


@dataclass(frozen=True, eq=False)
class Weights(Lines):
    """The lines of one time are a complete portfolio."""

    weights: Integers
    """In 10 ** -12."""


def column_of(texts: Iterable[str]) -> Column:
    found: dict[str, int] = {}
    at = np.fromiter((found.setdefault(text, len(found)) for text in texts), np.int64)
    return Column(tuple(found), at)


def place_of(rows: Integers) -> str:
    """Where something is wrong."""
    return f"row {rows[0]} and {rows.size - 1:,} more" if rows.size > 1 else f"row {rows[0]}"


def more(count: int, words: str) -> Iterator[Problem]:
    """That there are more of a kind than are told."""
    if count > SHOWN:
        yield Problem("rows", f"{count - SHOWN:,} more {words}")
