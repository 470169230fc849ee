"""What the figures of a run are computed from: its sessions, the moments of its returns, its deepest fall. Free of numba."""

from decimal import Context, Decimal
from math import isfinite
from typing import NamedTuple

import numpy as np

from engine.arrays import Integers, Prices
from engine.simulation import Tallies

SESSIONS_A_YEAR = 244
LI = 1_000.0
"""li in a yuan."""

Figure = float | int | None


class Sessions(NamedTuple):
    """The window's sessions, ascending."""

    ends: Integers
    """(S,) of each session, its last bar's row in the window."""
    dates: Prices
    """(S,) int32 YYYYMMDD."""


class Moments(NamedTuple):
    """Of the returns per session, the first against the initial cash. NaN where there are too few, or where nothing varies."""

    mean: float
    deviation: float
    """Of a sample: ddof 1. 0 where the returns differ by no more than a quotient's rounding."""
    downside: float
    """Root of the mean square of the losing sessions' returns, over all sessions."""
    skew: float
    """Corrected for the size of the sample, as kurtosis is."""
    kurtosis: float
    """Above that of the normal distribution."""
    best: float
    worst: float
    rising: int
    """Sessions that earned more than nothing."""
    equity: float
    """Mean at the sessions' ends, li."""
    value_at_risk: float
    """The return that one session in twenty falls short of."""
    shortfall: float
    """The mean of the returns up to that one."""


class Fall(NamedTuple):
    """The deepest fall from a peak, over all bars, the initial cash being the first point."""

    depth: float
    """At most 0."""
    start: int | None
    """The session of the peak's last bar, YYYYMMDD; None: the initial cash, or no fall."""
    trough: int | None
    recovery: int | None
    """The first session with a bar at or above the peak; None: not within the window."""
    sessions: int
    """From the peak to the recovery, or to the end."""


class Against(NamedTuple):
    """The returns beside those of the benchmark."""

    growth: float
    """What one unit of money in the benchmark became."""
    beta: float
    """NaN where the benchmark does not vary."""
    mean: float
    """The benchmark's mean return."""
    active_mean: float
    """Of the differences, the run's return less the benchmark's."""
    active_deviation: float
    """ddof 1; NaN with one session."""


class Curve(NamedTuple):
    """Everything that a metric is computed from. Money in li."""

    initial: int
    final: int
    sessions: int
    bars: int
    growth: Figure
    """A year's return."""
    moments: Moments
    fall: Fall
    against: Against | None
    """None without a benchmark, or where it has a gap."""
    tallies: Tallies


def sessions_of(dates: Prices) -> Sessions:
    """dates: of each bar of the window, ascending."""
    ends = np.append(np.flatnonzero(np.diff(dates)), dates.size - 1)[: dates.size].astype(np.int64)
    return Sessions(ends, dates[ends])


def rounded(figure: Figure) -> Figure:
    """12 significant digits; counts stay as they are, what is not finite is None."""
    if figure is None or isinstance(figure, int):
        return figure
    return float(f"{figure:.12g}") + 0.0 if isfinite(figure) else None


def annual_return(initial: int, final: int, sessions: int) -> Figure:
    """The power of a ratio of two integers, to 30 digits in decimal arithmetic: no libm, whose last bits change with the machine."""
    if sessions == 0 or final < 0:
        return None
    context = Context(prec=30)
    growth = context.divide(Decimal(final), Decimal(initial))
    return float(context.power(growth, context.divide(Decimal(SESSIONS_A_YEAR), Decimal(sessions)))) - 1.0
