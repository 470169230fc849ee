"""The door for what a market knows beside its bars: listings, corporate actions, and the market that decides; every problem is reported."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import Integers
from engine.errors import Problem
from engine.market import Market

MOST_BONUS = 20_000_000
"""Millionths of a share per share: twenty for one."""
LARGEST_DIVIDEND = 10**12
"""Micro-yuan per share: the largest price."""

Chosen = npt.NDArray[np.bool_]

_DIVIDENDS = ("ex-date", "stock", "bonus", "cash", "pay date", "listing date")


def check_facts(market: Market) -> list[Problem]:
    """The market's own arrays have passed already."""
    problems = [*_of_listings(market), *_of_dividends(market), *_of_code_changes(market)]
    for name, days in (("previous_session", market.previous_session), ("next_session", market.next_session)):
        if days is not None:
            problems += array_problem(name, days, market.sessions.shape, np.int32)
    if market.decided_by is not None:
        problems += _of_deciding(market, market.decided_by)
    return problems


def array_problem(name: str, array: Any, shape: tuple[int | None, ...], dtype: Any) -> Iterator[Problem]:
    """Whether an array has another type, shape (None: any length) or layout."""
    if not isinstance(array, np.ndarray) or array.dtype != dtype or not _fits(array.shape, shape):
        found = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else type(array).__name__
        wanted = str(shape).replace("None", "X")
        yield Problem(name, f"must be {np.dtype(dtype)} {wanted}, is {found}")
    elif not array.flags.c_contiguous:
        yield Problem(name, "must be C-contiguous")


def no_dates(days: npt.NDArray[Any]) -> Chosen:
    """Where an array of YYYYMMDD names no day of the calendar."""
    numbers = days.astype(np.int64)
    year, month, day = numbers // 10_000, numbers // 100 % 100, numbers % 100
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    is_month = (month >= 1) & (month <= 12)
    length = lengths[np.where(is_month, month, 0)] + ((month == 2) & is_leap)
    is_day = is_month & (day >= 1) & (day <= length) & (year >= 1) & (year <= 9999)
    return np.asarray(~is_day)


def again(column: Integers) -> Chosen:
    """Where a number has come before."""
    seen = np.ones(column.size, bool)
    seen[np.unique(column, return_index=True)[1]] = False
    return seen


def row_problem(field: str, message: str, table: Integers, wrong: Any) -> Iterator[Problem]:
    """One problem for all rows of a table where something is wrong (X,)."""
    if wrong.any():
        row = int(wrong.argmax())
        yield Problem(field, f"row {row} {message}: {table[row].tolist()}, and {int(wrong.sum()) - 1} more rows")


