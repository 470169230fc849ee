"""Tickets: orders that rest. Placed, frozen, divided on ex-dates, cancelled and lapsed here; resting.py lets them meet a bar."""

from engine.arrays import Bits
from engine.compiled import inlined, part
from engine.simulation.bits import drop, has, integer
from engine.simulation.book import (
    BUY,
    DEAD,
    PLACED,
    SELL,
    SHARES,
    T_BASIS,
    T_DUTY,
    T_EXACT,
    T_FROZEN,
    T_LEFT,
    T_LIMIT,
    T_NUMBER,
    T_REASON,
    T_SIDE,
    T_STOCK,
    T_STOP,
    T_TAX,
    T_TRANSFER,
    T_UNTIL,
    T_VALUE,
    T_WHOLE,
    TICKET_FIELDS,
    TICKETS,
    Book,
)
from engine.simulation.costs import Bar, Fill, Order, beyond_fen, half_up, told
from engine.simulation.day_actions import LAST, REFERENCE, STOCK
from engine.simulation.door import LARGEST_PRICE
from engine.simulation.journal import tell
from engine.simulation.outcome import Kind, Phase, Reason
from engine.simulation.positions import send_away
from engine.simulation.sizing import ENDLESS, cost_of
from engine.simulation.state import Account, Figures, Scene, with_frozen
from engine.simulation.tape import Bars

FOREVER = 2**40
"""A session that never comes."""
_MOST_FROZEN = 2**47
"""li: more than 100 billion yuan, so that not even all tickets of all stocks together overflow."""


@inlined
def place(account: Account, book: Book, scene: Scene, t: int, ticket: tuple[int, ...], shares: int, frozen: int) -> Account:
    """Append a ticket: (stock, side, left, limit, stop, exact, until, reason, whole). `shares` is what the event tells."""
    stock, side, left, limit, stop, exact, until, reason, whole = ticket
    price = limit if limit > 0 else stop if stop > 0 else exact
    x = book.counters[TICKETS]
    book.counters[TICKETS] = x + 1
    number = book.counters[PLACED] + 1
    book.counters[PLACED] = number
    rows = book.tickets
    for field in range(TICKET_FIELDS):
        rows[field, x] = 0
    rows[T_NUMBER, x] = number
    rows[T_STOCK, x], rows[T_SIDE, x], rows[T_LEFT, x] = stock, side, left
    rows[T_LIMIT, x], rows[T_STOP, x], rows[T_EXACT, x] = limit, stop, exact
    rows[T_UNTIL, x], rows[T_REASON, x], rows[T_WHOLE, x] = until, reason, whole
    rows[T_FROZEN, x], rows[T_BASIS, x] = frozen, price if side == BUY and exact == 0 else 0
    tell(scene.log, t, Phase.FILL, Kind.PLACED, stock, reason, told(side * shares, price, frozen, number))
    return with_frozen(account, frozen)


@inlined
def order_of_ticket(book: Book, x: int) -> Order:
    rows = book.tickets
    return Order(rows[T_VALUE, x], rows[T_DUTY, x], rows[T_TRANSFER, x], rows[T_TAX, x], rows[T_NUMBER, x])


@inlined
def add_to_ticket(book: Book, x: int, fill: Fill, bar: Bar, tax_raw: int) -> None:
    rows = book.tickets
    rows[T_VALUE, x] += fill.value
    rows[T_DUTY, x] = beyond_fen(rows[T_DUTY, x], fill.value, bar.duty)
    rows[T_TRANSFER, x] = beyond_fen(rows[T_TRANSFER, x], fill.value, bar.transfer)
    rows[T_TAX, x] += tax_raw


