"""Which corporate actions happen on which bar of a window: from the factor, from dividend records, from listings. Free of numba."""

from fractions import Fraction
from math import isqrt
from typing import NamedTuple

import numpy as np

from engine.arrays import Flags, Integers, Prices
from engine.errors import MarketError, Problem
from engine.market import Market
from engine.pulse import SILENT, Pulse
from engine.terms import ActionMode

MOST_GROWTH = 10
"""What an ex-date may pay, or make of a holding, as a multiple of its worth."""
LARGEST_PRODUCT, LARGEST_BOTTOM = 2**62, 2**32
"""Bounds of a share ratio's numerator x denominator and of its denominator: shares x ratio is then exact in int64 (see positions.split)."""

ACTION, STOCK, TOP, BOTTOM, LAST, REFERENCE, CASH, PAYMENT, LISTING = range(9)
"""Columns of Bars.action_rows. TOP, BOTTOM: the share ratio, or TOP: bonus shares in millionths, or the new
column. LAST: the last close in li; REFERENCE: the reference price; both 0 where unknown. CASH: micro-yuan per share before tax.
PAYMENT, LISTING: running numbers of sessions."""
COLUMNS = 9

NEW_CODE, DELISTING, REINVEST, DIVIDEND, RIGHTS = range(5)
"""Column ACTION: the order in which they happen."""
_LEAST_BOUND = 100
"""li: so much may always be paid, however little a share is worth."""
NEVER = 2**40
"""A row that never comes."""


def actions_by_bar(market: Market, mode: ActionMode, session: Integers, close: Prices, pulse: Pulse = SILENT) -> tuple[Integers, Integers]:
    """(action_at (R + 1,), action_rows (X, COLUMNS)) of the window: at a session's first bar, nothing on its first session.

    session (R + 1,): the running number of each bar's session; close (R, N): the window's, after closes_of.
    MarketError where a share ratio is absurd.
    """
    firsts = np.searchsorted(session[:-1], np.arange(session[-1])).astype(np.int64)  # the first bar of each session
    days = market.sessions[market.window_start :][firsts]
    prices = _prices(market, close, firsts)
    pulse.did()
    ex_dates = _ex_dates(market, prices, firsts)
    pulse.did()
    ruled = _paid(market, days, prices, ex_dates) if mode == "cash" else _reinvested(market, firsts, ex_dates)
    table = np.vstack([_code_changes(market, days), _delistings(market, close, days, firsts), ruled])
    table = table[(table[:, 0] > 0) & (table[:, 0] < days.size)]
    table = table[np.lexsort((table[:, 1 + STOCK], np.minimum(table[:, 1 + ACTION], REINVEST), table[:, 0]))]
    action_at = np.searchsorted(firsts[table[:, 0]], np.arange(session.size)).astype(np.int64)
    return action_at, np.ascontiguousarray(table[:, 1:])


def delisted_from(market: Market) -> Integers:
    """(N,) the window's row from which a stock is not listed any more; a row that never comes where there is none."""
    dates, sessions = market.listings.delist_date, market.sessions[market.window_start :]
    at = np.searchsorted(sessions, dates)
    return np.where((dates > 0) & (at < sessions.size), at, NEVER).astype(np.int64)


def closes_of(market: Market) -> Prices:
    """(R, N) the window's closes; a code that is new has its predecessor's last close until its own first bar."""
    close = market.close[market.window_start :]
    if market.actions.code_changes.size:
        close = close.copy()
    for date, old, new in market.actions.code_changes.tolist():
        row = int(np.searchsorted(market.sessions[market.window_start :], date))
        if 0 < row < close.shape[0]:
            own = np.flatnonzero(close[row:, new])
            close[row - 1 : row + own[0] if own.size else None, new] = close[row - 1, old]
    return close


def _rows(day: Integers, action: int, stock: Integers, **columns: Integers | int) -> Integers:
    """(X, 1 + COLUMNS) the session's running number, then an action's columns by their names."""
    rows = np.zeros((np.size(day), 1 + COLUMNS), np.int64)
    rows[:, 0], rows[:, 1 + ACTION], rows[:, 1 + STOCK] = day, action, stock
    for name, values in columns.items():
        rows[:, 1 + _NAMES[name]] = values
    return rows


_NAMES = {
    "top": TOP, "bottom": BOTTOM, "last": LAST, "reference": REFERENCE, "cash": CASH, "payment": PAYMENT, "listing": LISTING,
}  # fmt: skip


def _code_changes(market: Market, days: Prices) -> Integers:
    date, old, new = market.actions.code_changes.T
    return _rows(np.searchsorted(days, date), NEW_CODE, old, top=new)


def _delistings(market: Market, close: Prices, days: Prices, firsts: Integers) -> Integers:
    """At the last close."""
    stocks = np.flatnonzero(market.listings.delist_date)
    day = np.searchsorted(days, market.listings.delist_date[stocks])
    before = firsts[np.minimum(day, days.size - 1)] - 1
    return _rows(day, DELISTING, stocks, last=close[before, stocks].astype(np.int64))


def _reinvested(market: Market, firsts: Integers, ex_dates: "_ExDates") -> Integers:
    """Where the factor moves and the reference price differs from the last close.

    A reference price that differs under a factor that stays is a day that the data lack: the stock moved, its shares did not.
    """
    day, stock, last, reference = ex_dates.only(ex_dates.moved)
    top, bottom = _share_ratios(market, market.window_start + firsts[day], stock)
    grown = top.astype(np.float64) * reference / (bottom.astype(np.float64) * last)
    for x in np.flatnonzero(grown > MOST_GROWTH)[:1].tolist():
        code, session = market.codes[stock[x]], market.sessions[market.window_start + firsts[day[x]]]
        message = f"holdings of {code} would be worth {grown[x]:.6g} times as much on {session}"
        raise MarketError([Problem("adj_factor", message, "factor and reference price of that day do not belong together")])
    return _rows(day, REINVEST, stock, top=top, bottom=bottom, last=last, reference=reference)


