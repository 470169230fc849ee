"""The story of one bar's life: read `advance` first, it is the table of contents. Daily and minute bars run through the same loop.

Nothing here allocates, raises, or sees a float except the rank. door.py has verified what is taken for granted.
"""

from typing import NamedTuple

import numpy as np

from engine.arrays import Bits, Floats, Integers, Prices
from engine.compiled import array_at, inlined, kernel
from engine.simulation.bits import drop, has, integer, listed, put
from engine.simulation.candidates import line_up
from engine.simulation.costs import Fill, share_of
from engine.simulation.fills import refusal
from engine.simulation.intrabar import intrabar
from engine.simulation.orders import ENDLESS, buy, refuse, sell, tell, with_cash
from engine.simulation.outcome import Kind, Phase, Reason, Reject
from engine.simulation.positions import close_position, send_away, set_levels, split
from engine.simulation.state import (
    FRACTIONS,
    LOCKED,
    REST,
    SESSION,
    SHARES,
    Account,
    Book,
    Scene,
    Signals,
    book_at,
    figures_of,
    load,
    store,
)
from engine.simulation.tape import Bars
from engine.terms import ONE


class Plans(NamedTuple):
    """What P combinations want."""

    addresses: Bits
    """(P, 3) uint64 where the entry, exit and rank of each lie, rows of the window."""
    like: Signals
    """Arrays of the same type."""
    figures: Integers
    """(P, ...) Figures."""


@kernel
def advance(scene: Scene, signals: Signals, book: Book, equity: Integers, t: int, until: int) -> int:
    """Live bars t..until-1 and return the first one not lived: earlier than `until` when the log is full.

    All that must survive is in `book`: call again with the same arguments and the returned t to go on.
    equity (R,) receives each bar's MARK; log (rows, COLUMNS), no rows: off. Signals (R, ...) are those of the window's bars.
    """
    bars, at_close = scene.bars, scene.terms.at_close > 0
    account = load(book.account)
    book.used_at[:] = -1
    t = max(t, 0)  # tells LLVM that indices need no wrap-around
    while t < until and not _is_full(scene.log, book.used.size):
        if bars.is_first[t]:
            account = session_open(account, book, scene, t)
        decided = t if at_close else max(t - 1, 0)
        if at_close:  # this close decides and fills; the MARK after it, with its breakers, is for the next one
            account = intrabar(account, book, scene, t)
            signal(account, book, scene, signals.entry[t], signals.exit[t], t, bars.session[t])
        account = fill_sells(account, book, scene, t)
        account = fill_rests(account, book, scene, t)
        account = fill_buys(account, book, scene, signals.rank[decided], t)
        if not at_close:
            account = intrabar(account, book, scene, t)
        account = mark(account, book, scene, t)
        if not at_close:
            signal(account, book, scene, signals.entry[t], signals.exit[t], t, bars.session[t + 1])
        equity[t] = account.equity
        t += 1
    store(book.account, account)
    return t


@kernel
def sweep(bars: Bars, plans: Plans, books: Book, log: Integers, equity: Integers, t: int, until: int) -> int:
    """Every combination over the same tile of bars, so that its prices stay in the cache. Returns the first bar not lived by all.

    equity (P, R). A log is for one combination only.
    """
    lived = until
    rows, words = bars.close.shape[0], bars.close.shape[1] // 64
    for j in range(equity.shape[0]):
        signals = Signals(
            array_at(plans.addresses[j, 0], rows, words, plans.like.entry),
            array_at(plans.addresses[j, 1], rows, words, plans.like.exit),
            array_at(plans.addresses[j, 2], rows, 64 * words, plans.like.rank),
        )
        scene = Scene(bars, figures_of(plans.figures[j]), log)
        lived = min(lived, advance(scene, signals, book_at(books, j), equity[j], t, until))
    return lived


@kernel
def start(books: Book, figures: Integers, cash: Integers) -> None:
    """Fresh books: cash (P,) li, nothing held."""
    for j in range(cash.size):
        floor = share_of(cash[j], ONE - figures_of(figures[j]).max_drawdown)
        store(books.account[j], Account(cash[j], cash[j], cash[j], floor, cash[j], 0, 0, -1))


# ------------------------------------------------------------------------------------------------------------------ SESSION_OPEN


@inlined
def session_open(account: Account, book: Book, scene: Scene, t: int) -> Account:
    """What was bought before today becomes sellable; the ex-dates of the day."""
    bars = scene.bars
    for k in range(account.held):
        book.positions[LOCKED, k] = 0
    a = account
    account = Account(a.cash, a.equity, a.peak, a.floor, a.equity, a.held, a.halted, a.calm_until)
    for x in range(bars.ex_at[t], bars.ex_at[t + 1]):
        if has(book.held, bars.ex_rows[x, 0]):
            account = _ex_date(account, book, scene, t, bars.ex_rows[x])
    return account


@inlined
def _ex_date(account: Account, book: Book, scene: Scene, t: int, row: Integers) -> Account:
    """reinvest: the shares grow, the fraction is paid at pre_close, prices on the books are divided so that no stop fires."""
    bars, terms, log = scene
    i, pre_close = row[0], row[4]
    k = book.slot_of[i]
    paid = split(book, k, row[1], row[2], row[3], pre_close)
    set_levels(book, k, bars.tick[i], terms)
    shares = book.positions[SHARES, k]
    book.tally[FRACTIONS] += paid
    tell(log, t, Phase.SESSION_OPEN, Kind.EX_DATE, i, 0, Fill(0, shares, pre_close, paid, 0, 0, 0))
    if shares == 0:
        close_position(book, k, account.held - 1, bars.session[t], terms.cool_down)
    return with_cash(account, paid, -1 if shares == 0 else 0)


