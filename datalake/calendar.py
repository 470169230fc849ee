"""Dates as the lake writes them (YYYYMMDD integers), sessions and bar times. Session dates are Asia/Shanghai, times are UTC."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
SHANGHAI_MS = 8 * 60 * MINUTE_MS
"""Ahead of UTC; there has been no summer time since 1991."""
CLOSE_MS = 15 * 60 * MINUTE_MS
"""15:00, the right edge of a daily bar."""


def to_int(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def to_date(number: int) -> date:
    """Raises ValueError where there is no such day."""
    return date(number // 10_000, number // 100 % 100, number % 100)


def iso(number: int) -> str:
    """20200105 -> 2020-01-05, whether there is such a day or not."""
    return f"{number // 10_000:04d}-{number // 100 % 100:02d}-{number % 100:02d}"


def from_iso(day: str) -> int:
    """2020-01-05 (or 20200105) -> 20200105, whether there is such a day or not."""
    return int(day.replace("-", ""))


def iso_or_none(number: int) -> str | None:
    """As `iso`; 0 is no day."""
    return iso(number) if number else None


def is_day(number: int) -> bool:
    try:
        to_date(number)
    except ValueError:
        return False
    return True


def dates_to_ints(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int32]:
    """datetime64[D] to YYYYMMDD."""
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    return np.asarray(years * 10_000 + month * 100 + day, dtype=np.int32)


def ints_to_dates(numbers: Sequence[int] | npt.NDArray[np.integer]) -> npt.NDArray[np.datetime64]:
    """YYYYMMDD to datetime64[D]."""
    values = np.asarray(numbers, dtype=np.int64)
    months = ((values // 10_000 - 1970) * 12 + values // 100 % 100 - 1).astype("datetime64[M]")
    days: npt.NDArray[np.datetime64] = months.astype("datetime64[D]") + (values % 100 - 1).astype("timedelta64[D]")
    return days


def previous_sessions(calendar: Sequence[int], sessions: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The last session of the calendar (ascending) before each of some; 0 where the calendar has none."""
    known = np.append(np.int32(0), np.asarray(calendar, dtype=np.int32))
    return np.asarray(known[np.searchsorted(known[1:], sessions)], dtype=np.int32)


def next_sessions(calendar: Sequence[int], sessions: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The first session of the calendar (ascending) after each of some; 0 where the calendar has none."""
    known = np.append(np.asarray(calendar, dtype=np.int32), np.int32(0))
    return np.asarray(known[np.searchsorted(known[:-1], sessions, side="right")], dtype=np.int32)


def close_times(sessions: Sequence[int] | npt.NDArray[np.integer]) -> Ints:
    """UTC milliseconds of 15:00 Shanghai on each session."""
    return ints_to_dates(sessions).astype(np.int64) * DAY_MS + CLOSE_MS - SHANGHAI_MS
