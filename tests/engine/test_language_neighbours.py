"""Combinations that share what is dear are computed side by side, whatever the order of the strategy's parameters."""

from itertools import groupby, product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.language import Graph, Program, compile_strategy
from engine.language.neighbours import neighbours
from functions.templates import templates
from tests.engine.test_language_columns import grid

TEMPLATES = templates()
SCORE = """
name: x
params: {weight: {default: 1, min: 0, max: 9}, look: {default: 20, min: 2, max: 250}}
let: {score: "weight * roc(close, 5) + zscore(roc(close, look))"}
select: {by: score, top: 5, every: week}
"""
"""The parameter that is dear is the last, which changes fastest."""


def ordered(program: Program, combinations: list[dict[str, float | int]]) -> list[int]:
    graph = Graph()
    outputs = program.outputs_of(graph, program.check_combinations(combinations))
    return list(neighbours(graph.nodes, outputs).tolist())


def test_what_is_dear_is_asked_for_in_one_stretch() -> None:
    combinations: list[dict[str, float | int]] = [{"weight": a, "look": b} for a, b in product(range(4), (10, 20, 30))]
    order = ordered(compile_strategy(SCORE), combinations)
    assert [look for look, _ in groupby(combinations[k]["look"] for k in order)] == [10, 20, 30]
    assert [combinations[k]["weight"] for k in order] == [*range(4)] * 3  # the rest stays as it was


def test_what_is_dearer_counts_more_than_what_is_shared_by_a_few_more() -> None:
    text = SCORE.replace("weight * roc(close, 5)", "sma(close, weight + 2) / close")
    combinations: list[dict[str, float | int]] = [{"weight": a, "look": b} for a, b in product(range(3), (10, 20, 30, 40))]
    order = ordered(compile_strategy(text), combinations)  # 4 share a mean, 3 a comparison of stocks
    assert [look for look, _ in groupby(combinations[k]["look"] for k in order)] == [10, 20, 30, 40]


def test_nothing_to_share_leaves_the_order() -> None:
    program = compile_strategy("name: x\nparams: {n: {default: 5, min: 2, max: 9}}\nentry: close > ref(close, n)\nexit: close < open\n")
    assert ordered(program, [{"n": n} for n in (5, 3, 9, 2)]) == [0, 1, 2, 3]
    assert ordered(program, [{"n": 3}] * 3) == [0, 1, 2]
    assert ordered(program, []) == []
    assert neighbours([], np.empty((0, 8), np.int64)).dtype == np.int64


@pytest.mark.parametrize("name", sorted(TEMPLATES))
@settings(max_examples=5, deadline=None)
@given(seed=some.integers(0, 2**32))
def test_everybody_has_one_place(name: str, seed: int) -> None:
    program = compile_strategy(TEMPLATES[name])
    combinations = grid(Random(seed), program, 20)
    order = ordered(program, combinations)
    assert sorted(order) == list(range(len(combinations)))
