"""What one combination wants, by what terms, and where it stands: the values that travel through the loop."""

from typing import Any, NamedTuple

import numpy as np

from engine.arrays import Bits, Floats, Integers, Prices
from engine.compiled import inlined
from engine.simulation.bits import integer
from engine.simulation.script import Script
from engine.simulation.tape import Bars

NO_PRICES: Prices = np.zeros((0, 0), np.int32)
"""Prices of orders that a combination does not use."""


class Signals(NamedTuple):
    """What one combination wants at each close. T rows of the whole panel, warm-up included; W words of 64 stocks, the last one padded.

    Prices (T, W * 64) are int32 li in whole ticks: purchases or exits then rest at a limit, behind a stop, or both; 0: no order then.
    """

    entry: Bits
    """(T, W)"""
    exit: Bits
    """(T, W)"""
    rank: Floats
    """(T, W * 64): the higher is bought first, ties by ts_code, NaN not at all."""
    buy_limit: Prices = NO_PRICES
    buy_stop: Prices = NO_PRICES
    sell_limit: Prices = NO_PRICES
    sell_stop: Prices = NO_PRICES
    weight: Prices = NO_PRICES
    """Not a price: what each stock is to be worth of equity, in 1 / ONE, as in Script.targets; -1 in rows that ask for nothing."""


class Wishes(NamedTuple):
    """What P combinations want, as columns."""

    addresses: Bits
    """(P, 8) uint64 where the arrays of each combination lie, from row 0, in the order of Signals; 0: not used, and no rank: all alike.
    Rank and prices hold a value for each bar (see bar_at); entry, exit and weight are as in Signals."""
    bar_at: Prices
    """(T, W * 64) int32 which of the values stands in each cell: x[bar_at[t, i]]; -1: none. Of no rows: values are as in Signals, too."""
    kept: tuple[Any, ...]
    """The arrays, so that they stay."""


class Wish(NamedTuple):
    """What one combination wants, as kernels see it. Rows are those of the window; the last dimension of places is of unknown length."""

    entry: Bits
    """(T, W), as exit."""
    exit: Bits
    rank: Floats
    """(1, B), as the prices: see bar_at. Of no rows: not used."""
    buy_limit: Prices
    buy_stop: Prices
    sell_limit: Prices
    sell_stop: Prices
    weight: Prices
    """(T, W * 64)"""
    bar_at: Prices
    """(T, W * 64), or of no rows, as in Wishes."""


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
    max_industry_weight: int
    buy_until_cancelled: int
    sell_until_cancelled: int
    pays_cash: int
    """1: corporate actions by dividend records."""
    taxed: int
    """1: shares are kept in lots, for the tax on dividends."""
    max_entries: int


class Scene(NamedTuple):
    """What surrounds one combination and does not change."""

    bars: Bars
    terms: Figures
    script: Script
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
    frozen: int
    """Cash that resting purchases keep for themselves."""
    receivable: int
    """Dividends after the ex-date and before they are paid."""


@inlined
def load(row: Integers) -> Account:
    return Account(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9])


@inlined
def store(row: Integers, account: Account) -> None:
    for k in range(len(account)):
        row[k] = account[k]


@inlined
def with_cash(a: Account, change: int, opened: int) -> Account:
    """The account after cash and the number of open positions changed."""
    return Account(
        a.cash + change, a.equity, a.peak, a.floor, a.session_equity, a.held + opened, a.halted, a.calm_until, a.frozen, a.receivable
    )


@inlined
def with_frozen(a: Account, change: int) -> Account:
    return Account(a.cash, a.equity, a.peak, a.floor, a.session_equity, a.held, a.halted, a.calm_until, a.frozen + change, a.receivable)


@inlined
def with_due(a: Account, paid: int, change: int) -> Account:
    """The account after dividends became due, or were paid."""
    return Account(
        a.cash + paid, a.equity, a.peak, a.floor, a.session_equity, a.held, a.halted, a.calm_until, a.frozen, a.receivable + change
    )


@inlined
def figures_of(row: Integers) -> Figures:
    a = row
    first = a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11]
    return Figures(*first, a[12], a[13], a[14], a[15], a[16], a[17], a[18], a[19], a[20], a[21], a[22], a[23], a[24])


@inlined
def place_of(wish: Wish, row: int, i: int) -> int:
    """Where the values of a row and stock stand; negative: nowhere."""
    return integer(wish.bar_at[row, i] if wish.bar_at.shape[0] > 0 else row * 64 * wish.entry.shape[1] + i)
