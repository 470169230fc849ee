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

from engine.market import FAR
from engine.simulation.events import Event, events, fills, refusals
from engine.simulation.holdings import positions
from engine.simulation.limits import price_limits
from engine.simulation.outcome import Interrupted, Kind, Outcome, Phase, Reason
from engine.simulation.run import Signals, simulate, simulate_block
from engine.simulation.tape import prepare
from engine.simulation.trades import trades
from engine.terms import ONE, Terms
from tests.engine.flat_markets import flat_market
from tests.engine.random_markets import Case, pack, padded, random_case, random_terms, rows_of
from tests.engine.random_orders import played, script_case

seeds = st.integers(0, 2**63)
few = settings(max_examples=60, deadline=None)
cases = st.tuples(st.sampled_from([random_case, script_case]), seeds).map(lambda made: made[0](made[1]))
"""Strategies and scripts."""


def same(one: Outcome, two: Outcome) -> bool:
    figures = ("tallies", "cash", "receivable", "holdings")
    return one.equity.tobytes() == two.equity.tobytes() and all(getattr(one, name) == getattr(two, name) for name in figures)


class Replay:
    """The account from the log alone."""

    def __init__(self, case: Case) -> None:
        self.market, self.cash, self.receivable, self.held = case.market, case.terms.initial_cash, 0, Counter[int]()
        self.older = dict(case.market.actions.code_changes[:, [2, 1]].tolist())

    def take(self, event: Event) -> None:
        signs = {Kind.BUY: -1, Kind.SELL: 1, Kind.EX_DATE: 1, Kind.PAID: 1, Kind.DELISTED: 1}
        self.cash += signs.get(event.kind, 0) * event.value - event.fees
        self.receivable += {Kind.DIVIDEND: 1, Kind.PAID: -1}.get(event.kind, 0) * event.value
        self.held[event.stock] += {Kind.BUY: 1, Kind.SELL: -1, Kind.DELISTED: -1}.get(event.kind, 0) * event.shares
        if event.kind in (Kind.EX_DATE, Kind.RENAMED):
            self.held[event.stock] = event.shares
        if event.kind is Kind.RENAMED:
            self.held[event.code] = 0

    def close(self, bar: int, i: int) -> int:
        close = int(self.market.close[bar, i])
        return self.close(bar, self.older[i]) if close == 0 and i in self.older else close

    def equity(self, bar: int) -> int:
        return self.cash + self.receivable + sum(shares * self.close(bar, i) for i, shares in self.held.items())


@few
@given(cases)
def test_the_event_log_replays_to_the_equity_curve(case: Case) -> None:
    """Conservation at every bar, from the log alone: cash never falls below zero; equity is cash, what is due, and shares."""
    outcome, replay, curve = played(case), Replay(case), []
    for event in events(outcome):
        replay.take(event)
        if event.kind is Kind.MARK:
            curve.append(replay.equity(event.bar))
            assert event.value == curve[-1]
        elif event.kind is Kind.DELISTED:
            assert (event.value, replay.held[event.stock]) == (event.shares * event.price, 0)
        assert min(replay.cash, replay.receivable, *replay.held.values()) >= 0
    assert curve == outcome.equity.tolist()
    assert (replay.cash, replay.receivable) == (outcome.cash, outcome.receivable)
    t = outcome.tallies
    paid = t.bought + t.commission + t.duty + t.transfer + t.tax
    assert replay.cash == case.terms.initial_cash - paid + t.sold + t.fractions + t.dividends + t.delisted
    assert {i: n for i, n in replay.held.items() if n} == {h.stock: h.shares for h in outcome.holdings}


@few
@given(cases)
def test_events_are_in_the_order_of_their_priorities(case: Case) -> None:
    phases = list(Phase)
    if case.terms.conditions.fill == "close":
        phases = [Phase.SESSION_OPEN, Phase.INTRABAR, Phase.SIGNAL, Phase.FILL, Phase.MARK]
    found = list(events(played(case)))
    order = [(event.bar, phases.index(event.phase)) for event in found]
    assert order == sorted(order)
    assert Phase.SESSION_OPEN < Phase.FILL < Phase.INTRABAR < Phase.MARK < Phase.SIGNAL
    kinds = [Kind.LAPSED, Kind.RENAMED, Kind.DELISTED, Kind.EX_DATE, Kind.PAID]
    for bar in {event.bar for event in found}:
        opening = [event.kind for event in found if event.bar == bar and event.phase is Phase.SESSION_OPEN and event.kind in kinds[1:]]
        assert opening == sorted(opening, key=kinds.index)


