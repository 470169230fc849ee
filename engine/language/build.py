"""A checked expression, for many combinations of parameters at once, to exact constants or to nodes of a graph.

What an expression is made of decides which parameters it depends on; it is built once for each group of combinations that agree in these.
"""

from collections.abc import Callable, Mapping, Sequence

from engine.indicators.catalog import FIELD, FUNCTION, Function
from engine.indicators.catalog.other_bars import GROUP as OTHER_BARS
from engine.indicators.catalog.other_bars import INDEX_FIELDS
from engine.language.check import definition, reads
from engine.language.combinations import NOTHING, Combinations, Constants, Series
from engine.language.constants import ARITHMETIC, COMPARE, Constant, exact, plain
from engine.language.expression import Binary, Call, Expression, Name, Number, Text, Truth, Unary
from engine.language.graph import DAILY, INDEX_PREFIX, OWN, Graph

Value = Constants | Series

Elsewhere = Callable[[Expression, str], Mapping[str, Value]]


def constants(expression: Expression, combinations: Combinations) -> Constants:
    """The values of a checked expression that names parameters only."""
    value = Builder(Graph(), combinations, combinations.constants).build(expression)
    if isinstance(value, Series):
        raise TypeError("a checked constant turned out to be a series")
    return value


def node_of(graph: Graph, expression: Expression, params: Mapping[str, float | int]) -> int:
    """The node of one expression for one combination, whose parameters are all that it names beside fields."""
    combination = Combinations(1, {name: [value] for name, value in params.items()})
    builder = Builder(graph, combination, combination.constants)
    return builder.series(builder.build(expression)).cells[0]


class Builder:
    """`names`: parameters and lets (or an abbreviation's arguments) by value. Constants never reach the graph until a series meets them.

    `place`: the bars that everything is computed on, as Node has it. `elsewhere` gives what an expression may name on the bars of another
    place; without it there are parameters only.
    """

    def __init__(
        self, graph: Graph, combinations: Combinations, names: Mapping[str, Value], place: str = OWN, elsewhere: Elsewhere | None = None
    ) -> None:
        self._graph, self._combinations, self._names, self._place = graph, combinations, names, place
        self._elsewhere = elsewhere or (lambda _expression, _place: names)

    def build(self, expression: Expression) -> Value:
        if isinstance(expression, Number):
            return Constants(NOTHING, [plain(exact(expression.value))])
        if isinstance(expression, Truth):
            return Constants(NOTHING, [expression.value])
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

    def series(self, value: Value) -> Series:
        """Constants become nodes: numbers by their own op, truths as comparisons that always or never hold."""
        if isinstance(value, Series):
            return value
        if not isinstance(value.cells[0], bool):
            return Series(value.uses, self._graph.add_all("constant", (), [list(map(float, value.cells))], self._place))
        zero = self._graph.add("constant", (), (0.0,), self._place)
        truth = {each: self._graph.add("ge" if each else "gt", (zero, zero), (), self._place) for each in set(value.cells)}
        return Series(value.uses, [truth[each] for each in value.cells])

    def _field(self, name: str) -> Series:
        here = INDEX_FIELDS[name] if self._place.startswith(INDEX_PREFIX) else FIELD[name].name
        return self.add(here)

    def _unary(self, operator: str, operand: Value) -> Value:
        if isinstance(operand, Series):
            return self.add("not" if operator == "not" else "neg", operand)
        return Constants(operand.uses, [not each if operator == "not" else -each for each in operand.cells])

    def _binary(self, operator: str, left: Value, right: Value) -> Value:
        if isinstance(left, Series) or isinstance(right, Series):
            op, exchanged = _OPS[operator]
            return self.add(op, right, left) if exchanged else self.add(op, left, right)
        return self._constants(_EXACT[operator], left, right)

    def _call(self, expression: Call) -> Value:
        function = FUNCTION[expression.function]
        if function.group == OTHER_BARS:
            return self._brought(function, expression)
        values = [self.build(argument) for argument in expression.arguments]
        if function.definition:
            names = {argument.name: value for argument, value in zip(function.arguments, values, strict=True)}
            return Builder(self._graph, self._combinations, names, self._place).build(definition(function))
        if function.name in _CONSTANT and not any(isinstance(value, Series) for value in values):
            return self._constants(_CONSTANT[function.name], *values)
        return self._function(function, values)

    def _brought(self, function: Function, expression: Call) -> Series:
        """The value of an expression of other bars, on the bars of this place."""
        x, *code = expression.arguments
        place = f"{INDEX_PREFIX}{code[0].value}" if code and isinstance(code[0], Text) else DAILY
        there = Builder(self._graph, self._combinations, self._elsewhere(x, place), place, self._elsewhere)
        return self.add(function.name, there.series(there.build(x)))

    def _function(self, function: Function, values: list[Value]) -> Series:
        pairs = list(zip(function.arguments, values, strict=True))
        read = [Builder(self._graph, self._combinations, {}, self._place).build(expression) for expression in reads(function)]
        operands = read + [value for argument, value in pairs if argument.kind in ("series", "value", "truth")]
        numbers = [value for argument, value in pairs if argument.kind in ("whole", "number")]
        return self.add(function.name, *operands, numbers=numbers)

    def _constants(self, function: Callable[..., Constant], *values: Value) -> Constants:
        uses, cells = self._combinations.spread(values)
        return Constants(uses, list(map(function, *cells)))

    def add(self, op: str, *operands: Value, numbers: Sequence[Value] = ()) -> Series:
        uses, columns = self._combinations.spread([*map(self.series, operands), *numbers])
        args, windows = columns[: len(operands)], columns[len(operands) :]
        return Series(uses, self._graph.add_all(op, args, [list(map(float, each)) for each in windows], self._place))


_OPS = {
    **{"+": ("add", False), "-": ("sub", False), "*": ("mul", False), "/": ("div", False), "and": ("and", False), "or": ("or", False)},
    **{">": ("gt", False), ">=": ("ge", False), "<": ("gt", True), "<=": ("ge", True), "==": ("eq", False), "!=": ("ne", False)},
}
"""The op of an operator, and whether its operands are exchanged."""

_EXACT: dict[str, Callable[..., Constant]] = {**ARITHMETIC, **COMPARE, "and": lambda a, b: a and b, "or": lambda a, b: a or b}

_CONSTANT: dict[str, Callable[..., Constant]] = {
    "abs": abs,
    "max": max,
    "min": min,
    "if_else": lambda condition, a, b: a if condition else b,
}
