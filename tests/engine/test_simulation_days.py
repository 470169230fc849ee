"""The account day by day agrees with the simulation to the li, whatever happens."""

import pytest

from engine.market import Market
from engine.simulation.days import Day, days
from engine.simulation.events import events
from engine.simulation.outcome import Kind, Outcome
from engine.simulation.placed import orders
from engine.statistics import sessions_of
from tests.engine.random_markets import random_case
from tests.engine.random_orders import played, script_case

FILLS = (Kind.BUY, Kind.SELL)
SEEDS = range(150)
SUMS = ("bought", "sold", "commission", "duty", "transfer", "tax", "dividends", "fractions", "delisted")


def agree(market: Market, outcome: Outcome, initial_cash: int) -> list[Day]:
    rows = list(days(outcome, market))
    window = market.sessions[market.window_start :]
    assert [row.equity for row in rows] == outcome.equity[sessions_of(window).ends].tolist()
    assert [row.date for row in rows] == sorted(set(window.tolist()))
    for name in SUMS:
        assert sum(getattr(row, name) for row in rows) == getattr(outcome.tallies, name), name
    assert sum(row.fills for row in rows) == outcome.tallies.buys + outcome.tallies.sells
    assert sum(row.refusals for row in rows) == sum(outcome.tallies.refusals)
    assert (rows[-1].cash, rows[-1].receivable, rows[-1].positions) == (outcome.cash, outcome.receivable, len(outcome.holdings))
    before = initial_cash
    for row in rows:
        before += row.sold + row.dividends + row.fractions + row.delisted
        before -= row.bought + row.commission + row.duty + row.transfer + row.tax
        assert row.cash == before
        assert row.equity == row.cash + row.receivable + row.market_value
        assert 0 <= row.frozen <= row.cash
    return rows


@pytest.mark.parametrize("seed", SEEDS)
def test_days_of_strategies(seed: int) -> None:
    case = random_case(seed)
    agree(case.market, played(case), case.terms.initial_cash)


@pytest.mark.parametrize("seed", SEEDS)
def test_days_of_scripts(seed: int) -> None:
    case = script_case(seed)
    agree(case.market, played(case), case.terms.initial_cash)


@pytest.mark.parametrize("seed", SEEDS)
def test_orders_have_the_fills_of_scripts(seed: int) -> None:
    case = script_case(seed)
    outcome = played(case)
    found, told = orders(outcome, case.market), list(events(outcome))
    for number, row in enumerate(found, 1):
        mine = [event for event in told if event.order == number and event.kind in FILLS]
        assert row.filled == sum(event.shares for event in mine)
        assert row.value == sum(event.value for event in mine)
        assert {event.kind for event in mine} <= {Kind.BUY if row.side == "buy" else Kind.SELL}
        assert (row.ended == "open") == (row.end_date == 0)
    assert sum(row.filled for row in found) == sum(event.shares for event in told if event.code and event.kind in FILLS)
