"""Orders that may rest, as the event log tells them: what was placed and what became of it. Free of numba.

The log names stocks, not orders. Where several orders of one stock, side and origin live at once, a fill goes to the oldest that it fits.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.market import Market
from engine.simulation.events import Event, events
from engine.simulation.outcome import Kind, Outcome, Reason, Reject

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
    found: dict[int, Order] = {}
    live: list[_Live] = []
    for event in events(outcome):
        if event.kind is Kind.RENAMED:
            live = [each._renamed(event) for each in live]
        elif event.kind is Kind.PLACED:
            found[event.sequence] = _placed(event, market)
            live.append(_Live(event.sequence, event.stock, event.code, found[event.sequence].side, abs(event.shares), event.value))
        elif live and (met := next(_fitting(live, event), None)) is not None:
            order, left = _after(found[met.sequence], met.left, event, market)
            found[met.sequence] = order
            place = live.index(met)
            live[place : place + 1] = [replace(met, left=left)] if order.ended == "open" else []
    return list(found.values())


@dataclass(frozen=True)
class _Live:
    """An order that rests while the log is read."""

    sequence: int
    stock: int
    origin: int
    side: str
    left: int
    frozen: int

    def _renamed(self, event: Event) -> "_Live":
        return replace(self, stock=event.stock) if self.stock == event.code else self


def _placed(event: Event, market: Market) -> Order:
    return Order(
        sequence=event.sequence,
        time=int(market.times[event.bar]),
        date=int(market.sessions[event.bar]),
        ts_code=market.codes[event.stock],
        side="sell" if event.shares < 0 else "buy",
        origin=Reason(event.code).name.lower(),
        shares=abs(event.shares),
        price=event.price,
        frozen=event.value,
    )


def _fitting(live: list[_Live], event: Event) -> Iterator[_Live]:
    """The orders that the event may be about, the best guess first."""
    mine = [each for each in live if each.stock == event.stock and each.side in _SIDES.get(event.kind, ())]
    if event.kind in (Kind.BUY, Kind.SELL):
        mine = [each for each in mine if each.origin == event.code]
    fits = [each for each in mine if (each.left == event.shares if event.kind is Kind.LAPSED else each.left >= event.shares)]
    yield from fits
    yield from mine


_SIDES = {
    Kind.BUY: ("buy",),
    Kind.REFUSED_BUY: ("buy",),
    Kind.SELL: ("sell",),
    Kind.REFUSED_SELL: ("sell",),
    Kind.LAPSED: ("buy", "sell"),
}


def _after(order: Order, left: int, event: Event, market: Market) -> tuple[Order, int]:
    """The order after the event, and the shares that it still wants."""
    ended = ""
    if event.kind in (Kind.BUY, Kind.SELL):
        left = max(left - event.shares, 0)
        order = replace(order, filled=order.filled + event.shares, value=order.value + event.value)
        ended = "" if left else "filled"
    elif event.kind is Kind.LAPSED:
        ended = Reason(event.code).name.lower()
    else:
        order = replace(order, refused=order.refused + 1)
        ended = "refused" if _ends(order, event) else ""
    return (replace(order, ended=ended, end_date=int(market.sessions[event.bar])) if ended else order), left


def _ends(order: Order, event: Event) -> bool:
    """Whether the refusal ends the order: at the market any of a purchase, at a price what money or the price itself refuses."""
    if event.code in (Reject.NO_CASH, Reject.BELOW_LOT, Reject.NOT_TRADED):
        return True
    return order.side == "buy" and order.frozen == 0
