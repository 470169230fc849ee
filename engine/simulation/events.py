"""Reading the event log: fills, refusals, round trips and the positions that are left. Free of numba."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from engine.market import Market
from engine.simulation.missed import Missed
from engine.simulation.outcome import REJECT_TEXT, Kind, Outcome, Phase, Reason, Reject

__all__ = [
    "REJECT_TEXT",
    "Event",
    "Fill",
    "Position",
    "Refusal",
    "Trade",
    "events",
    "fills",
    "last_close",
    "positions",
    "refusals",
    "trades",
]


class Event(NamedTuple):
    """One row of the log in words; see outcome.COLUMNS for what each kind means by shares, price and value."""

    sequence: int
    bar: int
    """Row of the market."""
    phase: Phase
    kind: Kind
    stock: int
    code: int
    shares: int
    price: int
    value: int
    commission: int
    duty: int
    transfer: int
    tax: int = 0
    """Withheld on the dividends of the shares that were sold."""
    order: int = 0
    """Which placed order it is about, counted from 1; 0: none."""

    @property
    def fees(self) -> int:
        """With the tax."""
        return self.commission + self.duty + self.transfer + self.tax


@dataclass(frozen=True)
class Fill:
    sequence: int
    time: int
    """The bar's right edge, UTC milliseconds."""
    date: int
    """YYYYMMDD"""
    ts_code: str
    side: str
    """ "buy" or "sell"."""
    shares: int
    price: int
    """li, slippage included."""
    value: int
    commission: int
    duty: int
    transfer: int
    tax: int


@dataclass(frozen=True)
class Refusal:
    sequence: int
    time: int
    date: int
    ts_code: str
    side: str
    reject: Reject
    price: int
    """li, the price before slippage that was refused; 0 where there was none."""
    earned: float | None
    """What a purchase would have returned (see missed.py); None for sales, and where there was no price."""


@dataclass(frozen=True)
class Trade:
    """A position from its first purchase to its last sale. Shares and prices as traded then: an ex-date in between changes both."""

    ts_code: str
    """The last one, where the company changed its code."""
    entry_time: int
    entry_date: int
    entry_price: int
    """li, average of the purchases without fees, half-up."""
    shares: int
    """All that were bought."""
    exit_time: int
    exit_date: int
    exit_price: int
    """li, average of the sales without fees, half-up; 0 where a reverse split left nothing to sell. A delisting sells at the last close."""
    fees: int
    """With the tax on dividends."""
    pnl: int
    """li: sales - purchases - fees + fractions + dividends, exact."""
    profit_rate: float
    """pnl / (purchases with their fees)."""
    holding_sessions: int
    exit_reason: str
    """A Reason's name in lower case; "delisted"; "ex_date" where a reverse split left nothing."""
    tax: int = 0
    dividends: int = 0
    """li, gross, of all ex-dates, paid or not."""


@dataclass(frozen=True)
class Position:
    """Open at the end."""

    ts_code: str
    shares: int
    sellable: int
    entry_date: int
    entry_price: int
    """li, divided on ex-dates."""
    last_price: int
    value: int
    pnl: int
    """li, as if sold at the last price without fees."""


def events(outcome: Outcome) -> Iterator[Event]:
    """Every event in order. ValueError if the run was not recorded."""
    if outcome.events is None:
        raise ValueError("the run was not recorded: simulate(..., record=True)")
    for sequence, (bar, phase, kind, *rest) in enumerate(outcome.events.tolist()):
        yield Event(sequence, bar, _PHASES[phase], _KINDS[kind], *rest)


_PHASES, _KINDS = tuple(Phase), tuple(Kind)


def fills(outcome: Outcome, market: Market) -> list[Fill]:
    return [
        Fill(
            sequence=event.sequence,
            time=int(market.times[event.bar]),
            date=int(market.sessions[event.bar]),
            ts_code=market.codes[event.stock],
            side="buy" if event.kind is Kind.BUY else "sell",
            shares=event.shares,
            price=event.price,
            value=event.value,
            commission=event.commission,
            duty=event.duty,
            transfer=event.transfer,
            tax=event.tax,
        )
        for event in events(outcome)
        if event.kind in (Kind.BUY, Kind.SELL)
    ]


def refusals(outcome: Outcome, market: Market) -> list[Refusal]:
    missed = None if outcome.exits is None else Missed(market, outcome.exits)
    return [
        Refusal(
            sequence=event.sequence,
            time=int(market.times[event.bar]),
            date=int(market.sessions[event.bar]),
            ts_code=market.codes[event.stock],
            side="buy" if event.kind is Kind.REFUSED_BUY else "sell",
            reject=Reject(event.code),
            price=event.price,
            earned=missed.earned(event.bar, event.stock, event.price) if missed and event.kind is Kind.REFUSED_BUY else None,
        )
        for event in events(outcome)
        if event.kind in (Kind.REFUSED_BUY, Kind.REFUSED_SELL)
    ]


