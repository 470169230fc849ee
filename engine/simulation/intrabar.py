"""INTRABAR: stop-loss, trailing stop and take-profit of positions meet the bar's open, high and low; they watch sellable shares only.

Then the orders that rest (resting.py).
"""

from engine.arrays import Bits, Integers, Prices
from engine.compiled import inlined, kernel, spliced
from engine.simulation.bits import drop, has, integer, listed, put
from engine.simulation.book import HIGH, LOCKED, SHARES, STOP, TARGET, TICKETS, Book
from engine.simulation.costs import told
from engine.simulation.journal import tell
from engine.simulation.orders import sell
from engine.simulation.outcome import Kind, Phase, Reason
from engine.simulation.positions import set_levels, stop_loss_level
from engine.simulation.resting import meet_tickets
from engine.simulation.state import Account, Figures, Scene
from engine.simulation.tickets import dismiss


@spliced
def intrabar(account: Account, book: Book, scene: Scene, t: int) -> Account:
    """The trailing high takes a bar's high after that bar's check: within the bar nobody knows which came first."""
    bars, terms = scene.bars, scene.terms
    if terms.stop_loss or terms.take_profit or terms.trailing_stop:
        high = bars.high[t]
        hits, highs = _reached(book.stocks, book.positions, high, bars.low[t], book.queue, book.other, account.held)
        _mark_hits(book, hits)
        account = _sell_hits(account, book, scene, t)
        if terms.trailing_stop:
            _raise_highs(book, high, bars.tick, terms, highs)
    return meet_tickets(account, book, scene, t) if book.counters[TICKETS] > 0 else account


@kernel
def _reached(stocks: Bits, positions: Integers, high: Prices, low: Prices, hits: Bits, highs: Bits, count: int) -> tuple[int, int]:
    """Two lists: stocks whose bar reached their stop or target, and those with a new high. Without a branch; no bar reaches nothing."""
    stop, target, highest = positions[STOP], positions[TARGET], positions[HIGH]
    a, b = 0, 0
    for k in range(count):
        i = stocks[k]
        hits[a] = i
        highs[b] = i
        a += (low[i] <= stop[k]) | (high[i] >= target[k])
        b += high[i] > highest[k]
    return a, b


@spliced
def _mark_hits(book: Book, count: int) -> None:
    """Those that sell, as bits: they are sold in the order of ts_code, whatever their columns are. Pending exits come before stops."""
    for x in range(count):
        i = book.queue[x]
        k = integer(book.slot_of[i])
        if book.positions[SHARES, k] > book.positions[LOCKED, k] and not has(book.leaving, i):
            put(book.marked, i)


@spliced
def _sell_hits(account: Account, book: Book, scene: Scene, t: int) -> Account:
    bars, terms = scene.bars, scene.terms
    for x in range(listed(book.marked, book.queue)):
        i = integer(book.queue[x])
        k = integer(book.slot_of[i])
        is_stop, price = _trigger(integer(bars.open[t, i]), integer(bars.low[t, i]), book.positions[STOP, k], book.positions[TARGET, k])
        price = _off_limit(price, integer(bars.open[t, i]), integer(bars.high[t, i]), integer(bars.down[t, i]), bars.tick[i])
        reason = integer(Reason.TAKE_PROFIT)
        if is_stop:
            is_fixed = terms.stop_loss > 0 and book.positions[STOP, k] == stop_loss_level(book, k, bars.tick[i], terms)
            reason = integer(Reason.STOP_LOSS) if is_fixed else integer(Reason.TRAILING_STOP)
        tell(scene.log, t, Phase.INTRABAR, Kind.EXIT, i, reason, told(0, price, 0, 0))
        drop(book.marked, i)
        account = dismiss(account, book, scene, t, i, integer(Phase.INTRABAR))  # refused or partly filled: a market sell until filled
        account = sell(account, book, scene, t, i, price, integer(Phase.INTRABAR))
    return account


@inlined
def _trigger(open_: int, low: int, stop: int, target: int) -> tuple[bool, int]:
    """(whether it is the stop, price before slippage): the open comes first in time; inside the bar the stop counts before the target."""
    if open_ <= stop:
        return True, open_
    if open_ >= target:
        return False, open_
    if low <= stop:
        return True, stop
    return False, target


@inlined
def _off_limit(price: int, open_: int, high: int, down: int, tick: int) -> int:
    """An order that meets an open at the lower limit waits for the first price off it, a tick above, if the bar's high got there."""
    return down + tick if price == open_ and open_ <= down and high >= down + tick else price


@spliced
def _raise_highs(book: Book, high: Prices, tick: Integers, terms: Figures, count: int) -> None:
    for x in range(count):
        i = book.other[x]
        k = integer(book.slot_of[i])
        if has(book.held, i):
            book.positions[HIGH, k] = high[i]
            set_levels(book, k, tick[i], terms)
