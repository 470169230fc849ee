"""The benchmark's closes on the sessions of a panel's window: an index in points, a stock or fund with its payouts reinvested."""

from typing import NamedTuple

import numpy as np

from datalake.asked.benchmark import has_index_bars
from datalake.calendar import ints_to_dates
from datalake.panels.facts import carry_close, clean_factors
from datalake.panels.with_bars import Axis, daily_bars, factors_of, values_of
from datalake.reading import Reader
from engine.arrays import Floats

POINT = 1000.0
"""An index's closes are stored as li are."""


class _Closes(NamedTuple):
    """(S,) float64 by session, NaN where the dataset has no bar."""

    close: Floats
    pre_close: Floats


def benchmark_closes(reader: Reader, code: str, window: tuple[int, int]) -> Floats:
    """(S + 1,) float64: the reference before the window's first session, then the close of each of its S sessions.

    `window` names the first and the last session, whatever bars the panel has. The reference is the first session's own pre_close, where
    there is no bar the close of the session before, else NaN. A session without a bar is NaN: nothing is filled. What lies before the
    session before the window changes nothing, so panels of any warm-up hold the same closes.
    """
    calendar = np.array(reader.dataset.catalog.sessions, dtype=np.int32)
    start, after = np.searchsorted(calendar, window[0]), np.searchsorted(calendar, window[1], side="right")
    first = max(int(start) - 1, 0)
    sessions = calendar[first:after]
    days = ints_to_dates(sessions)
    inside = int(start) - first
    axis = Axis(days, sessions, inside, days)
    found = _index(reader, code, axis) if has_index_bars(reader.dataset.catalog, code) else _reinvested(reader, code, axis)
    before = found.close[0] if inside else np.nan
    told = found.pre_close[inside]
    return np.append(before if np.isnan(told) else told, found.close[inside:])


def _index(reader: Reader, code: str, axis: Axis) -> _Closes:
    """In points."""
    li = values_of(reader, "index_1d", ["close", "pre_close"], axis.days, (code,), np.float64, np.nan)
    return _Closes(*(np.where(li[name][:, 0] > 0, li[name][:, 0] / POINT, np.nan) for name in ("close", "pre_close")))


def _reinvested(reader: Reader, code: str, axis: Axis) -> _Closes:
    """Prices in li times the factor of their day in millionths. Both are exact in float64, so the product is rounded once."""
    bars = daily_bars(reader, axis, (code,))
    has_bar = bars["open"] > 0
    carried = carry_close(bars["close"].copy(), has_bar)
    factors = clean_factors(has_bar, carried, bars["pre_close"], *factors_of(reader, axis.days, (code,)))
    adjusted = (np.where(has_bar, bars[name] * factors.astype(np.float64), np.nan)[:, 0] for name in ("close", "pre_close"))
    return _Closes(*adjusted)
