"""The graph's nodes over a market with holes: each equals its slow twin, none looks ahead, each is made once and forgotten."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.crew import Crew
from engine.errors import MarketError
from engine.indicators import compute
from engine.indicators.assemble import Assembled
from engine.indicators.bars import OwnBars, own_bars
from engine.indicators.catalog import FIELDS, FUNCTIONS, NODES, Function, other_bars
from engine.indicators.catalog.cross_section import GROUP as CROSS_SECTION
from engine.indicators.instructions import INSTRUCTIONS
from engine.indicators.lowering import lowered
from engine.indicators.machine import CODE
from engine.indicators.operations import OPERATIONS
from engine.indicators.selection import MONTH, WEEK, rebalance_rows
from engine.indicators.sessions import bits_by_session, numbers_by_session, prices_by_session, words
from engine.indicators.workspace import Workspace
from engine.language.build import node_of
from engine.language.check import reads
from engine.language.graph import Graph, Node, Outputs
from engine.market import Market
from tests import naive_indicators as naive
from tests import naive_windows
from tests.engine.panels import first_sessions, own_bars_of, random_market

TWINS = (naive, naive_windows)
SHARE = 0.3
COMPUTED = [row for row in FUNCTIONS if row.definition is None and row.group != other_bars.GROUP]
ELSEWHERE = {row.name for row in other_bars.FUNCTIONS}
"""They are carried out between two places: test_other_bars.py."""
BY_SESSION = {"select_weights"}
"""What it gives are no bars: test_weights.py."""
OFFERED = [row.name for row in FIELDS if row.needs in (None, "is_st", "listed_sessions", "pe")] + ["member"]
Panel = npt.NDArray[np.float64]


def by_session(market: Market, graph: Graph, node: int) -> Panel:
    """(T, N) a node's values where they belong; NaN without a bar."""
    bars = own_bars(market)
    panel = np.full(market.shape, np.nan)
    panel.reshape(-1)[bars.cells] = compute.values(bars, graph, node)
    return panel


def call(graph: Graph, function: Function, n: int) -> int:
    """A node of the function over typical operands: window arguments are n."""
    close, opened = graph.add("close"), graph.add("open")
    operands = {"series": [close, opened], "value": [graph.add("pe"), close], "truth": [graph.add("gt", (close, opened))]}
    read = [node_of(graph, expression, {}) for expression in reads(function)]
    args = (*read, *(operands[argument.kind].pop(0) for argument in function.arguments if argument.kind in operands))
    numbers = tuple(float(n) if argument.kind == "whole" else SHARE for argument in function.arguments if argument.kind not in operands)
    return graph.add(function.name, args, numbers)


def own(bars: OwnBars, graph: Graph, node: int, stock: int) -> list[float]:
    return list(compute.values(bars, graph, node)[bars.offsets[stock] : bars.offsets[stock + 1]])


@pytest.mark.parametrize("function", [row for row in COMPUTED if row.group != CROSS_SECTION], ids=lambda row: row.name)
@pytest.mark.parametrize("n", [1, 3, 20, 80])
def test_every_function_of_the_catalogue_is_its_slow_twin(function: Function, n: int) -> None:
    market = random_market(n, sessions=70, stocks=6)
    bars, graph = own_bars(market), Graph()
    node = call(graph, function, n)
    twin = next(getattr(module, function.name) for module in TWINS if hasattr(module, function.name))
    for stock in range(6):
        arguments = [own(bars, graph, argument, stock) for argument in graph.nodes[node].args]
        expected = twin(*arguments, *(int(number) if number == int(number) else number for number in graph.nodes[node].numbers))
        np.testing.assert_array_equal(own(bars, graph, node, stock), expected)


