"""Expressions on other bars: an index's, and the daily ones beside minute bars. What a bar sees of them is over; nothing is filled."""

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.errors import MarketError
from engine.indicators import compute
from engine.indicators.bars import own_bars
from engine.indicators.catalog import FIELD, FUNCTIONS
from engine.indicators.catalog.other_bars import INDEX_FIELDS
from engine.language import Graph, Program, compile_strategy
from engine.language.check import ACROSS
from engine.language.graph import DAILY, INDEX_PREFIX, Node
from engine.market import Market
from tests import naive_indicators as naive
from tests.engine.other_markets import INDEX, PER_DAY, begun_later, cut_after, daily_market, minute_market
from tests.engine.panels import own_bars_of
from tests.engine.test_compute import Panel, by_session, every_node

MARKETS = [daily_market, minute_market]
_TRADED = {"select_entry", "select_exit", "select_weights", "order_price"}
NEVER = ({*_TRADED, "member", "nothing", *(row.name for row in FUNCTIONS if row.group == ACROSS)}, _TRADED)
"""What is never asked of the bars of an index, and of daily bars beside minute ones."""


def program_of(entry: str, **sections: str) -> Program:
    rows = {"name": "x", "universe": "{all: true}", "entry": f'"{entry}"', "exit": "close < open", **sections}
    return compile_strategy("".join(f"{key}: {value}\n" for key, value in rows.items()), {})


def entry_of(market: Market, program: Program) -> Panel:
    """(T, N) 1 and 0; NaN without a bar."""
    graph = Graph()
    return by_session(market, graph, program.outputs(graph, {}).entry)


def ranks_of(market: Market, x: str, **sections: str) -> Panel:
    graph = Graph()
    return by_session(market, graph, program_of("close > open", rank=f'"{x}"', **sections).outputs(graph, {}).rank)


def on_index(market: Market) -> dict[int, tuple[int, float]]:
    """By session: which of the index's own bars it is, and its close in points."""
    index = market.references[INDEX]
    return {int(index.sessions[row]): (k, index.close[row, 0] / 1000) for k, row in enumerate(own_bars_of(index, 0))}


@pytest.mark.parametrize("seed", range(3))
def test_a_daily_bar_sees_the_index_of_its_own_session(seed: int) -> None:
    market = daily_market(seed)
    bars = on_index(market)
    means = naive.sma([close for _, close in bars.values()], 3)
    found = ranks_of(market, f"index(sma(close, 3), '{INDEX}')")
    seen = 0
    for row, stock in np.argwhere(market.open > 0):
        place = bars.get(int(market.sessions[row]))
        expected = means[place[0]] if place else math.nan
        np.testing.assert_equal(found[row, stock], expected)
        seen += place is not None
    assert 0 < seen < (market.open > 0).sum()


@pytest.mark.parametrize("seed", range(3))
def test_a_minute_bar_sees_the_index_of_the_session_before(seed: int) -> None:
    market = minute_market(seed)
    bars, calendar = on_index(market), market.references[INDEX].sessions.tolist()
    found = ranks_of(market, f"index(close, '{INDEX}')")
    for row, stock in np.argwhere(market.open > 0):
        before = calendar[calendar.index(market.sessions[row]) - 1]
        np.testing.assert_equal(found[row, stock], bars[before][1] if before in bars else math.nan)


@pytest.mark.parametrize("seed", range(3))
def test_a_minute_bar_sees_the_last_daily_bar_before_its_session(seed: int) -> None:
    market = minute_market(seed)
    assert market.daily is not None
    found = ranks_of(market, "daily(ref(raw_close, 2))")
    skipped = 0
    for row, stock in np.argwhere(market.open > 0):
        rows = [day for day in own_bars_of(market.daily, stock) if market.daily.sessions[day] < market.sessions[row]]
        expected = market.daily.close[rows[-3], stock] / 1000 if len(rows) > 2 else math.nan
        np.testing.assert_equal(found[row, stock], expected)
        skipped += bool(rows) and rows[-1] + 1 < np.searchsorted(market.daily.sessions, market.sessions[row])
    assert skipped


