"""The state of a simulation: everything that must survive from one bar to the next, so that a run can stop anywhere and go on."""

from typing import NamedTuple

import numpy as np

from engine.arrays import Bits, Floats, Integers, Prices
from engine.compiled import inlined
from engine.simulation.outcome import Reject
from engine.simulation.tape import Bars

SHARES, LOCKED, ENTRY, SESSION, OPENED, HIGH, STOP, TARGET, REST, VALUE, DUTY_RAW, TRANSFER_RAW, FLOW = range(13)
"""Rows of Book.positions. LOCKED: bought today. ENTRY: average price without fees. SESSION, OPENED: session and bar of the first fill.
REST: shares still to buy. VALUE, DUTY_RAW, TRANSFER_RAW: the Order. FLOW: sells - buys - fees + fractions, the profit once closed.
"""
FIELDS = 13

BOUGHT, SOLD, COMMISSION, DUTY, TRANSFER, FRACTIONS, BUYS, SELLS, TRADES, WINS, GROSS_PROFIT, GROSS_LOSS, HOLDING_SESSIONS = range(13)
"""Columns of Book.tally, in the order of outcome.Tallies."""
TALLIES = 13


class Signals(NamedTuple):
    """What one combination wants at each close. T rows of the whole panel, warm-up included; W words of 64 stocks, the last one padded."""

    entry: Bits
    """(T, W)"""
    exit: Bits
    """(T, W)"""
    rank: Floats
    """(T, W * 64): the higher is bought first, ties by ts_code, NaN not at all."""


class Figures(NamedTuple):
    """The terms of one combination as kernels take them: all int64; 0 switches a rule of risk off, volume_cap: -1."""

    max_positions: int
    cash_reserve: int
    commission: int
    commission_minimum: int
    slippage: int
    volume_cap: int
    keep_rest: int
    stop_loss: int
    take_profit: int
    trailing_stop: int
    max_holding: int
    max_drawdown: int
    daily_loss: int
    slippage_model: int
    """Index of SLIPPAGE_MODELS."""
    at_close: int
    """1: market orders fill at the close that they were decided at."""
    sizing: int
    """Index of SIZINGS."""
    size: int
    max_weight: int
    cool_down: int


class Scene(NamedTuple):
    """What surrounds one combination and does not change."""

    bars: Bars
    terms: Figures
    log: Integers
    """(rows, COLUMNS) the event log; row 0 holds the count; no rows: off."""


class Account(NamedTuple):
    """The scalars that travel through the loop by value."""

    cash: int
    equity: int
    """Of the last MARK."""
    peak: int
    floor: int
    """Equity at or below it trips the drawdown breaker."""
    session_equity: int
    """Of the last session's end."""
    held: int
    """Open positions."""
    halted: int
    """1: the drawdown breaker tripped, entries ended."""
    calm_until: int
    """The last session without new purchases, by the breaker of daily loss."""


class Book(NamedTuple):
    """One combination's open positions and sets. Columns 0..held-1 of `positions` are in use, in no particular order."""

    account: Integers
    """(8,) an Account between calls."""
    stocks: Bits
    """uint32 (S,) the stock of each position."""
    positions: Integers
    """(FIELDS, S)"""
    slot_of: Prices
    """int16 (N,) where a held stock's position is."""
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
    marked: Bits
    """From here on scratch of a thread, empty between phases."""
    queue: Prices
    """int32 (N,) a set as a list."""
    other: Prices
    """int32 (N,) a second list."""
    used: Integers
    """(N,) shares of the bar's volume that are taken ..."""
    used_at: Prices
    """int32 (N,) ... in this bar: nothing to clear from bar to bar."""


def new_books(count: int, stocks: int, slots: int) -> Book:
    """The books of `count` combinations, stacked along the first axis, and one scratch for them all."""
    words = stocks // 64

    def sets() -> Bits:
        return np.zeros((count, words), np.uint64)

    return Book(
        account=np.zeros((count, len(Account._fields)), np.int64),
        stocks=np.zeros((count, slots), np.uint32),
        positions=np.zeros((count, FIELDS, slots), np.int64),
        slot_of=np.zeros((count, stocks), np.int16),
        held=sets(),
        leaving=sets(),
        resting=sets(),
        wanted=sets(),
        tally=np.zeros((count, TALLIES), np.int64),
        refused=np.zeros((count, len(Reject)), np.int64),
        cooling=sets(),
        cool_until=np.zeros((count, stocks), np.int32),
        marked=np.zeros(words, np.uint64),
        queue=np.zeros(stocks, np.int32),
        other=np.zeros(stocks, np.int32),
        used=np.zeros(stocks, np.int64),
        used_at=np.zeros(stocks, np.int32),
    )


@inlined
def book_at(books: Book, j: int) -> Book:
    return Book(
        books.account[j],
        books.stocks[j],
        books.positions[j],
        books.slot_of[j],
        books.held[j],
        books.leaving[j],
        books.resting[j],
        books.wanted[j],
        books.tally[j],
        books.refused[j],
        books.cooling[j],
        books.cool_until[j],
        books.marked,
        books.queue,
        books.other,
        books.used,
        books.used_at,
    )


@inlined
def load(row: Integers) -> Account:
    return Account(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7])


@inlined
def store(row: Integers, account: Account) -> None:
    for k in range(len(account)):
        row[k] = account[k]


@inlined
def figures_of(row: Integers) -> Figures:
    a = row
    first = a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9]
    return Figures(*first, a[10], a[11], a[12], a[13], a[14], a[15], a[16], a[17], a[18])
