"""The plan in words: the steps that are computed are counted against the engine itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from engine.crew import Crew
from engine.errors import StrategyError
from engine.grid import expand
from engine.indicators.bars import own_bars
from engine.indicators.catalog import FUNCTION
from engine.indicators.compute import Nodes
from engine.language import Program, compile_strategy
from engine.language.explain import explain
from engine.language.graph import Graph
from engine.language.parser import parse
from tests.engine.panels import random_market

DUAL = """
name: dual
params: {a: {default: 3, min: 2, max: 10}, b: {default: 8, min: 3, max: 20}}
require: [a < b]
let: {fast: "sma(close, a)", slow: "sma(close, b)"}
entry: cross_above(fast, slow)
exit: cross_below(fast, slow)
rank: roc(close, 4)
"""


def formulas(program: Program) -> dict[str, str]:
    found = explain(program, [program.check_params({})])
    return {name: found.steps[number - 1].formula for name, number in found.outputs[0].items()}


def test_steps_are_what_signals_need_and_no_more() -> None:
    found = explain(program := compile_strategy(DUAL), [program.check_params({})])
    told = [(step.formula, step.look_back) for step in found.steps]
    assert told == [
        ("close", 0),
        ("sma(close, 3)", 2),
        ("sma(close, 8)", 7),
        ("in the universe", 0),
        ("cross_above(sma(close, 3), sma(close, 8))", 8),
        ("in the universe and cross_above(sma(close, 3), sma(close, 8))", 8),
        ("cross_below(sma(close, 3), sma(close, 8))", 8),
        ("roc(close, 4)", 4),
    ]
    assert found.outputs == ({"entry": 6, "exit": 7, "rank": 8},)
    assert (found.alone, found.shared, found.look_back) == (8, 0, 20)


def test_a_grid_shares_what_is_equal() -> None:
    program = compile_strategy(DUAL)
    grid = expand(program, {"a": [2, 3], "b": [8, 9]}, None)
    found = explain(program, grid.combinations)
    # close, member and rank once; four averages; cross above, its gate and cross below for each of four
    assert len(found.steps) == 3 + 4 + 4 * 3 and found.alone == 4 * 8 and found.shared == 13
    assert {step.formula: step.combinations for step in found.steps}["sma(close, 2)"] == 2
    assert {step.formula: step.combinations for step in found.steps}["close"] == 4


def test_formulas_are_read_back_as_the_language() -> None:
    entry = "not (close - (open - low) > -(high) * 2) and (is_st or volume >= 5) and max(close, open) == close"
    program = compile_strategy(f'name: x\nentry: "{entry}"\nexit: close < 0\n')
    assert formulas(program)["exit"] == "0 > close"
    steps = [step.formula for step in explain(program, [{}]).steps if "universe" not in step.formula and "#" not in step.formula]
    assert any("close - (open - low) > " in step for step in steps) and any("is_st or volume >= 5" in step for step in steps)
    for step in steps:
        parse(step)


@pytest.mark.parametrize("name", [row.name for row in FUNCTION.values() if row.example])
def test_every_function_is_told_as_it_is_written(name: str) -> None:
    """Its example's plan names it, or what it stands for, and looks back as far as the checker says."""
    row = FUNCTION[name]
    text = f"name: x\nlet: {{made: '{row.example.replace(chr(39), chr(34))}'}}\nentry: close > 0\nexit: made == made\n"
    try:
        program = compile_strategy(text)
    except StrategyError:  # a truth is not compared
        program = compile_strategy(text.replace("made == made", "made or made"))
    found = explain(program, [program.check_params({})])
    used = {step.formula.split("(", 1)[0] for step in found.steps} | {step.formula for step in found.steps}
    if row.definition is None and name not in ("abs", "max", "min"):
        assert any(f"{name}(" in each for each in used)
    assert max(step.look_back for step in found.steps if not step.place) == program.look_back
    assert max((step.look_back for step in found.steps if step.place), default=0) == program.further_look_back


def test_long_operands_are_called_by_their_number_so_no_formula_grows_without_end() -> None:
    lets = "\n".join(f"  a{k}: a{k - 1} + a{k - 1} * close" for k in range(1, 60))
    program = compile_strategy(f"name: x\nlet:\n  a0: close\n{lets}\nentry: a59 > 0\nexit: close < 0\n")
    found = explain(program, [{}])
    assert max(len(step.formula) for step in found.steps) < 200 and any("#" in step.formula for step in found.steps)


