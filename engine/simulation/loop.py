"""The story of one bar's life: read `advance` first, it is the table of contents. Daily and minute bars run through the same loop.

Nothing here allocates, raises, or sees a float except the rank. door.py has verified what is taken for granted.
"""

from typing import NamedTuple

import numpy as np

from engine.arrays import Bits, Floats, Integers, Prices
from engine.compiled import array_at, inlined, kernel, part, spliced
from engine.simulation.actions import session_open
from engine.simulation.bits import drop, has, integer, listed, put
from engine.simulation.book import BUY, ENTRIES, HELD_BARS, INVESTED, LOTS, SELL, SESSION, SHARES, TICKETS, Book, book_at
from engine.simulation.candidates import line_up
from engine.simulation.costs import share_of, told
from engine.simulation.fills import refusal
from engine.simulation.intrabar import intrabar
from engine.simulation.journal import refuse, rows_of_a_bar, tell
from engine.simulation.orders import buy, sell
from engine.simulation.outcome import Kind, Phase, Reason, Reject
from engine.simulation.placing import bid, fill_exits, place_given, place_weights, prices_of_bid
from engine.simulation.quiet import has_quiet_bars, pass_quiet_bars, waits
from engine.simulation.resting import fill_market_tickets
from engine.simulation.script import Script
from engine.simulation.state import Account, Scene, Wish, figures_of, load, store
from engine.simulation.tape import IN_ORDER, Bars
from engine.simulation.tickets import cancel_purchases, dismiss, forget_ordered, reserved, tidy
from engine.terms import ONE

BILLION = 1e9


@spliced
def advance(scene: Scene, wish: Wish, book: Book, equity: Integers, t: int, until: int) -> int:
    """Live bars t..until-1 and return the first one not lived: earlier than `until` when the log or the room for lots may not hold a bar.

    All that must survive is in `book`: call again with the same arguments and the returned t to go on.
    equity (R,) receives each bar's MARK; log (rows, COLUMNS), no rows: off.
    """
    bars, at_close = scene.bars, scene.terms.at_close > 0
    account = load(book.account)
    book.used_at[:] = -1
    t = max(t, 0)  # tells LLVM that indices need no wrap-around
    may_be_quiet = has_quiet_bars(scene, wish)
    while t < until and not _is_full(scene, book, t):
        if may_be_quiet and not waits(account, book):
            account, t = pass_quiet_bars(account, book, scene, wish, equity, t, until)
            if t == until:
                break
            t = max(t, 0)
        if bars.is_first[t]:
            account = session_open(account, book, scene, t)
        # the row of the signals that this bar fills: its own at the close, else that of the bar before; -1: nothing was decided
        decided = integer(bars.decides[t] if at_close else bars.decides[t - 1] if t > 0 else -1)
        for step in range(len(IN_ORDER)):
            phase = bars.phases[step]
            if phase == Phase.FILL:
                account = place_given(account, book, scene, t)
                account = place_weights(account, book, scene, wish, decided, t)
                account = fill_sells(account, book, scene, wish, decided, t)
                account = fill_rests(account, book, scene, t)
                account = fill_buys(account, book, scene, wish, decided, t)
            elif phase == Phase.INTRABAR:
                account = intrabar(account, book, scene, t)
            elif phase == Phase.MARK:
                account = mark(account, book, scene, t)
            else:
                account = signal(account, book, scene, wish, t, bars.session[t if at_close else t + 1])
        tidy(book)
        equity[t] = account.equity
        t += 1
    store(book.account, account)
    return t


# -------------------------------------------------------------------------------------------------------------------------- FILL


@spliced
def fill_sells(account: Account, book: Book, scene: Scene, wish: Wish, decided: int, t: int) -> Account:
    """Positions that leave, then sales from outside; exits at a price are placed and meet the bar later."""
    for x in range(listed(book.leaving, book.queue)):
        i = integer(book.queue[x])
        account = sell(account, book, scene, t, i, integer(scene.bars.price[t, i]), integer(Phase.FILL))
    account = fill_exits(account, book, scene, wish, decided, t)
    return fill_market_tickets(account, book, scene, t, SELL) if book.counters[TICKETS] > 0 else account


@spliced
def fill_rests(account: Account, book: Book, scene: Scene, t: int) -> Account:
    """The rest of an older purchase goes before new ones, with the shares that it had; then what was ordered from outside."""
    for x in range(listed(book.resting, book.queue)):
        account = buy(account, book, scene, t, integer(book.queue[x]))
    return fill_market_tickets(account, book, scene, t, BUY) if book.counters[TICKETS] > 0 else account


