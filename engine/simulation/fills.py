"""Whether an order fills, and how: pure functions of a bar, an order and the account. A refusal is a Fill with a code."""

from engine.compiled import inlined
from engine.simulation.bits import integer
from engine.simulation.costs import Bar, Fill, Order, fees, priced
from engine.simulation.outcome import Reject
from engine.simulation.sizing import Budget, affordable, whole_lots
from engine.simulation.slippage import IMPACT, slipped
from engine.simulation.state import Figures


@inlined
def refusal(code: int, price: int) -> Fill:
    return Fill(integer(code), 0, price, 0, 0, 0, 0)


@inlined
def sell_fill(order: Order, bar: Bar, price: int, sellable: int, room: int, cash: int, terms: Figures) -> Fill:
    """Sell what is sellable, at most `room`, at `price` before slippage.

    Cash is looked at last, because it depends on what the cap leaves: the fees of a tiny odd lot may exceed what it brings.
    """
    if bar.price == 0:
        return refusal(Reject.SUSPENDED, 0)
    if bar.volume == 0:
        return refusal(Reject.ZERO_VOLUME, price)
    if price <= bar.down:
        return refusal(Reject.LIMIT_DOWN, price)
    if sellable == 0:
        return refusal(Reject.NOT_SELLABLE, price)
    shares = min(sellable, room)
    if shares == 0:
        return refusal(Reject.VOLUME_CAP, price)
    fill = priced(order, shares, max(price - slipped(price, shares, bar, terms), bar.down, bar.tick), bar, terms)
    return fill if cash + fill.value >= fees(fill) else refusal(Reject.NO_CASH, price)


@inlined
def buy_fill(order: Order, bar: Bar, wish: int, budget: Budget, room: int, terms: Figures) -> tuple[Fill, int]:
    """(fill, shares still wanted): buy at the bar's price at most `wish` shares, for at most the budget, fees included."""
    if bar.price == 0:
        return refusal(Reject.SUSPENDED, 0), 0
    if bar.volume == 0:
        return refusal(Reject.ZERO_VOLUME, bar.price), 0
    if bar.price >= bar.up:
        return refusal(Reject.LIMIT_UP, bar.price), 0
    money = min(budget.wish, budget.cash)
    if budget.shares > 0:
        wish = whole_lots(budget.shares, bar)
    expected = 0
    if terms.slippage_model == IMPACT:  # by the shares that there would be without it; it can only make them fewer
        expected = min(wish, room, affordable(money, order, bar.price, bar, terms))
    price = min(bar.price + slipped(bar.price, expected, bar, terms), bar.up)
    shares = min(wish, affordable(money, order, price, bar, terms))
    if budget.shares > 0:
        sized = wish if terms.max_weight == 0 else min(wish, affordable(budget.wish, order, price, bar, terms))
        shares = shares if shares == sized else 0
    if shares == 0:
        is_cash = budget.cash < budget.wish and min(wish, affordable(budget.wish, order, price, bar, terms)) > 0
        return refusal(Reject.NO_CASH if is_cash else Reject.BELOW_LOT, bar.price), 0
    now = shares if shares <= room else whole_lots(room, bar)
    if now == 0:
        return refusal(Reject.VOLUME_CAP, bar.price), 0
    return priced(order, now, price, bar, terms), shares - now