# -------------------------------------------------------------------------------------------------------------------------- FILL


@inlined
def fill_sells(account: Account, book: Book, scene: Scene, t: int) -> Account:
    for x in range(listed(book.leaving, book.queue)):
        i = integer(book.queue[x])
        account = sell(account, book, scene, t, i, integer(scene.bars.price[t, i]), Phase.FILL)
    return account


@inlined
def fill_rests(account: Account, book: Book, scene: Scene, t: int) -> Account:
    """The rest of an older purchase goes before new ones, with the shares that it had."""
    for x in range(listed(book.resting, book.queue)):
        i = integer(book.queue[x])
        account = buy(account, book, scene, t, i, book.positions[REST, book.slot_of[i]])
    return account


@inlined
def fill_buys(account: Account, book: Book, scene: Scene, rank: Floats, t: int) -> Account:
    """By rank until all slots are taken; a refusal takes no slot, and a refused purchase dies."""
    bars, terms, log = scene
    for x in range(line_up(book.wanted, rank, book.queue, book.other)):
        i = integer(book.queue[x])
        if account.held < terms.max_positions:
            account = buy(account, book, scene, t, i, ENDLESS)
        else:
            refuse(book, log, t, Phase.FILL, Kind.REFUSED_BUY, i, refusal(Reject.POSITION_CAP, integer(bars.price[t, i])))
    return account


# -------------------------------------------------------------------------------------------------------------------------- MARK


@inlined
def mark(account: Account, book: Book, scene: Scene, t: int) -> Account:
    """Positions at the close, or the last one; then the breakers, which trip at >=. A new peak moves the floor: one division then."""
    bars, terms, log = scene
    a, session = account, bars.session[t]
    equity = a.cash + _worth(book.stocks, book.positions[SHARES], bars.close[t], a.held)
    tell(log, t, Phase.MARK, Kind.MARK, -1, 0, Fill(0, 0, 0, equity, 0, 0, 0))
    peak, floor, halted, calm_until = a.peak, a.floor, a.halted, a.calm_until
    if equity > peak:
        peak, floor = equity, share_of(equity, ONE - terms.max_drawdown)
    if terms.max_drawdown > 0 and equity <= floor and not halted:
        halted = 1
        tell(log, t, Phase.MARK, Kind.BREAKER, -1, integer(Reason.MAX_DRAWDOWN), Fill(0, 0, 0, equity, 0, 0, 0))
    if terms.daily_loss > 0 and calm_until <= session and equity <= share_of(a.session_equity, ONE - terms.daily_loss):
        calm_until = session + 1
        tell(log, t, Phase.MARK, Kind.BREAKER, -1, integer(Reason.DAILY_LOSS), Fill(0, 0, 0, equity, 0, 0, 0))
    return Account(a.cash, equity, peak, floor, a.session_equity, a.held, halted, calm_until)


@kernel
def _worth(stocks: Bits, shares: Integers, close: Prices, count: int) -> int:
    total = 0
    for k in range(count):
        total += shares[k] * close[stocks[k]]
    return total


# ------------------------------------------------------------------------------------------------------------------------ SIGNAL


@inlined
def signal(account: Account, book: Book, scene: Scene, entry: Bits, exit_: Bits, t: int, session: int) -> None:
    """Orders for the next bar, or this close: who leaves (drawdown breaker, exit signal, maximum holding), and who is wanted.

    session: in which they fill. A stock that is held, even if leaving, is not wanted: exit and entry at one close mean exit.
    """
    _, terms, log = scene
    if terms.max_holding > 0:
        for k in range(account.held):
            if session - book.positions[SESSION, k] >= terms.max_holding:
                put(book.marked, integer(book.stocks[k]))
    is_calm = account.halted or session <= account.calm_until
    for w in range(book.held.size):
        leave = book.held[w] if account.halted else book.held[w] & exit_[w] | book.marked[w]
        book.marked[w] = leave & ~book.leaving[w]
        book.wanted[w] = np.uint64(0) if is_calm else entry[w] & ~book.held[w]
    if terms.cool_down > 0:
        _cool_down(book, session)
    for x in range(listed(book.marked, book.queue)):
        i = integer(book.queue[x])
        reason = Reason.MAX_DRAWDOWN if account.halted else Reason.SIGNAL if has(exit_, i) else Reason.MAX_HOLDING
        tell(log, t, Phase.SIGNAL, Kind.EXIT, i, integer(reason), Fill(0, 0, 0, 0, 0, 0, 0))
        send_away(book, i)
    for w in range(book.marked.size):
        book.marked[w] = 0


@kernel
def _cool_down(book: Book, session: int) -> None:
    """What was sold a short while ago is not wanted."""
    for x in range(listed(book.cooling, book.queue)):
        i = integer(book.queue[x])
        drop(book.wanted if session <= book.cool_until[i] else book.cooling, i)


@inlined
def _is_full(log: Integers, stocks: int) -> bool:
    """Whether one more bar might not fit: a stock tells at most 5 things a bar, the account 3."""
    return bool(log.shape[0] > 0 and log[0, 0] + 5 * stocks + 4 > log.shape[0])