def trades(outcome: Outcome, market: Market) -> list[Trade]:
    """Round trips in the order in which they were closed. Open positions are not trades."""
    running: dict[int, _Trip] = {}
    closed = []
    session = _session_numbers(market)
    for event in events(outcome):
        if event.kind is Kind.BUY:
            running.setdefault(event.stock, _Trip(event.bar))
        elif event.kind is Kind.RENAMED and event.code in running:
            running[event.stock] = running.pop(event.code)
        trip = running.get(event.stock)
        if trip is not None and trip.take(event) and trip.held == 0:
            closed.append(_closed(running.pop(event.stock), event, market, session))
    return closed


def positions(outcome: Outcome, market: Market) -> list[Position]:
    """What is open at the end; known without a recording, too."""
    found = []
    for holding in outcome.holdings:
        last_price = last_close(market, market.shape[0] - 1, holding.stock)
        value = holding.shares * last_price
        found.append(
            Position(
                ts_code=market.codes[holding.stock],
                shares=holding.shares,
                sellable=holding.sellable,
                entry_date=int(market.sessions[holding.opened]),
                entry_price=holding.entry_price,
                last_price=last_price,
                value=value,
                pnl=holding.flow + value,
            )
        )
    return found


def last_close(market: Market, bar: int, stock: int) -> int:
    """li, what a share is worth at the close of row `bar`; before the first bar of a new code that of the old one."""
    close, today = int(market.close[bar, stock]), int(market.sessions[bar])
    if close == 0:
        for since, old, new in market.actions.code_changes.tolist():
            if new == stock and since <= today:
                return last_close(market, bar, old)
    return close


@dataclass
class _Trip:
    """A position while the log is read."""

    opened: int
    held: int = 0
    bought: int = 0
    bought_value: int = 0
    buy_fees: int = 0
    sold: int = 0
    sold_value: int = 0
    sell_fees: int = 0
    tax: int = 0
    fractions: int = 0
    dividends: int = 0
    trigger: str = ""
    """Why it is to be sold at the market."""
    reason: str = ""
    """Why shares left it last."""

    def take(self, event: Event) -> bool:
        """Whether the event changed the shares."""
        match event.kind:
            case Kind.BUY:
                self.held += event.shares
                self.bought += event.shares
                self.bought_value += event.value
                self.buy_fees += event.fees
            case Kind.SELL:
                self._part(event, Reason(event.code).name.lower() if event.code else self.trigger)
            case Kind.DELISTED:
                self._part(event, "delisted")
            case Kind.EX_DATE:
                self.held = event.shares
                self.fractions += event.value
                self.reason = "ex_date"
            case Kind.DIVIDEND:
                self.dividends += event.value
                return False
            case Kind.EXIT:
                self.trigger = Reason(event.code).name.lower()
                return False
            case _:
                return False
        return True

    def _part(self, event: Event, reason: str) -> None:
        """Shares leave for money."""
        self.held -= event.shares
        self.sold += event.shares
        self.sold_value += event.value
        self.sell_fees += event.fees
        self.tax += event.tax
        self.reason = reason


def _closed(trip: _Trip, event: Event, market: Market, session: list[int]) -> Trade:
    fees = trip.buy_fees + trip.sell_fees
    pnl = trip.sold_value - trip.bought_value - fees + trip.fractions + trip.dividends
    return Trade(
        ts_code=market.codes[event.stock],
        entry_time=int(market.times[trip.opened]),
        entry_date=int(market.sessions[trip.opened]),
        entry_price=_half_up(trip.bought_value, trip.bought),
        shares=trip.bought,
        exit_time=int(market.times[event.bar]),
        exit_date=int(market.sessions[event.bar]),
        exit_price=_half_up(trip.sold_value, trip.sold) if trip.sold else 0,
        fees=fees,
        pnl=pnl,
        profit_rate=pnl / (trip.bought_value + trip.buy_fees),
        holding_sessions=session[event.bar] - session[trip.opened],
        exit_reason=trip.reason,
        tax=trip.tax,
        dividends=trip.dividends,
    )


def _session_numbers(market: Market) -> list[int]:
    numbers, number = [], -1
    last = None
    for day in market.sessions.tolist():
        number += day != last
        last = day
        numbers.append(number)
    return numbers


def _half_up(a: int, b: int) -> int:
    return (2 * a + b) // (2 * b)
