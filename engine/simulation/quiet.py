"""Quiet bars: where nothing can happen a bar only marks what is held, and a run of one stock is hardly anything else."""

from typing import NamedTuple

import numpy as np

from engine.arrays import Bits, Flags, Integers, Prices
from engine.compiled import inlined, part, spliced
from engine.simulation.bits import integer
from engine.simulation.book import HELD_BARS, HIGH, INVESTED, LOCKED, SESSION, SHARES, STOP, TARGET, TICKETS, Book
from engine.simulation.costs import share_of
from engine.simulation.state import Account, Scene, Wish
from engine.terms import ONE

BILLION = 1e9
_NO_LEVEL = -(2**62)
"""li: below every equity."""


@inlined
def has_quiet_bars(scene: Scene, wish: Wish) -> bool:
    """Whether quiet bars are known by their signals alone: nothing is recorded, ordered from outside, weighed, sold at a price or paid."""
    is_plain = scene.log.shape[0] == 0 and scene.script.order_at.size == 0 and scene.terms.pays_cash == 0
    return bool(is_plain and wish.weight.shape[0] == 0 and wish.sell_limit.shape[0] == 0 and wish.sell_stop.shape[0] == 0)


@inlined
def waits(account: Account, book: Book) -> bool:
    """Whether an order waits for the next bar, or will come: what is held when the drawdown breaker trips, perhaps after SIGNAL."""
    waiting = np.uint64(0)
    for w in range(book.held.size):
        waiting |= book.leaving[w] | book.resting[w] | book.wanted[w]
    return bool(waiting != np.uint64(0) or book.counters[TICKETS] > 0 or (account.halted > 0 and account.held > 0))


class _Asking(NamedTuple):
    """Where a bar asks for something: an action from outside, or a signal that something follows from."""

    action_at: Integers
    decides: Integers
    entry: Bits
    exit: Bits
    held: Bits
    of_new: np.uint64
    """Every bit, where stocks that are not held may be bought; else none."""
    of_held: np.uint64
    """Likewise for those that are."""


class _Watched(NamedTuple):
    """Positions and the range of their bars."""

    stocks: Bits
    positions: Integers
    high: Prices
    low: Prices


class _Marked(NamedTuple):
    """Positions and their closes, and where the account is written."""

    stocks: Bits
    positions: Integers
    close: Prices
    is_first: Flags
    tally: Integers
    equity: Integers


@spliced
def pass_quiet_bars(account: Account, book: Book, scene: Scene, wish: Wish, equity: Integers, t: int, until: int) -> tuple[Account, int]:
    """Live the bars from t on while no action, stop, breaker, term or signal asks for anything; nothing waits before the first of them.

    Returns the account, and the first bar that was not lived: it has to be lived in full, though it may turn out to be quiet, too.
    """
    bars, terms, held = scene.bars, scene.terms, account.held
    of_new = _everything(account.halted == 0)
    of_held = _everything(account.halted == 0 and terms.max_entries > 1)
    until = _first_asked(_Asking(bars.action_at, bars.decides, wish.entry, wish.exit, book.held, of_new, of_held), t, until)
    if held > 0 and terms.max_holding > 0:
        until = _before_leaving(book.positions, bars.session[1 - terms.at_close :], terms.max_holding, held, t, until)
    if held > 0 and (terms.stop_loss > 0 or terms.take_profit > 0 or terms.trailing_stop > 0):
        until = _first_reached(_Watched(book.stocks, book.positions, bars.high, bars.low), terms.trailing_stop > 0, held, t, until)
    if t == until:
        return account, t
    marked = _Marked(book.stocks, book.positions, bars.close, bars.is_first, book.tally, equity)
    return _mark(account, marked, terms.max_drawdown, terms.daily_loss, t, until)


