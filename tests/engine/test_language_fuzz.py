"""Whatever stands in a text: a Program, or a StrategyError that says where; quickly, and in little memory."""

import gc
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from engine.errors import ParameterError, StrategyError
from engine.indicators.catalog import NODES
from engine.language import Graph, Program, compile_settings, compile_strategy
from engine.language.parser import ExpressionError, parse
from engine.language.sections.settings import KEYS as SETTINGS
from engine.language.tree import lines_of
from tests.engine.random_strategies import JUNK, Writer, mutated, strategy

SECONDS = 1.0
"""Of one text, in process time."""
PEAK = 64 * 1024 * 1024
MEASURED = 16
"""One text in so many is compiled once more to see what memory it takes."""

TEMPLATES = [path.read_text() for path in sorted((Path(__file__).parents[2] / "engine/templates").glob("*.yaml"))]
BAD = [path.read_text() for path in sorted((Path(__file__).parents[1] / "data/strategies").glob("*.yaml"))]
FUZZ = settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

RANDOM = some.integers(0, 2**63).map(Random)


@pytest.fixture(scope="module", autouse=True)
def _a_small_heap() -> Iterator[None]:
    """What thousands of other tests have left behind is not the collector's business while texts are timed."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def examined(text: str, context: Any = None) -> Program | None:
    """Compiles the text. Anything but a StrategyError that makes sense, or a Program that works, ends the test."""
    started = time.process_time()
    program = _compiled(text, context)
    assert time.process_time() - started < SECONDS
    if hash(text) % MEASURED == 0:
        tracemalloc.start()
        _compiled(text, context)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < PEAK
    return program


def _compiled(text: str, context: Any) -> Program | None:
    try:
        program = compile_strategy(text, context)
    except StrategyError as error:
        lines = lines_of(text)
        assert error.problems
        for problem in error.problems:
            _make_sense(problem, lines)
        return None
    for warning in program.warnings:
        _make_sense(warning, lines_of(text))
    return program


def _make_sense(problem: Any, lines: list[str]) -> None:
    assert problem.field and problem.message
    assert str(problem).isprintable() and len(str(problem)) < 2_000
    if problem.line is not None:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1


def _work(program: Program, random: Random) -> None:
    """Some parameters within their bounds come to terms and to nodes, or to a ParameterError."""
    params = {row.name: _value(row, random) for row in program.parameters}
    try:
        checked = program.check_params(params)
        program.terms(checked, 10**9)
    except ParameterError as error:
        assert error.problems
        checked = program.check_params({})
    graph = Graph()
    outputs = program.outputs(graph, checked)
    assert len(graph.nodes) < 5_000 and max(outputs) < len(graph.nodes)
    assert {node.op for node in graph.nodes} <= set(NODES)
    assert len(program.identity) == 64


def _value(row: Any, random: Random) -> float | int:
    if row.is_integer:
        return random.choice([row.min, row.max, random.randint(row.min, row.max)])
    return random.choice([row.min, row.max, row.min + (row.max - row.min) * random.random()])


@FUZZ
@given(RANDOM)
def test_strategies_that_are_nearly_right(random: Random) -> None:
    program = examined(strategy(random), random.choice([None, {}]))
    if program is not None:
        _work(program, random)


def test_enough_of_them_are_right_to_mean_something() -> None:
    found = [program for program in (_compiled(strategy(Random(seed)), None) for seed in range(300)) if program is not None]
    assert 30 < len(found) < 270


@FUZZ
@given(RANDOM, some.sampled_from([*TEMPLATES, *TEMPLATES, *BAD]))
def test_templates_with_a_few_places_changed(random: Random, text: str) -> None:
    program = examined(mutated(random, text), {"universe": ["600519.SH"]})
    if program is not None:
        _work(program, random)


@FUZZ
@given(
    some.binary(max_size=300).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
    | some.binary(max_size=300).map(lambda raw: raw.decode("latin-1"))
    | some.lists(some.sampled_from([*JUNK, "name: x\n", "entry: close > open\n", "exit: "]), max_size=40).map("".join)
)
def test_bytes(text: str) -> None:
    examined(text, {})
    try:
        compile_settings(text)
    except StrategyError as error:
        assert error.problems


@FUZZ
@given(RANDOM)
def test_expressions_alone(random: Random) -> None:
    text = mutated(random, Writer(random, 0.05).expression("truth", 6))
    try:
        parse(text)
    except ExpressionError as error:
        assert 0 <= error.at <= len(text)


PLAIN = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text(max_size=9)
    | RANDOM.map(lambda random: Writer(random, 0.1).expression("series", 2))
    | some.just(10**400),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(
            some.sampled_from([*SETTINGS["execution"], *SETTINGS["costs"], "from", "where", "codes", "all"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@FUZZ
@given(some.dictionaries(some.sampled_from(["universe", "execution", "costs", "window", "\0"]), PLAIN, max_size=3))
def test_contexts(context: dict[str, Any]) -> None:
    examined(TEMPLATES[0], context)
