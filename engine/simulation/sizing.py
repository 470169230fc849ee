"""How many shares a purchase may take: by its size, fees inside, in lots that cash affords."""

from typing import NamedTuple

from engine.compiled import inlined
from engine.simulation.costs import Bar, Fill, Order, fees, priced, share_of
from engine.simulation.state import Account, Figures
from engine.terms import ONE, SIZINGS

EQUAL, AMOUNT, SHARES, PERCENT = range(len(SIZINGS))
LARGEST_ORDER = 10**13
"""li: ten billion yuan. No purchase is larger, so that money x rate stays far inside int64 whatever a strategy earns."""


class Budget(NamedTuple):
    wish: int
    """What the order may cost by its size, fees included."""
    cash: int
    """What the reserve leaves of the cash."""
    shares: int
    """All or nothing on cash; 0: as many as the money affords."""


@inlined
def budget_of(account: Account, terms: Figures, is_rest: bool) -> Budget:
    """By the equity of the last MARK; an equal slot is of equity without the reserve.

    The rest of a purchase has its shares already and only needs cash.
    """
    investable = share_of(account.equity, ONE - terms.cash_reserve)
    cash = min(max(account.cash - (account.equity - investable), 0), LARGEST_ORDER)
    if is_rest:
        return Budget(LARGEST_ORDER, cash, 0)
    wish = LARGEST_ORDER
    if terms.sizing == EQUAL:
        wish = investable // terms.max_positions
    elif terms.sizing == AMOUNT:
        wish = terms.size
    elif terms.sizing == PERCENT:
        wish = share_of(account.equity, terms.size)
    if terms.max_weight > 0:
        wish = min(wish, share_of(account.equity, terms.max_weight))
    return Budget(min(wish, LARGEST_ORDER), cash, terms.size if terms.sizing == SHARES else 0)


@inlined
def whole_lots(shares: int, bar: Bar) -> int:
    shares -= shares % 100 if bar.step == 100 else shares % bar.step  # a constant divisor where it can be
    return shares if shares >= bar.lot else 0


@inlined
def affordable(money: int, order: Order, price: int, bar: Bar, terms: Figures) -> int:
    """Most shares, in lots, whose value and fees fit into the money.

    Starts below (less the fees of ALL the money) and climbs the lot or two that are missing: exact, and no float.
    """
    if money < price:
        return 0
    fits = whole_lots(max(money - fees(priced(order, 1, money, bar, terms)), 0) // price, bar)
    while True:
        more = fits + bar.step if fits > 0 else bar.lot
        if _cost(priced(order, more, price, bar, terms)) > money:
            return fits
        fits = more


@inlined
def _cost(fill: Fill) -> int:
    return fill.value + fees(fill)