WIDE = " + ".join(f"(sma(close, n) - std(vwap, {n}))" for n in range(2, 12))
HOLDING = {
    "one program": f"entry: {WIDE} > 5\nexit: ref(ref(low, 1), n) > low\nrank: roc(close, n)\n",
    "programs on both sides of what is done to whole panels": (
        f"let:\n  inner: ema({WIDE}, n)\nentry: sma(rank(inner) + inner, 3) > zscore(rank(ref(close, n)))\nexit: not is_st\nrank: -inner\n"
    ),
    "bars of an index": "entry: index(close > sma(close, n), '000300.SH') and index(roc(close, n), '000300.SH') > 1\nexit: close < 0\n",
    "prices of orders": "entry: close > 0\nexit: true\nexecution: {buy: {limit: raw_close * 0.99}, sell: {stop: 'lowest(low, n)'}}\n",
    "a rotation": "select: {top: 3, by: 'sma(roc(close, n), 2)', every: week, keep_within: 7}\n",
}


@pytest.mark.parametrize("text", HOLDING.values(), ids=HOLDING)
def test_what_is_held_at_once_is_what_the_engine_holds(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is forgotten while it computes: what it has in the end is what it held at once."""
    monkeypatch.setattr(Nodes, "_forget", lambda *_: None)
    program = compile_strategy(f"name: x\nparams: {{n: {{default: 3, min: 2, max: 9}}}}\n{text}")

    def counted(combinations: Sequence[Mapping[str, float | int]]) -> int:
        index = random_market(2, stocks=1)
        market = replace(random_market(1), references={"000300.SH": index})
        graph = Graph()
        outputs = program.outputs_of(graph, combinations)
        nodes = Nodes(own_bars(market), graph, Crew(1))
        nodes.wishes(outputs, outputs[:0])
        read = [own_bars(each).layout.kept for each in (market, index)]
        series = [made for kept in read for made in kept.values() if getattr(made, "dtype", None) in (np.float64, np.uint64)]
        held = [made.dtype == np.uint64 for made in (*series, *nodes._values.values())]
        return held.count(False) + -(-held.count(True) // 64)

    combinations = [{"n": n} for n in (2, 5, 9)]
    found = explain(program, combinations)
    assert found.held == counted(combinations)
    assert found.held_alone == max(counted([each]) for each in combinations)


def test_truths_of_a_large_grid_are_bits() -> None:
    program = compile_strategy(DUAL)
    one, grid = ([{"a": a, "b": b} for a, b in product(range(2, count), range(11, 11 + count))] for count in (3, 10))
    assert (len(one), len(grid)) == (3, 80)
    # close, its sums, the rank; the bits of 2 x 3 and of 2 x 80 truths, and of who belongs to the universe
    assert (explain(program, one).held, explain(program, grid).held) == (3 + 1, 3 + 3)


def test_bars_of_an_index_are_told_in_its_own_words() -> None:
    program = compile_strategy("name: x\nentry: index(close > sma(close, 20), '000300.SH')\nexit: close < 0\n")
    found = explain(program, [{}])
    assert formulas(program)["entry"] == 'in the universe and index(close > sma(close, 20), "000300.SH")'
    there = [step for step in found.steps if step.place == "index:000300.SH"]
    assert [step.formula for step in there] == ["close", "sma(close, 20)", "close > sma(close, 20)"]
    assert (max(step.look_back for step in there), found.look_back, found.further_look_back) == (19, 0, 19)


def test_a_rotation_and_prices_are_told_in_words() -> None:
    program = compile_strategy("name: x\nselect: {top: 3, by: 'roc(close, 5)', every: week, keep_within: 7}\n")
    assert formulas(program)["entry"] == "buy the best 3 by roc(close, 5) where in the universe, every week"
    assert formulas(program)["exit"] == "sell what leaves the best 7 by roc(close, 5) where in the universe, every week"
    program = compile_strategy("name: x\nentry: close > 0\nexit: true\nexecution: {buy: {limit: raw_close * 0.99}}\n")
    assert formulas(program)["buy_limit"] in ("price(0.99 * raw_close, rounded down)", "price(raw_close * 0.99, rounded down)")
    assert formulas(program)["exit"] == "true"


def test_templates_are_explained() -> None:
    for file in sorted((Path(__file__).parents[2] / "engine/templates").glob("*.yaml")):
        program = compile_strategy(file.read_text())
        found = explain(program, [program.check_params({})])
        assert found.steps and found.held <= len(found.steps) and len(found.outputs) == 1


def test_the_graph_is_the_engines_own() -> None:
    program, graph = compile_strategy(DUAL), Graph()
    program.outputs(graph, {})
    assert len(explain(program, [{}]).steps) == len(graph.nodes)