def test_daily_bars_may_be_held_against_an_index() -> None:
    """Inside daily(...) an index is that of the same session."""
    market = minute_market(4)
    assert market.daily is not None
    index, calendar = on_index(market), market.daily.sessions.tolist()
    found = ranks_of(market, f"daily(raw_close / index(close, '{INDEX}'))")
    for row, stock in np.argwhere(market.open > 0):
        days = [day for day in own_bars_of(market.daily, stock) if calendar[day] < market.sessions[row]]
        points = index.get(calendar[days[-1]], (0, math.nan))[1] if days else math.nan
        np.testing.assert_equal(found[row, stock], market.daily.close[days[-1], stock] / 1000 / points if days else math.nan)


@pytest.mark.parametrize("made", MARKETS)
@pytest.mark.parametrize("seed", range(2))
def test_nothing_looks_ahead(made: type, seed: int) -> None:
    """Everything that the kernels know, on other bars; cutting the future off, and what is not over, changes no past bit."""
    market = made(seed)
    graph = Graph()
    nodes = elsewhere(graph, f"{INDEX_PREFIX}{INDEX}")
    if market.daily is not None:
        inner = [graph.add("index", graph.nodes[node].args, (), DAILY) for node in nodes[:9]]
        nodes += elsewhere(graph, DAILY) + [graph.add("daily", (node,)) for node in inner]
    whole = [by_session(market, graph, node) for node in nodes]
    assert sum(not np.isnan(panel).all() for panel in whole) > len(whole) * 0.9
    for count in (7, 20, 20 + PER_DAY - 1, 30, market.shape[0] - 1):
        cut = cut_after(market, count)
        for node, panel in zip(nodes, whole, strict=True):
            np.testing.assert_array_equal(by_session(cut, graph, node), panel[:count], err_msg=str(graph.nodes[graph.nodes[node].args[0]]))


def elsewhere(graph: Graph, place: str) -> list[int]:
    """Every node of the sweep over own bars that this place knows, brought to own bars."""
    swept, new = Graph(), dict[int, int]()
    wanted = every_node(swept)
    for number, (op, args, numbers, _) in enumerate(swept.nodes):
        here = op
        if place != DAILY and op in FIELD:
            here = INDEX_FIELDS.get(op, "raw_close" if FIELD[op].kind == "number" else "nothing")
        if here not in NEVER[place == DAILY] and all(argument in new for argument in args):
            new[number] = graph.add(here, tuple(new[argument] for argument in args), numbers, place)
    brought = "daily" if place == DAILY else "index"
    return [graph.add(brought, (new[node],)) for node in wanted if node in new]


@pytest.mark.parametrize("made", MARKETS)
def test_other_bars_need_not_begin_before_what_is_said(made: type) -> None:
    rank = f"index(ref(highest(close, 4), 3) + ref(close, 6), '{INDEX}')"
    program, market = program_of("close > open", rank=f'"{rank}"'), made(5)
    assert (program.look_back, program.further_look_back) == (0, 6)
    market = replace(market, references={INDEX: replace(market.references[INDEX], open=market.references[INDEX].close)})
    graph = Graph()
    node = program.outputs(graph, {}).rank
    before = program.further_look_back + (market.frequency != "1d")
    expected = by_session(market, graph, node)
    assert not np.isnan(expected[market.open > 0]).any()
    np.testing.assert_array_equal(by_session(begun_later(market, before), graph, node), expected)
    assert np.isnan(by_session(begun_later(market, before - 1), graph, node)[market.open > 0]).any()


def test_truths_are_false_where_there_is_nothing_to_see() -> None:
    market = daily_market(1)
    seen = entry_of(market, program_of(f"index(close > 0, '{INDEX}')"))
    bars, there = on_index(market), market.open > 0
    expected = np.array([int(session) in bars for session in market.sessions])
    assert 0 < expected.sum() < expected.size
    np.testing.assert_array_equal(seen[there], np.broadcast_to(expected[:, None], there.shape)[there])
    bare = market.references[INDEX]
    bare = replace(bare, open=np.zeros_like(bare.open))
    assert not entry_of(replace(market, references={INDEX: bare}), program_of(f"index(close > 0, '{INDEX}')"))[there].any()
    assert np.isnan(ranks_of(replace(market, references={INDEX: bare}), f"index(close, '{INDEX}')")).all()


