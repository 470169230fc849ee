"""Program: a compiled strategy, asked for by name: its parameters, its terms of trading, its nodes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, islice
from typing import Any

import numpy as np

from engine.arrays import Integers
from engine.errors import ParameterError, Problem, StrategyError
from engine.indicators.catalog import FIELD, FUNCTION
from engine.language.build import constants
from engine.language.check import did_you_mean
from engine.language.combinations import Column, Combinations
from engine.language.constants import Constant, shorten, shown
from engine.language.expression import write
from engine.language.graph import Graph, Outputs
from engine.language.manner import Dividends
from engine.language.outputs import Planner
from engine.language.read import read_strategy
from engine.language.strategy import Parameter, Rotation, Strategy
from engine.language.tree import MOST_PROBLEMS
from engine.terms import Conditions, Terms
from engine.universe import Universe

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
    def universe(self) -> Universe | None:
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
        if problems:
            raise ParameterError(problems)
        self._keep_together(Combinations(1, {name: [value] for name, value in values.items()}))
        return values

    def check_combinations(self, combinations: Sequence[Params]) -> list[dict[str, float | int]]:
        """check_params of each. ParameterError with every problem of the first combination that has any."""
        columns = self._read(combinations) if combinations else None
        if columns is None:
            return [self.check_params(each) for each in combinations]
        self._keep_together(Combinations(len(combinations), columns))
        return (
            [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)] if columns else [{} for _ in combinations]
        )

    def allows(self, params: Params) -> bool:
        """Whether the values, checked before, keep every row of `require`."""
        return self.allowed([params])[0]

    def allowed(self, params: Sequence[Params]) -> list[bool]:
        """(P,) the same of each combination."""
        if not params:
            return []
        combinations = self._combinations(params)
        keeps = [combinations.each(constants(row, combinations)) for row in self.strategy.require]
        return [all(each) for each in zip(*keeps, strict=True)] if keeps else [True] * len(params)

    def terms(self, params: Params, initial_cash: int) -> Terms:
        """`params` as check_params gives them; initial_cash in li."""
        return self.terms_of([params], initial_cash)[0]

    def terms_of(self, params: Sequence[Params], initial_cash: int) -> list[Terms]:
        """The terms of each combination; equal ones are one object. `params` as check_combinations gives them; initial_cash in li."""
        if not params:
            return []
        return self.strategy.manner.terms(
            self._combinations(params),
            initial_cash=initial_cash,
            buy_until_cancelled=self.strategy.buy.until_cancelled,
            sell_until_cancelled=self.strategy.sell.until_cancelled,
        )

    def outputs(self, graph: Graph, params: Params) -> Outputs:
        """Adds the nodes of one combination. Entries are gated: by the strategy's condition, the universe of the day, and `where`."""
        return Outputs(*self.outputs_of(graph, [params])[0].tolist())

    def outputs_of(self, graph: Graph, params: Sequence[Params]) -> Integers:
        """(P, fields of Outputs) node numbers, -1: none. Adds the nodes of all combinations; `params` as check_combinations gives them."""
        found = np.full((len(params), len(Outputs._fields)), -1)
        if params:
            combinations = self._combinations(params)
            for name, series in Planner(self.strategy, graph, combinations).outputs().items():
                found[:, Outputs._fields.index(name)] = combinations.each(series)
        return found

    def _read(self, combinations: Sequence[Params]) -> dict[str, list[float | int]] | None:
        """(P,) the values of each parameter; None where one is wrong, or looked at by itself."""
        names = {parameter.name for parameter in self.parameters}
        columns: dict[str, list[float | int]] = {}
        if names.issuperset(chain.from_iterable(combinations)):
            for row in self.parameters:
                column = row.read_all([each.get(row.name, row.default) for each in combinations])
                if column is None:
                    return None
                columns[row.name] = column
            return columns
        return None

    def _combinations(self, params: Sequence[Params]) -> Combinations:
        return Combinations(len(params), {row.name: [each.get(row.name, row.default) for each in params] for row in self.parameters})

    def _keep_together(self, combinations: Combinations) -> None:
        """What single values allow and their combination does not: ParameterError with the problems of the first one that has any."""
        broken = self._broken(combinations)
        wrong = [combinations.each(column) for column in broken if any(column.cells)]
        for problems in zip(*wrong, strict=True):
            if any(problems):
                raise ParameterError([problem for problem in problems if problem])

    def _broken(self, combinations: Combinations) -> list[Column[Problem | None]]:
        """For each rule that combinations must keep, those that break it."""
        found: list[Column[Problem | None]] = []
        for row in self.strategy.require:
            keeps = constants(row, combinations)
            problem = Problem("require", f"the parameters break {write(row)}")
            found.append(Column(keeps.uses, [None if each else problem for each in keeps.cells]))
        found += self.strategy.manner.broken(combinations)
        trading = self.strategy.trading
        if isinstance(trading, Rotation):
            uses, pairs = combinations.spread([constants(each, combinations) for each in (trading.keep_within, trading.top)])
            found.append(Column(uses, [_too_few(keep, top) for keep, top in zip(*pairs, strict=True)]))
        return found


def _too_few(keep: Constant, top: Constant) -> Problem | None:
    return Problem("select.keep_within", f"is {keep}, less than top, which is {top}") if keep < top else None


def _known(names: Mapping[str, Parameter]) -> str:
    return f"known: {', '.join(names)}" if names else "it has none"
