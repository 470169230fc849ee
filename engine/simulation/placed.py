"""Orders that may rest, as the event log tells them: what was placed and what became of it. Free of numba.

The log names stocks, not orders. Where several orders of one stock, side and origin live at once, a fill goes to the oldest that it fits.
"""

from dataclasses import dataclass, replace

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
    found: dict[int, Order] = {}
    resting: dict[int, list[_Resting]] = {}
    for event in events(outcome):
        mine = resting.setdefault(event.stock, [])
        if event.kind is Kind.RENAMED:
            mine += resting.pop(event.code, [])
        elif event.kind is Kind.PLACED:
            order = found[event.sequence] = _placed(event, market)
            mine[:] = [each for each in mine if each.refused_in in (-1, event.bar)]
            mine.append(_Resting(event.sequence, event.code, order.side, order.shares, order.price, event.bar))
        elif (met := _met(mine, event)) is not None:
            found[met.sequence] = _after(found[met.sequence], met, event, market)
            if found[met.sequence].ended not in ("open", "refused"):
                mine.remove(met)
    return list(found.values())


@dataclass
class _Resting:
    """An order while the log is read."""

    sequence: int
    origin: int
    side: str
    left: int
    price: int
    bar: int
    refused_in: int = -1
    """The bar in which it seemed to end with a refusal; what it fills or leaves in that very bar says that another one was refused."""


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


def _met(resting: list[_Resting], event: Event) -> _Resting | None:
    """The order that the event is about, as well as can be told."""
    mine = [each for each in resting if each.side in _SIDES.get(event.kind, ()) and each.refused_in in (-1, event.bar)]
    if event.kind in (Kind.BUY, Kind.SELL):
        mine = [each for each in mine if each.origin == event.code]
    elif event.kind is not Kind.LAPSED:
        mine = [each for each in mine if each.refused_in < 0 and _could_meet(each, event)]
    shares, price = abs(event.shares), event.price

    def strangeness(each: _Resting) -> tuple[bool, bool, bool, bool]:
        return each.refused_in >= 0, each.left < shares, bool(price) and each.price != price, each.left != shares

    return min(mine, key=strangeness, default=None)


def _could_meet(order: _Resting, event: Event) -> bool:
    """Whether a refusal may be one of an order that rests, and not of one that was never placed."""
    if event.phase is not Phase.FILL:
        return order.price > 0
    if event.code in (Reject.BREAKER, Reject.DELISTED):
        return False
    return order.price == 0 or (order.bar < event.bar and event.code not in (Reject.NO_CASH, Reject.BELOW_LOT))


_SIDES = {
    Kind.BUY: ("buy",),
    Kind.REFUSED_BUY: ("buy",),
    Kind.SELL: ("sell",),
    Kind.REFUSED_SELL: ("sell",),
    Kind.LAPSED: ("buy", "sell"),
}


def _after(order: Order, resting: _Resting, event: Event, market: Market) -> Order:
    """The order after the event; what rests of it is brought up to date."""
    if event.kind in (Kind.BUY, Kind.SELL, Kind.LAPSED) and resting.refused_in >= 0:
        order, resting.refused_in = replace(order, refused=order.refused - 1, ended="open", end_date=0), -1
    ended = "open"
    if event.kind in (Kind.BUY, Kind.SELL):
        resting.left = max(resting.left - event.shares, 0)
        order = replace(order, filled=order.filled + event.shares, value=order.value + event.value)
        ended = "open" if resting.left else "filled"
    elif event.kind is Kind.LAPSED:
        ended = Reason(event.code).name.lower()
    else:
        order = replace(order, refused=order.refused + 1)
        if _ends(order, event):
            ended, resting.refused_in = "refused", event.bar
    return order if ended == "open" else replace(order, ended=ended, end_date=int(market.sessions[event.bar]))


def _ends(order: Order, event: Event) -> bool:
    """Whether the refusal ends the order: at the market any of a purchase, at a price what money or the price itself refuses."""
    if event.code in (Reject.NO_CASH, Reject.BELOW_LOT, Reject.NOT_TRADED):
        return True
    return order.side == "buy" and order.frozen == 0