def test_a_let_is_what_it_is_on_the_bars_where_it_is_used() -> None:
    market = minute_market(2)
    lets = {"params": "{n: {default: 3, min: 2, max: 9}}", "let": "{change: 'close / base', base: 'ref(close, n)'}"}
    for named, written in (
        (f"index(change, '{INDEX}')", f"index(close / ref(close, 3), '{INDEX}')"),
        ("daily(change)", "daily(close / ref(close, 3))"),
        (f"change - daily(change - index(change, '{INDEX}'))",
         f"close / ref(close, 3) - daily(close / ref(close, 3) - index(close / ref(close, 3), '{INDEX}'))"),
    ):  # fmt: skip
        np.testing.assert_array_equal(ranks_of(market, named, **lets), ranks_of(market, written))


def test_equal_nodes_of_different_bars_are_different() -> None:
    program = program_of(
        f"slow > open and daily(slow > open) and index(slow > open, '{INDEX}') and index(slow > open, '000905.SH')",
        params="{n: {default: 3, min: 2, max: 9}}", let="{slow: 'sma(close, n)'}",
    )  # fmt: skip
    graph = Graph()
    outputs = [program.outputs(graph, {"n": n}) for n in (3, 4)]
    assert [program.outputs(graph, {"n": n}) for n in (3, 4)] == outputs
    means = [(node.place, node.numbers) for node in graph.nodes if node.op == "sma"]
    assert sorted(means) == [(place, (n,)) for place in ("", "daily", "index:000300.SH", "index:000905.SH") for n in (3.0, 4.0)]
    assert program.fields == {"daily", "index:000300.SH", "index:000905.SH"}


def test_constants_meet_series_on_other_bars() -> None:
    market = minute_market(3)
    found = ranks_of(market, f"index(max(close, 10 * 100000), '{INDEX}')")
    assert set(found[~np.isnan(found)]) == {1_000_000.0}
    graph = Graph()
    five = graph.add("index", (graph.add("constant", (), (5.0,), f"{INDEX_PREFIX}{INDEX}"),))
    np.testing.assert_array_equal(by_session(market, graph, five), np.where(np.isnan(found), math.nan, 5.0))


def test_a_market_without_the_bars_says_so() -> None:
    stocks = minute_market(1, stocks=3).daily
    market = replace(daily_market(1), references={}, daily=stocks)  # of other stocks
    for entry, place in ((f"index(close > open, '{INDEX}')", f"index:{INDEX}"), ("daily(close > open)", "daily")):
        graph = Graph()
        node = program_of(entry).outputs(graph, {}).entry
        with pytest.raises(MarketError) as caught:
            compute.values(own_bars(market), graph, node)
        assert [problem.field for problem in caught.value.problems] == [place]


def test_the_place_of_a_node_is_part_of_it() -> None:
    graph = Graph()
    assert graph.add("close") != graph.add("close", place=DAILY)
    assert graph.nodes == [Node("close", (), ()), Node("close", (), (), DAILY)]


@pytest.mark.parametrize(
    ("x", "sessions"),
    [
        (f"index(sma(close, 20), '{INDEX}')", 19),
        (f"ref(index(close, '{INDEX}'), 9) + index(ref(close, 4), '{INDEX}')", 4),
        (f"daily(sma(close / index(sma(close, 5), '{INDEX}'), 10))", 13),
        ("daily(close)", 0),
    ],
)
def test_look_back_on_other_bars_is_counted_by_itself(x: str, sessions: int) -> None:
    program = program_of("close > open", rank=f'"{x}"')
    assert program.further_look_back == sessions
    assert program.look_back == (9 if x.startswith("ref") else 0)


def test_an_index_is_in_points_and_no_price_of_the_stock() -> None:
    assert program_of(f"index(close > 4000 or sma(close, 5) < 3000, '{INDEX}')").warnings == ()
    (warning,) = program_of("close > open", rank=f"\"close / index(close, '{INDEX}')\"").warnings
    assert warning.field == "rank"
