"""A checked expression and parameter values to an exact constant, or to nodes of a graph."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.indicators.catalog import FIELD, FUNCTION, Function
from engine.indicators.catalog.other_bars import GROUP as OTHER_BARS
from engine.indicators.catalog.other_bars import INDEX_FIELDS
from engine.language.check import definition, reads
from engine.language.constants import ARITHMETIC, COMPARE, Constant, exact
from engine.language.expression import Binary, Call, Expression, Name, Number, Text, Truth, Unary
from engine.language.graph import DAILY, INDEX_PREFIX, OWN, Graph


@dataclass(frozen=True)
class Series:
    node: int


Value = Constant | Series

Elsewhere = Callable[[Expression, str], Mapping[str, Value]]


def constant(expression: Expression, values: Mapping[str, Constant]) -> Constant:
    """The value of a checked expression that names parameters only."""
    value = Builder(Graph(), values).build(expression)
    if isinstance(value, Series):
        raise TypeError("a checked constant turned out to be a series")
    return value


def number(expression: Expression, values: Mapping[str, Constant]) -> Fraction:
    return Fraction(constant(expression, values))


class Builder:
    """`names`: parameters and lets (or an abbreviation's arguments) by value. Constants never reach the graph until a series meets them.

    `place`: the bars that everything is computed on, as Node has it. `elsewhere` gives what an expression may name on the bars of another
    place; without it there are parameters only.
    """

    def __init__(self, graph: Graph, names: Mapping[str, Value], place: str = OWN, elsewhere: Elsewhere | None = None) -> None:
        self.graph, self._names, self._place = graph, names, place
        self._elsewhere = elsewhere or (lambda _expression, _place: names)

    def build(self, expression: Expression) -> Value:
        if isinstance(expression, Number):
            return exact(expression.value)
        if isinstance(expression, Truth):
            return expression.value
        if isinstance(expression, Name):
            name = expression.name
            return self._names[name] if name in self._names else self._field(name)
        if isinstance(expression, Unary):
            return self._unary(expression.operator, self.build(expression.operand))
        if isinstance(expression, Binary):
            return self._binary(expression.operator, self.build(expression.left), self.build(expression.right))
        if isinstance(expression, Text):
            raise TypeError("a checked text turned out to be a value")
        return self._call(expression)

    def node(self, value: Value) -> int:
        """Constants become nodes: numbers by their own op, truths as comparisons that always or never hold."""
        if isinstance(value, Series):
            return value.node
        if isinstance(value, bool):
            zero = self.graph.add("constant", (), (0.0,), self._place)
            return self.graph.add("ge" if value else "gt", (zero, zero), (), self._place)
        return self.graph.add("constant", (), (float(value),), self._place)

    def _field(self, name: str) -> Series:
        here = INDEX_FIELDS[name] if self._place.startswith(INDEX_PREFIX) else FIELD[name].name
        return Series(self.graph.add(here, (), (), self._place))

    def _unary(self, operator: str, operand: Value) -> Value:
        if isinstance(operand, Series):
            return self._add("not" if operator == "not" else "neg", operand)
        return not operand if operator == "not" else -Fraction(operand)

    def _binary(self, operator: str, left: Value, right: Value) -> Value:
        if isinstance(left, Series) or isinstance(right, Series):
            op, exchanged = _OPS[operator]
            return self._add(op, right, left) if exchanged else self._add(op, left, right)
        if operator == "and":
            return bool(left and right)
        if operator == "or":
            return bool(left or right)
        if operator in COMPARE:
            return COMPARE[operator](Fraction(left), Fraction(right))
        return ARITHMETIC[operator](Fraction(left), Fraction(right))

    def _call(self, expression: Call) -> Value:
        function = FUNCTION[expression.function]
        if function.group == OTHER_BARS:
            return self._brought(function, expression)
        values = [self.build(argument) for argument in expression.arguments]
        if function.definition:
            names = {argument.name: value for argument, value in zip(function.arguments, values, strict=True)}
            return Builder(self.graph, names, self._place).build(definition(function))
        if function.name in _CONSTANT and not any(isinstance(value, Series) for value in values):
            return _CONSTANT[function.name](*values)
        return self._function(function, values)

    def _brought(self, function: Function, expression: Call) -> Series:
        """The value of an expression of other bars, on the bars of this place."""
        x, *code = expression.arguments
        place = f"{INDEX_PREFIX}{code[0].value}" if code and isinstance(code[0], Text) else DAILY
        there = Builder(self.graph, self._elsewhere(x, place), place, self._elsewhere)
        return Series(self.graph.add(function.name, (there.node(there.build(x)),), (), self._place))

    def _function(self, function: Function, values: list[Value]) -> Series:
        pairs = list(zip(function.arguments, values, strict=True))
        read = [Builder(self.graph, {}, self._place).build(expression) for expression in reads(function)]
        given = [value for argument, value in pairs if argument.kind in ("series", "value", "truth")]
        nodes = tuple(map(self.node, read + given))
        numbers = tuple(float(value) for argument, value in pairs if argument.kind in ("whole", "number") and isinstance(value, Fraction))
        return Series(self.graph.add(function.name, nodes, numbers, self._place))

    def _add(self, op: str, *values: Value) -> Series:
        return Series(self.graph.add(op, tuple(self.node(value) for value in values), (), self._place))


_OPS = {
    **{"+": ("add", False), "-": ("sub", False), "*": ("mul", False), "/": ("div", False), "and": ("and", False), "or": ("or", False)},
    **{">": ("gt", False), ">=": ("ge", False), "<": ("gt", True), "<=": ("ge", True), "==": ("eq", False), "!=": ("ne", False)},
}

_CONSTANT: dict[str, Callable[..., Constant]] = {
    "abs": abs,
    "max": max,
    "min": min,
    "if_else": lambda condition, a, b: a if condition else b,
}
