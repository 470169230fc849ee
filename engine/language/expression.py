"""Expressions as frozen trees, and their normal form. parser.py makes them from text; nothing here evaluates them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal


@dataclass(frozen=True)
class Number:
    value: Decimal
    is_whole: bool
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Truth:
    value: bool
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Name:
    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Unary:
    operator: str
    operand: "Expression"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Binary:
    operator: str
    left: "Expression"
    right: "Expression"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple["Expression", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Text:
    """A code, the last argument of a function that looks at other bars."""

    value: str
    at: int = field(default=0, compare=False)


Expression = Number | Truth | Name | Unary | Binary | Call | Text

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
KEYWORDS = frozenset(("and", "or", "not", "true", "false"))


def write(expression: Expression) -> str:
    """The normal form: one space around operators, no parenthesis too many, numbers in their shortest writing."""
    return _write(expression, 0)


def meaning(expression: Expression) -> str:
    """The normal form with 5.0 written as 5: a checked text that says either where the other would do means the same."""
    return _write(_shortest(expression), 0)


def _shortest(expression: Expression) -> Expression:
    if isinstance(expression, Number):
        return replace(expression, is_whole=expression.is_whole or expression.value == int(expression.value))
    if isinstance(expression, Unary):
        return replace(expression, operand=_shortest(expression.operand))
    if isinstance(expression, Binary):
        return replace(expression, left=_shortest(expression.left), right=_shortest(expression.right))
    if isinstance(expression, Call):
        return replace(expression, arguments=tuple(map(_shortest, expression.arguments)))
    return expression


def walk(expression: Expression) -> Iterator[tuple[Expression, int]]:
    """The expression and everything in it, with its depth from 1."""
    left = [(expression, 1)]
    while left:
        current, depth = left.pop()
        yield current, depth
        left += ((operand, depth + 1) for operand in reversed(operands(current)))


def operands(expression: Expression) -> tuple[Expression, ...]:
    if isinstance(expression, Unary):
        return (expression.operand,)
    if isinstance(expression, Binary):
        return (expression.left, expression.right)
    return expression.arguments if isinstance(expression, Call) else ()


NOT, COMPARISON, MINUS = 3, 4, 7
STRENGTH = {"or": 1, "and": 2, **dict.fromkeys(COMPARISONS, COMPARISON), "+": 5, "-": 5, "*": 6, "/": 6}
"""How tightly operators bind."""


def _write(expression: Expression, strength: int) -> str:
    if isinstance(expression, Number):
        text = f"{expression.value:f}"
        return text if expression.is_whole or "." in text else f"{text}.0"
    if isinstance(expression, Truth):
        return "true" if expression.value else "false"
    if isinstance(expression, Name):
        return expression.name
    if isinstance(expression, Text):
        return f'"{expression.value}"'
    if isinstance(expression, Call):
        return f"{expression.function}({', '.join(_write(argument, 0) for argument in expression.arguments)})"
    if isinstance(expression, Unary):
        own, sign = (NOT, "not ") if expression.operator == "not" else (MINUS, "-")
        text = sign + _write(expression.operand, own - 1)
    else:
        own = STRENGTH[expression.operator]
        left = own if own == COMPARISON else own - 1
        text = f"{_write(expression.left, left)} {expression.operator} {_write(expression.right, own)}"
    return text if own > strength else f"({text})"
