"""5-minute bars of some sample stocks, made to agree with the daily bars: same open, high, low, close, volume and amount."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from datalake.calendar import MINUTE_MS, close_times, to_int
from datalake.sample.draws import Draws, Whole
from datalake.sample.listing import Listing
from datalake.sample.prices import Prices

COLUMNS = (0, 5, 12, 21, 28, 34, 51, 55, 64, 70)
"""The ten stocks, over all stock boards."""
FROM, TO = date(2024, 11, 1), date(2024, 12, 31)
BARS = 48


@dataclass(frozen=True)
class Minutes:
    """(D, 48) for the D stock-days that have bars."""

    days: Whole
    """(D,) row of the session."""
    columns: Whole
    """(D,) column of the stock."""
    times: Whole
    """UTC milliseconds of the right edges, 09:35 to 15:00."""
    open: Whole
    high: Whole
    low: Whole
    close: Whole
    volume: Whole
    amount: Whole


def make_minutes(draws: Draws, listing: Listing, prices: Prices) -> Minutes:
    rows = [row for row, day in enumerate(listing.days) if FROM <= day <= TO]
    places = np.array([(row, column) for column in COLUMNS for row in rows if prices.has_bar[row, column]], dtype=np.int64)
    days, columns = places[:, 0], places[:, 1]
    count = len(places)
    first, last, top, bottom, total = (
        values[days, columns][:, None] for values in (prices.open, prices.close, prices.high, prices.low, prices.volume)
    )
    steps = np.arange(BARS + 1)
    walk = np.concatenate([np.zeros((count, 1), dtype=np.int64), np.cumsum(draws.between(-3, 3, count, BARS), axis=1)], axis=1)
    bridge = walk * BARS - walk[:, -1:] * steps
    path = first * BARS + (last - first) * steps + bridge * (top - bottom) // 16
    path = np.clip((path // BARS + 5) // 10 * 10, bottom, top)
    path[:, :1], path[:, -1:] = first, last
    start, end = path[:, :-1], path[:, 1:]
    high = np.minimum(np.maximum(start, end) + 10 * draws.below(3, count, BARS), top)
    low = np.maximum(np.minimum(start, end) - 10 * draws.below(3, count, BARS), bottom)
    everyone = np.arange(count)
    high[everyone, np.argmax(high, axis=1)] = top[:, 0]
    low[everyone, np.argmin(low, axis=1)] = bottom[:, 0]
    volume = _spread(draws, total)
    amount = (start + high + low + end) // 4 * volume
    return Minutes(days, columns, _times(listing, days), start, high, low, end, volume, amount)


def agree(prices: Prices, minutes: Minutes) -> None:
    """Set the daily amounts of these days to the sums of their bars: the only daily figure that the bars cannot hit by themselves."""
    prices.amount[minutes.days, minutes.columns] = minutes.amount.sum(axis=1)


def _spread(draws: Draws, total: Whole) -> Whole:
    """The day's volume over its bars, busier at both ends, in lots; the last bar takes the rest."""
    steps = np.arange(BARS)
    weights = (40 + (steps - 24) * (steps - 24) // 8) * draws.between(60, 140, len(total), BARS)
    volume = total * weights // weights.sum(axis=1, keepdims=True) // 100 * 100
    volume[:, -1] += total[:, 0] - volume.sum(axis=1)
    return np.asarray(volume, dtype=np.int64)


def _times(listing: Listing, days: Whole) -> Whole:
    morning = np.arange(1, 25) * 5 - 330  # minutes before 15:00: 09:35 is 325 before
    afternoon = np.arange(1, 25) * 5 - 120
    edges = np.concatenate([morning, afternoon]) * MINUTE_MS
    sessions = [to_int(listing.days[row]) for row in days]
    return np.asarray(close_times(sessions)[:, None] + edges, dtype=np.int64)