@inlined
def freeze_again(account: Account, book: Book, x: int, bar: Bar, terms: Figures) -> Account:
    """What a purchase keeps for itself, after its shares or its price changed."""
    rows = book.tickets
    if rows[T_BASIS, x] == 0:
        return account
    before = rows[T_FROZEN, x]
    shares = min(rows[T_LEFT, x], _MOST_FROZEN // rows[T_BASIS, x])
    rows[T_FROZEN, x] = cost_of(order_of_ticket(book, x), shares, rows[T_BASIS, x], bar, terms) if shares > 0 else 0
    return with_frozen(account, rows[T_FROZEN, x] - before)


@part
def end_ticket(account: Account, book: Book, x: int) -> Account:
    """It is done, and keeps nothing."""
    rows = book.tickets
    account = with_frozen(account, -rows[T_FROZEN, x])
    rows[T_LEFT, x] = rows[T_FROZEN, x] = 0
    book.counters[DEAD] = 1
    return account


@part
def lapse(account: Account, book: Book, scene: Scene, t: int, x: int, phase: int, reason: int) -> Account:
    """It ends with shares left."""
    rows = book.tickets
    i = integer(rows[T_STOCK, x])
    left = rows[T_LEFT, x]
    if left >= ENDLESS:
        left = book.positions[SHARES, integer(book.slot_of[i])] if has(book.held, i) else 0
    tell(scene.log, t, phase, Kind.LAPSED, i, reason, told(left, 0, rows[T_FROZEN, x], rows[T_NUMBER, x]))
    return end_ticket(account, book, x)


@part
def expire(account: Account, book: Book, scene: Scene, t: int) -> Account:
    """Those whose last session is over."""
    session = scene.bars.session[t]
    for x in range(book.counters[TICKETS]):
        if book.tickets[T_LEFT, x] > 0 and book.tickets[T_UNTIL, x] < session:
            account = lapse(account, book, scene, t, x, integer(Phase.SESSION_OPEN), integer(Reason.EXPIRED))
    return account


@part
def cancel(account: Account, book: Book, scene: Scene, t: int, i: int, phase: int) -> Account:
    """All tickets of stock i."""
    for x in range(book.counters[TICKETS]):
        if book.tickets[T_STOCK, x] == i and book.tickets[T_LEFT, x] > 0:
            account = lapse(account, book, scene, t, x, phase, integer(Reason.CANCELLED))
    return account


@part
def cancel_leaves(account: Account, book: Book, scene: Scene, t: int, i: int, phase: int, reason: int) -> Account:
    """The sales of the whole position of stock i."""
    for x in range(book.counters[TICKETS]):
        if book.tickets[T_STOCK, x] == i and book.tickets[T_SIDE, x] == SELL and book.tickets[T_LEFT, x] >= ENDLESS:
            account = lapse(account, book, scene, t, x, phase, reason)
    return account


@part
def cancel_purchases(account: Account, book: Book, scene: Scene, t: int, exits: Bits) -> Account:
    """Of the stocks whose signal says leave; all of them, once the drawdown breaker has tripped."""
    for x in range(book.counters[TICKETS]):
        is_purchase = book.tickets[T_SIDE, x] == BUY and book.tickets[T_LEFT, x] > 0
        if is_purchase and (account.halted or has(exits, integer(book.tickets[T_STOCK, x]))):
            account = lapse(account, book, scene, t, x, integer(Phase.SIGNAL), integer(Reason.CANCELLED))
    return account


@part
def forget_ordered(book: Book, session: int) -> None:
    """A stock with a purchase that still rests in `session` is not wanted once more."""
    for x in range(book.counters[TICKETS]):
        is_purchase = book.tickets[T_SIDE, x] == BUY and book.tickets[T_LEFT, x] > 0
        if is_purchase and book.tickets[T_UNTIL, x] >= session:
            drop(book.wanted, integer(book.tickets[T_STOCK, x]))


@inlined
def dismiss(account: Account, book: Book, scene: Scene, t: int, i: int, phase: int) -> Account:
    """The position becomes a market sell until filled, and everything else that was ordered in the stock is cancelled."""
    send_away(book, i)
    return cancel(account, book, scene, t, i, integer(phase)) if book.counters[TICKETS] > 0 else account


@part
def divide_tickets(account: Account, book: Book, scene: Scene, t: int, i: int, last_close: int, reference: int) -> Account:
    """On an ex-date resting prices fall like the price, to the tick."""
    bars, rows = scene.bars, book.tickets
    tick = bars.tick[i]
    for x in range(book.counters[TICKETS]):
        if rows[T_STOCK, x] == i and rows[T_LEFT, x] > 0:
            for field in (T_LIMIT, T_STOP, T_BASIS):
                if rows[field, x] > 0:
                    price = max(half_up(rows[field, x] * reference, last_close * tick), 1) * tick
                    rows[field, x] = min(price, LARGEST_PRICE // tick * tick)
            account = freeze_again(account, book, x, terms_of_bar(bars, t, i), scene.terms)
    return account


@inlined
def terms_of_bar(bars: Bars, t: int, i: int) -> Bar:
    """What a purchase that meets no bar yet is counted with: lots and rates, no prices."""
    rates = bars.rates[t, bars.fee_class[i]]
    return Bar(0, 0, 0, 0, 0, bars.tick[i], bars.lot[i], bars.step[i], rates[0], rates[2], 0)


@inlined
def todays(bars: Bars, t: int, i: int, price: int) -> int:
    """A price that was decided at the last close, in today's money: on an ex-date it falls like the price."""
    for x in range(bars.action_at[t], bars.action_at[t + 1]):
        row = bars.action_rows[x]
        if row[STOCK] == i and row[REFERENCE] > 0:
            return integer(max(half_up(price * row[REFERENCE], row[LAST] * bars.tick[i]), 1) * bars.tick[i])
    return price


@inlined
def reserved(book: Book) -> int:
    """Slots of purchases that rest and are no positions yet."""
    count = 0
    for x in range(book.counters[TICKETS]):
        is_bid = book.tickets[T_LEFT, x] > 0 and book.tickets[T_SIDE, x] == BUY and book.tickets[T_REASON, x] == Reason.SIGNAL
        count += is_bid and not has(book.held, integer(book.tickets[T_STOCK, x]))
    return count


@inlined
def is_market(book: Book, x: int) -> bool:
    rows = book.tickets
    return bool(rows[T_LIMIT, x] == 0 and rows[T_STOP, x] == 0 and rows[T_EXACT, x] == 0)


@inlined
def tidy(book: Book) -> None:
    """Close the gaps that tickets left, in their order."""
    if book.counters[DEAD] == 0:
        return
    kept = 0
    for x in range(book.counters[TICKETS]):
        if book.tickets[T_LEFT, x] > 0:
            if kept < x:
                for field in range(TICKET_FIELDS):
                    book.tickets[field, kept] = book.tickets[field, x]
            kept += 1
    book.counters[TICKETS] = kept
    book.counters[DEAD] = 0
