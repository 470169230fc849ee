"""Rotations by weights, against a slow twin and through the simulation; positions that are bought in several steps."""

from math import isfinite, isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import StrategyError
from engine.evaluate import evaluate, evaluate_block
from engine.indicators.bars import own_bars
from engine.indicators.compute import signals
from engine.indicators.selection import rebalance_rows
from engine.indicators.weighting import Wish, select_weights
from engine.language import Graph, compile_strategy
from engine.simulation.events import events
from engine.simulation.outcome import Kind, Reason, Reject
from engine.terms import ONE
from tests.engine.panels import first_sessions, random_market

CASH = 10_000_000_000
EVERY = st.sampled_from([-2, -1, 1, 3])


def twin(market, by, eligible, weight, top, keep, every):
    """{row: {stock: weight in 1 / ONE}} by dictionaries of the stocks that have a bar on the day."""
    chosen, found = set(), {}
    for row in rebalance_rows(market, every).tolist():
        there = [i for i in range(market.shape[1]) if market.open[row, i] > 0 and eligible[row, i] and not isnan(by[row, i])]
        ranked = sorted(there, key=lambda i: (-by[row, i], i))
        stay = [i for i in ranked[:keep] if i in chosen][:top]
        chosen = set(stay + [i for i in ranked if i not in stay][: top - len(stay)])
        usable = [i for i in sorted(chosen) if isfinite(weight[row, i]) and weight[row, i] > 0]
        total = 0.0
        for i in usable:
            total += weight[row, i]
        found[row] = {i: int(weight[row, i] / total * ONE) for i in usable}
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), EVERY, st.integers(1, 6), st.integers(0, 5))
def test_weights_are_their_twin(seed: int, every: int, top: int, slack: int) -> None:
    market = random_market(seed, sessions=60, stocks=9, warm_up=12, holes=0.1)
    rng = np.random.default_rng(seed)
    shape = market.shape
    by = np.where(rng.random(shape) < 0.1, np.nan, np.round(rng.normal(size=shape), 1))
    weight = rng.choice([np.nan, np.inf, -1.0, 0.0, 0.3, 1.0, 2.5, 7.0], shape)
    eligible = (rng.random(shape) < 0.8).astype(np.uint8)
    bars = own_bars(market)
    out = select_weights(bars, Wish(bars.take(by), bars.take(eligible), bars.take(weight)), top, top + slack, every)
    expected = np.full_like(out, -1)
    for row, wanted in twin(market, by, eligible, weight, top, top + slack, every).items():
        expected[row] = 0
        for i, each in wanted.items():
            expected[row, i] = each
    assert out.tobytes() == expected.tobytes()


@pytest.mark.parametrize("every", [-2, -1, 1, 3])
def test_weights_do_not_look_ahead(every: int) -> None:
    market = random_market(3, sessions=80, stocks=9, warm_up=12, holes=0.1)
    rng = np.random.default_rng(every + 9)
    by, weight, eligible = rng.normal(size=market.shape), rng.random(market.shape), (rng.random(market.shape) < 0.8).astype(np.uint8)
    for cut in (13, 40, 71):
        part = first_sessions(market, cut)
        found = []
        for each in (market, part):
            bars = own_bars(each)
            wish = Wish(*(bars.take(np.ascontiguousarray(panel[: each.shape[0]])) for panel in (by, eligible, weight)))
            found.append(select_weights(bars, wish, 3, 4, every)[:cut])
        assert found[0].tobytes() == found[1].tobytes()


ROTATION = """
name: weights
params: {look: {default: 5, min: 2, max: 20}, top: {default: 4, min: 1, max: 6}}
universe: {from: {all: true}}
select: {top: top, by: "roc(close, look)", every: 5, keep_within: top + 2, weight: "1 / std(roc(close, 1), 10)"}
portfolio: {cash_reserve: 0.02}
execution: {slippage: {bps: 5}}
"""


def test_a_rebalance_brings_every_holding_to_its_weight() -> None:
    """To within a lot and what trading costs, wherever nothing stood in the way."""
    market = random_market(5, sessions=120, stocks=8, warm_up=30, holes=0.0, ex_dates=0.0)
    result = evaluate(compile_strategy(ROTATION), market, {}, CASH)
    bought = [event for event in events(result.outcome) if event.kind is Kind.BUY]
    assert len(bought) > 30
    assert {Reason(event.code) for event in bought} == {Reason.TARGET}
    assert {event.bar - market.window_start - 1 for event in bought if event.kind is Kind.BUY} <= set(range(0, 200, 5))
    assert result.cell.stats["exposure"] > 0.85
    assert max(len(result.outcome.holdings), 1) <= 8


