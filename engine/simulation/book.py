"""The book of one combination: everything that must survive from one bar to the next, so that a run can stop anywhere and go on."""

from typing import NamedTuple

import numpy as np

from engine.arrays import Bits, Floats, Integers, Prices
from engine.compiled import inlined
from engine.simulation.outcome import Reject
from engine.simulation.state import Account

(
    SHARES, LOCKED, ENTRY, SESSION, OPENED, HIGH, STOP, TARGET, REST, VALUE, DUTY_RAW, TRANSFER_RAW, TAX_RAW, FLOW,
    UNLISTED, LISTS, FIRST_LOT, LAST_LOT, ENTRIES,
) = range(19)  # fmt: skip
"""Rows of Book.positions. LOCKED: not sellable today. ENTRY: average price without fees. SESSION, OPENED: session, bar of the first fill.
REST: shares still to buy. VALUE to TAX_RAW: the Order. FLOW: sells - buys - fees - tax + fractions + dividends, the profit once closed.
UNLISTED: bonus shares that are not listed before session LISTS. FIRST_LOT, LAST_LOT: columns of Book.lots.
ENTRIES: purchases so far, each a signal's.
"""
FIELDS = 19

(
    BOUGHT, SOLD, COMMISSION, DUTY, TRANSFER, FRACTIONS, TAX, DIVIDENDS, DELISTED,
    BUYS, SELLS, TRADES, WINS, GROSS_PROFIT, GROSS_LOSS, HOLDING_SESSIONS, INVESTED, HELD_BARS,
) = range(18)  # fmt: skip
"""Columns of Book.tally, in the order of outcome.Tallies."""
TALLIES = 18

TICKETS, DEAD, FREE_LOT, LOTS, PLACED = range(5)
"""Columns of Book.counters: orders that rest, whether some of them are done, the first lot to use again (-1: none), lots ever used,
orders ever placed."""

(
    T_STOCK, T_SIDE, T_LEFT, T_LIMIT, T_STOP, T_EXACT, T_UNTIL, T_VALUE, T_DUTY, T_TRANSFER, T_TAX, T_FROZEN, T_BASIS, T_REASON, T_WHOLE,
    T_NUMBER,
) = range(16)  # fmt: skip
"""Rows of Book.tickets. T_SIDE: BUY or SELL. T_LEFT: shares (ENDLESS: the whole position; 0: done). Prices: li, 0: none. T_UNTIL: its last
session. T_VALUE to T_TAX: the Order. T_FROZEN: its part of Account.frozen, at the price T_BASIS. T_WHOLE: 1: all or nothing on cash.
T_NUMBER: which order it is, counted from 1.
"""
TICKET_FIELDS = 16
BUY, SELL = 1, -1

NEXT, BOUGHT_IN, LOT_SHARES, GROSS = range(4)
"""Rows of Book.lots: the lot bought after it (-1: none), the session of the purchase, shares, dividends before tax in micro-yuan."""
LOT_FIELDS = 4


class Book(NamedTuple):
    """One combination's open positions and sets. Columns 0..held-1 of `positions` are in use, in no particular order."""

    account: Integers
    """(10,) an Account between calls."""
    stocks: Bits
    """uint32 (S,) the stock of each position."""
    positions: Integers
    """(FIELDS, S)"""
    slot_of: Bits
    """uint16 (N,) where a held stock's position is. Unsigned, as all that indexes: no index is then looked at for its sign."""
    held: Bits
    leaving: Bits
    """Market sells until filled."""
    resting: Bits
    """Purchases of which a rest stays."""
    wanted: Bits
    """Purchases for the next bar."""
    tally: Integers
    refused: Integers
    cooling: Bits
    """Stocks that were sold ..."""
    cool_until: Prices
    """int32 (N,) ... and are not bought up to this session."""
    counters: Integers
    tickets: Integers
    """(TICKET_FIELDS, M) orders that rest, in the order in which they were placed."""
    lots: Integers
    """(LOT_FIELDS, L) purchases, oldest first in chains by position; only where dividends are taxed."""
    dues: Integers
    """(sessions + 1,) dividends by the session of their payment; only where they are paid in cash."""
    marked: Bits
    """From here on scratch of a thread, empty between phases."""
    queue: Bits
    """uint32 (N,) a set as a list."""
    other: Bits
    """uint32 (N,) a second list."""
    ranks: Floats
    """(N,) of the stocks that are wanted."""
    used: Integers
    """(N,) shares of the bar's volume that are taken ..."""
    used_at: Prices
    """int32 (N,) ... in this bar: nothing to clear from bar to bar."""


class Room(NamedTuple):
    """How much books must hold."""

    stocks: int
    """Columns of the market; sets are padded to whole words."""
    slots: int
    tickets: int
    lots: int
    """0: none are kept."""
    dues: int


def new_books(count: int, room: Room) -> Book:
    """The books of `count` combinations, stacked along the first axis, and one scratch for them all."""
    stocks, words = room.stocks, -(-room.stocks // 64)

    def sets() -> Bits:
        return np.zeros((count, words), np.uint64)

    counters = np.zeros((count, 5), np.int64)
    counters[:, FREE_LOT] = -1
    return Book(
        account=np.zeros((count, len(Account._fields)), np.int64),
        stocks=np.zeros((count, room.slots), np.uint32),
        positions=np.zeros((count, FIELDS, room.slots), np.int64),
        slot_of=np.zeros((count, stocks), np.uint16),
        held=sets(),
        leaving=sets(),
        resting=sets(),
        wanted=sets(),
        tally=np.zeros((count, TALLIES), np.int64),
        refused=np.zeros((count, len(Reject)), np.int64),
        cooling=sets(),
        cool_until=np.zeros((count, stocks), np.int32),
        counters=counters,
        tickets=np.zeros((count, TICKET_FIELDS, room.tickets), np.int64),
        lots=np.zeros((count, LOT_FIELDS, room.lots), np.int64),
        dues=np.zeros((count, room.dues), np.int64),
        marked=np.zeros(words, np.uint64),
        queue=np.zeros(stocks, np.uint32),
        other=np.zeros(stocks, np.uint32),
        ranks=np.zeros(stocks),
        used=np.zeros(stocks, np.int64),
        used_at=np.zeros(stocks, np.int32),
    )


def grown(books: Book, tickets: int, lots: int) -> Book:
    """The same books with room for at least so many tickets and lots."""
    return books._replace(tickets=_wider(books.tickets, tickets), lots=_wider(books.lots, lots))


def _wider(array: Integers, columns: int) -> Integers:
    missing = columns - array.shape[2]
    return array if missing <= 0 else np.concatenate([array, np.zeros((*array.shape[:2], missing), np.int64)], axis=2)


@inlined
def book_at(books: Book, j: int) -> Book:
    b = books
    return Book(
        b.account[j], b.stocks[j], b.positions[j], b.slot_of[j], b.held[j], b.leaving[j], b.resting[j], b.wanted[j],
        b.tally[j], b.refused[j], b.cooling[j], b.cool_until[j], b.counters[j], b.tickets[j], b.lots[j], b.dues[j],
        b.marked, b.queue, b.other, b.ranks, b.used, b.used_at,
    )  # fmt: skip
