"""Tickets meet a bar: market ones at FILL; limits, stops and exact prices inside the bar, the open before high and low."""

from typing import NamedTuple

from engine.compiled import inlined, part, spliced
from engine.simulation.bits import has, integer
from engine.simulation.book import (
    BUY,
    LOCKED,
    SELL,
    SHARES,
    T_EXACT,
    T_LEFT,
    T_LIMIT,
    T_NUMBER,
    T_SIDE,
    T_STOCK,
    T_STOP,
    T_VALUE,
    TICKETS,
    Book,
)
from engine.simulation.fills import refusal
from engine.simulation.journal import refuse
from engine.simulation.orders import buy_ticket, no_bar, sell_ticket
from engine.simulation.outcome import Kind, Phase, Reason, Reject
from engine.simulation.state import Account, Scene
from engine.simulation.tickets import end_ticket, is_market, lapse


@part
def fill_market_tickets(account: Account, book: Book, scene: Scene, t: int, side: int) -> Account:
    """Market orders from outside, and stops that were triggered before: a refused purchase dies, a refused sale waits."""
    for x in range(book.counters[TICKETS]):
        rows = book.tickets
        if rows[T_LEFT, x] == 0 or rows[T_SIDE, x] != side or not is_market(book, x):
            continue
        price = integer(scene.bars.price[t, integer(rows[T_STOCK, x])])
        if side == SELL:
            account = sell_ticket(account, book, scene, t, x, price, integer(Phase.FILL))
            continue
        value = rows[T_VALUE, x]
        account = buy_ticket(account, book, scene, t, x, price, integer(Phase.FILL))
        if rows[T_VALUE, x] == value and rows[T_LEFT, x] > 0:
            account = end_ticket(account, book, x)
    return account


@part
def meet_tickets(account: Account, book: Book, scene: Scene, t: int) -> Account:
    """Sales first, each side in the order in which it was placed."""
    for side in (SELL, BUY):
        for x in range(book.counters[TICKETS]):
            rows = book.tickets
            if rows[T_LEFT, x] == 0 or rows[T_SIDE, x] != side or is_market(book, x):
                continue
            if rows[T_EXACT, x] > 0:
                account = _meet_exactly(account, book, scene, t, x)
            elif scene.bars.open[t, integer(rows[T_STOCK, x])] > 0:
                account = _meet(account, book, scene, t, x)
    return account


class _Met(NamedTuple):
    price: int
    """Before slippage; 0: the bar does not reach the order."""
    at_open: bool


@spliced
def _meet(account: Account, book: Book, scene: Scene, t: int, x: int) -> Account:
    """One limit, stop or stop-limit order."""
    bars, rows = scene.bars, book.tickets
    i = integer(rows[T_STOCK, x])
    open_, high, low, tick = integer(bars.open[t, i]), integer(bars.high[t, i]), integer(bars.low[t, i]), bars.tick[i]
    if rows[T_SIDE, x] == SELL:
        if not _has_sellable(book, i):
            return account
        # A sale sees the bar upside down: its limit lies above, its stop below.
        met = _reached(-open_, -low, -high, -rows[T_LIMIT, x], -rows[T_STOP, x])
        _note_trigger(book, x, -open_ >= -rows[T_STOP, x] or -low >= -rows[T_STOP, x])
        if met.price == 0:
            return account
        price, down = -met.price, integer(bars.down[t, i])
        price = down + tick if met.at_open and price <= down and high >= down + tick else price
        return sell_ticket(account, book, scene, t, x, price, integer(Phase.INTRABAR))
    met = _reached(open_, high, low, rows[T_LIMIT, x], rows[T_STOP, x])
    _note_trigger(book, x, open_ >= rows[T_STOP, x] or high >= rows[T_STOP, x])
    if met.price == 0:
        return account
    price, up = met.price, integer(bars.up[t, i])
    price = up - tick if met.at_open and price >= up and low <= up - tick else price
    return buy_ticket(account, book, scene, t, x, price, integer(Phase.INTRABAR))


@inlined
def _reached(open_: int, high: int, low: int, limit: int, stop: int) -> _Met:
    """Where a purchase meets the bar. A stop that the open is beyond is triggered there, one inside the bar at its price; beyond its limit
    it then rests as a limit order, which may fill in this bar only if the open triggered it: otherwise nobody knows what came first."""
    if stop != 0:
        if open_ >= stop:
            price, at_open = open_, True
        elif high >= stop:
            price, at_open = stop, False
        else:
            return _Met(0, False)
        if limit == 0 or price <= limit:
            return _Met(price, at_open)
        return _Met(limit, False) if at_open and low <= limit else _Met(0, False)
    if open_ <= limit:
        return _Met(open_, True)
    return _Met(limit, False) if low <= limit else _Met(0, False)


@inlined
def _note_trigger(book: Book, x: int, is_triggered: bool) -> None:
    if is_triggered:
        book.tickets[T_STOP, x] = 0


@spliced
def _meet_exactly(account: Account, book: Book, scene: Scene, t: int, x: int) -> Account:
    """An order that fills at its very price or not at all; it lives for one bar."""
    bars, rows = scene.bars, book.tickets
    i, price = integer(rows[T_STOCK, x]), integer(rows[T_EXACT, x])
    is_sale = rows[T_SIDE, x] == SELL
    kind = integer(Kind.REFUSED_SELL) if is_sale else integer(Kind.REFUSED_BUY)
    if bars.open[t, i] == 0:
        no_bar(book, scene, t, i, integer(Phase.INTRABAR), kind, rows[T_NUMBER, x])
    elif not bars.low[t, i] <= price <= bars.high[t, i]:
        refuse(book, scene.log, t, integer(Phase.INTRABAR), kind, i, refusal(Reject.NOT_TRADED, price, rows[T_NUMBER, x]))
    elif is_sale:
        account = sell_ticket(account, book, scene, t, x, price, integer(Phase.INTRABAR))
    else:
        account = buy_ticket(account, book, scene, t, x, price, integer(Phase.INTRABAR))
    if rows[T_LEFT, x] == 0:
        return account
    if rows[T_VALUE, x] > 0:
        return lapse(account, book, scene, t, x, integer(Phase.INTRABAR), integer(Reason.EXPIRED))
    return end_ticket(account, book, x)


@inlined
def _has_sellable(book: Book, i: int) -> bool:
    k = integer(book.slot_of[i])
    return has(book.held, i) and book.positions[SHARES, k] > book.positions[LOCKED, k]