def _paid(market: Market, days: Prices, prices: "_Prices", ex_dates: "_ExDates") -> Integers:
    """Dividend records by their ex-dates, and the days on which the factor moves without one: shares to be subscribed to, most likely."""
    records = _records(market, days)
    records = records[(records[:, 0] > 0) & (records[:, 0] < days.size)]
    day, stock = records[:, 0], records[:, 1 + STOCK]
    last, reference = prices.last[day - 1, stock], prices.reference[day - 1, stock]
    is_known = (last > 0) & (reference > 0)
    records[:, 1 + LAST], records[:, 1 + REFERENCE] = np.where(is_known, last, 0), np.where(is_known, reference, 0)
    largest = 1000 * np.maximum(MOST_GROWTH * last.astype(np.int64), _LEAST_BOUND)
    paid = (last > 0) & (records[:, 1 + CASH] > largest)
    for row, worth in zip(records[paid][:1].tolist(), last[paid].tolist()[:1], strict=True):
        message = (
            f"{market.codes[row[1 + STOCK]]} pays {row[1 + CASH] / 10**6:.12g} a share on {days[row[0]]}, and was worth {worth / 1000:.12g}"
        )
        raise MarketError([Problem("actions.dividends", message, f"at most {MOST_GROWTH} times the price")])
    alone = ex_dates.moved & ~np.isin(ex_dates.day * market.shape[1] + ex_dates.stock, day * market.shape[1] + stock)
    ex_day, ex_stock, ex_last, ex_reference = ex_dates.only(alone)
    return np.vstack([records, _rows(ex_day, RIGHTS, ex_stock, last=ex_last, reference=ex_reference)])


def _records(market: Market, days: Prices) -> Integers:
    """Dividends without their prices. Those of one stock that fall on one session are one: amounts add up, the later dates hold."""
    date, stock, bonus, cash, pay, listing = market.actions.dividends.T
    day = np.searchsorted(days, date).astype(np.int64)
    _, first, group = np.unique(day * market.shape[1] + stock, return_index=True, return_inverse=True)
    rows = _rows(day[first], DIVIDEND, stock[first])
    np.add.at(rows[:, 1 + TOP], group, bonus)
    np.add.at(rows[:, 1 + CASH], group, cash)
    for column, date_of in ((PAYMENT, pay), (LISTING, listing)):  # an unknown date is the ex-date
        np.maximum.at(rows[:, 1 + column], group, np.maximum(np.searchsorted(days, date_of), day))
    return rows


class _ExDates(NamedTuple):
    """(E,) the days on which the reference price differs from the last close, ascending by day, then stock."""

    day: Integers
    """Running number of the session."""
    stock: Integers
    last: Integers
    reference: Integers
    moved: Flags
    """Whether the factor moves."""

    def only(self, chosen: Flags) -> tuple[Integers, Integers, Integers, Integers]:
        return self.day[chosen], self.stock[chosen], self.last[chosen], self.reference[chosen]


class _Prices(NamedTuple):
    """(S - 1, N) int32 of the window's second and later sessions: the close before, and the reference price.

    A day without a bar has no reference price; there the ex-date shows in the close, which is otherwise carried over.
    """

    last: Prices
    reference: Prices


def _prices(market: Market, close: Prices, firsts: Integers) -> _Prices:
    opens = firsts[1:]
    if opens.size == 0:
        return _Prices(close[:0], close[:0])
    reference = np.maximum.reduceat(market.pre_close[market.window_start + opens[0] :], opens - opens[0], axis=0)
    return _Prices(close[opens - 1], np.where(reference > 0, reference, close[opens]))


def _ex_dates(market: Market, prices: _Prices, firsts: Integers) -> _ExDates:
    """A column that begins within the window moves no factor with its first bar."""
    last, reference = prices
    day, stock = np.nonzero((last > 0) & (reference > 0) & (reference != last))
    row = market.window_start + firsts[day + 1]
    moved = (market.adj_factor[row, stock] != market.adj_factor[row - 1, stock]) & (market.close[row - 1, stock] > 0)
    return _ExDates(day + 1, stock, last[day, stock].astype(np.int64), reference[day, stock].astype(np.int64), moved)


def _share_ratios(market: Market, at: Integers, stock: Integers) -> tuple[Integers, Integers]:
    """Numerators and denominators of the factor's steps."""
    top, bottom = market.adj_factor[at, stock], market.adj_factor[at - 1, stock]
    divisor = np.gcd(top, bottom)
    top, bottom = top // divisor, bottom // divisor
    for x in np.flatnonzero((top > LARGEST_PRODUCT // bottom) | (bottom > LARGEST_BOTTOM)):
        top[x], bottom[x] = _nearest(int(top[x]), int(bottom[x]), market.codes[stock[x]], int(market.sessions[at[x]]))
    return top, bottom


def _nearest(top: int, bottom: int, code: str, session: int) -> tuple[int, int]:
    """The nearest ratio within the bounds: cumulative factors in millionths outgrow them above some 3,000."""
    largest = min(isqrt(LARGEST_PRODUCT * bottom // top) // 2, LARGEST_BOTTOM)
    ratio = Fraction(top, bottom).limit_denominator(largest) if largest else Fraction(0)
    if ratio == 0:
        message = f"shares of {code} cannot be multiplied by {top} / {bottom} on {session}"
        raise MarketError([Problem("adj_factor", message, "check the factor's row of that day")])
    return ratio.numerator, ratio.denominator