@few
@given(cases)
def test_what_lapses_or_fills_was_placed(case: Case) -> None:
    """Every fill of an order that may rest follows its placement, and frozen money is set free only if it was frozen."""
    placed, frozen = Counter[Any](), 0
    older = dict(case.market.actions.code_changes[:, [2, 1]].tolist())
    for event in events(played(case)):
        stock = older.get(event.stock, event.stock)
        if event.kind is Kind.PLACED:
            placed[stock, event.code] += 1
            frozen += event.value
            assert event.shares > 0 or event.value == 0
        elif event.kind in (Kind.BUY, Kind.SELL) and event.code:
            assert placed[stock, event.code]
        elif event.kind is Kind.LAPSED:
            assert any(placed[stock, reason] for reason in (Reason.SIGNAL, Reason.ORDER, Reason.TARGET))
            assert event.value == 0 or frozen
        elif event.kind is Kind.MARK:
            assert event.price == 0 or frozen


@few
@given(cases)
def test_nothing_is_sold_on_the_day_of_purchase(case: Case) -> None:
    """Unless the stock, or the whole market, allows it."""
    m, bought_today, replay, today = case.market, Counter[int](), Replay(case), -1
    free = m.listings.same_day.astype(bool) | (not case.terms.conditions.t_plus_one)
    for event in events(played(case)):
        if m.sessions[event.bar] != today:
            today, bought_today = m.sessions[event.bar], Counter[int]()
        if event.kind is Kind.BUY and not free[event.stock]:
            bought_today[event.stock] += event.shares
        elif event.kind is Kind.SELL:
            assert event.shares <= replay.held[event.stock] - bought_today[event.stock]
        replay.take(event)


@few
@given(cases)
def test_every_fill_is_one_that_the_day_allowed(case: Case) -> None:
    """Off the blocked side, inside the limits after slippage, within the volume cap, in whole lots: checked against the raw rows."""
    m, taken, trigger, terms = case.market, Counter[Any](), {}, case.terms
    up, down = price_limits(m) if terms.conditions.price_limits else (np.full(m.shape, FAR), np.zeros(m.shape, int))
    met = prepare(m, terms.conditions).bars.price
    for event in events(played(case)):
        cell = event.bar, event.stock
        if event.kind is Kind.EXIT and event.phase is Phase.INTRABAR:
            trigger[cell] = event.price
            assert m.low[cell] <= event.price <= m.high[cell]
        if event.kind not in (Kind.BUY, Kind.SELL):
            continue
        sign, blocked, other = (1, int(up[cell]), int(down[cell])) if event.kind is Kind.BUY else (-1, int(down[cell]), int(up[cell]))
        assert m.volume[cell] > 0
        assert sign * event.price <= sign * blocked
        if event.phase is Phase.FILL or event.code == 0:
            before = trigger[cell] if event.phase is Phase.INTRABAR else int(met[event.bar - m.window_start, event.stock])
            assert m.low[cell] <= before <= m.high[cell]
            assert sign * before < sign * blocked
            assert sign * before <= sign * event.price
        elif terms.slippage == 0:
            assert m.low[cell] <= event.price <= m.high[cell]
            assert sign * event.price < sign * blocked
        else:
            worst = int(m.low[cell] if event.kind is Kind.BUY else m.high[cell])
            assert sign * event.price >= sign * worst or event.price == other
        taken[cell] += event.shares
        assert terms.volume_cap is None or taken[cell] <= int(m.volume[cell]) * terms.volume_cap // ONE
        if event.kind is Kind.BUY and m.boards[event.stock] not in ("star", "bse") and terms.conditions.lots:
            assert event.shares % 100 == 0


