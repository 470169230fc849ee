"""Bars of weeks and months, made of daily ones: each is what its last session knows of all its sessions, in the scale of that session."""

from collections.abc import Mapping

import numpy as np

from datalake.frequencies import PERIODS, bars_of
from datalake.panels.packing import Array
from datalake.panels.panel import DAILY, DECIDING, PanelSpec
from datalake.periods import Periods, whole_periods
from datalake.versions import Dataset
from engine.market import FAR

_SAFE = 1 << 60
"""A price times a factor below this can be doubled and rounded in 64 bits."""
_FIELD = "field:"
_PRICES = ("open", "high", "low", "pre_close")


def periods_of(dataset: Dataset, spec: PanelSpec) -> Periods | None:
    """The whole weeks or months of a panel, by positions in the calendar: `warm_up` of them, as far as the data go back, and those that end
    in the window. None where its frequency is another."""
    bars = bars_of(dataset, spec.frequency)
    if spec.frequency not in PERIODS or bars is None:
        return None
    calendar = np.array(dataset.catalog.sessions, dtype=np.int64)
    found = whole_periods(calendar, spec.frequency, bars.first, min(spec.end, bars.last))
    first = max(int(np.searchsorted(calendar[found.last], spec.start)) - spec.warm_up, 0)
    return Periods(found.first[first:], found.last[first:])


def decided_by_periods(
    arrays: Mapping[str, Array], periods: Periods, window_start: int, has_minutes: bool, has_days: bool
) -> dict[str, Array]:
    """The arrays of a panel whose signals are of weeks or months, from those of one whose signals are of days.

    `periods`: by rows of the daily arrays. Where orders meet minutes these are there already, else they meet the days of the window, whose
    row is `window_start`. The daily bars stay beside the periods where a strategy looks at them (`has_days`).
    """
    prefix = DECIDING if has_minutes else ""
    days = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
    if has_minutes:
        out = {name: array for name, array in arrays.items() if not name.startswith(DECIDING)}
    else:
        out = {name: array[window_start:] for name, array in days.items() if not name.startswith(_FIELD)}
    out |= {DECIDING + name: array for name, array in period_bars(days, periods).items()}
    return out | ({DAILY + name: array for name, array in days.items()} if has_days else {})


def period_bars(days: Mapping[str, Array], periods: Periods) -> dict[str, Array]:
    """(P, ...) arrays of periods from (T, ...) arrays of days as a Market holds them; `periods` by rows, each beginning where another ends.

    A bar is there where one of the period's days has one. Its open is the first one's, its close the last one's, its reference price that
    of the first; prices of before an ex-date inside the period are brought to the scale of its last session by the factors, rounded half
    up. Volume and amount are plain sums. Everything else is what holds on the last session.
    """
    out = {name: np.ascontiguousarray(array[periods.last]) for name, array in days.items()}
    if not len(periods.first):
        return out
    rows = slice(int(periods.first[0]), int(periods.last[-1]) + 1)
    starts = periods.first - rows.start
    bars = {name: days[name][rows] for name in (*_PRICES, "volume", "amount")}
    there = bars["open"] > 0
    factors, last = days["adj_factor"][rows], np.repeat(out["adj_factor"], np.diff(np.append(periods.first, rows.stop)), axis=0)
    cells = np.nonzero(there & (factors != last))
    if cells[0].size:
        bars |= {name: _brought(bars[name], cells, factors[cells], last[cells]) for name in _PRICES}
    number = np.arange(len(there), dtype=np.int32)[:, None]
    first = np.minimum.reduceat(np.where(there, number, len(there)), starts, axis=0)
    has_bar = first < len(there)
    first = np.where(has_bar, first, 0)
    for name in ("open", "pre_close"):
        out[name] = np.where(has_bar, np.take_along_axis(bars[name], first, axis=0), np.int32(0))
    out["high"] = np.maximum.reduceat(bars["high"], starts, axis=0)
    out["low"] = np.minimum.reduceat(bars["low"], starts, axis=0)
    return out | {name: np.add.reduceat(bars[name], starts, axis=0) for name in ("volume", "amount")}


def _brought(prices: Array, cells: tuple[Array, ...], over: Array, under: Array) -> Array:
    """Prices (T, N), those of some cells times over / under, rounded half up, and at least 1 li: 0 would be no bar."""
    price = prices[cells].astype(np.int64)
    if int(price.max()) * int(over.max()) >= _SAFE or int(under.max()) >= _SAFE:
        price, over, under = (each.astype(object) for each in (price, over, under))  # Python's integers: 64 bits would not hold them
    out = prices.copy()
    out[cells] = np.clip((2 * price * over + under) // (2 * under), 1, FAR - 1).astype(np.int64)
    return out