@spliced
def fill_buys(account: Account, book: Book, scene: Scene, wish: Wish, decided: int, t: int) -> Account:
    """By rank until all slots are taken; a refusal takes no slot, and a refused purchase dies. Purchases at a price are placed."""
    row, most = max(decided, 0), scene.terms.max_positions  # nothing is wanted where nothing was decided
    is_priced = wish.buy_limit.shape[0] > 0 or wish.buy_stop.shape[0] > 0
    counts = scene.log.shape[0] == 0 and not is_priced and not _adds(book)  # those without a slot, instead of telling of each
    count = line_up(book, wish, row, not (counts and account.held >= most))
    no_slot = False
    for x in range(count):
        if counts and account.held >= most:
            book.refused[Reject.POSITION_CAP] += count - x
            break
        i = integer(book.queue[x])
        if is_priced:
            no_slot = no_slot or account.held + reserved(book) >= most  # what is placed here takes slots, and nothing gives one back
            if no_slot and scene.log.shape[0] == 0 and not has(book.held, i):
                limit, stop = prices_of_bid(scene, wish, row, t, i)
                book.refused[Reject.POSITION_CAP] += limit > 0 or stop > 0
            else:
                account = bid(account, book, scene, wish, row, t, i)
        elif has(book.held, i) or account.held < most:
            account = buy(account, book, scene, t, i)
        else:
            price = integer(scene.bars.price[t, i])
            refuse(book, scene.log, t, Phase.FILL, Kind.REFUSED_BUY, i, refusal(Reject.POSITION_CAP, price, 0))
    return account


@inlined
def _adds(book: Book) -> bool:
    """Whether some wanted stock is held already: it needs no slot."""
    held = np.uint64(0)
    for w in range(book.held.size):
        held |= book.wanted[w] & book.held[w]
    return bool(held != np.uint64(0))


# -------------------------------------------------------------------------------------------------------------------------- MARK


@spliced
def mark(account: Account, book: Book, scene: Scene, t: int) -> Account:
    """Positions at the close, or the last one; then the breakers, which trip at >=. A new peak moves the floor: one division then."""
    bars, terms, log = scene.bars, scene.terms, scene.log
    a, session = account, bars.session[t]
    value = _worth(book.stocks, book.positions[SHARES], bars.close[t], a.held)
    equity = a.cash + a.receivable + value
    if a.held > 0:
        book.tally[HELD_BARS] += 1
        book.tally[INVESTED] += int(float(value) / float(max(equity, 1)) * BILLION)
    tell(log, t, Phase.MARK, Kind.MARK, -1, 0, told(0, a.frozen, equity, 0))
    peak, floor, halted, calm_until = a.peak, a.floor, a.halted, a.calm_until
    if equity > peak:
        peak, floor = equity, share_of(equity, ONE - terms.max_drawdown)
    if terms.max_drawdown > 0 and equity <= floor and not halted:
        halted = 1
        tell(log, t, Phase.MARK, Kind.BREAKER, -1, integer(Reason.MAX_DRAWDOWN), told(0, 0, equity, 0))
    if terms.daily_loss > 0 and calm_until <= session and equity <= share_of(a.session_equity, ONE - terms.daily_loss):
        calm_until = session + 1
        tell(log, t, Phase.MARK, Kind.BREAKER, -1, integer(Reason.DAILY_LOSS), told(0, 0, equity, 0))
    return Account(a.cash, equity, peak, floor, a.session_equity, a.held, halted, calm_until, a.frozen, a.receivable)


@kernel
def _worth(stocks: Bits, shares: Integers, close: Prices, count: int) -> int:
    total = 0
    for k in range(count):
        total += shares[k] * close[stocks[k]]
    return total


# ------------------------------------------------------------------------------------------------------------------------ SIGNAL


@spliced
def signal(account: Account, book: Book, scene: Scene, wish: Wish, t: int, session: int) -> Account:
    """Orders for the next bar, or this close: who leaves (drawdown breaker, exit signal, maximum holding), and who is wanted.

    session: in which they fill. A stock that leaves is not wanted: exit and entry at one close mean exit. One that stays may be again.
    """
    terms = scene.terms
    row = integer(scene.bars.decides[t])
    entries, exits = wish.entry[max(row, 0)], wish.exit[max(row, 0)]
    if terms.max_holding > 0:
        for k in range(account.held):
            if session - book.positions[SESSION, k] >= terms.max_holding:
                put(book.marked, integer(book.stocks[k]))
    is_priced = wish.sell_limit.shape[0] > 0 or wish.sell_stop.shape[0] > 0
    leaving, wanted = (
        _everything(row >= 0 and not is_priced),
        _everything(row >= 0 and not (account.halted or session <= account.calm_until)),
    )
    for w in range(book.held.size):
        leave = book.held[w] if account.halted else book.held[w] & (exits[w] & leaving | book.marked[w])
        book.marked[w] = leave & ~book.leaving[w]
        book.wanted[w] = entries[w] & ~book.held[w] & wanted
    if terms.cool_down > 0:
        _cool_down(book, session)
    if terms.max_entries > 1 and wanted != np.uint64(0):
        _more(book, entries, terms.max_entries, account.held)  # after the cool-down, which says nothing of what is held again
    for x in range(listed(book.marked, book.queue)):
        i = integer(book.queue[x])
        is_signal = leaving != np.uint64(0) and has(exits, i)
        reason = Reason.MAX_DRAWDOWN if account.halted else Reason.SIGNAL if is_signal else Reason.MAX_HOLDING
        tell(scene.log, t, Phase.SIGNAL, Kind.EXIT, i, integer(reason), told(0, 0, 0, 0))
        account = dismiss(account, book, scene, t, i, integer(Phase.SIGNAL))
    for w in range(book.marked.size):
        book.marked[w] = 0
    if book.counters[TICKETS] > 0:
        if row >= 0 or account.halted:
            account = cancel_purchases(account, book, scene, t, exits)
        forget_ordered(book, session)
    return account