@part
def _first_asked(asking: _Asking, t: int, until: int) -> int:
    """The first bar from t on with a corporate action, or whose close asks for a purchase or a sale."""
    t = max(t, 0)
    action_at, decides, entry, exit_, held = asking.action_at, asking.decides, asking.entry, asking.exit, asking.held
    before = action_at[t]
    if held.size == 1:
        of_entry, of_exit = ~held[0] & asking.of_new | asking.of_held, held[0]
        while t < until and action_at[t + 1] == before:
            row = decides[t]
            if row >= 0 and (entry[row, 0] & of_entry | exit_[row, 0] & of_exit) != np.uint64(0):
                break
            t += 1
        return t
    while t < until and action_at[t + 1] == before:
        row, asked = decides[t], np.uint64(0)
        if row >= 0:
            for w in range(held.size):
                asked |= entry[row, w] & (~held[w] & asking.of_new | asking.of_held) | exit_[row, w] & held[w]
        if asked != np.uint64(0):
            break
        t += 1
    return t


@part
def _before_leaving(positions: Integers, session: Integers, most: int, held: int, t: int, until: int) -> int:
    """The first bar from t on whose close sends the oldest position away. session: in which what bar t decides is filled."""
    first = positions[SESSION, 0]
    for k in range(1, held):
        first = min(first, positions[SESSION, k])
    while t < until and session[t] - first < most:
        t += 1
    return t


@part
def _first_reached(watched: _Watched, trails: bool, held: int, t: int, until: int) -> int:
    """The first bar from t on that reaches a stop or a target, or is a new high of a position with a trailing stop."""
    stocks, positions, high, low = watched.stocks, watched.positions, watched.high, watched.low
    t = max(t, 0)
    while t < until:
        reached = False
        for k in range(held):
            i = stocks[k]
            is_higher = trails and high[t, i] > positions[HIGH, k]
            reached |= is_higher or low[t, i] <= positions[STOP, k] or high[t, i] >= positions[TARGET, k]
        if reached:
            break
        t += 1
    return t


@part
def _mark(a: Account, marked: _Marked, max_drawdown: int, daily_loss: int, t: int, until: int) -> tuple[Account, int]:
    """Bars t..until-1 at their closes, up to one that trips a breaker: that bar is not lived."""
    held, cash, begin = a.held, a.cash + a.receivable, t
    stocks, shares, close, is_first, equity = marked.stocks, marked.positions[SHARES], marked.close, marked.is_first, marked.equity
    has_floor = max_drawdown > 0 and a.halted == 0
    last, peak, floor, before, invested, is_new_day = a.equity, a.peak, a.floor if has_floor else _NO_LEVEL, a.session_equity, 0, False
    alone, pieces = integer(stocks[0]) if held == 1 else 0, shares[0] if held == 1 else 0
    t = max(t, 0)
    if held == 0 and daily_loss == 0 and cash > floor:  # nothing to value: this loop does without a division
        peak = max(peak, cash)
        while t < until:
            before = last if is_first[t] > 0 else before
            equity[t] = last = cash
            t += 1
    while t < until:
        value = pieces * close[t, alone]
        if held > 1:
            for k in range(held):
                value += shares[k] * close[t, stocks[k]]
        worth, opens = cash + value, is_first[t] > 0
        of_day = last if opens else before
        if worth <= floor or (daily_loss > 0 and worth <= share_of(of_day, ONE - daily_loss)):
            break
        before, is_new_day = of_day, is_new_day or opens
        if worth > peak:
            peak = worth
            floor = share_of(peak, ONE - max_drawdown) if has_floor else floor
        invested += int(float(value) / float(max(worth, 1)) * BILLION)
        equity[t] = last = worth
        t += 1
    if is_new_day:
        marked.positions[LOCKED, :held] = 0
    if held > 0:
        marked.tally[HELD_BARS] += t - begin
        marked.tally[INVESTED] += invested
    floor = share_of(peak, ONE - max_drawdown) if peak > a.peak else a.floor
    return Account(a.cash, last, peak, floor, before, held, a.halted, a.calm_until, a.frozen, a.receivable), t


@inlined
def _everything(is_so: bool) -> np.uint64:
    return ~np.uint64(0) if is_so else np.uint64(0)
