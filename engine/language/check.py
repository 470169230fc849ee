"""What an expression means: its type, range, look-back and scale, or every reason why it means nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from heapq import nsmallest

from engine.errors import Problem
from engine.indicators.catalog import FIELD, FUNCTION, Argument, Function, Kind, Scale, cross_section
from engine.indicators.catalog.other_bars import DAILY, INDEX, INDEX_FIELDS
from engine.indicators.catalog.other_bars import GROUP as OTHER_BARS
from engine.language.codes import INDEX as INDEX_CODE
from engine.language.constants import LARGEST, Range, absolute, as_text, combine, either, exact, larger, negative, shown, smaller
from engine.language.expression import COMPARISONS, Binary, Call, Expression, Name, Number, Text, Truth, Unary, walk
from engine.language.parser import parse
from engine.language.tree import LONGEST_NAME, Scalar


@dataclass(frozen=True)
class Meaning:
    """`range`: of a constant, over all allowed parameter values; None for a series. A constant truth has none to speak of: 0..1."""

    kind: Kind
    range: Range | None = None
    is_whole: bool = False
    """The constant is a whole number, whatever the parameters."""
    look_back: int = 0
    """Bars before the current one."""
    scale: Scale = "plain"
    further: int = 0
    """Sessions that it looks back over on other bars, before the first of its own ones."""
    reads: frozenset[str] = frozenset()
    """Fields of the bars that it is computed on, and functions that not all bars can serve."""
    numbers: int = 1
    """Numbers and parameters that the constant is made of, through all names."""

    @property
    def is_series(self) -> bool:
        return self.range is None


EITHER = Range(Fraction(0), Fraction(1))
MOST_NUMBERS = 100
"""Of one constant: exact fractions have as many digits as all their numbers together, and names that stand for squares double them."""
ACROSS = cross_section.GROUP
"""The group of functions that compare the stocks of a day, which an index has none of."""
SERIES = Meaning("number")


@cache
def definition(function: Function) -> Expression:
    """What an abbreviation of the catalogue stands for."""
    return parse(str(function.definition))


@cache
def reads(function: Function) -> tuple[Expression, ...]:
    """What the function's kernel reads of the bar by itself."""
    return tuple(map(parse, function.reads))


