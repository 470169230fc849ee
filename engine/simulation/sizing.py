"""How many shares a purchase may take: by its size, fees inside, in lots that cash affords."""

from typing import NamedTuple

from engine.compiled import inlined, part
from engine.simulation.bits import has, integer
from engine.simulation.book import BUY, SHARES, T_FROZEN, T_LEFT, T_SIDE, T_STOCK, TICKETS, Book
from engine.simulation.costs import Bar, Order, fees, priced, share_of
from engine.simulation.outcome import Reject
from engine.simulation.state import Account, Figures, Scene
from engine.simulation.tape import Bars
from engine.terms import ONE, SIZINGS

EQUAL, AMOUNT, FIXED, PERCENT = range(len(SIZINGS))
LARGEST_ORDER = 10**13
"""li: ten billion yuan. No fill of a purchase is larger, so that money x rate stays far inside int64 whatever a strategy earns; an order
from outside that asks for more gets so much, and its rest is dropped."""
ENDLESS = 2**60
"""Shares: no wish and no cap is as large."""


class Budget(NamedTuple):
    wish: int
    """What the order may cost by its size, fees included."""
    cash: int
    """What the reserve and resting orders leave of the cash."""
    is_whole: int
    """1: all or nothing on cash."""
    is_capped: int
    """1: the industry's cap is what makes the wish so small."""


@inlined
def free_cash(account: Account, terms: Figures) -> int:
    return min(max(account.cash - account.frozen - (account.equity - investable(account, terms)), 0), LARGEST_ORDER)


@inlined
def investable(account: Account, terms: Figures) -> int:
    """Equity of the last MARK without the reserve."""
    return share_of(account.equity, ONE - terms.cash_reserve)


@inlined
def budget_of_rest(account: Account, terms: Figures) -> Budget:
    """The rest of a purchase has its shares already and only needs cash."""
    return Budget(LARGEST_ORDER, free_cash(account, terms), 0, 0)


@inlined
def budget_of(account: Account, book: Book, scene: Scene, t: int, i: int) -> Budget:
    """Of a new purchase; an equal slot is of equity without the reserve, divided among the purchases that may share it."""
    terms = scene.terms
    wish = LARGEST_ORDER
    if terms.sizing == EQUAL:
        wish = investable(account, terms) // (terms.max_positions * terms.max_entries)
    elif terms.sizing == AMOUNT:
        wish = terms.size
    elif terms.sizing == PERCENT:
        wish = share_of(account.equity, terms.size)
    if terms.max_weight > 0:
        worth = _worth_of_stock(book, scene.bars, t, i) if terms.max_entries > 1 else 0
        wish = min(wish, max(share_of(account.equity, terms.max_weight) - worth, 0))
    is_capped = 0
    if terms.max_industry_weight > 0:
        left = max(share_of(account.equity, terms.max_industry_weight) - _worth_of_industry(account, book, scene.bars, t, i), 0)
        if left < wish:
            wish, is_capped = left, 1
    return Budget(min(wish, LARGEST_ORDER), free_cash(account, terms), 1 if terms.sizing == FIXED else 0, is_capped)


@inlined
def _worth_of_stock(book: Book, bars: Bars, t: int, i: int) -> int:
    """Of a holding at the last close."""
    return book.positions[SHARES, integer(book.slot_of[i])] * bars.close[max(t - 1, 0), i] if has(book.held, i) else 0


@part
def _worth_of_industry(account: Account, book: Book, bars: Bars, t: int, i: int) -> int:
    """Holdings at the last closes, and what resting purchases keep, of the stocks in the industry of i."""
    worth, close = 0, bars.close[max(t - 1, 0)]
    for k in range(account.held):
        if bars.industry[book.stocks[k]] == bars.industry[i]:
            worth += book.positions[SHARES, k] * close[book.stocks[k]]
    for x in range(book.counters[TICKETS]):
        is_purchase = book.tickets[T_LEFT, x] > 0 and book.tickets[T_SIDE, x] == BUY
        if is_purchase and bars.industry[book.tickets[T_STOCK, x]] == bars.industry[i]:
            worth += book.tickets[T_FROZEN, x]
    return worth


@inlined
def wish_of(bar: Bar, terms: Figures) -> int:
    """Shares that a new purchase asks for: as many as the money affords, or its fixed size in lots."""
    return whole_lots(terms.size, bar) if terms.sizing == FIXED else ENDLESS


@inlined
def sized(order: Order, price: int, bar: Bar, wish: int, budget: Budget, terms: Figures) -> tuple[int, int]:
    """(shares, 0), or (0, the code of a refusal)."""
    shares = min(wish, affordable(min(budget.wish, budget.cash), order, price, bar, terms))
    if shares > 0 and not budget.is_whole:
        return shares, integer(0)
    fits = affordable(budget.wish, order, price, bar, terms)
    if shares > 0 and shares == min(wish, fits):
        return shares, integer(0)
    if budget.is_capped and fits == 0 and wish > 0:
        return 0, integer(Reject.INDUSTRY_CAP)
    return 0, integer(Reject.NO_CASH) if budget.cash < budget.wish and min(wish, fits) > 0 else integer(Reject.BELOW_LOT)


@inlined
def whole_lots(shares: int, bar: Bar) -> int:
    shares -= shares % 100 if bar.step == 100 else shares % bar.step  # a constant divisor where it can be
    return shares if shares >= bar.lot else 0


@inlined
def affordable(money: int, order: Order, price: int, bar: Bar, terms: Figures) -> int:
    """Most shares, in lots, whose value and fees fit into the money: exact, and no float.

    Starts below (less the fees of ALL the money) and climbs by strides that double, then halve: usually a lot or two are missing, but where
    shares are bought one by one it may be many thousands.
    """
    if money < price:
        return 0
    fits = whole_lots(max(money - fees(priced(order, 1, money, bar, terms)), 0) // price, bar)
    if fits == 0:
        if cost_of(order, bar.lot, price, bar, terms) > money:
            return 0
        fits = bar.lot
    stride = bar.step
    while cost_of(order, fits + stride, price, bar, terms) <= money:
        fits += stride
        stride *= 2
    while stride > bar.step:
        stride //= 2
        if cost_of(order, fits + stride, price, bar, terms) <= money:
            fits += stride
    return fits


@inlined
def cost_of(order: Order, shares: int, price: int, bar: Bar, terms: Figures) -> int:
    """What so many shares more cost, fees included."""
    fill = priced(order, shares, price, bar, terms)
    return fill.value + fees(fill)
