"""Text to an expression. No other parser sees the text, so what is refused, and how deep it may nest, is decided here.

or | and | not | < <= > >= == != (one at a time) | + - | * / | unary - | number, true, false, name, function(...), (...)

A text in quotes may stand only among the arguments of index(...).
"""

import re
from collections.abc import Iterator
from decimal import Context, Decimal
from typing import NamedTuple

from engine.language.expression import (
    COMPARISON,
    COMPARISONS,
    KEYWORDS,
    MINUS,
    NOT,
    STRENGTH,
    Binary,
    Call,
    Expression,
    Name,
    Number,
    Text,
    Truth,
    Unary,
    walk,
)

DEEPEST = 50
LARGEST_NUMBER = Decimal(10**15)
FINEST_NUMBER = 15
"""Decimals of a number."""
TEXT_TAKER = "index"
"""The function that takes a text."""


class ExpressionError(Exception):
    """The first place where a text stops being an expression. The caller knows which file and line it stands in."""

    def __init__(self, message: str, hint: str | None, at: int) -> None:
        super().__init__(message)
        self.message, self.hint, self.at = message, hint, at


def parse(text: str) -> Expression:
    expression = _Parser(text).whole()
    for inner, depth in walk(expression):
        if depth > DEEPEST:
            raise _too_deep(inner.at)
    return expression


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<text>\"[^\"'\\\r\n]{0,40}\"|'[^\"'\\\r\n]{0,40}')|(?P<operator><=|>=|==|!=|\*\*|//|&&|\|\||<>|[<>+\-*/(),])"
)

_NO_TEXTS = "the only text is the code of an index, as in index(close, '000300.SH')"
_NO_POWERS = "there are no powers; multiply, as in x * x"
_HINTS = {
    "**": _NO_POWERS,
    "^": _NO_POWERS,
    "//": "division is /",
    "%": "percentages are written as numbers: 5% is 0.05",
    "=": "equality is ==",
    "<>": "inequality is !=",
    "!": "negation is `not`, inequality is !=",
    "&": "write `and`",
    "&&": "write `and`",
    "|": "write `or`",
    "||": "write `or`",
    ".": "values have no attributes or methods; functions are called as sma(close, 20)",
    "[": "values have no elements; ref(x, 1) is the value of the previous bar",
    "{": "an expression is one line of arithmetic; lists and mappings belong to YAML",
    '"': _NO_TEXTS,
    "'": _NO_TEXTS,
    **{"×": "multiplication is *", "÷": "division is /", "−": "minus is -", "–": "minus is -"},
    **{"（": "write the parenthesis (", "）": "write the parenthesis )", "，": "write the comma ,"},
    **{"＞": "write >", "＜": "write <", "＝": "equality is ==", "≥": "write >=", "≤": "write <=", "≠": "write !="},
    **{"＋": "write +", "－": "write -", "＊": "write *", "／": "write /"},
}


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise ExpressionError(f"{text[at]!r} is not part of the language", _HINTS.get(text[at]), at)
        kind, found = str(match.lastgroup), match.group()
        if found in _HINTS:
            raise ExpressionError(f"{found!r} is not part of the language", _HINTS[found], at)
        if kind != "space":
            yield _Token(kind, found, at)
        at = match.end()
        if kind == "number" and text[at : at + 1].isidentifier():
            raise ExpressionError(f"a number is followed by {text[at]!r}", "names begin with a letter; multiplication is *", at)
    yield _Token("end", "", len(text))


class _Parser:
    """Operators by their strength (precedence climbing)."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._next = next(self._tokens)

    def whole(self) -> Expression:
        expression = self._expression(0, 0)
        if self._next.kind != "end":
            raise self._unexpected("an operator")
        return expression

    def _expression(self, strength: int, depth: int) -> Expression:
        left = self._prefix(strength, depth)
        while (own := STRENGTH.get(self._next.text, 0)) > strength:
            operator = self._take()
            right = self._expression(own, depth + 1)
            left = Binary(operator.text, left, right, operator.at)
            if own == COMPARISON and self._next.text in COMPARISONS:
                raise ExpressionError("comparisons cannot be chained", "write a < b and b < c", self._next.at)
        return left

    def _prefix(self, strength: int, depth: int) -> Expression:
        if depth >= DEEPEST:
            raise _too_deep(self._next.at)
        if self._next.text == "not":
            if strength >= NOT:
                raise ExpressionError("`not` stands inside arithmetic or a comparison", "put parentheses around it: (not x)", self._next.at)
            token = self._take()
            return Unary("not", self._expression(NOT - 1, depth + 1), token.at)
        if self._next.text == "-":
            token = self._take()
            return Unary("-", self._expression(MINUS - 1, depth + 1), token.at)
        return self._atom(depth)

    def _atom(self, depth: int) -> Expression:
        token = self._next
        if token.kind == "number":
            return _number(self._take())
        if token.text in ("true", "false"):
            return Truth(self._take().text == "true", token.at)
        if token.text == "(":
            self._take()
            inner = self._expression(0, depth + 1)
            self._expect(")")
            return inner
        if token.kind == "text":
            raise ExpressionError(f"{token.text[0]!r} is not part of the language", _NO_TEXTS, token.at)
        if token.kind != "name" or token.text in KEYWORDS:
            raise self._unexpected("a number, a name or a function")
        self._take()
        if self._next.text != "(":
            return Name(token.text, token.at)
        self._take()
        arguments: list[Expression] = []
        while self._next.text != ")":
            takes = token.text == TEXT_TAKER and self._next.kind == "text"
            arguments.append(self._text() if takes else self._expression(0, depth + 1))
            if self._next.text not in (",", ")"):
                raise self._unexpected("`,` or `)`")
            if self._next.text == ",":
                self._take()
        self._take()
        return Call(token.text, tuple(arguments), token.at)

    def _text(self) -> Text:
        token = self._take()
        return Text(token.text[1:-1], token.at)

    def _take(self) -> _Token:
        taken, self._next = self._next, next(self._tokens, self._next)
        return taken

    def _expect(self, text: str) -> None:
        if self._next.text != text:
            raise self._unexpected(f"`{text}`")
        self._take()

    def _unexpected(self, wanted: str) -> ExpressionError:
        found = repr(self._next.text) if self._next.text else "the end"
        hint = "choices are written if_else(condition, a, b)" if self._next.text in ("if", "else") else None
        return ExpressionError(f"expected {wanted}, found {found}", hint, self._next.at)


def _too_deep(at: int) -> ExpressionError:
    return ExpressionError(f"is nested deeper than {DEEPEST} levels", "name parts of it under `let`", at)


def _number(token: _Token) -> Number:
    mantissa, _, exponent = token.text.lower().partition("e")
    value = _EXACT.create_decimal(token.text) if len(mantissa) < _EXACT.prec and len(exponent) < 6 else LARGEST_NUMBER + 1
    value = _EXACT.normalize(value) if value else Decimal(0)
    finest = value.as_tuple().exponent
    if value > LARGEST_NUMBER or not isinstance(finest, int) or -finest > FINEST_NUMBER:
        raise ExpressionError(
            f"the number is too large or too fine: at most 10^15 and {FINEST_NUMBER} decimals are allowed", None, token.at
        )
    return Number(value, not set(token.text) & set(".eE"), token.at)


_EXACT = Context(prec=64, Emax=999_999, Emin=-999_999)
"""Wide enough that no number of the language is rounded while it is read."""
