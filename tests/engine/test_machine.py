"""The machine: whatever the graph, its values are those of one node after another by slow twins; and its registers are used again."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest

from engine.arrays import Floats
from engine.crew import Crew
from engine.indicators import compute
from engine.indicators import instructions as do
from engine.indicators.assemble import Assembled, assemble
from engine.indicators.bars import OwnBars, own_bars
from engine.indicators.instructions import INSTRUCTIONS, NUMBER, TRUTH
from engine.indicators.lowering import lowered
from engine.language.graph import Graph, Outputs
from tests import naive_graph
from tests.engine.panels import random_market
from tests.engine.random_graphs import random_graph
from tests.engine.wished import all_signals


def bars_of(seed: int, stocks: int = 4, sessions: int = 60) -> OwnBars:
    return own_bars(random_market(seed, sessions=sessions, stocks=stocks, members=0.8, holes=0.1))


def program_of(graph: Graph, wanted: Sequence[int]) -> Assembled:
    """Assembled for one bar; fields and what is wanted lie somewhere."""
    nodes = lowered(graph.nodes)
    machine = compute.Nodes(bars_of(1), graph, Crew(1))
    order = machine._order(wanted)
    read = {argument for node in order for argument in nodes[node].args if argument not in order}
    return assemble(nodes, order, dict.fromkeys((*sorted(read), *wanted), (0, 8)))


def test_every_number_of_an_instruction_is_its_own() -> None:
    """Both directions of a cross are one."""
    codes = [row.code for op, row in INSTRUCTIONS.items() if op != "cross_below"]
    assert sorted(codes) == list(range(len(INSTRUCTIONS) - 1))
    truths = {row.code for row in INSTRUCTIONS.values() if row.result == TRUTH}
    assert truths == set(range(do.GT, do.CROSS + 1)), "where the machine looks for them"
    for row in INSTRUCTIONS.values():
        assert len(row.operands) <= 3 and {row.result, *row.operands} <= {NUMBER, TRUTH}


def checked(seed: int, size: int, threads: int = 1) -> set[str]:
    """A random graph: every node by itself, and some of them together. The operations in it, as the machine has them."""
    grown, bars = random_graph(seed, size), bars_of(seed)
    graph = grown.graph
    expected = naive_graph.evaluated(bars, graph.nodes)
    for node, values in enumerate(expected):
        np.testing.assert_array_equal(compute.values(bars, graph, node), values, err_msg=f"{node}: {graph.nodes[node]}")
    random = np.random.default_rng(seed)
    entries, exits, ranks = (random.choice(nodes, 7) for nodes in (grown.truths, grown.truths, [-1, *grown.numbers]))
    outputs = np.array([Outputs(*nodes) for nodes in zip(entries, exits, ranks, strict=True)])
    for wanted, found in zip(outputs, all_signals(bars, graph, outputs, threads), strict=True):
        for bits, node in zip(found[:2], wanted[:2], strict=True):
            seen = np.unpackbits(bits.view(np.uint8), axis=1, bitorder="little")[:, : bars.market.shape[1]]
            np.testing.assert_array_equal(seen, in_sessions(bars, expected[node], 0.0))
        if wanted[2] >= 0:
            ranks_of_bars = found.rank[:, : bars.market.shape[1]]
            np.testing.assert_array_equal(ranks_of_bars, in_sessions(bars, expected[wanted[2]], np.nan))
    return {node.op for node in lowered(graph.nodes)}


def in_sessions(bars: OwnBars, x: Floats, nothing: float) -> Floats:
    panel = np.full(bars.market.shape, nothing)
    panel.reshape(-1)[bars.cells] = x
    return panel


def test_random_graphs_are_what_they_are_node_by_node() -> None:
    reached = set[str]()
    for seed in range(40):
        reached |= checked(seed, 1 + seed, 1 + 2 * (seed % 2))
    assert reached >= INSTRUCTIONS.keys(), f"never drawn: {INSTRUCTIONS.keys() - reached}"


@pytest.mark.slow
def test_many_random_graphs_are_what_they_are_node_by_node() -> None:
    for seed in range(1_000, 1_400):
        checked(seed, 30, 1 + 2 * (seed % 2))


CROSSES = [(op, pair) for op, pair in product(("cross_above", "cross_below"), ((0, 1), (1, 0), (0, 0), (0, 2), (2, 0), (2, 2), (2, 3)))]


@pytest.mark.parametrize("seed", range(6))
def test_crosses_in_every_direction_and_order(seed: int) -> None:
    """Of two series, of a series with itself, and with constants: each is the same whatever else stands in the program."""
    bars, graph = bars_of(seed), Graph()
    close = graph.add("close")
    operands = [
        graph.add("sma", (close,), (2.0,)),
        graph.add("ema", (close,), (3.0,)),
        *(graph.add("constant", (), (k,)) for k in (9e6, 1.0)),
    ]
    order = np.random.default_rng(seed).permutation(len(CROSSES))
    nodes = [graph.add(CROSSES[k][0], (operands[CROSSES[k][1][0]], operands[CROSSES[k][1][1]])) for k in order]
    for some in (nodes, nodes[:5], nodes[5:]):
        outputs = np.array([Outputs(node, node, -1) for node in some])
        alone = [compute.values(bars, graph, node) for node in some]
        expected = naive_graph.evaluated(bars, graph.nodes)
        for node, found, own in zip(some, all_signals(bars, graph, outputs), alone, strict=True):
            np.testing.assert_array_equal(own, expected[node])
            seen = np.unpackbits(found.entry.view(np.uint8), axis=1, bitorder="little")[:, : bars.market.shape[1]]
            np.testing.assert_array_equal(seen, in_sessions(bars, own.astype(np.float64), 0.0))
    assert any(compute.values(bars, graph, node).any() for node in nodes)


def test_a_cross_and_its_counterpart_are_one_step() -> None:
    graph = Graph()
    a, b = graph.add("close"), graph.add("open")
    nodes = [graph.add("cross_above", (a, b)), graph.add("cross_below", (a, b))]
    assert len(program_of(graph, nodes).code.steps) == 1
    nodes += [graph.add("cross_above", (b, a)), graph.add("cross_below", (b, a))]
    assert len(program_of(graph, nodes).code.steps) == 2


def test_registers_are_used_again() -> None:
    """200 means, each compared once with the one before: none is kept longer than it is read."""
    graph = Graph()
    close, opened = graph.add("close"), graph.add("open")
    wanted = [graph.add("gt", (graph.add("sma", (close,), (float(n),)), graph.add("sma", (opened,), (float(n),)))) for n in range(2, 102)]
    program = program_of(graph, wanted)
    assert len(program.code.steps) == 300
    assert (program.numbers, program.truths) == (2, 0)
    gates = [graph.add("and", (graph.add("not", (one,)), graph.add("not", (other,)))) for one, other in pairwise(wanted)]
    program = program_of(graph, gates)
    assert program.numbers == 2 and program.truths <= 5


def test_the_other_direction_of_a_cross_that_nobody_wants_takes_no_room() -> None:
    graph = Graph()
    close, opened = graph.add("close"), graph.add("open")
    ups = [graph.add("cross_above", (close, graph.add("sma", (opened,), (float(n),)))) for n in range(2, 102)]
    wanted = [graph.add("not", (up,)) for up in ups]
    program = program_of(graph, wanted)
    assert (program.numbers, program.truths) == (1, 2)


def test_wide_operands_need_as_many_registers_as_they_have_levels() -> None:
    """A balanced tree of 256 leaves, each a mean."""
    graph = Graph()
    close = graph.add("close")
    level = [graph.add("sma", (close,), (float(n),)) for n in range(2, 258)]
    while len(level) > 1:
        level = [graph.add("sub", pair) for pair in zip(level[::2], level[1::2], strict=True)]
    assert program_of(graph, level).numbers <= 10


DEPTH = 5_000
DEEP = {"neg": lambda x, _: x, "not": lambda x, _: x, "add": lambda x, y: x + y, "max": np.maximum, "and": lambda x, y: x & y}
"""What becomes of a value x with each node more; twice over, where there is no y."""


@pytest.mark.parametrize("op", DEEP)
def test_graphs_may_be_deep(op: str) -> None:
    """5,000 nodes, one in the other."""
    bars, graph = bars_of(3, stocks=2, sessions=20), Graph()
    close, opened = graph.add("close"), graph.add("open")
    first, second = (graph.add("gt", (close, opened)), graph.add("is_st")) if op in ("not", "and") else (close, opened)
    node, expected, other = first, compute.values(bars, graph, first), compute.values(bars, graph, second)
    for _ in range(DEPTH):
        node = graph.add(op, (node,) if op in ("neg", "not") else (node, second))
        expected = DEEP[op](expected, other)
    np.testing.assert_array_equal(compute.values(bars, graph, node), expected)
    program = program_of(graph, [node])
    assert len(program.code.steps) >= DEPTH and program.numbers + program.truths <= 3


def test_a_stock_without_bars_and_a_market_without_any() -> None:
    """Neither has a word, a bar or a value."""
    market = random_market(4, sessions=20, stocks=3)
    for stocks in ([1], [0, 1, 2]):
        opened = market.open.copy()
        opened[:, stocks] = 0
        bars = own_bars(replace(market, open=opened))
        graph = Graph()
        up = graph.add("gt", (graph.add("sma", (graph.add("close"),), (3.0,)), graph.add("ema", (graph.add("open"),), (2.0,))))
        best = graph.add("rank", (graph.add("close"),))
        [found] = all_signals(bars, graph, np.array([Outputs(up, up, best)]), 3)
        seen = np.unpackbits(found.entry.view(np.uint8), axis=1, bitorder="little")
        assert not seen[:, stocks].any() and np.isnan(found.rank[:, stocks]).all()
        assert seen.any() == (len(stocks) == 1)
