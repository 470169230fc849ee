"""SESSION_OPEN: a day begins. Orders of yesterday lapse, purchases of yesterday can be sold, and corporate actions happen."""

from engine.arrays import Integers
from engine.compiled import part, spliced
from engine.simulation.bits import drop, has, integer, put
from engine.simulation.book import (
    DELISTED,
    DIVIDENDS,
    FLOW,
    FRACTIONS,
    LISTS,
    LOCKED,
    SHARES,
    T_STOCK,
    TICKETS,
    UNLISTED,
    Book,
)
from engine.simulation.costs import half_up_of, told
from engine.simulation.day_actions import (
    ACTION,
    BOTTOM,
    CASH,
    DELISTING,
    DIVIDEND,
    LAST,
    LISTING,
    NEW_CODE,
    PAYMENT,
    REFERENCE,
    REINVEST,
    STOCK,
    TOP,
)
from engine.simulation.journal import tell
from engine.simulation.lots import credit_lots, take_lots
from engine.simulation.orders import closed
from engine.simulation.outcome import Kind, Phase
from engine.simulation.positions import divide_prices, split
from engine.simulation.state import Account, Scene, with_cash, with_due
from engine.simulation.tickets import cancel, divide_tickets, expire

MILLION = 1_000_000
_FEN_OF_MICROS, _FEN = 10_000, 10
"""Micro-yuan and li in a fen."""


@spliced
def session_open(account: Account, book: Book, scene: Scene, t: int) -> Account:
    bars, a = scene.bars, account
    account = Account(a.cash, a.equity, a.peak, a.floor, a.equity, a.held, a.halted, a.calm_until, a.frozen, a.receivable)
    if book.counters[TICKETS] > 0:
        account = expire(account, book, scene, t)
    _unlock(account, book, scene, t)
    for x in range(bars.action_at[t], bars.action_at[t + 1]):
        row = bars.action_rows[x]
        if has(book.held, row[STOCK]) or book.counters[TICKETS] > 0 or row[ACTION] == NEW_CODE:
            account = _act(account, book, scene, t, row)
    return _pay(account, book, scene, t) if scene.terms.pays_cash else account


@spliced
def _unlock(account: Account, book: Book, scene: Scene, t: int) -> None:
    """T+1 is over for what was bought before today; bonus shares wait for their listing."""
    positions = book.positions
    positions[LOCKED, : account.held] = 0
    if scene.terms.pays_cash:
        for k in range(account.held):
            if positions[LISTS, k] <= scene.bars.session[t]:
                positions[UNLISTED, k] = 0
            positions[LOCKED, k] = positions[UNLISTED, k]


@part
def _act(account: Account, book: Book, scene: Scene, t: int, row: Integers) -> Account:
    """One corporate action of a stock that is held, or in which something may be ordered."""
    i = row[STOCK]
    if row[ACTION] == NEW_CODE:
        return _rename(account, book, scene, t, row)
    if row[ACTION] == DELISTING:
        return _delist(account, book, scene, t, row)
    if book.counters[TICKETS] > 0 and row[REFERENCE] > 0:
        account = divide_tickets(account, book, scene, t, i, row[LAST], row[REFERENCE])
    if not has(book.held, i):
        return account
    if row[ACTION] == REINVEST:
        return _reinvest(account, book, scene, t, row)
    if row[ACTION] == DIVIDEND:
        return _dividend(account, book, scene, t, row)
    k = integer(book.slot_of[i])
    divide_prices(book, k, row[LAST], row[REFERENCE], scene.bars.tick[i], scene.terms)
    tell(scene.log, t, Phase.SESSION_OPEN, Kind.RIGHTS, i, 0, told(book.positions[SHARES, k], row[REFERENCE], 0, 0))
    return account


@spliced
def _reinvest(account: Account, book: Book, scene: Scene, t: int, row: Integers) -> Account:
    """The shares grow by the factor, the fraction is paid at pre_close."""
    i, k = row[STOCK], integer(book.slot_of[row[STOCK]])
    paid = split(book, k, row[TOP], row[BOTTOM], row[REFERENCE])
    divide_prices(book, k, row[LAST], row[REFERENCE], scene.bars.tick[i], scene.terms)
    shares = book.positions[SHARES, k]
    book.tally[FRACTIONS] += paid
    tell(scene.log, t, Phase.SESSION_OPEN, Kind.EX_DATE, i, 0, told(shares, row[REFERENCE], paid, 0))
    account = with_cash(account, paid, 0)
    return closed(account, book, scene, t, k, integer(Phase.SESSION_OPEN)) if shares == 0 else account


