"""Asking for all combinations of a grid at once gives what asking for each by itself gives: values, problems, terms and nodes."""

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.errors import ParameterError, StrategyError
from engine.language import Graph, Outputs, Parameter, Program, compile_strategy
from functions.templates import templates
from tests.engine import random_strategies

TEMPLATES = templates()
CASH = 10**9
ODD: list[object] = [True, None, "5", 2.5, -1, 0, -0.0, 1e300, float("nan"), float("inf"), 10**5000, [5], {}]
"""What somebody may send as a value."""

Params = dict[str, float | int]


def drawn(random: Random, row: Parameter) -> float | int:
    """A value of few, so that combinations share some."""
    share = random.choice([0, 0.1, 0.25, 0.5, 0.75, 1])
    value = row.min + share * (row.max - row.min)
    return round(value) if row.is_integer else round(value, 4)


def grid(random: Random, program: Program, size: int) -> list[Params]:
    """Combinations that the strategy allows; some leave parameters out, or name them in another order."""
    found: list[Params] = []
    for _ in range(20 * size):
        rows = random.sample(program.parameters, random.randint(0, len(program.parameters)))
        each = {row.name: drawn(random, row) for row in rows}
        try:
            program.check_params(each)
        except ParameterError:
            continue
        found.append(each)
        if len(found) == size:
            break
    return found


def one_by_one(program: Program, combinations: Sequence[Params]) -> tuple[list[Params], str]:
    """The checked parameters, or the problems of the first combination that has any."""
    try:
        return [program.check_params(each) for each in combinations], ""
    except ParameterError as error:
        return [], str(error.problems)


def at_once(program: Program, combinations: Sequence[Params]) -> tuple[list[Params], str]:
    try:
        return program.check_combinations(combinations), ""
    except ParameterError as error:
        return [], str(error.problems)


def renumbered(into: Graph, graph: Graph) -> list[int]:
    """The number of each node in another graph: equal nodes of two graphs get equal ones."""
    new: list[int] = []
    for op, args, numbers, place in graph.nodes:
        new.append(into.add(op, tuple(new[argument] for argument in args), numbers, place))
    return new


def is_equal(program: Program, combinations: Sequence[Params]) -> None:
    params = program.check_combinations(combinations)
    assert repr(params) == repr(one_by_one(program, combinations)[0])  # types, order of keys and minus nothing too
    terms = program.terms_of(params, CASH)
    assert terms == [program.terms(each, CASH) for each in params]
    assert len({id(each) for each in terms}) == len(set(terms))
    together, alone, both = Graph(), Graph(), Graph()
    found = program.outputs_of(together, params)
    assert found.shape == (len(params), len(Outputs._fields)) and found.dtype == np.int64
    expected = [program.outputs(alone, each) for each in params]
    ours, theirs = renumbered(both, together), renumbered(both, alone)
    assert len(together.nodes) == len(alone.nodes) == len(both.nodes)
    assert [[ours[node] if node >= 0 else -1 for node in row] for row in found.tolist()] == [
        [theirs[node] if node >= 0 else -1 for node in row] for row in expected
    ]
    assert program.outputs_of(together, params).tolist() == found.tolist() and len(together.nodes) == len(alone.nodes)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
@settings(max_examples=10, deadline=None)
@given(seed=some.integers(0, 2**32))
def test_templates(name: str, seed: int) -> None:
    program = compile_strategy(TEMPLATES[name])
    random = Random(seed)
    is_equal(program, grid(random, program, random.choice([0, 1, 2, 30])))


@settings(max_examples=150, deadline=None)
@given(seed=some.integers(0, 2**32))
def test_strategies_of_every_kind(seed: int) -> None:
    random = Random(seed)
    try:
        program = compile_strategy(random_strategies.Writer(random, 0).strategy(), {})
    except StrategyError:
        return
    is_equal(program, grid(random, program, random.choice([1, 12])))


@settings(max_examples=150, deadline=None)
@given(seed=some.integers(0, 2**32))
def test_problems_are_those_of_the_first_combination_that_has_any(seed: int) -> None:
    random = Random(seed)
    program = compile_strategy(TEMPLATES[random.choice(sorted(TEMPLATES))])
    combinations = grid(random, program, 8)
    for _ in range(random.randint(1, 3)):
        where, row = random.choice(combinations), random.choice(program.parameters)
        where[random.choice([row.name, row.name, f"{row.name}x"])] = random.choice([*ODD, drawn(random, row)])  # type: ignore[assignment]
    found, expected = at_once(program, combinations), one_by_one(program, combinations)
    assert (repr(found[0]), found[1]) == (repr(expected[0]), expected[1])


def test_a_share_that_comes_out_whole_only_in_some_combinations() -> None:
    text = "name: x\nparams: {a: {default: 0.3, min: 0.0, max: 0.3}}\nentry: close > open\nrisk: {stop_loss: a / 3 * 2}\n"
    program = compile_strategy(text)
    with pytest.raises(ParameterError, match=r"risk.stop_loss: 0.0666667 has more than 7 decimals"):
        program.check_combinations([{"a": 0.3}, {"a": 0.1}])


def test_two_strategies_can_share_a_graph() -> None:
    programs = [compile_strategy(TEMPLATES[name]) for name in ("dual-moving-average", "macd-cross")]
    graph, alone = Graph(), [Graph(), Graph()]
    for program, own in zip(programs, alone, strict=True):
        params = program.check_combinations([{}])
        program.outputs_of(graph, params)
        program.outputs_of(own, params)
    assert len(graph.nodes) < sum(len(own.nodes) for own in alone)