def test_a_grid_of_weights_is_its_single_runs() -> None:
    program, market = compile_strategy(ROTATION), random_market(6, sessions=90, stocks=12, warm_up=30, members=0.9)
    grid = [{"look": look, "top": top} for look in (3, 8) for top in (1, 3, 6)]
    for params, cell in zip(grid, evaluate_block(program, market, grid, CASH, threads=2), strict=True):
        assert cell.content_hash == evaluate(program, market, params, CASH).cell.content_hash
    assert len({cell.content_hash for cell in evaluate_block(program, market, grid, CASH)}) == len(grid)


def rotation(weight: str) -> str:
    return f"name: r\nselect: {{top: 3, by: 'roc(close, 5)', every: week{weight}}}\n"


def test_equal_weight_says_what_is_so_anyway_and_an_expression_says_more() -> None:
    plain, equal, one = (compile_strategy(rotation(weight)) for weight in ("", ", weight: equal", ", weight: 1"))
    assert plain.identity == equal.identity != one.identity
    assert compile_strategy(rotation(", weight: 'sma(amount, 30)'")).look_back == 29


@pytest.mark.parametrize("weight", ["close > open", "sma(close)", "nothing"])
def test_a_weight_that_is_no_number_is_refused(weight: str) -> None:
    with pytest.raises(StrategyError, match="weight"):
        compile_strategy(rotation(f", weight: '{weight}'"))


PYRAMID = """
name: pyramid
params: {steps: {default: 3, min: 1, max: 5}}
universe: {from: {all: true}}
entry: close > ref(close, 1)
exit: close < lowest(ref(close, 1), 8)
portfolio: {max_positions: 3, max_entries: steps}
risk: {max_weight: 0.5}
"""


def test_a_position_is_bought_in_as_many_steps_as_it_may() -> None:
    market, program = random_market(2, sessions=120, stocks=6, warm_up=15, holes=0.0, ex_dates=0.0), compile_strategy(PYRAMID)
    for steps in (1, 2, 4):
        outcome = evaluate(program, market, {"steps": steps}, CASH).outcome
        held: dict[int, int] = {}
        most = 0
        for event in events(outcome):
            if event.kind is Kind.BUY:
                held[event.stock] = held.get(event.stock, 0) + 1
                most = max(most, held[event.stock])
                assert event.value <= CASH * 1.5 / (3 * steps)
            elif event.kind is Kind.SELL:
                held.pop(event.stock, None)
            assert len(held) <= 3
        assert most == steps


def test_a_full_book_does_not_keep_a_position_from_growing() -> None:
    market, program = random_market(2, sessions=120, stocks=6, warm_up=15, holes=0.0, ex_dates=0.0), compile_strategy(PYRAMID)
    outcome = evaluate(program, market, {"steps": 5}, CASH).outcome
    full = [event for event in events(outcome) if event.kind is Kind.REFUSED_BUY and event.code == Reject.POSITION_CAP]
    assert full
    held: set[int] = set()
    for event in events(outcome):
        if event.kind is Kind.BUY:
            held.add(event.stock)
        elif event.kind is Kind.SELL:
            held.discard(event.stock)
        elif event.kind is Kind.REFUSED_BUY and event.code == Reject.POSITION_CAP:
            assert event.stock not in held


@pytest.mark.parametrize("key", ["max_positions: 3", "max_entries: 2"])
def test_a_rotation_has_its_slots_and_buys_once(key: str) -> None:
    with pytest.raises(StrategyError, match=key.split(":", maxsplit=1)[0]):
        compile_strategy(rotation("") + f"portfolio: {{{key}}}\n")


@pytest.mark.parametrize("weight", ["", ", weight: 1"])
def test_a_stock_suspended_at_the_rebalance_is_let_go_by_weights_only(weight: str) -> None:
    market = random_market(5, sessions=80, stocks=9, warm_up=12, holes=0.2)
    program = compile_strategy(f"name: a\nuniverse: {{all: true}}\nselect: {{top: 6, by: volume, every: 3{weight}}}\n")
    made = next(signals(own_bars(market), graph := Graph(), [program.outputs(graph, {})]))
    suspended = [(row, i) for row in rebalance_rows(market, 3).tolist() for i in range(9) if market.open[row, i] == 0]
    assert suspended
    for row, i in suspended:
        assert not int(made.exit[row, 0]) >> i & 1
        assert (made.weight.size == 0) == (not weight)
        assert not weight or made.weight[row, i] == 0