def every_node(graph: Graph) -> list[int]:
    """Everything that a strategy may ask for: the catalogue walked by itself, and the operators."""
    close, pe = graph.add("close"), graph.add("pe")
    rising, cheap = graph.add("gt", (close, graph.add("open"))), graph.add("ge", (graph.add("constant", (), (20.0,)), pe))
    nodes = [graph.add(name) for name in OFFERED]
    nodes += [graph.add(op, (pe,), (n,)) for op, n in product(("sum", "sma"), (1.0, 4.0))]
    nodes += [call(graph, function, n) for function, n in product(COMPUTED, (1, 4, 30))]
    nodes += [graph.add(op, (close, pe)) for op in ("add", "sub", "mul", "div", "gt", "ge", "eq", "ne")]
    nodes += [graph.add(op, (rising, cheap)) for op in ("and", "or")]
    nodes += [graph.add("not", (cheap,)), graph.add("neg", (pe,)), graph.add("constant", (), (3.0,))]
    nodes += [
        graph.add(op, (by, rising), (2.0, float(every)))
        for op, by, every in product(("select_entry", "select_exit"), (close, pe), (WEEK, MONTH, 1, 3))
    ]
    lowest, traded = graph.add("lowest", (close,), (4.0,)), graph.add("raw_low")
    nodes += [graph.add("order_price", (price,), (adjusted, up)) for price, adjusted in ((lowest, 1.0), (traded, 0.0)) for up in (0.0, 1.0)]
    return nodes


def test_the_sweep_and_the_table_cover_the_whole_catalogue() -> None:
    graph = Graph()
    every_node(graph)
    fields = {row.name for row in FIELDS}
    assert {node.op for node in graph.nodes} >= NODES - fields - ELSEWHERE - BY_SESSION
    assert OPERATIONS.keys() | INSTRUCTIONS.keys() >= NODES - fields - ELSEWHERE - {"member", "constant"}
    assert not OPERATIONS.keys() & INSTRUCTIONS.keys()
    assert {node.op for node in lowered(graph.nodes)} >= INSTRUCTIONS.keys()


@pytest.mark.parametrize("seed", range(3))
def test_nothing_looks_ahead(seed: int) -> None:
    """Cutting the future off changes no past bit, whatever the node."""
    market = random_market(seed, sessions=64, stocks=5, warm_up=12, members=0.9)
    graph = Graph()
    nodes = every_node(graph)
    whole = [by_session(market, graph, node) for node in nodes]
    for count in (13, 14, 31, 50, 63):
        cut = first_sessions(market, count)
        for node, panel in zip(nodes, whole, strict=True):
            np.testing.assert_array_equal(by_session(cut, graph, node), panel[:count], err_msg=str(graph.nodes[node]))


