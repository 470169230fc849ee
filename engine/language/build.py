"""A checked expression and parameter values to an exact constant, or to nodes of a graph."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.indicators.catalog import FIELD, FUNCTION, Function
from engine.language.check import definition, reads
from engine.language.constants import ARITHMETIC, COMPARE, Constant, exact
from engine.language.expression import Binary, Call, Expression, Name, Number, Truth, Unary
from engine.language.graph import Graph


@dataclass(frozen=True)
class Series:
    node: int


Value = Constant | Series


def constant(expression: Expression, values: Mapping[str, Constant]) -> Constant:
    """The value of a checked expression that names parameters only."""
    value = Builder(Graph(), values).build(expression)
    if isinstance(value, Series):
        raise TypeError("a checked constant turned out to be a series")
    return value


def number(expression: Expression, values: Mapping[str, Constant]) -> Fraction:
    return Fraction(constant(expression, values))


class Builder:
    """`names`: parameters and lets (or an abbreviation's arguments) by value. Constants never reach the graph until a series meets them."""

    def __init__(self, graph: Graph, names: Mapping[str, Value]) -> None:
        self.graph, self._names = graph, names

    def build(self, expression: Expression) -> Value:
        if isinstance(expression, Number):
            return exact(expression.value)
        if isinstance(expression, Truth):
            return expression.value
        if isinstance(expression, Name):
            name = expression.name
            return self._names[name] if name in self._names else Series(self.graph.add(FIELD[name].name))
        if isinstance(expression, Unary):
            return self._unary(expression.operator, self.build(expression.operand))
        if isinstance(expression, Binary):
            return self._binary(expression.operator, self.build(expression.left), self.build(expression.right))
        return self._call(expression)

    def node(self, value: Value) -> int:
        """Constants become nodes: numbers by their own op, truths as comparisons that always or never hold."""
        if isinstance(value, Series):
            return value.node
        if isinstance(value, bool):
            zero = self.graph.add("constant", (), (0.0,))
            return self.graph.add("ge" if value else "gt", (zero, zero))
        return self.graph.add("constant", (), (float(value),))

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
        values = [self.build(argument) for argument in expression.arguments]
        if function.definition:
            names = {argument.name: value for argument, value in zip(function.arguments, values, strict=True)}
            return Builder(self.graph, names).build(definition(function))
        if function.name in _CONSTANT and not any(isinstance(value, Series) for value in values):
            return _CONSTANT[function.name](*values)
        return self._function(function, values)

    def _function(self, function: Function, values: list[Value]) -> Series:
        pairs = list(zip(function.arguments, values, strict=True))
        read = [Builder(self.graph, {}).build(expression) for expression in reads(function)]
        given = [value for argument, value in pairs if argument.kind in ("series", "value", "truth")]
        nodes = tuple(map(self.node, read + given))
        numbers = tuple(float(value) for argument, value in pairs if argument.kind in ("whole", "number") and isinstance(value, Fraction))
        return Series(self.graph.add(function.name, nodes, numbers))

    def _add(self, op: str, *values: Value) -> Series:
        return Series(self.graph.add(op, tuple(self.node(value) for value in values)))


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
