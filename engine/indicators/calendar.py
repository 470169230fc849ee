"""What the calendar says of each row of a market: the same for all of its stocks."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from engine.arrays import Integers, Prices
from engine.market import Market

SHANGHAI = 8 * 60
"""Minutes ahead of UTC; there has been no summer time since 1991."""
MINUTE_MS = 60_000
DAY = 24 * 60


def days_since_monday(dates: Integers) -> Integers:
    """Days since Monday 1969-12-29 of dates written YYYYMMDD."""
    months = (dates // 10_000 - 1970) * 12 + dates // 100 % 100 - 1
    first_of_month = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return first_of_month + dates % 100 - 1 + 3


def _weekday(market: Market) -> Integers:
    return days_since_monday(market.sessions.astype(np.int64)) % 7 + 1


def _minute(market: Market) -> Integers:
    """Of the bar's right edge, in Shanghai."""
    return (market.times // MINUTE_MS + SHANGHAI) % DAY


def _in_another_month(market: Market, beside: Prices | None) -> npt.NDArray[np.bool_]:
    """Whether the session beside each row's is known and of another month."""
    if beside is None:
        return np.zeros(market.sessions.shape, np.bool_)
    return np.asarray((beside > 0) & (beside // 100 != market.sessions // 100), np.bool_)


NUMBERS: dict[str, Callable[[Market], Integers | Prices]] = {
    "weekday": _weekday,
    "day": lambda market: market.sessions % 100,
    "month": lambda market: market.sessions // 100 % 100,
    "year": lambda market: market.sessions // 10_000,
    "minute": _minute,
}
"""(T,) by the name of the field."""

TRUTHS: dict[str, Callable[[Market], npt.NDArray[np.bool_]]] = {
    "is_month_start": lambda market: _in_another_month(market, market.previous_session),
    "is_month_end": lambda market: _in_another_month(market, market.next_session),
}
"""(T,) true or false."""