@spliced
def _dividend(account: Account, book: Book, scene: Scene, t: int, row: Integers) -> Account:
    """By its record: bonus shares now, though perhaps not sellable; cash is a receivable until it is paid."""
    i, k, positions, session = row[STOCK], integer(book.slot_of[row[STOCK]]), book.positions, scene.bars.session[t]
    held = positions[SHARES, k]
    bonus = half_up_of(held, row[TOP], MILLION)
    due = half_up_of(held, row[CASH], _FEN_OF_MICROS) * _FEN
    if scene.terms.taxed:
        credit_lots(book, k, row[CASH] * scene.bars.taxable[i], bonus, row[TOP])
    positions[SHARES, k] += bonus
    if bonus > 0 and row[LISTING] > session:
        positions[UNLISTED, k] += bonus
        positions[LOCKED, k] = positions[UNLISTED, k]
        positions[LISTS, k] = max(positions[LISTS, k], row[LISTING])
    if row[REFERENCE] > 0:
        divide_prices(book, k, row[LAST], row[REFERENCE], scene.bars.tick[i], scene.terms)
    if row[REFERENCE] != row[LAST] or bonus > 0:
        tell(scene.log, t, Phase.SESSION_OPEN, Kind.EX_DATE, i, 0, told(held + bonus, row[REFERENCE], 0, 0))
    if due == 0:
        return account
    tell(scene.log, t, Phase.SESSION_OPEN, Kind.DIVIDEND, i, 0, told(held, 0, due, 0))
    positions[FLOW, k] += due
    book.dues[min(row[PAYMENT], book.dues.size - 1)] += due
    return with_due(account, 0, due)


@spliced
def _pay(account: Account, book: Book, scene: Scene, t: int) -> Account:
    session = scene.bars.session[t]
    paid = book.dues[session]
    if paid == 0:
        return account
    book.dues[session] = 0
    book.tally[DIVIDENDS] += paid
    tell(scene.log, t, Phase.SESSION_OPEN, Kind.PAID, -1, 0, told(0, 0, paid, 0))
    return with_due(account, paid, -paid)


@spliced
def _delist(account: Account, book: Book, scene: Scene, t: int, row: Integers) -> Account:
    """A position is closed at the last close, without fees; nothing of the stock is ordered any more."""
    i = row[STOCK]
    if has(book.held, i):
        k = integer(book.slot_of[i])
        shares = book.positions[SHARES, k]
        value = shares * row[LAST]
        tell(scene.log, t, Phase.SESSION_OPEN, Kind.DELISTED, i, 0, told(shares, row[LAST], value, 0))
        if scene.terms.taxed:
            take_lots(book, k, shares)
        book.positions[FLOW, k] += value
        book.positions[SHARES, k] = 0
        book.tally[DELISTED] += value
        account = closed(with_cash(account, value, 0), book, scene, t, k, integer(Phase.SESSION_OPEN))
    return cancel(account, book, scene, t, i, integer(Phase.SESSION_OPEN)) if book.counters[TICKETS] > 0 else account


@spliced
def _rename(account: Account, book: Book, scene: Scene, t: int, row: Integers) -> Account:
    """The company's shares go on under another code: position, orders and everything that is known of them move to its column."""
    old, new = row[STOCK], row[TOP]
    for x in range(book.counters[TICKETS]):
        if book.tickets[T_STOCK, x] == old:
            book.tickets[T_STOCK, x] = new
    if has(book.held, old):
        k = integer(book.slot_of[old])
        book.stocks[k] = new
        book.slot_of[new] = k
        tell(scene.log, t, Phase.SESSION_OPEN, Kind.RENAMED, new, old, told(book.positions[SHARES, k], 0, 0, 0))
    book.cool_until[new] = book.cool_until[old]
    for row_of_bits in (book.held, book.leaving, book.resting, book.cooling):
        if has(row_of_bits, old):
            drop(row_of_bits, old)
            put(row_of_bits, new)
    return account
