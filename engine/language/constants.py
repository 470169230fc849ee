"""Exact arithmetic on constants, and on the ranges that they take over all allowed parameter values.

Ranges are interval arithmetic: each operand is taken to vary by itself. So `a - a` of a in 1..9 ranges over -8..8: never too narrow,
sometimes too wide.
"""

import operator
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import NamedTuple, TypeGuard

LARGEST = Fraction(10**18)
"""Ranges beyond this are refused, so exact fractions stay small and floats finite."""

Constant = Fraction | int
"""A number, or a truth, which is a bool."""


class Range(NamedTuple):
    low: Fraction
    high: Fraction

    @property
    def holds_zero(self) -> bool:
        return self.low <= 0 <= self.high


def exact(value: float | Decimal) -> Fraction:
    """The number that was written: 0.1 is one tenth, not the nearest float."""
    return Fraction(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))


def plain(value: Fraction) -> Constant:
    """A whole number as an int, which computes as exactly and many times faster."""
    return value.numerator if value.denominator == 1 else value


def is_number(value: object) -> TypeGuard[float | int]:
    """A finite number of a size that can be written and compared; JSON knows larger ones."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value.bit_length() < 1024 if isinstance(value, int) else isfinite(value)


def shown(value: object) -> str:
    """Whatever somebody sent, short enough for a message."""
    if isinstance(value, int) and value.bit_length() >= 1024:
        return "a number of hundreds of digits"
    text = value if isinstance(value, str) else type(value).__name__ if isinstance(value, list | tuple | dict) else repr(value)
    return repr(shorten(text)) if isinstance(value, str) else shorten(text)


def shorten(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def printable(text: str) -> str:
    """A key or tag as it is, but for what a terminal would obey and what no UTF-8 text can hold."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def as_text(value: Fraction) -> str:
    """For people: 0.05, 20, 1/3."""
    if value.denominator == 1:
        return str(value.numerator)
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{decimal:f}" if Fraction(decimal) == value else f"{float(value):g}"


ARITHMETIC: dict[str, Callable[[Constant, Constant], Constant]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": Fraction,
}

COMPARE: dict[str, Callable[[Constant, Constant], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def combine(sign: str, a: Range, b: Range) -> Range:
    """The range of a (+, -, *, /) b. The caller has refused divisors that may be zero."""
    corners = [Fraction(ARITHMETIC[sign](x, y)) for x in a for y in b]
    return Range(min(corners), max(corners))


def negative(a: Range) -> Range:
    return Range(-a.high, -a.low)


def absolute(a: Range) -> Range:
    return Range(Fraction(0) if a.holds_zero else min(abs(a.low), abs(a.high)), max(abs(a.low), abs(a.high)))


def larger(a: Range, b: Range) -> Range:
    return Range(max(a.low, b.low), max(a.high, b.high))


def smaller(a: Range, b: Range) -> Range:
    return Range(min(a.low, b.low), min(a.high, b.high))


def either(a: Range, b: Range) -> Range:
    return Range(min(a.low, b.low), max(a.high, b.high))
