"""Program: a compiled strategy, asked for by name: its parameters, its terms of trading, its nodes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from engine.arrays import Integers
from engine.errors import ParameterError, Problem, StrategyError
from engine.indicators.catalog import FIELD, FUNCTION
from engine.language.build import Builder, Series, Value, constant, number
from engine.language.check import did_you_mean
from engine.language.constants import Constant, exact, shorten, shown
from engine.language.expression import Expression, write
from engine.language.graph import OWN, Graph, Outputs
from engine.language.manner import Dividends
from engine.language.read import read_strategy
from engine.language.strategy import Parameter, Rotation, Signals, Strategy
from engine.language.tree import MOST_PROBLEMS
from engine.language.universe import UniverseSpec
from engine.terms import Conditions, Terms

EVERY_WEEK, EVERY_MONTH = -1.0, -2.0
"""`every` of select_entry and select_exit; a positive number counts sessions."""

Params = Mapping[str, float | int]


def compile_strategy(text: str, context: Mapping[str, Any] | None = None) -> "Program":
    """StrategyError with every problem.

    `context`: what a backtest overrides: "universe", "costs", "execution", as in the YAML. Without any (None) the text is judged by
    itself and may leave the universe out; with one, be it empty, somebody must have named it.
    """
    program = Program(read_strategy(text, context))
    try:
        program.check_params({})
    except ParameterError as error:
        raise StrategyError([replace(problem, hint="the defaults of the parameters lead there") for problem in error.problems]) from error
    return program


@dataclass(frozen=True)
class Program:
    strategy: Strategy = field(repr=False)

    @property
    def name(self) -> str:
        return self.strategy.name

    @property
    def identity(self) -> str:
        return self.strategy.identity

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return self.strategy.parameters

    @property
    def universe(self) -> UniverseSpec | None:
        return self.strategy.universe

    @property
    def look_back(self) -> int:
        """Bars of warm-up before the first signal, whatever the parameters."""
        return self.strategy.look_back

    @property
    def further_look_back(self) -> int:
        """Sessions that indices and daily bars are looked back over, before the first of those bars."""
        return self.strategy.further_look_back

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return self.strategy.warnings

    @property
    def conditions(self) -> Conditions:
        """How the market is played, whatever the parameters. `dividends: auto` plays as reinvest."""
        return self.strategy.manner.conditions

    @property
    def dividends(self) -> Dividends:
        """As the strategy says it; who knows the data resolves auto by overriding costs.dividends in the context."""
        return self.strategy.manner.dividends

    @property
    def settings(self) -> frozenset[str]:
        """The paths of the settings that hold, defaults included."""
        return frozenset(given.setting.path for given in self.strategy.manner.settings)

    @property
    def execution_frequency(self) -> str:
        """The finer bars that orders meet, "5m"; "" where they meet the bars that signals are made on."""
        return self.strategy.manner.frequency

    @cached_property
    def fields(self) -> frozenset[str]:
        """What the market must offer beyond plain bars: facts by name, "index:000300.SH", "daily"."""
        roots = self.strategy.roots().values()
        names, functions = (frozenset[str]().union(*map(found, roots)) for found in (self.strategy.reached, self.strategy.called))
        needs = {row.needs for row in (*map(FIELD.get, names), *map(FUNCTION.get, functions)) if row}
        return frozenset(need for need in needs if need).union(*map(self.strategy.other_bars, roots))

    def check_params(self, params: Params) -> dict[str, float | int]:
        """The values of every parameter, defaults filled in, in the strategy's order. ParameterError with every problem."""
        known = {parameter.name: parameter for parameter in self.parameters}
        problems = [
            Problem(
                f"params.{shorten(name)}", f"the strategy has no parameter {shown(name)}", did_you_mean(str(name), known) or _known(known)
            )
            for name in islice((name for name in params if name not in known), MOST_PROBLEMS)
        ]
        values: dict[str, float | int] = {}
        for name, parameter in known.items():
            value = parameter.default if name not in params else parameter.read(params[name])
            if isinstance(value, str):
                problems.append(Problem(f"params.{name}", value))
            else:
                values[name] = value
        problems = problems or self._broken(values)
        if problems:
            raise ParameterError(problems)
        return values

    def check_combinations(self, combinations: Sequence[Params]) -> list[dict[str, float | int]]:
        """check_params of each. ParameterError with every problem of the first combination that has any."""
        return [self.check_params(each) for each in combinations]

    def allows(self, params: Params) -> bool:
        """Whether the values, checked before, keep every row of `require`."""
        values = self._exact(params)
        return all(constant(row, values) for row in self.strategy.require)

    def terms(self, params: Params, initial_cash: int) -> Terms:
        """`params` as check_params gives them; initial_cash in li."""
        return self.strategy.manner.terms(
            self._exact(params),
            initial_cash=initial_cash,
            buy_until_cancelled=self.strategy.buy.until_cancelled,
            sell_until_cancelled=self.strategy.sell.until_cancelled,
        )

    def terms_of(self, params: Sequence[Params], initial_cash: int) -> list[Terms]:
        """The terms of each combination; equal ones are one object. `params` as check_combinations gives them; initial_cash in li."""
        found: dict[Terms, Terms] = {}
        return [found.setdefault(terms, terms) for terms in (self.terms(each, initial_cash) for each in params)]

    def outputs_of(self, graph: Graph, params: Sequence[Params]) -> Integers:
        """(P, fields of Outputs) node numbers, -1: none. Adds the nodes of all combinations; `params` as check_combinations gives them."""
        return np.array([self.outputs(graph, each) for each in params], np.int64).reshape(-1, len(Outputs._fields))

    def outputs(self, graph: Graph, params: Params) -> Outputs:
        """Adds the nodes of one combination. Entries are gated: by the strategy's condition, the universe of the day, and `where`."""
        plan = _Plan(self, graph, self._exact(params))
        trading = self.strategy.trading
        outputs = plan.rotation(trading) if isinstance(trading, Rotation) else plan.signals(trading)
        return outputs._replace(**plan.prices())

    def _exact(self, params: Params) -> dict[str, Constant]:
        return {parameter.name: exact(params.get(parameter.name, parameter.default)) for parameter in self.parameters}

    def _broken(self, params: Params) -> list[Problem]:
        """What single values allow and their combination does not."""
        values = self._exact(params)
        problems = [Problem("require", f"the parameters break {write(row)}") for row in self.strategy.require if not constant(row, values)]
        problems += self.strategy.manner.broken(values)
        trading = self.strategy.trading
        if isinstance(trading, Rotation):
            keep, top = number(trading.keep_within, values), number(trading.top, values)
            if keep < top:
                problems.append(Problem("select.keep_within", f"is {keep}, less than top, which is {top}"))
        return problems

    @cached_property
    def uses(self) -> dict[str, tuple[str, ...]]:
        """The parameters that a let, or a root, depends on: where these are equal, so are the nodes."""
        named = {**self.strategy.roots(), **{f"let.{let.name}": let.expression for let in self.strategy.lets}}
        reached = {place: self.strategy.reached(expression) for place, expression in named.items()}
        return {place: tuple(row.name for row in self.parameters if row.name in names) for place, names in reached.items()}