class Checker:
    """Checks the expression of one place. `names`: meanings of what it may name beside fields; with `fields` off it must be constant.

    `hidden`: names that exist but not here, with the reason.
    """

    def __init__(
        self,
        source: Scalar,
        names: Mapping[str, Meaning | None],
        hidden: Mapping[str, str] | None = None,
        fields: bool = True,
        on_index: bool = False,
    ) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._source, self._names, self._hidden, self._fields, self._on_index = source, names, hidden or {}, fields, on_index

    def of_kind(self, expression: Expression, wanted: Kind | None) -> Meaning | None:
        """The meaning of the whole expression, which must be of the kind wanted. None where a problem was found."""
        return self._of_kind(expression, wanted, "this place") if wanted else self.meaning(expression)

    def meaning(self, expression: Expression) -> Meaning | None:
        if isinstance(expression, Number):
            return Meaning("number", Range(exact(expression.value), exact(expression.value)), expression.is_whole)
        if isinstance(expression, Truth):
            return Meaning("truth", EITHER)
        if isinstance(expression, Name | Text):
            return self._name(expression)
        if isinstance(expression, Unary):
            return self._unary(expression)
        if isinstance(expression, Binary):
            return self._binary(expression)
        return self._call(expression)

    def _name(self, expression: Name | Text) -> Meaning | None:
        if isinstance(expression, Text):
            return self._refuse(expression, "a text can only be the code of an index", f"write {FUNCTION[INDEX].signature}")
        name = expression.name
        field = FIELD.get(name)
        if name in self._names:
            known = self._names[name]
            return replace(known, scale="plain") if known and self._on_index else known
        if field and self._fields:
            return Meaning(field.kind, scale="plain" if self._on_index else field.scale, reads=frozenset((name,)))
        if name in self._hidden:
            return self._refuse(expression, f"{shown(name)} cannot stand here: {self._hidden[name]}")
        if field:
            return self._refuse(expression, f"{shown(name)} changes from bar to bar; only numbers and parameters may stand here")
        return self._unknown_name(expression)

    def _unknown_name(self, expression: Name) -> Meaning | None:
        name = expression.name
        if name in FUNCTION:
            return self._refuse(expression, f"{shown(name)} is a function", f"write {FUNCTION[name].signature}")
        known = [*self._names, *(FIELD if self._fields else ())]
        return self._refuse(expression, f"unknown name {shown(name)}", did_you_mean(name, known) or _WORDS.get(name))

    def _unary(self, expression: Unary) -> Meaning | None:
        wanted: Kind = "truth" if expression.operator == "not" else "number"
        operand = self._of_kind(expression.operand, wanted, f"`{expression.operator}`")
        if operand is None or wanted == "truth":
            return operand
        return replace(operand, range=negative(operand.range) if operand.range else None)

    def _binary(self, expression: Binary) -> Meaning | None:
        operator = expression.operator
        wanted: Kind = "truth" if operator in ("and", "or") else "number"
        left = self._of_kind(expression.left, wanted, f"`{operator}`")
        right = self._of_kind(expression.right, wanted, f"`{operator}`")
        if left is None or right is None:
            return None
        found = _together((left, right))
        constant = not (left.is_series or right.is_series)
        if wanted == "truth" or operator in COMPARISONS:
            if operator in COMPARISONS:
                self._compare_scales(expression, left, right)
            return replace(found, kind="truth", range=EITHER if constant else None)
        if operator == "/" and right.range and right.range.holds_zero:
            always = right.range.low == right.range.high
            shown = "" if always else f": it ranges over {as_text(right.range.low)}..{as_text(right.range.high)}"
            return self._refuse(expression, "divides by zero" if always else f"the divisor may be zero{shown}")
        if operator in "+-":
            self._compare_scales(expression, left, right)
        scale = _scale(operator, left, right)
        if not (left.range and right.range):
            return replace(found, scale=scale)
        result = combine(operator, left.range, right.range)
        if max(-result.low, result.high) > LARGEST:
            return self._refuse(expression, "the constant grows beyond 10^18")
        whole = left.is_whole and right.is_whole and operator != "/"
        is_whole = whole or (result.low == result.high and result.low.denominator == 1)
        return self._made_of((left, right), Meaning("number", result, is_whole), expression)

    def _call(self, expression: Call) -> Meaning | None:
        function = FUNCTION.get(expression.function)
        if function is None:
            return self._unknown_function(expression)
        if len(expression.arguments) != len(function.arguments):
            expected = f"{len(function.arguments)} argument" + "s" * (len(function.arguments) != 1)
            message = f"{function.name} takes {expected}, not {len(expression.arguments)}"
            for inner in expression.arguments:
                self.meaning(inner)
            return self._refuse(expression, message, f"write {function.signature}")
        if function.group == OTHER_BARS:
            return self._elsewhere(function, expression)
        found = [self._argument(function, *pair) for pair in zip(function.arguments, expression.arguments, strict=True)]
        arguments = [meaning for meaning in found if meaning is not None]
        if len(arguments) < len(found):
            return None
        means = self._of_definition if function.definition else self._of_function
        meaning = means(function, arguments, expression)
        if meaning and meaning.is_series and not self._fields:
            return self._refuse(expression, f"{shown(function.name)} changes from bar to bar; only numbers and parameters may stand here")
        return meaning

    def _of_definition(self, function: Function, arguments: Sequence[Meaning], expression: Call) -> Meaning | None:
        """Of an abbreviation. What is wrong inside it is said of its call: nobody sees the definition's own places."""
        names = {argument.name: meaning for argument, meaning in zip(function.arguments, arguments, strict=True)}
        inner = Checker(self._source, names, on_index=self._on_index)
        meaning = inner.meaning(definition(function))
        for problem in inner.problems:
            self._refuse(expression, f"inside {function.name}: {problem.message}", problem.hint)
        return meaning

    def _of_function(self, function: Function, arguments: Sequence[Meaning], expression: Call) -> Meaning | None:
        """Of one that is no abbreviation."""
        numbers = [meaning for meaning in arguments if meaning.kind == "number"]
        if function.name in _CONSTANT_RESULT and not any(meaning.is_series for meaning in arguments):
            ranges = [meaning.range for meaning in numbers if meaning.range]
            found = Meaning("number", _CONSTANT_RESULT[function.name](*ranges), all(meaning.is_whole for meaning in numbers))
            return self._made_of(numbers, found, expression)
        pairs = [meaning for argument, meaning in zip(function.arguments, arguments, strict=True) if argument.kind == "value"]
        if len(pairs) == 2:
            self._compare_scales(expression, *pairs)
        if function.group == ACROSS and any(meaning.scale == "adjusted" for meaning in arguments):
            message = "compares stocks by an adjusted price level, which is arbitrary: it tells nothing about one against another"
            self.warnings.append(self._source.problem(message, _LEVEL_HINT, expression.at))
        windows = [meaning.range.high for argument, meaning in zip(function.arguments, arguments, strict=True)
                   if argument.kind == "whole" and meaning.range]  # fmt: skip
        together = _together(arguments)
        look_back = together.look_back + function.look_back(*map(int, windows))
        scale: Scale = _wider(numbers) if function.scale == "same" and function.result == "number" else "plain"
        return replace(together, kind=function.result, look_back=look_back, scale=scale, reads=together.reads | _read_by(function))

    def _made_of(self, parts: Sequence[Meaning], whole: Meaning, expression: Expression) -> Meaning | None:
        """A constant that others are put together to."""
        numbers = sum(part.numbers for part in parts)
        if numbers > MOST_NUMBERS:
            message = f"the constant is made of more than {MOST_NUMBERS} numbers and parameters, through the names that it uses"
            return self._refuse(expression, message)
        return replace(whole, numbers=numbers)

    def _elsewhere(self, function: Function, expression: Call) -> Meaning | None:
        """What is computed on other bars: its look-back counts there, in sessions."""
        is_index = function.name == INDEX
        inner = Checker(self._source, self._names, self._hidden, self._fields, is_index)
        found = inner.meaning(expression.arguments[0])
        self.problems += inner.problems
        self.warnings += inner.warnings
        wrong = is_index and self._is_no_code(expression.arguments[1])
        if found is None or wrong:
            return None
        if not found.is_series:
            return self._refuse(expression, f"argument 'x' of {function.name} must be a series", f"write {function.signature}")
        lacking = sorted(found.reads - INDEX_FIELDS.keys() if is_index else found.reads & {DAILY})
        if lacking:
            what = "the bars of an index" if is_index else "daily bars"
            hint = (
                f"an index has {', '.join(INDEX_FIELDS)}, its prices in points"
                if is_index
                else f"{DAILY} stands once around the whole expression"
            )
            return self._refuse(expression, f"there is no {shown(lacking[0])} on {what}", hint)
        scale: Scale = "plain" if is_index else found.scale
        return Meaning(found.kind, scale=scale, further=found.look_back + found.further, reads=frozenset((function.name,)))

    def _is_no_code(self, expression: Expression) -> bool:
        if isinstance(expression, Text) and INDEX_CODE.fullmatch(expression.value):
            return False
        self._refuse(expression, "argument 'code' of index must be the code of an index, in quotes", "as in index(close, '000300.SH')")
        return True

    def _unknown_function(self, expression: Call) -> Meaning | None:
        name = expression.function
        for argument in expression.arguments:
            self.meaning(argument)
        if name in FIELD or name in self._names:
            return self._refuse(expression, f"{shown(name)} is no function", "multiplication is written with *")
        return self._refuse(expression, f"unknown function {shown(name)}", did_you_mean(name, FUNCTION))

    def _argument(self, function: Function, argument: Argument, expression: Expression) -> Meaning | None:
        what = f"argument {argument.name!r} of {function.name}"
        wanted: Kind = "truth" if argument.kind == "truth" else "number"
        meaning = self._of_kind(expression, wanted, what)
        if meaning is None or argument.kind in ("value", "truth"):
            return meaning
        if argument.kind == "series":
            return meaning if meaning.is_series else self._refuse(expression, f"{what} must be a series", f"write {function.signature}")
        if meaning.range is None:
            return self._refuse(expression, f"{what} must be a number or an expression of parameters", f"write {function.signature}")
        if argument.kind == "whole" and not meaning.is_whole:
            hint = "declare a parameter whose default, min and max are whole, and do not divide"
            return self._refuse(expression, f"{what} must be a whole number", hint)
        return self._within(expression, meaning, what, Fraction(argument.low), Fraction(argument.high))

    def _within(self, expression: Expression, meaning: Meaning, what: str, low: Fraction, high: Fraction) -> Meaning | None:
        found = meaning.range
        if found is None or (low <= found.low and found.high <= high):
            return meaning
        bounds = f"{as_text(low)}..{as_text(high)}"
        if found.low == found.high:
            return self._refuse(expression, f"{what} is {as_text(found.low)}, outside {bounds}")
        hint = "narrow min and max of its parameters"
        return self._refuse(expression, f"{what} ranges over {as_text(found.low)}..{as_text(found.high)}, outside {bounds}", hint)

    def _of_kind(self, expression: Expression, wanted: Kind, what: str) -> Meaning | None:
        meaning = self.meaning(expression)
        if meaning is None or meaning.kind == wanted:
            return meaning
        if wanted == "truth":
            return self._refuse(expression, f"{what} needs true or false, and this is a number", "compare it, as in x > 0")
        return self._refuse(expression, f"{what} needs a number, and this is true or false", "if_else(condition, 1, 0) makes it one")

    def _compare_scales(self, expression: Expression, a: Meaning, b: Meaning) -> None:
        """An adjusted price level shifts with every new ex-date, so that only other adjusted levels (and zero) can stand beside it."""
        mixed = (a.scale == "adjusted") != (b.scale == "adjusted")
        other = b if a.scale == "adjusted" else a
        if mixed and other.range != Range(Fraction(0), Fraction(0)):
            message = "an adjusted price level meets a number that is none: adjusted levels are arbitrary and shift with ex-dates"
            hint = "use raw_close (in yuan), or a ratio such as close / sma(close, 20)"
            self.warnings.append(self._source.problem(message, hint, expression.at))

    def _refuse(self, expression: Expression, message: str, hint: str | None = None) -> Meaning | None:
        self.problems.append(self._source.problem(message, hint, expression.at))
        return None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    word = name[:LONGEST_NAME].lower()
    letters = set(word)
    alike = nsmallest(_COMPARED, sorted(known), key=lambda one: len(letters ^ set(one)) + abs(len(one) - len(word)))
    close = get_close_matches(word, alike, n=1)
    return f"did you mean {close[0]!r}?" if close else None