@inlined
def _everything(is_so: bool) -> np.uint64:
    """A word of all bits, or of none."""
    return ~np.uint64(0) if is_so else np.uint64(0)


@part
def _more(book: Book, entries: Bits, most: int, held: int) -> None:
    """Positions that stay and were bought less often than they may be are wanted again; a purchase that is not over goes on instead."""
    for k in range(held):
        i = integer(book.stocks[k])
        stays = not (has(book.leaving, i) or has(book.marked, i) or has(book.resting, i))
        if stays and book.positions[ENTRIES, k] < most and has(entries, i):
            put(book.wanted, i)


@part
def _cool_down(book: Book, session: int) -> None:
    """What was sold a short while ago is not wanted."""
    for x in range(listed(book.cooling, book.queue)):
        i = integer(book.queue[x])
        drop(book.wanted if session <= book.cool_until[i] else book.cooling, i)


# ------------------------------------------------------------------------------------------------------------- many combinations


class Plans(NamedTuple):
    """What P combinations want."""

    addresses: Bits
    """(P, 8) uint64 where the window's rows of each array lie, and packed values from their first; 0: not used."""
    bar_at: Prices
    """See Wishes; the window's rows."""
    rank: Floats
    """Any array of this type."""
    rows: int
    """Of the signals, in the window."""
    values: int
    """Of each rank, as many as there may be."""
    figures: Integers
    """(P, ...) Figures."""
    script: Script


@kernel
def sweep(bars: Bars, plans: Plans, books: Book, log: Integers, equity: Integers, lived: Integers, until: int) -> None:
    """Every combination over the same tile of bars, so that its prices stay in the cache.

    lived (P,): the first bar that each has not lived; short of `until` where its log or lots want attention. equity (P, R).
    """
    words = books.held.shape[1]
    for j in range(lived.size):
        at = plans.addresses[j]
        wish = Wish(
            array_at(at[0], plans.rows, words, books.held),
            array_at(at[1], plans.rows, words, books.held),
            array_at(at[2], 1 if at[2] else 0, plans.values, plans.rank),
            array_at(at[3], 1 if at[3] else 0, plans.values, plans.bar_at),
            array_at(at[4], 1 if at[4] else 0, plans.values, plans.bar_at),
            array_at(at[5], 1 if at[5] else 0, plans.values, plans.bar_at),
            array_at(at[6], 1 if at[6] else 0, plans.values, plans.bar_at),
            array_at(at[7], plans.rows if at[7] else 0, 64 * words, plans.bar_at),
            plans.bar_at,
        )
        scene = Scene(bars, figures_of(plans.figures[j]), plans.script, log)
        lived[j] = advance(scene, wish, book_at(books, j), equity[j], lived[j], until)


@kernel
def start(books: Book, figures: Integers, cash: Integers) -> None:
    """Fresh books: cash (P,) li, nothing held."""
    for j in range(cash.size):
        floor = share_of(cash[j], ONE - figures_of(figures[j]).max_drawdown)
        store(books.account[j], Account(cash[j], cash[j], cash[j], floor, cash[j], 0, 0, -1, 0, 0))


@kernel
def given_at(script: Script, t: int, stocks: int) -> int:
    """The most orders that come from outside at bar t: targets may sell every stock."""
    if script.order_at.size == 0:
        return 0
    targets = script.target_at[t + 1] - script.target_at[t]
    return integer(script.order_at[t + 1] - script.order_at[t] + (targets + stocks if targets > 0 else 0))


@inlined
def _is_full(scene: Scene, book: Book, t: int) -> bool:
    """Whether the log, or the room for tickets or lots, might not hold one more bar."""
    log, has_script = scene.log, scene.script.order_at.size > 0
    tickets = book.counters[TICKETS] + (given_at(scene.script, t, book.used.size) if has_script else 0)
    lacks_tickets = has_script and tickets > book.tickets.shape[1]
    lacks_lots = scene.terms.taxed > 0 and book.counters[LOTS] + book.stocks.size > book.lots.shape[1]
    lacks_rows = log.shape[0] > 0 and log[0, 0] + rows_of_a_bar(book.used.size, tickets) >= log.shape[0]
    return bool(lacks_tickets or lacks_lots or lacks_rows)