class _Plan:
    """The nodes of one combination. What another combination has built from the same parameters is found in the graph's memory."""

    def __init__(self, program: Program, graph: Graph, values: Mapping[str, Constant]) -> None:
        self._program, self._graph, self._values = program, graph, values
        self._builder = Builder(graph, values)
        strategy = program.strategy
        reached = frozenset[str]().union(*map(strategy.reached, strategy.roots().values()))
        self._names = self._named(reached, OWN)
        self._eligible = graph.add("member")
        for i, row in enumerate(strategy.where):
            self._eligible = graph.add("and", (self._eligible, self._node(f"where.{i}", row)))

    def signals(self, trading: Signals) -> Outputs:
        entry = self._graph.add("and", (self._node("entry", trading.entry), self._eligible))
        exit_ = self._node("exit", trading.exit) if trading.exit else self._builder.node(False)
        return Outputs(entry, exit_, self._node("rank", trading.rank) if trading.rank else -1)

    def rotation(self, trading: Rotation) -> Outputs:
        by = self._node("select.by", trading.by)
        top = float(number(trading.top, self._values))
        keep = float(number(trading.keep_within, self._values))
        every = _PERIODS[trading.every] if isinstance(trading.every, str) else float(number(trading.every, self._values))
        exit_ = self._graph.add("select_exit", (by, self._eligible), (keep, every))
        if trading.weight is None:
            return Outputs(self._graph.add("select_entry", (by, self._eligible), (top, every)), exit_, by)
        weight = self._graph.add("select_weights", (by, self._eligible, self._node("select.weight", trading.weight)), (top, keep, every))
        return Outputs(self._builder.node(False), exit_, by, weight=weight)

    def prices(self) -> dict[str, int]:
        """The prices of orders by their name in Outputs, rounded so that an order is never worse than what was asked for."""
        nodes = {}
        for place, price in self._program.strategy.prices().items():
            name = "_".join(place.split(".")[1:])  # execution.buy.limit
            numbers = float(price.is_adjusted), float(name in _ROUNDED_UP)
            nodes[name] = self._graph.add("order_price", (self._node(place, price.expression),), numbers)
        return nodes

    def _named(self, reached: Collection[str], bars: str) -> dict[str, Value]:
        """Parameters, and the lets that are reached as they are on some bars."""
        names: dict[str, Value] = dict(self._values)
        for let in self._program.strategy.lets:
            if let.name in reached:
                names[let.name] = self._value(f"let.{let.name}", let.expression, names, bars)
        return names

    def _elsewhere(self, expression: Expression, bars: str) -> dict[str, Value]:
        return self._named(self._program.strategy.reached(expression), bars)

    def _node(self, place: str, expression: Expression) -> int:
        return self._builder.node(self._value(place, expression, self._names, OWN))

    def _value(self, place: str, expression: Expression, names: Mapping[str, Value], bars: str) -> Value:
        key = (self._program.identity, bars, place, *(self._values[name] for name in self._program.uses[place]))
        if key in self._graph.memory:
            return Series(self._graph.memory[key])
        value = Builder(self._graph, names, bars, self._elsewhere).build(expression)
        if isinstance(value, Series):
            self._graph.memory[key] = value.node
        return value


_ROUNDED_UP = ("buy_stop", "sell_limit")
_PERIODS = {"week": EVERY_WEEK, "month": EVERY_MONTH}


def _known(names: Mapping[str, Parameter]) -> str:
    return f"known: {', '.join(names)}" if names else "it has none"
