"""What holds for any market: nothing is lost at any bar, and the same run gives the same bytes however it is cut up."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.market import Market
from engine.simulation.events import events, fills, positions, refusals, trades
from engine.simulation.outcome import Interrupted, Kind, Outcome, Phase
from engine.simulation.rules import price_limits
from engine.simulation.run import Signals, simulate, simulate_block
from engine.simulation.tape import prepare
from engine.terms import ONE, Terms
from tests.engine.flat_markets import flat_market
from tests.engine.random_markets import Case, pack, padded, random_case, random_terms

seeds = st.integers(0, 2**63)
few = settings(max_examples=60, deadline=None)


def recorded(case: Case) -> Outcome:
    return simulate(prepare(case.market, case.terms.conditions), case.signals, case.terms, record=True)


def same(one: Outcome, two: Outcome) -> bool:
    return one.equity.tobytes() == two.equity.tobytes() and (one.tallies, one.cash, one.holdings) == (two.tallies, two.cash, two.holdings)


@few
@given(seeds)
def test_the_event_log_replays_to_the_equity_curve(seed: int) -> None:
    """Conservation at every bar, from the log alone: cash never falls below zero, and equity is cash and shares at the close."""
    case = random_case(seed)
    outcome = recorded(case)
    cash, held, curve = case.terms.initial_cash, Counter[int](), []
    for event in events(outcome):
        fees = event.commission + event.duty + event.transfer
        if event.kind is Kind.BUY:
            cash -= event.value + fees
            held[event.stock] += event.shares
        elif event.kind is Kind.SELL:
            cash += event.value - fees
            held[event.stock] -= event.shares
        elif event.kind is Kind.EX_DATE:
            cash += event.value
            held[event.stock] = event.shares
        elif event.kind is Kind.MARK:
            curve.append(cash + sum(shares * int(case.market.close[event.bar, i]) for i, shares in held.items()))
            assert event.value == curve[-1]
        assert cash >= 0
        assert min(held.values(), default=0) >= 0
    assert curve == outcome.equity.tolist()
    assert cash == outcome.cash
    t = outcome.tallies
    assert cash == case.terms.initial_cash - t.bought - t.fees + t.sold + t.fractions
    assert {i: n for i, n in held.items() if n} == {h.stock: h.shares for h in outcome.holdings}


@few
@given(seeds)
def test_events_are_in_the_order_of_their_priorities(seed: int) -> None:
    case = random_case(seed)
    phases = list(Phase)
    if case.terms.conditions.fill == "close":
        phases = [Phase.SESSION_OPEN, Phase.INTRABAR, Phase.SIGNAL, Phase.FILL, Phase.MARK]
    order = [(event.bar, phases.index(event.phase)) for event in events(recorded(case))]
    assert order == sorted(order)
    assert Phase.SESSION_OPEN < Phase.FILL < Phase.INTRABAR < Phase.MARK < Phase.SIGNAL


@few
@given(seeds)
def test_nothing_is_sold_on_the_day_of_purchase(seed: int) -> None:
    case = random_case(seed)
    outcome, bought_today, held, today = recorded(case), Counter[int](), Counter[int](), -1
    for event in events(outcome):
        if case.market.sessions[event.bar] != today:
            today, bought_today = case.market.sessions[event.bar], Counter[int]()
        if event.kind is Kind.BUY:
            bought_today[event.stock] += event.shares
            held[event.stock] += event.shares
        elif event.kind is Kind.SELL:
            assert event.shares <= held[event.stock] - bought_today[event.stock]
            held[event.stock] -= event.shares
        elif event.kind is Kind.EX_DATE:
            held[event.stock] = event.shares


@few
@given(seeds)
def test_every_fill_is_one_that_the_day_allowed(seed: int) -> None:
    """Off the blocked side, inside the limits after slippage, within the volume cap, in whole lots: checked against the raw rows."""
    case = random_case(seed)
    m, (up, down), taken, trigger = case.market, price_limits(case.market), Counter[Any](), {}
    met = prepare(m, case.terms.conditions).bars.price
    for event in events(recorded(case)):
        cell = event.bar, event.stock
        if event.kind is Kind.EXIT and event.phase is Phase.INTRABAR:
            trigger[cell] = event.price
            assert m.low[cell] <= event.price <= m.high[cell]
        if event.kind in (Kind.BUY, Kind.SELL):
            before = trigger[cell] if event.phase is Phase.INTRABAR else int(met[event.bar - m.window_start, event.stock])
            assert m.low[cell] <= before <= m.high[cell]
            assert m.volume[cell] > 0
            assert before < up[cell] if event.kind is Kind.BUY else before > down[cell]
            assert before <= event.price <= up[cell] if event.kind is Kind.BUY else max(int(down[cell]), 1) <= event.price <= before
            taken[cell] += event.shares
            cap = case.terms.volume_cap
            assert cap is None or taken[cell] <= int(m.volume[cell]) * cap // ONE
            if event.kind is Kind.BUY and m.boards[event.stock] in ("main", "chinext", "fund"):
                assert event.shares % 100 == 0


@few
@given(seeds)
def test_recording_changes_nothing(seed: int) -> None:
    case = random_case(seed)
    silent = simulate(prepare(case.market, case.terms.conditions), case.signals, case.terms)
    assert silent.events is None
    assert same(silent, recorded(case))


@few
@given(seeds)
def test_tiles_threads_and_company_change_nothing(seed: int) -> None:
    """Twelve combinations in one block, in tiles of 1, 7 and all bars, on one and two threads: each as if it were alone."""
    case, rng = random_case(seed), np.random.default_rng(seed)
    tape, signals = prepare(case.market, case.terms.conditions), case.signals
    other = Signals(signals.exit, signals.entry, signals.rank.copy())
    plans = [(rng.choice([0, 1]), replace(random_terms(rng), conditions=case.terms.conditions)) for _ in range(12)]
    wishes, terms = [(signals, other)[k] for k, _ in plans], [each for _, each in plans]
    alone = [simulate(tape, wish, each) for wish, each in zip(wishes, terms, strict=True)]
    for tile in (1, 7, 32, 1000):
        block = simulate_block(tape, wishes, terms, tile=tile)
        assert all(same(one, two) for one, two in zip(alone, block, strict=True))
    with ThreadPoolExecutor(2) as pool:
        halves = list(pool.map(lambda part: simulate_block(tape, wishes[part], terms[part]), (slice(0, 5), slice(5, 12))))
    assert all(same(one, two) for one, two in zip(alone, halves[0] + halves[1], strict=True))


@few
@given(seeds, st.integers(1, 29))
def test_the_future_changes_nothing(seed: int, bars: int) -> None:
    """A run over the first bars alone is the beginning of the whole run. A whole session at a time: a day's limits are of the day."""
    case = random_case(seed)
    sessions = case.market.sessions
    while bars < len(sessions) and sessions[bars] == sessions[bars - 1]:
        bars += 1
    if bars <= case.market.window_start:
        return
    short = replace(case, market=first_bars(case.market, bars), entry=case.entry[:bars], exit=case.exit[:bars], rank=case.rank[:bars])
    equity = recorded(short).equity
    assert equity.tolist() == recorded(case).equity[: len(equity)].tolist()


