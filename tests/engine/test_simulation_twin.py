"""Kernel and twin agree to the li: every event, the equity of every bar, all tallies and the open positions."""

import collections

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.simulation.events import Event, events, refusals
from engine.simulation.outcome import Kind, Outcome, Reason, Reject, Tallies
from engine.simulation.run import simulate
from engine.simulation.tape import prepare
from tests import naive
from tests.engine.random_markets import Case, in_words, random_case, yuan


def told(event: Event) -> tuple[object, ...]:
    """An event in the twin's words."""
    name = event.kind.name.lower().replace("_", " ")
    if event.kind is Kind.EX_DATE:
        return event.bar, name, event.stock, event.shares, yuan(event.price), yuan(event.value)
    if event.kind in (Kind.BUY, Kind.SELL):
        fees = (yuan(event.commission), yuan(event.duty), yuan(event.transfer))
        return event.bar, name, event.stock, event.shares, yuan(event.price), yuan(event.value), *fees
    if event.kind in (Kind.REFUSED_BUY, Kind.REFUSED_SELL):
        return event.bar, name, event.stock, Reject(event.code).name.lower().replace("_", " ")
    if event.kind is Kind.EXIT:
        return event.bar, name, event.stock, Reason(event.code).name.lower().replace("_", " "), yuan(event.price)
    if event.kind is Kind.BREAKER:
        return event.bar, name, Reason(event.code).name.lower().replace("_", " "), yuan(event.value)
    return event.bar, name, yuan(event.value)


def check(case: Case) -> collections.Counter[object]:
    outcome = simulate(prepare(case.market, case.terms.conditions), case.signals, case.terms, record=True)
    equity = []
    for account in naive.run(in_words(case)):
        equity.append(account.equity)
    assert [told(event) for event in events(outcome)] == account.events
    assert [yuan(x) for x in outcome.equity] == equity
    assert yuan(outcome.cash) == account.cash
    assert_tallies(outcome.tallies, account)
    assert_holdings(outcome, account)
    return collections.Counter(
        f"{event[1]} {event[3]}" if event[1] in ("refused buy", "refused sell", "exit") else event[1] for event in account.events
    )


def assert_tallies(tallies: Tallies, account: naive.Account) -> None:
    counts = ("buys", "sells", "trades", "wins", "holding_sessions")
    for name in Tallies._fields[:-1]:
        value = getattr(tallies, name)
        assert (value if name in counts else yuan(value)) == account.sums[name], name
    refused = {Reject(code).name.lower().replace("_", " "): count for code, count in enumerate(tallies.refusals) if count}
    assert refused == account.refused


def assert_holdings(outcome: Outcome, account: naive.Account) -> None:
    session = account.session(account.t)
    found = [(h.stock, h.shares, h.sellable, yuan(h.entry_price), h.opened, yuan(h.flow)) for h in outcome.holdings]
    assert found == [(i, p.shares(), p.sellable(session), p.entry, p.bar, p.flow) for i, p in sorted(account.held.items())]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**63))
def test_what_refused_purchases_would_have_earned(seed: int) -> None:
    case = random_case(seed)
    outcome, words = simulate(prepare(case.market, case.terms.conditions), case.signals, case.terms, record=True), in_words(case)
    rows = refusals(outcome, case.market)
    for row, event in zip(rows, (each for each in events(outcome) if each.kind in (Kind.REFUSED_BUY, Kind.REFUSED_SELL)), strict=True):
        if row.side == "sell" or row.price == 0:
            assert row.earned is None
        else:
            assert row.earned == pytest.approx(float(naive.would_have_earned(words, event.bar, event.stock, yuan(row.price))), rel=1e-12)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**63))
def test_kernel_agrees_with_twin(seed: int) -> None:
    check(random_case(seed))
