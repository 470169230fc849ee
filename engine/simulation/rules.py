"""Which market rules are in force: fees and dividend tax by date, lots by board, and what a window may ask for. Free of numba.

The rows are in rule_rows; price limits are computed in limits.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from engine.arrays import Integers, Prices
from engine.errors import Problem, RulesError
from engine.market import Market
from engine.simulation.limits import first_row, limits_from, number_of, price_limits
from engine.simulation.rule_rows import (
    DIVIDEND_TAXES,
    LISTING_LIMITS,
    LOTS,
    OPENED,
    PRICE_LIMITS,
    RULES_VERSION,
    STAMP_DUTIES,
    TRANSFER_FEES,
)
from engine.terms import Conditions

__all__ = [
    "RULES_VERSION",
    "check_bars",
    "check_window",
    "limits_from",
    "price_limits",
    "rates_on",
    "tax_rates",
    "tax_steps",
    "terms_of_trade",
]

FEE_BOARDS = tuple(row.board for row in LOTS)
"""The classes of fees: one for each board."""
_BY_THE_RULES = Conditions()


class TermsOfTrade(NamedTuple):
    """(N,) int64 by stock."""

    tick: Integers
    lot: Integers
    step: Integers
    fee_class: Integers


def rates_on(sessions: Prices) -> Integers:
    """(T, boards, 3) duty on buys, duty on sells, transfer fee in 1 / ONE, on the dates YYYYMMDD."""
    rates = np.zeros((sessions.size, len(FEE_BOARDS), 3), np.int64)
    for table, column in ((STAMP_DUTIES, {"buy": 0, "sell": 1}), (TRANSFER_FEES, {"buy": 2, "sell": 2})):
        for row in table:
            first = first_row(sessions, row.since)
            for board in row.boards:
                changed = rates[first:, FEE_BOARDS.index(board)]
                changed[:, list(column.values())] = 0
                changed[:, [column[side] for side in row.sides]] = row.rate
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


def tax_rates() -> tuple[int, int]:
    """Tax on the gross cash dividend of shares sold within a month, and within a year, in 1 / ONE."""
    month, year = DIVIDEND_TAXES
    return month.rate, year.rate


def tax_steps(sessions: Prices) -> tuple[Integers, Integers]:
    """From which session on a purchase is at most a month, and at most a year, old.

    sessions (R,) YYYYMMDD by bar, ascending. Returns (month_ago, year_ago), each (S + 1,) by running number of the S sessions: shares
    bought in sessions >= month_ago[s] and sold in session s were held for at most one month. Entry S, after the last, is S.
    """
    days = np.unique(sessions).astype(np.int64)
    month, year = (np.append(np.searchsorted(_later(days, row.months), _later(days, 0)), days.size) for row in DIVIDEND_TAXES)
    return month.astype(np.int64), year.astype(np.int64)


def check_window(first_session: int, boards: Collection[str], conditions: Conditions = _BY_THE_RULES) -> None:
    """RulesError where the window starts (YYYYMMDD) before the first row of a rule that one of the boards needs."""
    problems = []
    for board in sorted(set(boards) & set(FEE_BOARDS)):
        earliest = max(_needed(board, conditions))
        if first_session < number_of(earliest) and earliest > OPENED.get(board, date.min):
            problems.append(Problem("window.start", f"the rules of board {board} begin on {earliest}", f"start on {earliest} or later"))
    taxed = max(row.since for row in DIVIDEND_TAXES)
    if conditions.actions == "cash" and conditions.dividend_tax and first_session < number_of(taxed):
        hint = f"start on {taxed} or later, or leave the tax out"
        problems.append(Problem("window.start", f"the rules of dividend tax begin on {taxed}", hint))
    if problems:
        raise RulesError(problems)


def check_bars(market: Market) -> None:
    """RulesError where a stock has bars in the window before its board opened: no rule says how it was traded."""
    problems = []
    for board, opened in OPENED.items():
        columns = [i for i, name in enumerate(market.boards) if name == board]
        rows = slice(market.window_start, first_row(market.sessions, opened))
        early = (market.open[rows][:, columns] > 0).any(axis=0)
        if early.any():
            code = market.codes[columns[int(early.argmax())]]
            problems.append(
                Problem("window.start", f"{code} has bars before board {board} opened on {opened}", f"start on {opened} or later")
            )
    if problems:
        raise RulesError(problems)


def _needed(board: str, conditions: Conditions) -> Iterator[date]:
    """The first day of every rule that the board needs. What the conditions leave out or set themselves is not needed."""
    yield min(row.since for row in LOTS if row.board == board)
    if conditions.price_limits:
        yield min(row.since for row in PRICE_LIMITS if row.board == board)
        yield min((row.since for row in LISTING_LIMITS if row.board == board), default=date.min)
    for given, table in ((conditions.stamp_duty, STAMP_DUTIES), (conditions.transfer_fee, TRANSFER_FEES)):
        if given is None:
            yield min((row.since for row in table if board in row.boards), default=date.min)


def _later(days: Integers, months: int) -> Integers:
    """Dates YYYYMMDD that many calendar months later as running days: the same day of the month, or the month's last."""
    month = (days // 10_000 * 12 + days // 100 % 100 - 1 + months - 1970 * 12).astype("datetime64[M]")
    last = (month + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return np.minimum(month.astype("datetime64[D]") + (days % 100 - 1), last).astype(np.int64)
