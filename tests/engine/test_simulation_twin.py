"""Kernel and twin agree to the li: every event, the equity of every bar, all tallies and the open positions; for strategies and scripts."""

import collections
from enum import IntEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.simulation.events import Event, events, refusals
from engine.simulation.outcome import Kind, Outcome, Reason, Reject, Tallies
from tests import naive
from tests.engine.random_markets import Case, in_words, random_case, yuan
from tests.engine.random_orders import played, script_case

seeds = st.integers(0, 2**63)
REFUSALS = (Kind.REFUSED_BUY, Kind.REFUSED_SELL)
MONEY = ("commission", "duty", "transfer", "tax")


def word(member: IntEnum) -> str:
    return member.name.lower().replace("_", " ")


def told(event: Event) -> tuple[object, ...]:
    """An event in the twin's words."""
    shares, price, value = event.shares, yuan(event.price), yuan(event.value)
    details: dict[Kind, tuple[object, ...]] = {
        Kind.EX_DATE: (shares, price, value),
        Kind.MARK: (value, price),
        Kind.DIVIDEND: (shares, value),
        Kind.PAID: (value,),
        Kind.RIGHTS: (shares, price),
        Kind.DELISTED: (shares, price, value),
        Kind.RENAMED: (event.code, shares),
    }
    coded: dict[Kind, tuple[object, ...]] = {
        Kind.PLACED: (shares, price, value, event.order),
        Kind.LAPSED: (shares, value, event.order),
        Kind.BUY: (shares, price, value, *(yuan(getattr(event, name)) for name in MONEY), event.order),
        Kind.REFUSED_BUY: (price, event.order),
        Kind.EXIT: (price,),
        Kind.BREAKER: (value,),
    }
    coded |= {Kind.SELL: coded[Kind.BUY], Kind.REFUSED_SELL: coded[Kind.REFUSED_BUY]}
    words = details.get(event.kind) or (coded_word(event), *coded[event.kind])
    return event.bar, word(event.phase), word(event.kind), event.stock, *words


def coded_word(event: Event) -> str | None:
    codes: type[Reject] | type[Reason] = Reject if event.kind in REFUSALS else Reason
    return word(codes(event.code)) if event.code else None


def check(case: Case) -> naive.Account:
    outcome, equity = played(case), []
    for account in naive.run(in_words(case)):
        equity.append(account.equity)
    assert [told(event) for event in events(outcome)] == account.events
    assert [yuan(x) for x in outcome.equity] == equity
    assert yuan(outcome.cash) == account.cash
    assert yuan(outcome.receivable) == account.receivable()
    assert_tallies(outcome.tallies, account)
    assert_holdings(outcome, account)
    return account


def assert_tallies(tallies: Tallies, account: naive.Account) -> None:
    counts = ("buys", "sells", "trades", "wins", "holding_sessions", "invested", "held_bars")
    for name in Tallies._fields[:-1]:
        value = getattr(tallies, name)
        assert (value if name in counts else yuan(value)) == account.sums[name], name
    refused = {word(Reject(code)): count for code, count in enumerate(tallies.refusals) if count}
    assert refused == account.refused


def assert_holdings(outcome: Outcome, account: naive.Account) -> None:
    found = [(h.stock, h.shares, h.sellable, yuan(h.entry_price), h.opened, yuan(h.flow)) for h in outcome.holdings]
    assert found == [(i, p.shares(), account.sellable(i), p.entry, p.bar, p.flow) for i, p in sorted(account.held.items())]


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_what_refused_purchases_would_have_earned(seed: int) -> None:
    case = random_case(seed)
    outcome, words = played(case), in_words(case)
    rows = refusals(outcome, case.market)
    for row, event in zip(rows, (each for each in events(outcome) if each.kind in REFUSALS), strict=True):
        if row.side == "sell" or row.price == 0:
            assert row.earned is None
        else:
            assert row.earned == pytest.approx(float(naive.would_have_earned(words, event.bar, event.stock, yuan(row.price))), rel=1e-12)


@settings(max_examples=500, deadline=None)
@given(seeds)
def test_kernel_agrees_with_twin_on_strategies(seed: int) -> None:
    check(random_case(seed))


@settings(max_examples=500, deadline=None)
@given(seeds)
def test_kernel_agrees_with_twin_on_scripts(seed: int) -> None:
    check(script_case(seed))


def test_random_cases_bring_everything_that_can_happen() -> None:
    """Every kind of event, every refusal on its side and every reason, in strategies and in scripts where they can have them."""
    strategies, scripts = (happened([make(seed) for seed in range(200)]) for make in (random_case, script_case))
    both = {
        *("buy", "sell", "mark", "ex date", "dividend", "paid", "rights", "delisted", "renamed"),
        *("exit stop loss", "exit trailing stop", "exit take profit", "exit max holding", "exit max drawdown"),
        *("breaker max drawdown", "breaker daily loss", "lapsed expired", "lapsed cancelled", "lapsed replaced", "taxed"),
        *(f"refused buy {code}" for code in ("suspended", "zero volume", "limit up", "below lot", "no cash", "volume cap", "delisted")),
        *(f"refused sell {code}" for code in ("suspended", "zero volume", "limit down", "not sellable", "volume cap")),
    }
    assert both - strategies == set()
    assert both - scripts == set()
    assert {"exit signal", "placed signal", "buy signal", "sell signal"} < strategies
    assert {"bought again", "placed target", "buy target", "sell target"} < strategies
    assert {"refused buy position cap", "refused buy industry cap"} < strategies
    assert {f"{what} {why}" for what in ("placed", "buy", "sell") for why in ("order", "target")} < scripts
    assert {"refused buy breaker", "refused buy not traded", "refused sell not traded", "refused sell delisted"} < scripts
    assert "refused sell no cash" in strategies | scripts


def happened(cases: list[Case]) -> set[str]:
    found: collections.Counter[str] = collections.Counter()
    for case in cases:
        for account in naive.run(in_words(case)):
            found["bought again"] += any(p.purchases > 1 for p in account.held.values())
        for _, _, kind, _, *details in account.events:
            found[kind] += 1
            found[f"{kind} {details[0]}"] += 1
            found["taxed"] += kind == "sell" and details[-2] > 0
    return {what for what, count in found.items() if count}
