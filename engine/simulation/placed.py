"""Orders that may rest, as the event log tells them: what was placed and what became of it. Free of numba.

The log names stocks, not orders. Where several orders of one stock, side and origin live at once, a fill goes to the oldest that it fits.
"""

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
    resting: dict[int, list[_Order]] = {}
    for event in events(outcome):
        if event.kind is Kind.PLACED:
            order = _Order(event, "sell" if event.shares < 0 else "buy", abs(event.shares))
            found.append(order)
            mine = resting.setdefault(event.stock, [])
            mine[:] = [each for each in mine if each.refused_in in (-1, event.bar)]
            mine.append(order)
        elif event.kind is Kind.RENAMED:
            resting.setdefault(event.stock, []).extend(resting.pop(event.code, []))
        elif event.stock in resting and (met := _met(resting[event.stock], event)) is not None:
            met.take(event)
            if met.ended not in ("open", "refused"):
                resting[event.stock].remove(met)
    return [each.told(market) for each in found]


@dataclass(eq=False)
class _Order:
    """An order while the log is read."""

    placed: Event
    side: str
    left: int
    filled: int = 0
    value: int = 0
    refused: int = 0
    ended: str = "open"
    end_bar: int = -1
    refused_in: int = -1
    """The bar in which it seemed to end with a refusal; what it fills or leaves in that very bar says that another one was refused."""

    def take(self, event: Event) -> None:
        """Something happened to it."""
        if event.kind in (Kind.REFUSED_BUY, Kind.REFUSED_SELL):
            self.refused += 1
            if self._ends(event):
                self.refused_in = event.bar
                self._end("refused", event.bar)
            return
        if self.refused_in >= 0:
            self.refused -= 1
            self.refused_in = -1
            self._end("open", -1)
        if event.kind is Kind.LAPSED:
            self._end(Reason(event.code).name.lower(), event.bar)
            return
        self.left = max(self.left - event.shares, 0)
        self.filled += event.shares
        self.value += event.value
        if self.left == 0:
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
        """Whether the refusal ends the order: at the market any of a purchase, at a price what money or the price itself refuses."""
        if event.code in (Reject.NO_CASH, Reject.BELOW_LOT, Reject.NOT_TRADED):
            return True
        return self.side == "buy" and self.placed.value == 0


def _met(resting: list[_Order], event: Event) -> _Order | None:
    """The order that the event is about, as well as can be told."""
    mine = [each for each in resting if each.side in _SIDES.get(event.kind, ()) and each.refused_in in (-1, event.bar)]
    if event.kind in (Kind.BUY, Kind.SELL):
        mine = [each for each in mine if each.placed.code == event.code]
    elif event.kind is not Kind.LAPSED:
        mine = [each for each in mine if each.refused_in < 0 and _could_meet(each, event)]
    shares, price = abs(event.shares), event.price

    def strangeness(each: _Order) -> tuple[bool, bool, bool, bool]:
        return each.refused_in >= 0, each.left < shares, bool(price) and each.placed.price != price, each.left != shares

    return min(mine, key=strangeness, default=None)


def _could_meet(order: _Order, event: Event) -> bool:
    """Whether a refusal may be one of an order that rests, and not of one that was never placed."""
    if event.phase is not Phase.FILL:
        return order.placed.price > 0
    if event.code in (Reject.BREAKER, Reject.DELISTED):
        return False
    return order.placed.price == 0 or (order.placed.bar < event.bar and event.code not in (Reject.NO_CASH, Reject.BELOW_LOT))


_SIDES = {
    Kind.BUY: ("buy",),
    Kind.REFUSED_BUY: ("buy",),
    Kind.SELL: ("sell",),
    Kind.REFUSED_SELL: ("sell",),
    Kind.LAPSED: ("buy", "sell"),
}
