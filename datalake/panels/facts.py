"""Facts of each stock and day that are not bars: adjustment factors that move only on ex-dates, listed sessions, special treatment."""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from datalake.calendar import ints_to_dates
from datalake.reading import Days
from datalake.versions import Instrument
from engine.arrays import Flags, Integers, Prices

Known = npt.NDArray[np.bool_]

MILLION = 1_000_000
_NEVER = 99991231

SPECIAL = re.compile(r"^S?\*?ST")
"""Names under special treatment: ST, *ST, SST, S*ST."""


def carry_close(close: Prices, has_bar: Known) -> Prices:
    """(S, N) the last close on cells without a bar, 0 before the first bar. In place."""
    for row in range(1, len(close)):
        np.copyto(close[row], close[row - 1], where=~has_bar[row])
    return close


def clean_factors(has_bar: Known, carried: Prices, pre_close: Prices, vendor: Integers | None, recorded: Known | None = None) -> Integers:
    """(S, N) cumulative factors in millionths that change only on ex-dates.

    An ex-date is a bar whose `pre_close` differs from the last close, or the first since a dividend was `recorded` (S, N): one of less than
    half a fen moves no price. `vendor` (S, N) holds the vendor's factors in millionths, 0 where it gives none. None: there is no table.

    The step is the vendor's, from the stock's previous bar to this one; without a vendor's factor on both it is last close / pre_close.
    Where the vendor's stands still it is that, too, if the previous bar is of the session before or a dividend is recorded; else days are
    missing between the two bars, the stock moved, and there was no ex-date. The first bar starts from the vendor's factor (or 1).
    Vendors' factors wobble without an event, so a step on any other day is not taken.
    """
    sessions, stocks = has_bar.shape
    out = np.empty((sessions, stocks), dtype=np.int64)
    factor = np.full(stocks, MILLION, dtype=np.int64)
    last_close = np.zeros(stocks, dtype=np.int64)
    last_vendor = np.zeros(stocks, dtype=np.int64)
    given = np.zeros(stocks, dtype=np.int64)
    due, before = np.zeros(stocks, dtype=np.bool_), np.zeros(stocks, dtype=np.bool_)
    for row in range(sessions):
        bar, reference = has_bar[row], pre_close[row].astype(np.int64)
        if vendor is not None:
            given = vendor[row]
        if recorded is not None:
            due |= recorded[row]
        factor = np.where(bar & (last_close == 0) & (given > 0), given, factor)
        for column in np.nonzero(bar & (last_close > 0) & (reference > 0) & ((reference != last_close) | due))[0]:
            over, under = int(given[column]), int(last_vendor[column])
            if over == 0 or under == 0 or (over == under and (before[column] or due[column])):
                over, under = int(last_close[column]), int(reference[column])
            factor[column] = _scaled(int(factor[column]), over, under)
        last_close = np.where(bar, carried[row], last_close)
        last_vendor = np.where(bar, given, last_vendor)
        before, due = bar, due & ~bar
        out[row] = factor
    return out


def listed_sessions(instruments: Sequence[Instrument], days: Days, sessions: Sequence[int]) -> Prices:
    """(S, N) 1 on the day of listing, counted in sessions; 0 where the date is unknown or in the future.

    Before the first known session of the calendar, weekdays stand for sessions.
    """
    calendar = ints_to_dates(sessions)
    position = np.searchsorted(calendar, days)
    listed = ints_to_dates([row.list_date or _NEVER for row in instruments])
    start = np.searchsorted(calendar, listed) - np.busday_count(np.minimum(listed, calendar[0]), calendar[0])
    out = np.maximum(position[:, None].astype(np.int32) - start.astype(np.int32) + np.int32(1), np.int32(0))
    return np.where([row.list_date > 0 for row in instruments], out, np.int32(0))


def listed_now(instruments: Sequence[Instrument], days: Days, has_bar: Known) -> Known:
    """(S, N) from the day of listing (unknown: from the first bar here) to the day before delisting."""
    starts = np.searchsorted(days, ints_to_dates([row.list_date or _NEVER for row in instruments]))
    ends = np.searchsorted(days, ints_to_dates([row.delist_date or _NEVER for row in instruments]))
    known = np.array([row.list_date > 0 for row in instruments], dtype=np.bool_)
    row = np.arange(len(days))[:, None]
    out = (row >= starts) & (row < ends)
    if not known.all():
        out[:, ~known] = np.maximum.accumulate(has_bar[:, ~known], axis=0) & (row < ends[~known])
    return out


def special_treatment(names: pl.DataFrame, days: Days, codes: Sequence[str]) -> Flags:
    """(S, N) 1 on the days that the stock's name said ST. `names` are rows of namechange; an open end lasts to the next name."""
    out = np.zeros((len(days), len(codes)), dtype=np.uint8)
    columns = {code: column for column, code in enumerate(codes)}
    rows = names.sort("ts_code", "start_date").with_columns(next_start=pl.col("start_date").shift(-1).over("ts_code"))
    for row in rows.iter_rows(named=True):
        if row["ts_code"] in columns and SPECIAL.match(row["name"]):
            first = np.searchsorted(days, np.datetime64(row["start_date"]))
            last = len(days)
            if row["end_date"]:
                last = int(np.searchsorted(days, np.datetime64(row["end_date"]), side="right"))
            elif row["next_start"]:
                last = int(np.searchsorted(days, np.datetime64(row["next_start"])))
            out[first:last, columns[row["ts_code"]]] = 1
    return out


def _scaled(factor: int, over: int, under: int) -> int:
    """factor * over / under, rounded half up (Python's integers: the product may pass 64 bits)."""
    return (2 * factor * over + under) // (2 * under)