def first_bars(market: Market, bars: int) -> Market:
    arrays = {name: value[:bars].copy() for name, value in vars(market).items() if isinstance(value, np.ndarray)}
    return replace(market, **arrays)


@few
@given(seeds)
def test_trades_positions_and_refusals_add_up(seed: int) -> None:
    case = random_case(seed)
    outcome = recorded(case)
    found, tallies = trades(outcome, case.market), outcome.tallies
    assert len(found) == tallies.trades
    assert sum(trade.pnl > 0 for trade in found) == tallies.wins
    assert sum(max(trade.pnl, 0) for trade in found) == tallies.gross_profit
    assert sum(max(-trade.pnl, 0) for trade in found) == tallies.gross_loss
    assert sum(trade.holding_sessions for trade in found) == tallies.holding_sessions
    assert len(fills(outcome, case.market)) == tallies.buys + tallies.sells
    codes = Counter(refusal.reject for refusal in refusals(outcome, case.market))
    assert [codes[k] for k in range(len(tallies.refusals))] == list(tallies.refusals)
    still_open = positions(outcome, case.market)
    assert outcome.equity[-1] == outcome.cash + sum(position.value for position in still_open)
    assert outcome.equity[-1] - case.terms.initial_cash == sum(trade.pnl for trade in found) + sum(position.pnl for position in still_open)
    assert all(trade.exit_reason for trade in found)


def test_a_checkpoint_sees_progress_and_can_interrupt() -> None:
    tape, signals, seen = prepare(flat_market(["600001.SH"], DAYS)), wanted_always(len(DAYS), 1), list[float]()
    simulate_block(tape, [signals], [TERMS], checkpoint=lambda done: seen.append(done) is None)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert len(seen) == -(-len(DAYS) // 32)
    with pytest.raises(Interrupted):
        simulate(tape, signals, TERMS, checkpoint=lambda done: False)


def test_an_empty_block_is_empty() -> None:
    assert simulate_block(prepare(random_case(1).market), [], []) == []


def test_the_log_may_fill_up_and_goes_on() -> None:
    """More events than the log holds: every bar refuses hundreds of purchases."""
    tape, signals = prepare(flat_market([f"{600000 + k}.SH" for k in range(640)], DAYS)), wanted_always(len(DAYS), 640)
    outcome = simulate(tape, signals, TERMS, record=True)
    assert outcome.events is not None
    assert len(outcome.events) > 16_384 + 5 * 640
    assert same(outcome, simulate(tape, signals, TERMS))
    assert Counter(outcome.events[:, 2].tolist())[Kind.MARK] == len(DAYS)


DAYS = [int(f"{date(2024, 1, 2) + timedelta(days=k):%Y%m%d}") for k in range(100)]
TERMS = Terms(initial_cash=10**9, max_positions=1)


def wanted_always(rows: int, stocks: int) -> Signals:
    entry = np.ones((rows, stocks), bool)
    return Signals(pack(entry), pack(~entry), padded(np.zeros((rows, stocks))))
