"""Calendar weeks and months: which sessions each is made of, and whether all of them are known. Light: the API asks this."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from datalake.calendar import ints_to_dates

Positions = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]

_TO_MONDAY = 3
"""1970-01-01, from which days are counted, was a Thursday."""


class Periods(NamedTuple):
    """P whole weeks or months, ascending, by positions in the calendar of sessions."""

    first: Positions
    """(P,) the first session of each."""
    last: Positions
    """(P,) the last one, by which the period's bar is called."""


def period_of(days: Days, frequency: str) -> Positions:
    """(S,) a running number of the calendar week ("1w", from Monday) or month ("1mo") that each day lies in."""
    if frequency == "1mo":
        return np.asarray(days.astype("datetime64[M]").astype(np.int64))
    return np.asarray((days.astype("datetime64[D]").astype(np.int64) + _TO_MONDAY) // 7)


def whole_periods(calendar: Sequence[int] | npt.NDArray[Any], frequency: str, first: int, last: int) -> Periods:
    """The periods all of whose sessions are known to lie from day `first` to day `last` (YYYYMMDD, both included).

    `calendar` (S,): sessions YYYYMMDD, ascending. A period that its edges cut is whole only where no session can be missing: no weekday
    but New Year's Day, on which the exchange is always closed, lies between. Sessions of the future that the calendar does not know yet
    change no period that is whole already.
    """
    days = ints_to_dates(np.asarray(calendar, dtype=np.int64))
    if not days.size:
        return Periods(np.zeros(0, np.int64), np.zeros(0, np.int64))
    number = period_of(days, frequency)
    starts = np.flatnonzero(np.diff(number, prepend=number[0] - 1))
    ends = np.append(starts[1:], len(days)) - 1
    begin, end = ints_to_dates([first, last])
    whole = (days[starts] >= begin) & (days[ends] <= end)
    whole[0] &= not _weekdays(_first_day(number[0], frequency), days[0])
    whole[-1] &= not _weekdays(days[-1] + 1, _first_day(number[-1] + 1, frequency))
    return Periods(starts[whole].astype(np.int64), ends[whole].astype(np.int64))


def _first_day(number: int, frequency: str) -> np.datetime64:
    months = np.array([number]).astype("datetime64[M]").astype("datetime64[D]")
    weeks = np.array([number * 7 - _TO_MONDAY]).astype("datetime64[D]")
    first: np.datetime64 = (months if frequency == "1mo" else weeks)[0]
    return first


def _weekdays(begin: np.datetime64, end: np.datetime64) -> int:
    """From a day to the one before another: those on which the exchange may be open."""
    years = np.arange(begin.astype("datetime64[Y]"), end.astype("datetime64[Y]") + 1)
    return int(np.busday_count(begin, end, holidays=years.astype("datetime64[D]")))
