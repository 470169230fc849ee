"""Random scripts: orders of every kind and size, and complete portfolios, on a random market."""

from dataclasses import replace
from typing import Any

import numpy as np

from engine.market import Market
from engine.simulation.outcome import Outcome
from engine.simulation.run import simulate, simulate_script
from engine.simulation.script import script_of
from engine.simulation.tape import prepare
from engine.terms import ONE
from tests.engine.random_markets import Case, near, random_case

SIZES = (1, 37, 99, 100, 200, 250, 300, 1_000, 1_000, 5_000, 20_000, 10**6, 10**9)
WEIGHTS = (0, ONE // 20, ONE // 10, ONE // 4, ONE // 3, ONE // 2, ONE * 9 // 10, ONE)


def played(case: Case) -> Outcome:
    """Recorded."""
    tape = prepare(case.market, case.terms.conditions)
    if case.orders is None:
        return simulate(tape, case.signals, case.terms, record=True)
    return simulate_script(tape, script_of(case.orders, case.targets, len(case.market.times) - case.market.window_start), case.terms)


def script_case(seed: int, bars: int = 30) -> Case:
    """The market and the terms of a random strategy, with orders from outside instead of its signals; half of them keep what they buy."""
    case, rng = random_case(seed, bars), np.random.default_rng([seed, 1])
    market = replace(case.market, decided_by=None)
    nothing, terms = np.zeros(market.shape, bool), case.terms
    if rng.random() < 0.5:
        terms = replace(terms, stop_loss=0, take_profit=0, trailing_stop=0, max_holding=0, max_drawdown=0)
    ordered, targeted = [(1, 1), (1, 0), (0, 1)][rng.integers(3)]
    return Case(
        market,
        nothing,
        nothing,
        np.zeros(market.shape),
        terms,
        orders=_orders(rng, market, int(rng.choice([3, 12, 40])) * ordered, terms.initial_cash),
        targets=_targets(rng, market, int(rng.choice([1, 3, 6])) * targeted),
    )


def _orders(rng: np.random.Generator, market: Market, count: int, cash: int) -> Any:
    """Sorted by row; some use most of the cash, and what is sold was mostly bought before."""
    start, (bars, stocks) = market.window_start, market.shape
    before, made = market.close[np.maximum(np.arange(bars) - 1, 0)], []
    limits, stops = near(rng, market, before), near(rng, market, before)
    for row in sorted(rng.integers(0, bars - start, count).tolist()):
        t, i, bought = start + row, int(rng.integers(stocks)), [order[1] for order in made if order[2] > 0]
        shares = int(rng.choice(SIZES))
        if rng.random() < 0.3:
            shares = min(int(cash * rng.choice([0.3, 0.6, 0.99]) // max(market.close[t, i], 1)) + 1, 10**9)
        if rng.random() < 0.05:
            shares = -shares
        elif bought and rng.random() < 0.5:
            i, shares = (int(rng.choice(bought)), -shares)
        kind = rng.choice(["market", "limit", "stop", "both", "exact"])
        limit, stop = int(limits[t, i]) * (kind in ("limit", "both")), int(stops[t, i]) * (kind in ("stop", "both"))
        exact = _traded(rng, market, t, i) if kind == "exact" else 0
        made.append([row, i, shares, limit, stop, exact, int(rng.random() < 0.4), len(made)])
    return np.array(made, np.int64).reshape(-1, 8)


def _traded(rng: np.random.Generator, market: Market, t: int, i: int) -> int:
    """A price within the bar, or just outside of it."""
    if market.open[t, i] == 0:
        return int(market.close[t, i])
    low, high = int(market.low[t, i]), int(market.high[t, i])
    return max(int(rng.choice([low, high, market.open[t, i], rng.integers(low, high + 1), high + 10, low - 10])), 1)


def _targets(rng: np.random.Generator, market: Market, count: int) -> Any:
    """A row that has targets has all of them; (row, -1, 0): nothing is kept. A code that is still to come is not named."""
    start, (bars, stocks) = market.window_start, market.shape
    to_come, made = set(market.actions.code_changes[:, 2].tolist()), []
    for row in sorted(set(rng.integers(0, bars - start, count).tolist())):
        known = [i for i in range(stocks) if i not in to_come or market.close[start + row, i]]
        named = rng.permutation(known)[: rng.integers(0, len(known))].tolist()
        made += [[row, i, int(rng.choice(WEIGHTS))] for i in named] or [[row, -1, 0]]
    return np.array(made, np.int64).reshape(-1, 3)