def watch(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the machine does from now on, step by step. Both directions of a cross are one step, told as "cross_below"."""
    done: list[str] = []
    name = {row.code: op for op, row in INSTRUCTIONS.items()}
    assembled = compute.assemble

    def noting(nodes: Sequence[Node], order: Sequence[int], memory: Mapping[int, tuple[int, int]]) -> Assembled:
        made = assembled(nodes, order, memory)
        done.extend(name[int(step[CODE])] for step in made.code.steps)
        return made

    monkeypatch.setattr(compute, "assemble", noting)
    return done


def test_equal_nodes_are_made_once_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    done = watch(monkeypatch)
    graph = Graph()
    close = graph.add("close")
    means = [graph.add("sma", (close,), (float(n),)) for n in (3, 5, 8)]
    rank = graph.add("roc", (close,), (5.0,))
    crosses = [(graph.add("cross_above", pair), graph.add("cross_below", pair)) for pair in product(means[:2], means[2:])]
    outputs = np.array([Outputs(up, down, rank) for up, down in (*crosses, *crosses)])
    nodes = compute.Nodes(own_bars(random_market(1)), graph, Crew(1))
    wanted = nodes.wishes(outputs, outputs[:0])
    assert sorted(done) == ["cross_below"] * 2 + ["roc"] + ["sma_exact"] * 3
    assert (wanted.addresses[:2] == wanted.addresses[2:]).all()
    assert len(np.unique(wanted.addresses[:, :2])) == 4
    assert len(np.unique(wanted.addresses[:, 2])) == 1
    assert nodes._values.keys() == {rank, *(node for pair in crosses for node in pair)}, "means are handed on within a stock"
    assert nodes.whole(close).tolist() == own_bars(random_market(1)).numbers("close").tolist()
    assert not nodes._values


def test_room_that_is_used_again_never_shows() -> None:
    """All signals of a grid at once are the signals of each combination in a workspace of its own."""
    market = random_market(6, sessions=60, stocks=8)
    bars, graph = own_bars(market), Graph()
    nodes = [node for node in every_node(graph) if compute.values(bars, graph, node).dtype == np.uint8]
    rank = graph.add("neg", (graph.add("pe"),))
    outputs = [Outputs(one, other, rank) for one, other in product(nodes, nodes[:3])]
    for each, together in zip(outputs, compute.signals(bars, graph, outputs), strict=True):
        alone = next(compute.signals(bars, graph, [each]))
        for found, expected in zip(together, alone, strict=True):
            np.testing.assert_array_equal(found, expected)


def test_deviation_shares_the_mean_of_its_window(monkeypatch: pytest.MonkeyPatch) -> None:
    done = watch(monkeypatch)
    graph = Graph()
    close = graph.add("close")
    band = graph.add("sub", (graph.add("sma", (close,), (20.0,)), graph.add("std", (close,), (20.0,))))
    compute.values(own_bars(random_market(1)), graph, band)
    assert sorted(done) == ["sma_exact", "std", "sub"]


def test_sums_beyond_exact_integers_are_refused() -> None:
    market = random_market(1)
    graph = Graph()
    market.volume[:] *= 2**40
    with pytest.raises(MarketError, match="2\\^53"):
        compute.values(own_bars(market), graph, graph.add("sum", (graph.add("volume"),), (3.0,)))


def test_a_factor_in_the_wrong_unit_is_no_negative_price() -> None:
    market = random_market(1)
    market.adj_factor[:] *= 10**9
    with pytest.raises(MarketError, match="adj_factor: prices times their factors exceed 2\\^62"):
        compute.values(own_bars(market), graph := Graph(), graph.add("close"))


def test_a_chain_of_lets_is_deeper_than_python_calls_may_be() -> None:
    market, graph = random_market(1), Graph()
    node = graph.add("close")
    for _ in range(2_000):
        node = graph.add("neg", (node,))
    np.testing.assert_array_equal(compute.values(own_bars(market), graph, node), own_bars(market).numbers("close"))


def test_unknown_fields_are_named() -> None:
    graph = Graph()
    with pytest.raises(MarketError, match="total_mv"):
        compute.values(own_bars(random_market(1)), graph, graph.add("total_mv"))


def test_adjusted_prices_round_half_up_to_a_hundredth_li() -> None:
    market = random_market(5, ex_dates=0.2)
    panel = by_session(market, graph := Graph(), graph.add("close"))
    raw = by_session(market, graph, graph.add("raw_close"))
    for stock in range(market.shape[1]):
        for row in own_bars_of(market, stock):
            exact = int(market.close[row, stock]) * int(market.adj_factor[row, stock])
            assert panel[row, stock] == (exact // 10_000) + (exact % 10_000 >= 5_000)
            assert raw[row, stock] == market.close[row, stock] / 1000
    assert (market.adj_factor > 1_000_000).any()


def test_average_price_needs_volume() -> None:
    market = random_market(2, holes=0.0, late=0.0)
    market.volume[3, 0] = 0
    graph = Graph()
    average = by_session(market, graph, graph.add("raw_vwap"))
    assert math.isnan(average[3, 0])
    assert average[4, 0] == round(market.amount[4, 0] / market.volume[4, 0]) / 1000
    assert math.isnan(by_session(market, graph, graph.add("vwap"))[3, 0])


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), stocks=st.sampled_from([1, 3, 63, 64, 65, 130]), holes=st.sampled_from([0.0, 0.2, 0.97]))
def test_signals_stand_in_their_sessions(seed: int, stocks: int, holes: float) -> None:
    market = random_market(seed, sessions=12, stocks=stocks, holes=holes)
    bars, random = own_bars(market), np.random.default_rng(seed)
    flags, numbers = random.integers(0, 2, bars.count, dtype=np.uint8), random.normal(size=bars.count)
    bits = np.full((2, 12, words(stocks)), 7, np.uint64)
    bits_by_session(bars, np.stack([Workspace(bars).bits_of(each) for each in (flags, 1 - flags)]), bits)
    rank, li = numbers_by_session(bars, numbers), prices_by_session(bars, np.arange(1, bars.count + 1, dtype=np.int32))
    seen, others = np.unpackbits(bits.view(np.uint8), axis=2, bitorder="little")
    expected, floats = np.zeros(seen.shape, np.uint8), np.full(rank.shape, np.nan)
    for stock in range(stocks):
        for k, row in enumerate(own_bars_of(market, stock)):
            expected[row, stock], floats[row, stock] = flags[bars.offsets[stock] + k], numbers[bars.offsets[stock] + k]
    np.testing.assert_array_equal(seen, expected)
    np.testing.assert_array_equal(others, (li > 0) & (seen == 0))
    np.testing.assert_array_equal(rank, floats)
    np.testing.assert_array_equal(li[:, :stocks].reshape(-1)[bars.cells], np.arange(1, bars.count + 1))
    assert np.count_nonzero(li) == bars.count
    np.testing.assert_array_equal(bars.bar_at, li - 1)


def test_a_constant_reaches_every_kind_of_node() -> None:
    """Constants are kept short: kernels that look at whole stocks, sessions or selections must not notice."""
    market = random_market(3, sessions=20, stocks=700, holes=0.0, late=0.0)
    bars, graph = own_bars(market), Graph()
    five, close = graph.add("constant", (), (5.0,)), graph.add("close")
    always = graph.add("ge", (close, close))
    assert bars.count > 3 * 4096
    for node, value in (
        (graph.add("sma", (five,), (3.0,)), 5.0),
        (graph.add("highest", (five,), (3.0,)), 5.0),
        (graph.add("std", (five,), (3.0,)), 0.0),
        (graph.add("if_else", (always, five, close)), 5.0),
        (graph.add("add", (five, five)), 10.0),
        (graph.add("gt", (five, graph.add("constant", (), (4.0,)))), 1.0),
    ):
        np.testing.assert_array_equal(by_session(market, graph, node)[2:], np.full((18, 700), value))
    best = by_session(market, graph, graph.add("select_entry", (five, always), (3.0, 1.0)))
    assert (best[-1, :3] == 1).all()
    assert best[-1].sum() == 3
    ranked = next(compute.signals(bars, graph, [Outputs(always, always, five)]))
    assert (ranked.rank[:, :700] == 5.0).all()
    assert (compute.values(bars, graph, graph.add("order_price", (five,), (0.0, 0.0))) == 5_000.0).all()


@pytest.mark.parametrize("every", [WEEK, MONTH, 1, 4])
@pytest.mark.parametrize("seed", range(4))
def test_selection_is_its_slow_twin(every: int, seed: int) -> None:
    market = random_market(seed, sessions=70, stocks=9, warm_up=15, members=0.8)
    graph = Graph()
    by, member = graph.add("roc", (graph.add("close"),), (3.0,)), graph.add("member")
    numbers, eligible = by_session(market, graph, by), by_session(market, graph, member)
    entry = by_session(market, graph, graph.add("select_entry", (by, member), (3.0, float(every))))
    exit_ = by_session(market, graph, graph.add("select_exit", (by, member), (5.0, float(every))))
    rebalances = {row for row in range(market.window_start, 70) if is_rebalance(market, row, every)}
    for row in range(70):
        day = {stock: numbers[row, stock] for stock in range(9) if eligible[row, stock] == 1}
        top, kept = (naive.best(day, wanted) if row in rebalances else [] for wanted in (3, 5))
        for stock in np.flatnonzero(market.open[row] > 0):
            assert entry[row, stock] == (stock in top)
            assert exit_[row, stock] == (stock not in day or (row in rebalances and stock not in kept))
    assert set(rebalance_rows(market, every)) == rebalances


def is_rebalance(market: Market, row: int, every: int) -> bool:
    first = market.window_start
    if every > 0:
        return (row - first) % every == 0
    now, before = (date.fromisoformat(str(market.sessions[at])) for at in (row, row - 1))
    new_week, new_month = now.isocalendar()[:2] != before.isocalendar()[:2], (now.year, now.month) != (before.year, before.month)
    return row == first or (new_month if every == MONTH else new_week)