_COMPARED = 24
"""Names that are compared letter by letter, which takes a while; a text may give hundreds of names, and ask as often."""


_WORDS = {
    **{"True": "write true", "False": "write false", "AND": "write `and`", "OR": "write `or`", "NOT": "write `not`"},
    "sessions_since_listing": "write listed_days",
    "industry": "it is no number; neutralize(x) compares a stock with those of its industry",
}

_LEVEL_HINT = "use raw_close (in yuan), or a ratio such as close / sma(close, 20)"
"""What to write instead of an adjusted price level."""

_CONSTANT_RESULT: dict[str, Callable[..., Range]] = {"abs": absolute, "max": larger, "min": smaller, "if_else": either}
"""Functions that are constant where all their operands are."""


def _together(meanings: Iterable[Meaning]) -> Meaning:
    """A series that looks wherever one of some looks."""
    found = list(meanings)
    return Meaning(
        "number",
        look_back=max((each.look_back for each in found), default=0),
        further=max((each.further for each in found), default=0),
        reads=frozenset[str]().union(*(each.reads for each in found)),
    )


def _read_by(function: Function) -> frozenset[str]:
    """What the function itself asks of the bars, beside its arguments."""
    fields = (inner.name for expression in reads(function) for inner, _ in walk(expression) if isinstance(inner, Name))
    return frozenset((*fields, function.name) if function.group == ACROSS else fields)


def _scale(operator: str, a: Meaning, b: Meaning) -> Scale:
    return "plain" if operator == "/" and a.scale == b.scale else _wider((a, b))


def _wider(meanings: Iterable[Meaning]) -> Scale:
    scales = {meaning.scale for meaning in meanings}
    return "adjusted" if "adjusted" in scales else "traded" if "traded" in scales else "plain"
