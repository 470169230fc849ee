"""Writing the book: a position opens, changes, is sent away, closes. Levels of stop and target are stored, not computed at each bar."""

from engine.compiled import inlined
from engine.market import FAR
from engine.simulation.bits import drop, integer, put
from engine.simulation.book import (
    DUTY_RAW,
    ENTRY,
    FIELDS,
    FIRST_LOT,
    FLOW,
    GROSS_LOSS,
    GROSS_PROFIT,
    HIGH,
    HOLDING_SESSIONS,
    LAST_LOT,
    LOCKED,
    OPENED,
    REST,
    SESSION,
    SHARES,
    STOP,
    TARGET,
    TAX_RAW,
    TRADES,
    TRANSFER_RAW,
    VALUE,
    WINS,
    Book,
)
from engine.simulation.costs import Bar, Fill, Order, beyond_fen, fees, half_up, to_tick
from engine.simulation.state import Figures
from engine.terms import ONE

_HIGHEST = 2**32
"""li: above every price that is traded, and its product with a price or a rate still fits int64."""


@inlined
def open_position(book: Book, k: int, i: int, session: int, t: int) -> None:
    book.stocks[k] = i
    book.slot_of[i] = k
    put(book.held, i)
    for field in range(FIELDS):
        book.positions[field, k] = 0
    book.positions[SESSION, k] = session
    book.positions[OPENED, k] = t
    book.positions[FIRST_LOT, k] = -1
    book.positions[LAST_LOT, k] = -1


@inlined
def close_position(book: Book, k: int, last: int, session: int, cool_down: int) -> None:
    """Settle the trade and forget position k; the last one moves into its column."""
    profit = book.positions[FLOW, k]
    tally = book.tally
    tally[TRADES] += 1
    tally[HOLDING_SESSIONS] += session - book.positions[SESSION, k]
    if profit > 0:
        tally[WINS] += 1
        tally[GROSS_PROFIT] += profit
    else:
        tally[GROSS_LOSS] -= profit
    i = integer(book.stocks[k])
    drop(book.held, i)
    drop(book.leaving, i)
    drop(book.resting, i)
    if cool_down > 0:
        put(book.cooling, i)
        book.cool_until[i] = session + cool_down
    book.stocks[k] = book.stocks[last]
    book.slot_of[book.stocks[k]] = k
    for field in range(FIELDS):
        book.positions[field, k] = book.positions[field, last]


@inlined
def send_away(book: Book, i: int) -> None:
    """Make the position a market sell until filled: a new order, that cannot be taken back. The rest of its purchase is cancelled."""
    k = integer(book.slot_of[i])
    put(book.leaving, i)
    drop(book.resting, i)
    for field in (REST, VALUE, DUTY_RAW, TRANSFER_RAW, TAX_RAW):
        book.positions[field, k] = 0


@inlined
def order_of(book: Book, k: int) -> Order:
    return Order(book.positions[VALUE, k], book.positions[DUTY_RAW, k], book.positions[TRANSFER_RAW, k], book.positions[TAX_RAW, k], 0)


@inlined
def begin_order(book: Book, k: int) -> None:
    """A further purchase of a position is an order of its own."""
    for field in (VALUE, DUTY_RAW, TRANSFER_RAW, TAX_RAW):
        book.positions[field, k] = 0


@inlined
def add_to_order(book: Book, k: int, fill: Fill, bar: Bar, tax_raw: int) -> None:
    book.positions[VALUE, k] += fill.value
    book.positions[DUTY_RAW, k] = beyond_fen(book.positions[DUTY_RAW, k], fill.value, bar.duty)
    book.positions[TRANSFER_RAW, k] = beyond_fen(book.positions[TRANSFER_RAW, k], fill.value, bar.transfer)
    book.positions[TAX_RAW, k] += tax_raw


@inlined
def add_shares(book: Book, k: int, fill: Fill, is_new: bool, locks: int) -> None:
    """A purchase moves the average entry price, which leaves fees out; what is bought today is locked (locks: 1, or 0 under T+0)."""
    positions = book.positions
    total = positions[SHARES, k] + fill.shares
    positions[ENTRY, k] = fill.price if is_new else half_up(positions[ENTRY, k] * positions[SHARES, k] + fill.value, total)
    positions[SHARES, k] = total
    positions[LOCKED, k] += fill.shares * locks
    positions[HIGH, k] = max(positions[HIGH, k], fill.price)
    positions[FLOW, k] -= fill.value + fees(fill)


@inlined
def take_shares(book: Book, k: int, fill: Fill) -> None:
    book.positions[SHARES, k] -= fill.shares
    book.positions[FLOW, k] += fill.value - fees(fill)


@inlined
def split(book: Book, k: int, top: int, bottom: int, pre_close: int) -> int:
    """An ex-date by the factor: shares x top / bottom rounded down. Returns the fraction's price in li.

    shares x top may not fit int64, so whole multiples of `bottom` and the remainder are multiplied apart: exact.
    """
    positions = book.positions
    shares = positions[SHARES, k]
    remainder = shares % bottom * top
    positions[SHARES, k] = shares // bottom * top + remainder // bottom
    paid = half_up(remainder % bottom * pre_close, bottom)
    positions[FLOW, k] += paid
    return paid


@inlined
def divide_prices(book: Book, k: int, last_close: int, pre_close: int, tick: int, terms: Figures) -> None:
    """On an ex-date entry and high fall like the price, so that no stop fires."""
    positions = book.positions
    positions[ENTRY, k] = min(half_up(positions[ENTRY, k] * pre_close, last_close), _HIGHEST)
    positions[HIGH, k] = min(half_up(positions[HIGH, k] * pre_close, last_close), _HIGHEST)
    set_levels(book, k, tick, terms)


@inlined
def set_levels(book: Book, k: int, tick: int, terms: Figures) -> None:
    """Stop and target in whole ticks; the stop is the higher of stop-loss and trailing stop.

    Done once per fill, ex-date and new high, so that a bar only compares.
    """
    positions = book.positions
    stop, target = 0, FAR
    if terms.stop_loss > 0:
        stop = stop_loss_level(book, k, tick, terms)
    if terms.trailing_stop > 0:
        stop = max(stop, to_tick(positions[HIGH, k] * (ONE - terms.trailing_stop), tick))
    if terms.take_profit > 0:
        target = to_tick(positions[ENTRY, k] * (ONE + terms.take_profit), tick)
    positions[STOP, k] = stop
    positions[TARGET, k] = target


@inlined
def stop_loss_level(book: Book, k: int, tick: int, terms: Figures) -> int:
    return to_tick(book.positions[ENTRY, k] * (ONE - terms.stop_loss), tick)
