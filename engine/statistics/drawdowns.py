"""The deepest falls of an equity curve, each from its peak until the peak is reached again. Free of numba."""

from collections.abc import Iterator

from engine.arrays import Integers, Prices
from engine.statistics.tables import Drawdown


def drawdowns(dates: Prices, equity: Integers, initial: int, most: int = 10) -> tuple[Drawdown, ...]:
    """At most so many, the deepest first, of equals the earlier; no two share a session but the one where a fall ends and another begins.

    dates, equity (S,) of the sessions, YYYYMMDD and li at the close; initial li > 0 is the point before the first session. On minute bars
    a run's max_dd sees the falls within a session too, and may be deeper than the first row.
    """
    found = sorted(_falls(dates.tolist(), equity.tolist(), initial), key=lambda fall: fall.depth)
    return tuple(found[:most])


def _falls(dates: list[int], equity: list[int], initial: int) -> Iterator[Drawdown]:
    """In order of time. Points are counted from the initial cash, 0; a session's is its number from 1."""
    points, days = [initial, *equity], [0, *dates]
    peak, trough = 0, 0
    for k, money in enumerate(points):
        if money >= points[peak]:
            if trough > peak:
                yield _fall(points, days, (peak, trough, k))
            peak = trough = k
        elif trough == peak or money < points[trough]:
            trough = k
    if trough > peak:
        yield _fall(points, days, (peak, trough, None))


def _fall(points: list[int], days: list[int], at: tuple[int, int, int | None]) -> Drawdown:
    peak, trough, recovery = at
    end = len(points) - 1 if recovery is None else recovery
    depth = points[trough] / points[peak] - 1.0
    return Drawdown(depth, days[peak], days[trough], None if recovery is None else days[recovery], end - peak, trough - peak)
