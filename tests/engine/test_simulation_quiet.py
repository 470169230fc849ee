"""Bars on which nothing happens are passed quickly, and to the same bytes: a recorded run, which lives every bar in full, is the twin."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numba import config

from engine.errors import MarketError
from engine.simulation.outcome import Outcome
from engine.simulation.run import Outcomes, Signals, simulate, simulate_block, simulate_many
from engine.simulation.state import Wishes
from engine.simulation.tape import Tape, prepare
from engine.terms import Conditions, Fill, Terms
from tests.engine.flat_markets import flat_market
from tests.engine.random_markets import Case, pack, padded, random_case

DAYS = [20240102, 20240103, 20240104]
SEEDS = range(60) if config.DISABLE_JIT else range(400)


def sparse_case(seed: int) -> Case:
    """A random case whose signals are few, so that most bars are quiet; signals stand only where there are bars."""
    rng = np.random.default_rng([seed, 5])
    case = random_case(seed, bars=45)
    deciding = case.market.decided_by or case.market
    few = rng.random(case.entry.shape) < rng.choice([0.02, 0.1, 0.5])
    conditions = replace(case.terms.conditions, actions=str(rng.choice(["reinvest", "reinvest", "cash"])))
    entry, exit_ = case.entry & few & (deciding.open > 0), case.exit & few & (deciding.open > 0)
    rank = np.where(deciding.open > 0, case.rank, np.nan)
    return replace(case, entry=entry, exit=exit_, rank=rank, terms=replace(case.terms, conditions=conditions))


@pytest.mark.parametrize("seeds", [SEEDS[k::4] for k in range(4)])
def test_a_quiet_bar_is_a_bar(seeds: range) -> None:
    seen = Counter[str]()
    for seed in seeds:
        case = sparse_case(seed)
        tape, signals = prepare(case.market, case.terms.conditions), case.signals
        told = simulate(tape, signals, case.terms, record=True)
        assert same(told, simulate(tape, signals, case.terms)), seed
        wishes = packed(case)
        many = simulate_many(tape, wishes, [case.terms] * len(wishes.addresses))
        assert all(same_columns(many, k, told) for k in range(len(wishes.addresses))), seed
        seen.update(
            name for name in ("stop_loss", "trailing_stop", "max_holding", "max_drawdown", "daily_loss") if getattr(case.terms, name)
        )
        seen.update(["traded"] if told.tallies.buys else [])
    assert len(seen) == 6


@pytest.mark.parametrize(
    "rules",
    [
        *({}, {"max_holding": 9}, {"max_entries": 3, "cool_down": 2}, {"daily_loss": 60_000}, {"max_drawdown": 150_000}),
        *({"stop_loss": 600_000, "take_profit": 900_000}, {"trailing_stop": 500_000}),
    ],
)
@pytest.mark.parametrize("fill", ["next_open", "close"])
@pytest.mark.parametrize("stocks", [3, 70])
def test_several_holdings_through_quiet_bars(stocks: int, fill: Fill, rules: dict[str, int]) -> None:
    """Prices that walk, three purchases and two sales far apart: nearly every bar is quiet, with several positions held."""
    rng = np.random.default_rng(stocks)
    market = flat_market([f"{600000 + i}.SH" for i in range(stocks)], [20240000 + 100 * m + d for m in (1, 2) for d in range(1, 29)])
    steps = rng.integers(-30, 32, market.shape)
    steps[0] = 0
    market.close[:] = 10_000 + 10 * np.cumsum(steps, axis=0)
    market.pre_close[1:] = market.open[1:] = market.close[:-1]
    market.high[:], market.low[:] = np.maximum(market.open, market.close), np.minimum(market.open, market.close)
    entry, exit_ = np.zeros(market.shape, bool), np.zeros(market.shape, bool)
    entry[[1, 6, 25], [0, stocks - 1, 1]] = True
    exit_[[20, 40], [0, 1]] = True
    conditions = Conditions(fill=fill)
    tape, signals = prepare(market, conditions), Signals(pack(entry), pack(exit_), padded(np.zeros(market.shape)))
    terms = Terms(initial_cash=10**9, max_positions=3, conditions=conditions, **rules)  # type: ignore[arg-type]
    told = simulate(tape, signals, terms, record=True)
    assert same(told, simulate(tape, signals, terms))
    assert told.tallies.sells >= 1
    assert told.tallies.buys >= 1


def packed(case: Case) -> Wishes:
    """The case's signals twice: rank and prices by bar, stock after stock."""
    deciding = case.market.decided_by or case.market
    has_bar, signals = deciding.open > 0, case.signals
    bar_at = np.full(has_bar.shape, -1, np.int32)
    bar_at.T[has_bar.T] = np.arange(has_bar.sum(), dtype=np.int32)
    kept: list[Any] = [signals.entry, signals.exit]
    for values in signals[2:7]:
        kept.append(values[:, : has_bar.shape[1]].T[has_bar.T].copy() if values.size else values)
    kept.append(signals.weight)
    return Wishes(np.array([[address(array) for array in kept]] * 2, np.uint64), padded(bar_at, -1), tuple(kept))


def address(array: Any) -> int:
    return array.__array_interface__["data"][0] if array.size else 0  # type: ignore[no-any-return]


def same(one: Outcome, two: Outcome) -> bool:
    figures = [(each.tallies, each.cash, each.receivable, each.holdings) for each in (one, two)]
    return one.equity.tobytes() == two.equity.tobytes() and figures[0] == figures[1]


def same_columns(many: Outcomes, k: int, one: Outcome) -> bool:
    *sums, refused = one.tallies
    counts = [many.tallies[k].tolist(), many.refused[k].tolist(), int(many.cash[k]), int(many.receivable[k])]
    return many.equity[k].tobytes() == one.equity.tobytes() and counts == [sums, list(refused), one.cash, one.receivable]


def test_every_wish_needs_terms() -> None:
    tape, signals = one_stock()
    with pytest.raises(MarketError, match="1 for 2 terms"):
        simulate_block(tape, [signals], [Terms(initial_cash=10**8, max_positions=1)] * 2)
    assert simulate_block(tape, [], []) == []


def test_no_column_beyond_the_stocks_is_bought() -> None:
    tape, signals = one_stock()
    signals.entry[0, 0] = 2
    with pytest.raises(MarketError, match="names a column beyond the 1 stocks"):
        simulate(tape, signals, Terms(initial_cash=10**8, max_positions=1))


def test_stocks_that_nobody_ranks_are_bought_by_code() -> None:
    """No rank at all is a rank that is the same for all."""
    market = flat_market(["600001.SH", "600002.SH"], DAYS)
    tape, terms = prepare(market), Terms(initial_cash=10**9, max_positions=1)
    entry, nothing = pack(np.ones(market.shape, bool)), np.zeros((3, 1), np.uint64)
    wishes = Wishes(np.array([[address(entry), address(nothing), *6 * [0]]], np.uint64), np.zeros((0, 0), np.int32), (entry, nothing))
    alike = simulate(tape, Signals(entry, nothing, padded(np.zeros(market.shape))), terms)
    assert same_columns(simulate_many(tape, wishes, [terms]), 0, alike)
    assert [holding.stock for holding in alike.holdings] == [0]


def one_stock() -> tuple[Tape, Signals]:
    market = flat_market(["600001.SH"], DAYS)
    nothing = np.zeros((3, 1), np.uint64)
    return prepare(market), Signals(nothing, nothing.copy(), np.zeros((3, 64)))
