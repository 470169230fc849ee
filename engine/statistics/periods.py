"""What each month and each year of the window earned, beside the benchmark. Free of numba."""

import numpy as np

from engine.arrays import Floats, Integers, Prices
from engine.statistics.tables import Period


def monthly(dates: Prices, equity: Integers, initial: int, benchmark: Floats | None = None) -> tuple[Period, ...]:
    """The window's months, ascending; the first and the last may be parts of months. Compounded, they make the whole return.

    dates, equity (S,) of the sessions, YYYYMMDD and li at the close; initial li > 0; benchmark (S + 1,) closes as in Market, empty: none.
    Where nothing is left at a month's start, nothing can be earned: 0.
    """
    return _periods(dates // 100, dates, equity, initial, benchmark)


def yearly(dates: Prices, equity: Integers, initial: int, benchmark: Floats | None = None) -> tuple[Period, ...]:
    """As `monthly`, of calendar years; their month is 0."""
    return _periods(dates // 10_000 * 100, dates, equity, initial, benchmark)


def _periods(months: Prices, dates: Prices, equity: Integers, initial: int, benchmark: Floats | None) -> tuple[Period, ...]:
    """months (S,) YYYYMM, or YYYY00, of each session."""
    starts = np.flatnonzero(np.diff(months, prepend=0)).tolist()
    money = [initial, *equity.tolist()]
    closes = [] if benchmark is None else benchmark.tolist()
    found = []
    for first, after in zip(starts, [*starts[1:], dates.size][: len(starts)], strict=True):
        year, month = divmod(int(months[first]), 100)
        earned = money[after] / money[first] - 1.0 if money[first] else 0.0
        found.append(Period(year, month, earned, _change(closes, first, after), after - first))
    return tuple(found)


def _change(closes: list[float], first: int, after: int) -> float | None:
    """None without closes, and where one of the two is a gap."""
    if not closes or not (closes[first] > 0.0 and closes[after] > 0.0):
        return None
    return closes[after] / closes[first] - 1.0
