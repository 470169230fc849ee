"""Orders that may rest, as the event log tells them: what was placed and what became of it. Free of numba."""

from dataclasses import dataclass

from engine.market import Market
from engine.simulation.events import Event, events
from engine.simulation.outcome import Kind, Outcome, Phase, Reason, Reject

__all__ = ["Order", "orders"]


@dataclass(frozen=True)
class Order:
    """Prices and money in li; shares as they were placed: an ex-date in between changes what they mean."""

    sequence: int
    """Of the event that placed it."""
    time: int
    date: int
    ts_code: str
    side: str
    """ "buy" or "sell"."""
    origin: str
    """ "signal": the strategy; "order" and "target": from outside."""
    shares: int
    price: int
    """What it is sized at: its limit, else its stop, else its exact price; 0: the market's."""
    frozen: int
    filled: int = 0
    value: int = 0
    """Of its fills."""
    refused: int = 0
    """How often it met a bar and was refused."""
    ended: str = "open"
    """ "filled", "refused", "expired", "cancelled", "replaced"; "open" at the end of the window."""
    end_date: int = 0


def orders(outcome: Outcome, market: Market) -> list[Order]:
    """In the order in which they were placed."""
    found: list[_Order] = []
    for event in events(outcome):
        if event.kind is Kind.PLACED:
            found.append(_Order(event, "sell" if event.shares < 0 else "buy"))
        elif event.order:
            found[event.order - 1].take(event)
    return [each.told(market) for each in found]


@dataclass(eq=False)
class _Order:
    """An order while the log is read."""

    placed: Event
    side: str
    filled: int = 0
    value: int = 0
    refused: int = 0
    ended: str = "open"
    end_bar: int = -1

    def take(self, event: Event) -> None:
        """Something happened to it."""
        if event.kind in (Kind.REFUSED_BUY, Kind.REFUSED_SELL):
            self.refused += 1
            if self._ends(event):
                self._end("refused", event.bar)
        elif event.kind is Kind.LAPSED:
            self._end(Reason(event.code).name.lower(), event.bar)
        else:
            self.filled += event.shares
            self.value += event.value
            if self.filled >= abs(self.placed.shares):
                self._end("filled", event.bar)

    def told(self, market: Market) -> Order:
        placed = self.placed
        return Order(
            sequence=placed.sequence,
            time=int(market.times[placed.bar]),
            date=int(market.sessions[placed.bar]),
            ts_code=market.codes[placed.stock],
            side=self.side,
            origin=Reason(placed.code).name.lower(),
            shares=abs(placed.shares),
            price=placed.price,
            frozen=placed.value,
            filled=self.filled,
            value=self.value,
            refused=self.refused,
            ended=self.ended,
            end_date=int(market.sessions[self.end_bar]) if self.end_bar >= 0 else 0,
        )

    def _end(self, how: str, bar: int) -> None:
        self.ended, self.end_bar = how, bar

    def _ends(self, event: Event) -> bool:
        """A refusal for want of money ends a purchase, and so does any other at the market; an exact price ends with its bar."""
        if event.kind is Kind.REFUSED_SELL:
            return event.code == Reject.NOT_TRADED
        return event.code in (Reject.NO_CASH, Reject.BELOW_LOT) or event.phase is Phase.FILL or self.placed.value == 0
