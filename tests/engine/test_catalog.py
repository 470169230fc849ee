"""The catalogue: every row is whole, and abbreviations look back as far as they say."""

import re

import pytest

from engine.errors import StrategyError
from engine.indicators.catalog import FIELD, FIELDS, FUNCTIONS, NODES, Function
from engine.indicators.catalog.cross_section import GROUP as CROSS_SECTION
from engine.language import Graph, compile_strategy
from engine.language.build import node_of
from engine.language.check import Checker, reads
from engine.language.expression import KEYWORDS
from engine.language.graph import DAILY, OWN
from engine.language.tree import Place, Scalar

CONSTANTS = {"whole": 12, "number": 0.5}


def call(function: Function, **constants: float) -> str:
    """The function as an entry condition."""
    stands_for = {
        "series": "close / open" if function.group == CROSS_SECTION else "close",
        "value": "close / open",
        "truth": "close > open",
        "elsewhere": "close / open",
        "code": "'000300.SH'",
    }
    arguments = [stands_for.get(row.kind) or str(constants.get(row.name, CONSTANTS.get(row.kind))) for row in function.arguments]
    written = f"{function.name}({', '.join(arguments)})"
    return written if function.result == "truth" else f"{written} > 0"


def strategy(entry: str) -> str:
    return f"name: row\nentry: {entry}\nexit: close < open\n"


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda row: row.name)
def test_every_function_compiles_to_nodes_that_kernels_serve(function: Function) -> None:
    program, graph = compile_strategy(strategy(call(function))), Graph()
    program.outputs(graph, {})
    assert {node.op for node in graph.nodes} <= NODES
    assert {node.place for node in graph.nodes} - {OWN} == program.fields & {DAILY, "index:000300.SH"}
    assert (function.name in {node.op for node in graph.nodes}) == (function.definition is None)
    assert program.warnings == ()


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda row: row.name)
def test_look_back_is_what_the_page_says(function: Function) -> None:
    constants = {"n": 30, "fast": 11, "slow": 17, "m": 5, "m1": 3, "m2": 7}
    stated = eval(re.sub(r"(\d) (?=[a-z])", r"\1 * ", function.look_back_text), {"max": max}, dict(constants))
    assert compile_strategy(strategy(call(function, **constants))).look_back == stated


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda row: row.name)
def test_every_row_explains_itself(function: Function) -> None:
    assert all((function.chinese, function.formula, function.missing, function.source, function.group))
    assert not any("|" in text for text in (function.formula, function.missing, function.source)), "it would end a cell of the page"
    assert function.definition is None or function.formula == function.definition


@pytest.mark.parametrize("function", [row for row in FUNCTIONS if row.reads], ids=lambda row: row.name)
def test_what_a_kernel_reads_by_itself_is_of_the_same_bar_and_always_there(function: Function) -> None:
    assert function.definition is None
    graph = Graph()
    for expression in reads(function):
        meaning = Checker(Scalar("read", "read", Place()), {}).of_kind(expression, "number")
        assert meaning
        assert meaning.look_back == 0
        node_of(graph, expression, {})
    assert {FIELD[node.op].needs for node in graph.nodes if node.op in FIELD} == {None}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda row: row.name)
def test_the_example_of_a_row_works(function: Function) -> None:
    assert function.name in function.example
    try:
        compile_strategy(strategy(function.example))
    except StrategyError:  # it is a number
        compile_strategy(strategy(f"{function.example} > ref({function.example}, 1)"))


def test_names_are_unique_and_free() -> None:
    names = [row.name for row in (*FIELDS, *FUNCTIONS)]
    assert len(set(names)) == len(names)
    assert not KEYWORDS & set(names)


@pytest.mark.parametrize("field", FIELDS, ids=lambda row: row.name)
def test_every_field_reaches_the_kernels_by_its_name(field: object) -> None:
    name, kind, needs = (getattr(field, key) for key in ("name", "kind", "needs"))
    program, graph = compile_strategy(strategy(name if kind == "truth" else f"{name} > ref({name}, 1)")), Graph()
    program.outputs(graph, {})
    assert name in {node.op for node in graph.nodes}
    assert program.fields == ({needs} if needs else set())