def _fits(found: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(found) == len(wanted) and all(want in (None, have) for have, want in zip(found, wanted, strict=True))


def _of_listings(market: Market) -> Iterator[Problem]:
    listings, stocks = market.listings, market.shape[1]
    if len(listings.industries) != stocks or not all(isinstance(name, str) for name in listings.industries):
        yield Problem("listings.industries", f"must be {stocks} texts")
    arrays = {"same_day": np.uint8, "delisting_from": np.int32, "delist_date": np.int32}
    problems = [array_problem(f"listings.{name}", getattr(listings, name), (stocks,), dtype) for name, dtype in arrays.items()]
    if wrong := [each for found in problems for each in found]:
        yield from wrong
        return
    yield from _named(market, "listings.same_day", "must be 0 or 1", listings.same_day > 1)
    for name in ("delisting_from", "delist_date"):
        days = getattr(listings, name)
        yield from _named(market, f"listings.{name}", "is no day YYYYMMDD, or 0", (days != 0) & no_dates(days))
    rows = np.searchsorted(market.sessions, listings.delist_date)
    for i in np.flatnonzero(listings.delist_date).tolist():
        late = np.flatnonzero(market.open[max(int(rows[i]), market.window_start) :, i])
        if late.size:
            message = f"{market.codes[i]} is delisted from {listings.delist_date[i]} on, and has {late.size} bars after that"
            yield Problem("listings.delist_date", message, "mend the date, or take the bars away")


def _named(market: Market, field: str, message: str, wrong: Chosen) -> Iterator[Problem]:
    if wrong.any():
        yield Problem(field, f"{message}: {market.codes[int(wrong.argmax())]}, and {int(wrong.sum()) - 1} more")


def _of_dividends(market: Market) -> Iterator[Problem]:
    table, field = market.actions.dividends, "actions.dividends"
    problems = list(array_problem(field, table, (None, 6), np.int64))
    yield from problems
    if problems or not table.size:
        return
    ex_date, stock, bonus, cash = table.T[:4]
    yield from row_problem(field, f"names no column of {market.shape[1]}", table, (stock < 0) | (stock >= market.shape[1]))
    yield from row_problem(field, f"has a bonus that is not from 0 to {MOST_BONUS:,} millionths", table, (bonus < 0) | (bonus > MOST_BONUS))
    yield from row_problem(
        field, f"has cash that is not from 0 to {LARGEST_DIVIDEND:,} micro-yuan", table, (cash < 0) | (cash > LARGEST_DIVIDEND)
    )
    for name, days, needed in zip(_DIVIDENDS, table.T, (True, None, None, None, False, False), strict=True):
        if needed is not None:
            yield from row_problem(field, f"has no {name} YYYYMMDD", table, no_dates(days) & (needed | (days != 0)))
    yield from _unsorted(field, ex_date, stock)


def _of_code_changes(market: Market) -> Iterator[Problem]:
    """One company must be in one column at a time: a position moves with it, and two cannot become one."""
    table, field = market.actions.code_changes, "actions.code_changes"
    problems = list(array_problem(field, table, (None, 3), np.int64))
    if not problems and table.size:
        stocks = table[:, 1:]
        problems += row_problem(
            field, f"names no column of {market.shape[1]}", table, ((stocks < 0) | (stocks >= market.shape[1])).any(axis=1)
        )
        problems += row_problem(field, "has no date YYYYMMDD", table, no_dates(table[:, 0]))
        problems += row_problem(field, "changes a code into itself", table, stocks[:, 0] == stocks[:, 1])
        problems += _unsorted(field, table[:, 0], table[:, 1])
        problems += row_problem(field, "has the old code of an earlier row", table, again(stocks[:, 0]))
        problems += row_problem(field, "has the new code of an earlier row", table, again(stocks[:, 1]))
    yield from problems
    if problems:
        return
    for day, old, new in table.tolist():
        row = int(np.searchsorted(market.sessions, day))
        for column, rows, words in ((old, slice(row, None), "from"), (new, slice(0, row), "before")):
            count = int((market.open[rows, column] > 0).sum())
            if count:
                change = f"{market.codes[old]} becomes {market.codes[new]} on {day}"
                yield Problem(
                    field, f"{change}, and {market.codes[column]} has {count} bars {words} that day", "a company trades under one code"
                )


def _unsorted(field: str, days: Integers, stocks: Integers) -> Iterator[Problem]:
    step = np.diff(days)
    if ((step < 0) | ((step == 0) & (np.diff(stocks) < 0))).any():
        yield Problem(field, "must ascend by date, then stock")


def _of_deciding(market: Market, deciding: Market) -> Iterator[Problem]:
    """Its rows become bars of the market by their times."""
    field = "decided_by"
    if deciding.decided_by is not None:
        yield Problem(field, "is decided by a market itself")
    if deciding.codes != market.codes:
        yield Problem(f"{field}.codes", "must be those of the market that it decides for")
    rows = deciding.close.shape[0] if deciding.close.ndim == 2 else 0
    if rows == 0:
        yield Problem(f"{field}.close", f"is not a panel of bars by stocks: shape {deciding.close.shape}")
        return
    problems = [
        *array_problem(f"{field}.times", deciding.times, (rows,), np.int64),
        *array_problem(f"{field}.sessions", deciding.sessions, (rows,), np.int32),
        *array_problem(f"{field}.close", deciding.close, (rows, market.shape[1]), np.int32),
    ]
    yield from problems
    if not 0 <= deciding.window_start < rows:
        yield Problem(f"{field}.window_start", f"{deciding.window_start} is not one of {rows} rows")
    if not problems:
        for name, column, least in (("times", deciding.times, 1), ("sessions", deciding.sessions, 0)):
            if (np.diff(column) < least).any():
                yield Problem(f"{field}.{name}", "must ascend")
