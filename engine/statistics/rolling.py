"""Figures of the last half year at each session: is what the whole window tells true of its parts? Free of numba."""

from math import nan, sqrt

import numpy as np

from engine.arrays import Floats, Integers
from engine.statistics.curve import SESSIONS_A_YEAR
from engine.statistics.tables import Rolling

NOISE = 1e-15
"""As for the whole window: a deviation up to this is what rounding leaves behind."""


def rolling(equity: Integers, initial: int, benchmark: Floats | None = None, window: int = SESSIONS_A_YEAR // 2) -> Rolling:
    """Sharpe ratio, volatility and beta of the returns of each window of sessions, with the formulas of a run's figures.

    equity (S,) li at the sessions' closes; initial li > 0; benchmark (S + 1,) closes as in Market, empty: none. ValueError for a window of
    fewer than two sessions. Each window is added up afresh, oldest first, so that a value depends on its window alone: no running sum.
    """
    if window < 2:
        raise ValueError(f"a window of {window} sessions has no deviation")
    returns = _changes(np.concatenate(([float(initial)], equity.astype(np.float64))))
    root = sqrt(SESSIONS_A_YEAR)
    mean, deviation = _mean(returns, window), np.sqrt(_products(returns, returns, window))
    varies = deviation > NOISE
    sharpe = np.divide(mean * root, deviation, out=np.full(mean.size, nan), where=varies)
    volatility = np.where(deviation <= NOISE, 0.0, deviation) * root
    return Rolling(window, _padded(sharpe, equity.size), _padded(volatility, equity.size), _beta(returns, benchmark, window))


def _beta(returns: Floats, benchmark: Floats | None, window: int) -> Floats:
    if benchmark is None or not benchmark.size:
        return np.full(returns.size, nan)
    theirs = _changes(np.where(benchmark > 0.0, benchmark, nan))
    covariance, variance = _products(returns, theirs, window), _products(theirs, theirs, window)
    varies = np.sqrt(variance) > NOISE  # NaN does not
    return _padded(np.divide(covariance, variance, out=np.full(variance.size, nan), where=varies), returns.size)


def _changes(points: Floats) -> Floats:
    """(S,) of S + 1 points; NaN beside a gap and where nothing is left."""
    quotients = np.full(points.size - 1, nan)
    np.divide(points[1:], points[:-1], out=quotients, where=points[:-1] > 0.0)
    return quotients - 1.0


def _mean(values: Floats, window: int) -> Floats:
    """(S - window + 1,), none where there are fewer sessions."""
    count = max(values.size - window + 1, 0)
    total = np.zeros(count)
    for k in range(window):
        total += values[k : k + count]
    return total / window


def _products(left: Floats, right: Floats, window: int) -> Floats:
    """The covariance in each window, ddof 1, around the windows' own means."""
    left_mean, right_mean = _mean(left, window), _mean(right, window)
    count = left_mean.size
    total = np.zeros(count)
    for k in range(window):
        total += (left[k : k + count] - left_mean) * (right[k : k + count] - right_mean)
    return total / (window - 1)


def _padded(figures: Floats, sessions: int) -> Floats:
    """Of each session: NaN before there are enough."""
    return np.concatenate((np.full(sessions - figures.size, nan), figures))
