"""What the figures of runs are computed from, in columns: their returns' moments, deepest falls, benchmark, trades. Free of numba.

A column has one number for each of P runs over the same sessions, NaN where there is none. Money is li; counts and dates (YYYYMMDD) are
floats too: exact.
"""

from typing import NamedTuple

import numpy as np

from engine.arrays import Floats, Integers, Prices

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

    mean: Floats
    deviation: Floats
    """Of a sample: ddof 1. 0 where the returns differ by no more than a quotient's rounding."""
    downside: Floats
    """Root of the mean square of the losing sessions' returns, over all sessions."""
    skew: Floats
    """Corrected for the size of the sample, as kurtosis is."""
    kurtosis: Floats
    """Above that of the normal distribution."""
    best: Floats
    worst: Floats
    rising: Floats
    """Sessions that earned more than nothing."""
    equity: Floats
    """Mean at the sessions' ends, li."""
    value_at_risk: Floats
    """The return that one session in twenty falls short of."""
    shortfall: Floats
    """The mean of the returns up to that one."""


class Fall(NamedTuple):
    """The deepest fall from a peak, over all bars, the initial cash being the first point."""

    depth: Floats
    """At most 0."""
    start: Floats
    """The session of the peak's last bar, YYYYMMDD; NaN: the initial cash, or no fall."""
    trough: Floats
    recovery: Floats
    """The first session with a bar at or above the peak; NaN: not within the window."""
    sessions: Floats
    """From the peak to the recovery, or to the end."""


class Against(NamedTuple):
    """The returns beside those of the benchmark; NaN without one, or where it has a gap."""

    growth: Floats
    """What one unit of money in the benchmark became."""
    beta: Floats
    """NaN where the benchmark does not vary."""
    mean: Floats
    """The benchmark's mean return."""
    active_mean: Floats
    """Of the differences, the run's return less the benchmark's."""
    active_deviation: Floats
    """ddof 1; NaN with one session."""


class Traded(NamedTuple):
    """The tallies that metrics are made of; see simulation.Tallies."""

    bought: Floats
    sold: Floats
    commission: Floats
    duty: Floats
    transfer: Floats
    tax: Floats
    dividends: Floats
    trades: Floats
    wins: Floats
    gross_profit: Floats
    gross_loss: Floats
    holding_sessions: Floats
    invested: Floats
    held_bars: Floats
    refused: Floats
    """All refusals."""

    @property
    def fees(self) -> Floats:
        """Of trading: without the tax on dividends."""
        return self.commission + self.duty + self.transfer


class Curve(NamedTuple):
    """Everything that a metric is computed from."""

    initial: Floats
    final: Floats
    earned: Floats
    """final - initial, subtracted before it became a float."""
    sessions: int
    bars: int
    growth: Floats
    """A year's return; NaN of no session."""
    moments: Moments
    fall: Fall
    against: Against
    traded: Traded


def sessions_of(dates: Prices) -> Sessions:
    """dates: of each bar of the window, ascending."""
    ends = np.append(np.flatnonzero(np.diff(dates)), dates.size - 1)[: dates.size].astype(np.int64)
    return Sessions(ends, dates[ends])
