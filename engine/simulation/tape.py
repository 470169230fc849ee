"""The tape: a market as the loop wants it, made once and shared by every combination. Free of numba."""

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arrays import Flags, Integers, Prices
from engine.errors import MarketError, Problem
from engine.market import FAR, Market
from engine.simulation.door import check_market
from engine.simulation.rules import check_bars, check_window, limits_from, rates_on, terms_of_trade
from engine.terms import Conditions, Fill

WORD = 64
LARGEST_PRODUCT, LARGEST_BOTTOM = 2**62, 2**32
"""Bounds of a share ratio's numerator x denominator and of its denominator: shares x ratio is then exact in int64 (see positions.split)."""


class Bars(NamedTuple):
    """R bars of the window by N stocks, padded to whole words of 64. C classes of fees, X ex-dates."""

    price: Prices
    """What market orders meet: the open, the average or the close; 0: no bar."""
    open: Prices
    high: Prices
    low: Prices
    close: Prices
    up: Prices
    """The day's limits; FAR and 0 where there are none."""
    down: Prices
    volume: Integers
    is_first: Flags
    """(R,) 1 where a session begins."""
    session: Integers
    """(R + 1,) running number of the session; after the last bar comes the next one."""
    tick: Integers
    """(N,) from here to fee_class."""
    lot: Integers
    step: Integers
    fee_class: Integers
    rates: Integers
    """(R, C, 3) duty on buys, duty on sells, transfer fee: in 1 / ONE."""
    ex_at: Integers
    """(R + 1,) the ex-dates of bar t are rows ex_at[t]:ex_at[t + 1]."""
    ex_rows: Integers
    """(X, 5) stock, numerator and denominator of the share ratio, last close, pre_close."""


@dataclass(frozen=True, eq=False)
class Tape:
    market: Market
    bars: Bars
    conditions: Conditions

    @property
    def rows(self) -> int:
        return int(self.bars.close.shape[0])

    @property
    def stocks(self) -> int:
        """Columns, padding included."""
        return int(self.bars.close.shape[1])


def prepare(market: Market, conditions: Conditions = Conditions()) -> Tape:  # noqa: B008  it is frozen
    """Verify the market and lay it out for the loop. MarketError or RulesError with all problems."""
    problems = check_market(market)
    if problems:
        raise MarketError(problems)
    start = market.window_start
    check_window(int(market.sessions[start]), set(market.boards))
    check_bars(market)
    up, down = limits_from(market, start)
    trade = terms_of_trade(market.boards)
    is_first, session = _sessions(market.sessions[start:])
    ex_at, ex_rows = _ex_dates(market)
    bars = Bars(
        price=_padded(_met(market, conditions.fill), 0),
        open=_padded(market.open[start:], 0),
        high=_padded(market.high[start:], 0),
        low=_padded(market.low[start:], FAR),
        close=_padded(market.close[start:], 0),
        up=_padded(up, FAR),
        down=_padded(down, 0),
        volume=_padded(market.volume[start:], 0),
        is_first=is_first,
        session=session,
        tick=_padded(trade.tick, 10),
        lot=_padded(trade.lot, 100),
        step=_padded(trade.step, 100),
        fee_class=_padded(trade.fee_class, 0),
        rates=rates_on(market.sessions[start:]),
        ex_at=ex_at,
        ex_rows=ex_rows,
    )
    return Tape(market, bars, conditions)


def _met(market: Market, fill: Fill) -> Prices:
    """The price of market orders on the window's bars. The average is amount / volume, half-up to the li and inside the bar.

    Where there is no amount the open stands for the average.
    """
    begin = market.window_start
    opens, volume, amount = market.open[begin:], market.volume[begin:], market.amount[begin:]
    if fill == "next_open":
        return opens
    if fill == "close":
        return np.where(opens > 0, market.close[begin:], 0).astype(np.int32)
    known = (amount > 0) & (volume > 0)
    whole, rest = np.divmod(amount, np.maximum(volume, 1))
    average = np.clip(whole + (2 * rest >= volume), market.low[begin:], market.high[begin:])
    return np.where(known, average, opens).astype(np.int32)


def _padded(array: npt.NDArray[Any], value: int) -> Any:
    """Columns up to whole words; a copy only where needed, but never read-only: that would be another type to the compiler."""
    missing = -array.shape[-1] % WORD
    if missing:
        array = np.pad(array, [(0, 0)] * (array.ndim - 1) + [(0, missing)], constant_values=value)
    return np.require(np.asarray(array), requirements=["C", "W"])


def _sessions(dates: Prices) -> tuple[Flags, Integers]:
    is_first = np.ones(dates.size, np.uint8)
    is_first[1:] = dates[1:] != dates[:-1]
    session = np.zeros(dates.size + 1, np.int64)
    session[:-1] = np.cumsum(is_first, dtype=np.int64) - 1
    session[-1] = session[-2] + 1
    return is_first, session


def _ex_dates(market: Market) -> tuple[Integers, Integers]:
    """Where the factor moves and the reference price differs from the last close: at a session's first bar, after the window's first one.

    A reference price that differs under a factor that stays is a day that the data lack: the stock moved, its shares did not.
    A day without a bar has no reference price; there the ex-date shows in the close, which is otherwise carried over.
    """
    start = market.window_start
    opens = np.flatnonzero(np.diff(market.sessions[start:])) + start + 1
    rows = np.zeros((0, 6), np.int64)
    if opens.size:
        reference = np.maximum.reduceat(market.pre_close[opens[0] :], opens - opens[0], axis=0)
        reference = np.where(reference > 0, reference, market.close[opens])
        last = market.close[opens - 1]
        moved = market.adj_factor[opens] != market.adj_factor[opens - 1]
        day, stock = np.nonzero(moved & (last > 0) & (reference > 0) & (reference != last))
        at = opens[day]
        ratios = _share_ratios(market, at, stock)
        rows = np.column_stack([at - start, stock, ratios, last[day, stock], reference[day, stock]]).astype(np.int64)
    ex_at = np.searchsorted(rows[:, 0], np.arange(market.shape[0] - start + 1)).astype(np.int64)
    return ex_at, np.ascontiguousarray(rows[:, 1:])


def _share_ratios(market: Market, at: Integers, stock: Integers) -> Integers:
    """(X, 2) numerator and denominator of the factor's step."""
    top, bottom = market.adj_factor[at, stock], market.adj_factor[at - 1, stock]
    divisor = np.gcd(top, bottom)
    top, bottom = top // divisor, bottom // divisor
    for x in np.flatnonzero((top > LARGEST_PRODUCT // bottom) | (bottom > LARGEST_BOTTOM)):
        top[x], bottom[x] = _nearest(int(top[x]), int(bottom[x]), market.codes[stock[x]], int(market.sessions[at[x]]))
    return np.column_stack([top, bottom])


def _nearest(top: int, bottom: int, code: str, session: int) -> tuple[int, int]:
    """The nearest ratio within the bounds: cumulative factors in millionths outgrow them above some 3,000."""
    largest = min(isqrt(LARGEST_PRODUCT * bottom // top) // 2, LARGEST_BOTTOM)
    ratio = Fraction(top, bottom).limit_denominator(largest) if largest else Fraction(0)
    if ratio == 0:
        message = f"shares of {code} cannot be multiplied by {top} / {bottom} on {session}"
        raise MarketError([Problem("adj_factor", message, "check the factor's row of that day")])
    return ratio.numerator, ratio.denominator
