"""Which market rules are in force: price limits by bar, fees by date, lots by board. Free of numba; the rows are in rule_rows."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arrays import Integers, Prices
from engine.errors import Problem, RulesError
from engine.market import FAR, Market
from engine.simulation.rule_rows import (
    LISTING_LIMITS,
    LOTS,
    OPENED,
    PRICE_LIMITS,
    RULES_VERSION,
    ST_LIMITS,
    STAMP_DUTIES,
    TRANSFER_FEES,
)

__all__ = ["RULES_VERSION", "check_bars", "check_window", "limits_from", "price_limits", "rates_on", "terms_of_trade"]

UNLIMITED = -1
FEE_BOARDS = tuple(row.board for row in LOTS)
"""The classes of fees: one for each board."""
_CHUNK = 128
"""Rows of a panel that are computed at once, to bound memory."""

Percents = npt.NDArray[np.int16]


class TermsOfTrade(NamedTuple):
    """(N,) int64 by stock."""

    tick: Integers
    lot: Integers
    step: Integers
    fee_class: Integers


def price_limits(market: Market) -> tuple[Prices, Prices]:
    """(up, down) int32 (T, N) in li. FAR and 0 where there is no limit or no bar; the vendor's limits win where there are any."""
    return limits_from(market, 0)


def limits_from(market: Market, start: int) -> tuple[Prices, Prices]:
    """price_limits of the rows from `start` on."""
    up_percent, down_percent = _percents(market, start)
    shape = market.shape[0] - start, market.shape[1]
    up, down = np.empty(shape, np.int32), np.empty(shape, np.int32)
    tick = terms_of_trade(market.boards).tick
    for first in range(0, shape[0], _CHUNK):
        rows, source = slice(first, first + _CHUNK), slice(start + first, start + first + _CHUNK)
        reference = market.pre_close[source].astype(np.int64)
        up[rows] = _limit(reference, 100 + up_percent[rows], tick, market.limit_up[source], up_percent[rows] == UNLIMITED, FAR)
        down[rows] = _limit(reference, 100 - down_percent[rows], tick, market.limit_down[source], down_percent[rows] == UNLIMITED, 0)
    return up, down


def rates_on(sessions: Prices) -> Integers:
    """(T, boards, 3) duty on buys, duty on sells, transfer fee in 1 / ONE, on the dates YYYYMMDD."""
    rates = np.zeros((sessions.size, len(FEE_BOARDS), 3), np.int64)
    for table, column in ((STAMP_DUTIES, {"buy": 0, "sell": 1}), (TRANSFER_FEES, {"buy": 2, "sell": 2})):
        for row in table:
            first = _first_row(sessions, row.since)
            for board, side in product(row.boards, row.sides):
                rates[first:, FEE_BOARDS.index(board), column[side]] = row.rate
    return rates


def terms_of_trade(boards: Sequence[str]) -> TermsOfTrade:
    by_board = {row.board: row for row in LOTS}
    rows = [by_board[board] for board in boards]

    def column(values: Iterable[int]) -> Integers:
        return np.fromiter(values, np.int64, len(rows))

    return TermsOfTrade(
        tick=column(row.tick for row in rows),
        lot=column(row.lot for row in rows),
        step=column(row.step for row in rows),
        fee_class=column(FEE_BOARDS.index(board) for board in boards),
    )


def check_window(first_session: int, boards: Collection[str]) -> None:
    """RulesError where the window starts (YYYYMMDD) before the first row of a rule that one of the boards needs."""
    problems = []
    for board in sorted(set(boards) & set(FEE_BOARDS)):
        earliest = _earliest(board)
        if first_session < _number(earliest) and earliest > OPENED.get(board, date.min):
            problems.append(Problem("window.start", f"the rules of board {board} begin on {earliest}", f"start on {earliest} or later"))
    if problems:
        raise RulesError(problems)


def check_bars(market: Market) -> None:
    """RulesError where a stock has bars in the window before its board opened: no rule says how it was traded."""
    problems = []
    for board, opened in OPENED.items():
        columns = [i for i, name in enumerate(market.boards) if name == board]
        rows = slice(market.window_start, _first_row(market.sessions, opened))
        early = (market.open[rows][:, columns] > 0).any(axis=0)
        if early.any():
            code = market.codes[columns[int(early.argmax())]]
            problems.append(
                Problem("window.start", f"{code} has bars before board {board} opened on {opened}", f"start on {opened} or later")
            )
    if problems:
        raise RulesError(problems)


def _percents(market: Market, start: int) -> tuple[Percents, Percents]:
    """(up, down) by bar and stock, UNLIMITED where there is no limit: first the board, then ST, then the first sessions of a listing."""
    sessions, boards = market.sessions[start:], np.array(market.boards)
    up = np.full((sessions.size, boards.size), UNLIMITED, np.int16)
    for row in PRICE_LIMITS:
        np.copyto(up[_first_row(sessions, row.since) :], np.int16(row.percent), where=boards == row.board)
    for row in ST_LIMITS:
        at = _first_row(sessions, row.since)
        np.copyto(up[at:], np.int16(row.percent), where=(market.is_st[start + at :] > 0) & (boards == row.board))
    down = up.copy()
    young = _Young(market, start)
    for listing in LISTING_LIMITS:
        cells = young.cells(boards == listing.board, listing.since, listing.sessions)
        up[cells] = UNLIMITED if listing.up_percent is None else listing.up_percent
        down[cells] = UNLIMITED if listing.down_percent is None else listing.down_percent
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

    def cells(self, on_board: npt.NDArray[np.bool_], since: date, count: int) -> tuple[Integers, Integers]:
        """Those of stocks that were listed on or after a date and are in their first `count` sessions."""
        chosen = on_board[self.columns] & (self.ages <= count) & (self.listed >= _first_row(self.days, since))
        return self.rows[chosen], self.columns[chosen]


def _limit(reference: Integers, percent: Percents, tick: Integers, vendor: Prices, unlimited: npt.NDArray[np.bool_], none: int) -> Prices:
    """reference x percent / 100, half-up to the tick in exact integers: binary floats are wrong on about 5% of the ties."""
    exact = (2 * reference * percent + 100 * tick) // (200 * tick) * tick
    ruled = np.where(unlimited | (reference == 0), none, exact)
    return np.where(vendor > 0, vendor, ruled).astype(np.int32)


def _earliest(board: str) -> date:
    """The first day on which every rule of the board is known."""
    starts = [min(row.since for row in PRICE_LIMITS if row.board == board)]
    for table in (STAMP_DUTIES, TRANSFER_FEES):
        starts += [min(row.since for row in table if board in row.boards)] if any(board in row.boards for row in table) else []
    starts += [min(row.since for row in LISTING_LIMITS if row.board == board)] if any(row.board == board for row in LISTING_LIMITS) else []
    return max(starts)


def _first_row(sessions: Prices, since: date) -> int:
    return int(np.searchsorted(sessions, _number(since)))


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day
