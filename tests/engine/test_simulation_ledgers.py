"""Ledgers worked by hand, to the li: tests/data/ledgers/NAME.yaml is the case, NAME.ledger what must happen."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from engine.market import FAR, Market
from engine.simulation.events import Event, Trade, events, refusals, trades
from engine.simulation.outcome import Kind, Reason, Reject
from engine.simulation.run import Signals, simulate
from engine.simulation.tape import prepare
from engine.terms import ONE, Conditions, Terms
from tests.engine.flat_markets import flat_market
from tests.engine.random_markets import pack, padded

LEDGERS = Path(__file__).parents[1] / "data" / "ledgers"
WHOLE = ("max_positions", "max_holding", "keep_rest", "cool_down")
WORDS = ("slippage_model", "fill", "sizing")
MONEY = ("initial_cash", "commission_minimum")
CONDITIONS = ("fill",)


def li(yuan: Any) -> int:
    return int(Decimal(str(yuan)) * 1000)


def market_of(stocks: dict[str, Any]) -> Market:
    """A line is open, high, low, close and perhaps the volume in shares and the amount; pre_close is the last close unless told."""
    codes = sorted(stocks)
    sessions = sorted(next(iter(stocks.values())))
    market = flat_market(codes, sessions)
    for i, code in enumerate(codes):
        last, factor = 0, Decimal(1)
        for t, session in enumerate(sessions):
            line = stocks[code][session]
            facts = line if isinstance(line, dict) else {"bar": line}
            factor *= Decimal(str(facts.get("factor", 1)))
            market.adj_factor[t, i] = int(factor * 10**6)
            if facts["bar"] == "none":
                cell = {"open": 0, "high": 0, "low": FAR, "close": last, "pre_close": 0, "volume": 0}
            else:
                *prices, volume, amount = [*facts["bar"].split(), *("1000000", "0")[len(facts["bar"].split()) - 4 :]]
                cell = dict(zip(("open", "high", "low", "close"), map(li, prices), strict=True))
                cell |= {
                    "volume": int(volume),
                    "amount": li(amount),
                    "pre_close": li(facts["pre_close"]) if "pre_close" in facts else last or cell["open"],
                }
            for name, value in cell.items():
                getattr(market, name)[t, i] = value
            last = cell["close"]
    return market


def signals_of(market: Market, days: dict[int, Any]) -> Signals:
    entry, exit_, rank = np.zeros(market.shape, bool), np.zeros(market.shape, bool), np.zeros(market.shape)
    for session, wishes in days.items():
        t = market.sessions.tolist().index(session)
        for code in wishes.get("enter", ()):
            entry[t, market.codes.index(code)] = True
        for code in wishes.get("leave", ()):
            exit_[t, market.codes.index(code)] = True
        for code, value in wishes.get("rank", {}).items():
            rank[t, market.codes.index(code)] = value
    return Signals(pack(entry), pack(exit_), padded(rank))


def terms_of(given: dict[str, Any]) -> Terms:
    """Slippage in ticks and a size in shares are whole numbers, a size in yuan is money; whatever else is a rate."""
    whole = (
        *WHOLE,
        *WORDS,
        "slippage" if given.get("slippage_model") == "ticks" else "",
        "size" if given.get("sizing") == "shares" else "",
    )
    money = (*MONEY, "size" if given.get("sizing") == "amount" else "")
    figures: dict[str, Any] = {}
    for name, value in given.items():
        figures[name] = value if name in whole else li(value) if name in money else int(Decimal(str(value)) * ONE)
    conditions = Conditions(**{name: figures.pop(name) for name in CONDITIONS if name in figures})
    return replace(Terms(0, 0), conditions=conditions, **figures)


class Scribe:
    """Writes events as lines, and keeps the cash."""

    def __init__(self, market: Market, cash: int) -> None:
        self.market, self.cash = market, cash

    def line(self, event: Event) -> str:
        def yuan(amount: int) -> str:
            return f"{Decimal(amount) / 1000:.3f}"

        fees = event.commission + event.duty + event.transfer
        self.cash += {Kind.SELL: event.value, Kind.BUY: -event.value, Kind.EX_DATE: event.value}.get(event.kind, 0) - fees
        day, code, paid = self.market.sessions[event.bar], self.market.codes[event.stock], yuan(event.value)
        if event.kind in (Kind.BUY, Kind.SELL):
            items = f"commission {yuan(event.commission)}, duty {yuan(event.duty)}, transfer {yuan(event.transfer)}"
            value = f"{event.shares} x {yuan(event.price)} = {yuan(event.value)}"
            return f"{day} {event.kind.name.lower()} {code} {value}, {items}, cash {yuan(self.cash)}"
        if event.kind in (Kind.REFUSED_BUY, Kind.REFUSED_SELL):
            return f"{day} {event.kind.name.lower().replace('_', ' ')} {code} {Reject(event.code).name.lower()} at {yuan(event.price)}"
        if event.kind is Kind.EXIT:
            return f"{day} exit {code} {Reason(event.code).name.lower()} at {yuan(event.price)}"
        if event.kind is Kind.EX_DATE:
            return f"{day} ex_date {code} {event.shares} shares, fraction {paid} at {yuan(event.price)}, cash {yuan(self.cash)}"
        return f"{day} {'equity' if event.kind is Kind.MARK else 'breaker'} {yuan(event.value)}"


@pytest.mark.parametrize("name", sorted(path.stem for path in LEDGERS.glob("*.yaml")))
def test_ledger(name: str) -> None:
    case = yaml.safe_load((LEDGERS / f"{name}.yaml").read_text(encoding="utf-8"))
    market, terms = market_of(case["stocks"]), terms_of(case["terms"])
    outcome = simulate(prepare(market, terms.conditions), signals_of(market, case["signals"]), terms, record=True)
    scribe = Scribe(market, terms.initial_cash)
    lines = [scribe.line(event) for event in events(outcome)]
    assert lines == (LEDGERS / f"{name}.ledger").read_text(encoding="utf-8").splitlines()
    assert scribe.cash == outcome.cash


def test_what_the_refusal_of_a_ledger_would_have_earned() -> None:
    """limit_up_at_the_open: refused at 11.00, never an exit signal, and the last close is 11.99."""
    case = yaml.safe_load((LEDGERS / "limit_up_at_the_open.yaml").read_text(encoding="utf-8"))
    market = market_of(case["stocks"])
    outcome = simulate(prepare(market), signals_of(market, case["signals"]), terms_of(case["terms"]), record=True)
    assert [row.earned for row in refusals(outcome, market)] == [11_990 / 11_000 - 1]


def test_the_trade_of_a_ledger_in_words() -> None:
    """bonus_issue_with_a_fraction: 3,050 become 2,890.368, so the trade lost 159.632, on 3,005.03 that it cost."""
    case = yaml.safe_load((LEDGERS / "bonus_issue_with_a_fraction.yaml").read_text(encoding="utf-8"))
    market = market_of(case["stocks"])
    outcome = simulate(prepare(market), signals_of(market, case["signals"]), terms_of(case["terms"]), record=True)
    assert trades(outcome, market) == [
        Trade(
            ts_code="600001.SH",
            entry_time=1,
            entry_date=20240103,
            entry_price=10_000,
            shares=300,
            exit_time=3,
            exit_date=20240105,
            exit_price=7_110,
            fees=11_490,
            pnl=-159_632,
            profit_rate=-159_632 / 3_005_030,
            holding_sessions=2,
            exit_reason="stop_loss",
        )
    ]
    assert (outcome.tallies.trades, outcome.tallies.wins, outcome.tallies.gross_loss) == (1, 0, 159_632)
