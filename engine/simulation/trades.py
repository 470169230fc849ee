"""Round trips: the event log as positions that were opened and closed. Free of numba."""

from dataclasses import dataclass

from engine.market import Market
from engine.simulation.events import Event, events
from engine.simulation.outcome import Kind, Outcome, Reason

__all__ = ["Trade", "trades"]


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


def trades(outcome: Outcome, market: Market) -> list[Trade]:
    """Round trips in the order in which they were closed. Open positions are not trades."""
    running: dict[int, _Trip] = {}
    closed = []
    session = _session_numbers(market)
    for event in events(outcome, _OF_POSITIONS):
        if event.kind is Kind.BUY:
            running.setdefault(event.stock, _Trip(event.bar))
        elif event.kind is Kind.RENAMED and event.code in running:
            running[event.stock] = running.pop(event.code)
        trip = running.get(event.stock)
        if trip is not None and trip.take(event) and trip.held == 0:
            closed.append(_closed(running.pop(event.stock), event, market, session))
    return closed


_OF_POSITIONS = (Kind.BUY, Kind.SELL, Kind.DELISTED, Kind.RENAMED, Kind.EX_DATE, Kind.DIVIDEND, Kind.EXIT)


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
