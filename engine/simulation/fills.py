"""Whether an order fills, and how: pure functions of a bar, an order and the account. A refusal is a Fill with a code."""

from engine.compiled import inlined
from engine.simulation.bits import integer
from engine.simulation.costs import Bar, Fill, Order, priced
from engine.simulation.outcome import Reject
from engine.simulation.sizing import Budget, affordable, sized, whole_lots
from engine.simulation.slippage import IMPACT, slipped
from engine.simulation.state import Figures


@inlined
def refusal(code: int, price: int, order: int) -> Fill:
    return Fill(integer(code), 0, price, 0, 0, 0, 0, 0, order)


@inlined
def sell_fill(order: Order, bar: Bar, sellable: int, room: int, terms: Figures) -> Fill:
    """Sell what is sellable, at most `room`, at the bar's price, before tax. Whether cash pays the fees is the caller's to see."""
    if bar.volume == 0:
        return refusal(Reject.ZERO_VOLUME, bar.price, order.number)
    if bar.price <= bar.down:
        return refusal(Reject.LIMIT_DOWN, bar.price, order.number)
    if sellable == 0:
        return refusal(Reject.NOT_SELLABLE, bar.price, order.number)
    shares = min(sellable, room)
    if shares == 0:
        return refusal(Reject.VOLUME_CAP, bar.price, order.number)
    return priced(order, shares, max(bar.price - slipped(bar.price, shares, bar, terms), bar.worst), bar, terms)


@inlined
def buy_fill(order: Order, bar: Bar, wish: int, budget: Budget, room: int, terms: Figures) -> tuple[Fill, int]:
    """(fill, shares still wanted): buy at the bar's price at most `wish` shares, for at most the budget, fees included."""
    if bar.volume == 0:
        return refusal(Reject.ZERO_VOLUME, bar.price, order.number), 0
    if bar.price >= bar.up:
        return refusal(Reject.LIMIT_UP, bar.price, order.number), 0
    expected = 0
    if terms.slippage_model == IMPACT:  # by the shares that there would be without it; it can only make them fewer
        expected = min(wish, room, affordable(min(budget.wish, budget.cash), order, bar.price, bar, terms))
    price = min(bar.price + slipped(bar.price, expected, bar, terms), bar.worst)
    shares, code = sized(order, price, bar, wish, budget, terms)
    if shares == 0:
        return refusal(code, bar.price, order.number), 0
    now = shares if shares <= room else whole_lots(room, bar)
    if now == 0:
        return refusal(Reject.VOLUME_CAP, bar.price, order.number), 0
    return priced(order, now, price, bar, terms), shares - now