@few
@given(seeds)
def test_no_order_fills_beyond_its_own_limit(seed: int) -> None:
    """Orders of one day, so that no ex-date comes between; PLACED tells the limit where there is one."""
    case = random_case(seed)
    conditions = replace(case.terms.conditions, fill="next_open")
    case = replace(case, terms=replace(case.terms, buy_until_cancelled=False, sell_until_cancelled=False, conditions=conditions))
    limits: dict[Any, int] = {}
    for event in events(played(case)):
        if event.code != Reason.SIGNAL:
            continue
        if event.kind is Kind.PLACED:
            limits["buy" if event.shares > 0 else "sell", event.stock] = event.price
        elif event.kind is Kind.BUY and case.buy_limit is not None:
            assert event.price <= limits["buy", event.stock]
        elif event.kind is Kind.SELL and case.sell_limit is not None:
            assert event.price >= limits["sell", event.stock]


@few
@given(seeds)
def test_recording_changes_nothing(seed: int) -> None:
    case = random_case(seed)
    silent = simulate(prepare(case.market, case.terms.conditions), case.signals, case.terms)
    assert silent.events is None
    assert same(silent, played(case))


@few
@given(seeds)
def test_tiles_threads_and_company_change_nothing(seed: int) -> None:
    """Twelve combinations in one block, in tiles of 1, 7 and all bars, on one and two threads: each as if it were alone."""
    case, rng = random_case(seed), np.random.default_rng(seed)
    tape, signals = prepare(case.market, case.terms.conditions), case.signals
    other = replace(case, entry=case.exit, exit=case.entry, buy_limit=case.sell_limit, sell_stop=case.buy_limit).signals
    more = {"conditions": case.terms.conditions, "max_entries": case.terms.max_entries}
    plans = [(rng.choice([0, 1]), replace(random_terms(rng), **more)) for _ in range(12)]
    wishes, terms = [(signals, other)[k] for k, _ in plans], [each for _, each in plans]
    alone = [simulate(tape, wish, each) for wish, each in zip(wishes, terms, strict=True)]
    for tile in (1, 7, 32, 1000):
        block = simulate_block(tape, wishes, terms, tile=tile)
        assert all(same(one, two) for one, two in zip(alone, block, strict=True))
    with ThreadPoolExecutor(2) as pool:
        halves = list(pool.map(lambda part: simulate_block(tape, wishes[part], terms[part]), (slice(0, 5), slice(5, 12))))
    assert all(same(one, two) for one, two in zip(alone, halves[0] + halves[1], strict=True))


@few
@given(cases, st.integers(1, 29))
def test_the_future_changes_nothing(case: Case, bars: int) -> None:
    """A run over the first bars alone is the beginning of the whole run. A whole session at a time: a day's limits are of the day."""
    sessions = case.market.sessions
    while bars < len(sessions) and sessions[bars] == sessions[bars - 1]:
        bars += 1
    if bars <= case.market.window_start:
        return
    cut = first_bars(case, bars)
    if cut.market.decided_by is not None and not len(cut.market.decided_by.sessions):
        return  # a market that decides nothing is none
    short, whole = played(cut), played(case)
    assert short.equity.tolist() == whole.equity[: len(short.equity)].tolist()
    assert short.events is not None
    assert whole.events is not None
    assert short.events.tolist() == whole.events[: len(short.events)].tolist()


def first_bars(case: Case, bars: int) -> Case:
    market, deciding = rows_of(case.market, slice(bars)), case.market.decided_by
    rows = bars if deciding is None else int(np.searchsorted(deciding.sessions, market.sessions[-1], side="right"))
    if deciding is not None:
        market = replace(market, decided_by=rows_of(deciding, slice(rows)))
    signals = ("entry", "exit", "rank", "buy_limit", "buy_stop", "sell_limit", "sell_stop", "weight")
    tables = {name: getattr(case, name)[:rows] for name in signals if getattr(case, name) is not None}
    for name in ("orders", "targets"):
        if (table := getattr(case, name)) is not None:
            tables[name] = table[table[:, 0] < bars - market.window_start]
    return replace(case, market=market, **tables)


@few
@given(cases)
def test_trades_positions_and_refusals_add_up(case: Case) -> None:
    outcome = played(case)
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
    assert outcome.equity[-1] == outcome.cash + outcome.receivable + sum(position.value for position in still_open)
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
