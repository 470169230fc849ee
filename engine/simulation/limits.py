"""The prices between which a stock may trade on each bar. Free of numba; the rows are in rule_rows."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import numpy.typing as npt

from engine.arrays import Integers, Prices
from engine.market import FAR, Market
from engine.pulse import SILENT, Pulse
from engine.simulation.rule_rows import DELISTING_LIMITS, LISTING_LIMITS, LOTS, PRICE_LIMITS, ST_LIMITS

UNLIMITED = -1
_CHUNK = 128
"""Rows of a panel that are computed at once, to bound memory."""

Percents = npt.NDArray[np.int16]
Chosen = npt.NDArray[np.bool_]


def price_limits(market: Market) -> tuple[Prices, Prices]:
    """(up, down) int32 (T, N) in li. FAR and 0 where there is no limit or no bar; the vendor's limits win where there are any."""
    return limits_from(market, 0)


def limits_from(market: Market, start: int, pulse: Pulse = SILENT) -> tuple[Prices, Prices]:
    """price_limits of the rows from `start` on."""
    up_percent, down_percent = _percents(market, start)
    pulse.did()
    shape = market.shape[0] - start, market.shape[1]
    up, down = np.empty(shape, np.int32), np.empty(shape, np.int32)
    ticks = {row.board: row.tick for row in LOTS}
    tick = np.array([ticks[board] for board in market.boards], np.int64)
    for first in range(0, shape[0], _CHUNK):
        rows, source = slice(first, first + _CHUNK), slice(start + first, start + first + _CHUNK)
        reference = market.pre_close[source].astype(np.int64)
        up[rows] = _limit(reference, 100 + up_percent[rows], tick, market.limit_up[source], up_percent[rows] == UNLIMITED, FAR)
        down[rows] = _limit(reference, 100 - down_percent[rows], tick, market.limit_down[source], down_percent[rows] == UNLIMITED, 0)
        pulse.did()
    return up, down


def first_row(sessions: Prices, since: date) -> int:
    """The first of the ascending dates YYYYMMDD on which a rule is in force."""
    return int(np.searchsorted(sessions, number_of(since)))


def number_of(day: date) -> int:
    """YYYYMMDD."""
    return day.year * 10_000 + day.month * 100 + day.day


def _percents(market: Market, start: int) -> tuple[Percents, Percents]:
    """(up, down) by bar and stock, UNLIMITED where there is no limit: the board, ST, a listing's first sessions, the delisting period."""
    sessions, boards = market.sessions[start:], np.array(market.boards)
    up = np.full((sessions.size, boards.size), UNLIMITED, np.int16)
    for row in PRICE_LIMITS:
        np.copyto(up[first_row(sessions, row.since) :], np.int16(row.percent), where=boards == row.board)
    for row in ST_LIMITS:
        at = first_row(sessions, row.since)
        np.copyto(up[at:], np.int16(row.percent), where=(market.is_st[start + at :] > 0) & (boards == row.board))
    down = up.copy()
    exchanges = np.array([code.rpartition(".")[2] for code in market.codes])
    young = _Young(market, start)
    for listing in LISTING_LIMITS:
        chosen = (boards == listing.board) & ((exchanges == listing.exchange) | (listing.exchange == ""))
        cells = young.cells(chosen, listing.since, listing.sessions)
        up[cells] = UNLIMITED if listing.up_percent is None else listing.up_percent
        down[cells] = UNLIMITED if listing.down_percent is None else listing.down_percent
    for period, percent in _delisting_periods(market, start):
        up[period] = down[period] = percent
    return up, down


class _Young:
    """The cells of stocks in their first sessions: few, so they are kept as lists."""

    def __init__(self, market: Market, start: int) -> None:
        ages = market.listed_sessions[start:]
        self.rows, self.columns = np.nonzero((ages >= 1) & (ages <= max(row.sessions for row in LISTING_LIMITS)))
        self.ages = ages[self.rows, self.columns]
        self.days, number = np.unique(market.sessions, return_inverse=True)
        self.listed = np.maximum(number[start + self.rows] - self.ages + 1, 0)
        """The session of the listing; one before the panel counts as the panel's first session."""

    def cells(self, on_board: Chosen, since: date, count: int) -> tuple[Integers, Integers]:
        """Those of stocks that were listed on or after a date and are in their first `count` sessions."""
        chosen = on_board[self.columns] & (self.ages <= count) & (self.listed >= first_row(self.days, since))
        return self.rows[chosen], self.columns[chosen]


def _delisting_periods(market: Market, start: int) -> Iterator[tuple[tuple[Chosen, int], int]]:
    """(bars, column) and their percent, by the newest row of the board at the period's beginning.

    A period that began before the panel's first session has no free session in it.
    """
    days, number = np.unique(market.sessions, return_inverse=True)
    for column in np.flatnonzero(market.listings.delisting_from > 0).tolist():
        begin = int(market.listings.delisting_from[column])
        rows = [row for row in DELISTING_LIMITS if row.board == market.boards[column] and number_of(row.since) <= begin]
        if rows:
            inside = market.sessions[start:] >= begin
            yield (inside, column), rows[-1].percent
            free = number[start:] < int(np.searchsorted(days, begin)) + rows[-1].sessions
            if days[0] <= begin:
                yield (inside & free, column), UNLIMITED


def _limit(reference: Integers, percent: Percents, tick: Integers, vendor: Prices, unlimited: Chosen, none: int) -> Prices:
    """reference x percent / 100, half-up to the tick in exact integers: binary floats are wrong on about 5% of the ties."""
    exact = (2 * reference * percent + 100 * tick) // (200 * tick) * tick
    ruled = np.where(unlimited | (reference == 0), none, exact)
    return np.where(vendor > 0, vendor, ruled).astype(np.int32)
