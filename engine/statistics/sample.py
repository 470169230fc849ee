"""The figures of one equity curve: sums over the sessions in order, with + - * / and sqrt only. The one file here that is compiled.

The one power goes through decimal arithmetic, and the tail is sorted before it is added up, so that no figure's digits depend on the
machine. Results are rounded to 12 significant digits; None where a figure does not exist (too few sessions, nothing to divide by).
"""

from math import inf, isnan, nan, sqrt

import numpy as np

from engine.arrays import Floats, Integers
from engine.compiled import kernel
from engine.market import Benchmark
from engine.simulation import Tallies
from engine.statistics.curve import Against, Curve, Fall, Figure, Moments, Sessions, annual_return, rounded
from engine.statistics.metrics import METRICS

NOISE = 1e-15
"""A deviation up to this is what rounding a quotient of two amounts leaves behind: nothing varies."""
NOTHING = Moments(nan, nan, nan, nan, nan, nan, nan, 0, nan, nan, nan)
"""Of no session."""


def statistics(
    equity: Integers, sessions: Sessions, initial_cash: int, tallies: Tallies, benchmark: Benchmark | None = None
) -> dict[str, Figure]:
    """Every metric of a run, by key; see curve_of."""
    curve = curve_of(equity, sessions, initial_cash, tallies, benchmark)
    return {metric.key: rounded(metric.of(curve)) for metric in METRICS}


def curve_of(equity: Integers, sessions: Sessions, initial_cash: int, tallies: Tallies, benchmark: Benchmark | None = None) -> Curve:
    """What the metrics are computed from.

    equity (R,) li at each bar, initial_cash > 0 li. A benchmark with a gap (or a close that is no price) is as none. ValueError if its
    closes are not one more than the sessions.
    """
    count = sessions.ends.size
    if benchmark is not None and benchmark.closes.size != count + 1:
        raise ValueError(f"{count} sessions need {count + 1} closes of the benchmark, not {benchmark.closes.size}")
    returns = np.empty(count)
    moments, against = NOTHING, None
    if count:
        plain = _moments(equity, sessions.ends, float(initial_cash), returns)
        moments = Moments(*plain, *((nan, nan) if isnan(plain[0]) else _tail(returns)))
        against = _beside(returns, plain[0], benchmark)
    final = int(equity[-1]) if equity.size else initial_cash
    growth = annual_return(initial_cash, final, count)
    return Curve(initial_cash, final, count, equity.size, growth, moments, _fall(equity, sessions, initial_cash), against, tallies)


def _tail(returns: Floats) -> tuple[float, float]:
    """Value at risk and shortfall at one in twenty, of at least one return, all numbers.

    Ranks are integers, because a product with 0.05 could be off by one; what is added up is sorted first.
    """
    rank, past = divmod(returns.size - 1, 20)
    lowest = np.sort(np.partition(returns, min(rank + 1, returns.size - 1))[: rank + 2]).tolist()
    total = 0.0
    for each in lowest[: rank + 1]:
        total += each
    at = lowest[rank]
    return at + (lowest[rank + 1] - at) * (past / 20.0) if past else at, total / (rank + 1)


def _beside(returns: Floats, mean: float, benchmark: Benchmark | None) -> Against | None:
    """The kernel meets one type of array whatever the run: a copy where closes are mapped and read-only, a gap where there are none."""
    closes = np.array([nan]) if benchmark is None else np.array(benchmark.closes, np.float64)
    found = Against(*_against(returns, mean, closes))
    return found if found.growth > 0.0 else None


def _fall(equity: Integers, sessions: Sessions, initial_cash: int) -> Fall:
    depth, *bars = _deepest(equity, float(initial_cash))
    if depth == 0.0:
        return Fall(0.0, None, None, None, 0)
    start, trough, recovery = np.searchsorted(sessions.ends, bars).tolist()
    if bars[0] < 0:
        start = -1
    recovered = bars[2] >= 0
    dates = sessions.dates
    return Fall(
        depth,
        int(dates[start]) if start >= 0 else None,
        int(dates[trough]),
        int(dates[recovery]) if recovered else None,
        (recovery if recovered else dates.size - 1) - start,
    )


@kernel
def _moments(
    equity: Integers, ends: Integers, initial: float, returns: Floats
) -> tuple[float, float, float, float, float, float, float, int, float]:
    """The first nine of Moments, of at least one session; fills `returns` (S,).

    Two passes: the mean first, then the powers around it, so that a steady curve has no spurious deviation.
    """
    total, money, losses, best, worst, rising = 0.0, 0.0, 0.0, -inf, inf, 0
    previous = initial
    for k in range(ends.size):
        now = float(equity[ends[k]])
        earned = now / previous - 1.0 if previous > 0.0 else nan
        returns[k] = earned
        total += earned
        money += now
        best, worst = max(best, earned), min(worst, earned)
        if earned < 0.0:
            losses += earned * earned
        if earned > 0.0:
            rising += 1
        previous = now
    count = float(ends.size)
    mean, second, third, fourth = total / count, 0.0, 0.0, 0.0
    if isnan(mean):  # nothing is left: what comes after is no return
        best, worst = nan, nan
    for k in range(ends.size):
        deviation = returns[k] - mean
        square = deviation * deviation
        second += square
        third += square * deviation
        fourth += square * square
    deviation, skew, kurtosis = nan, nan, nan
    if count > 1.0:
        deviation = sqrt(second / (count - 1.0))
        if deviation <= NOISE:
            deviation = 0.0
    if count > 2.0 and deviation > 0.0:
        skew = count * sqrt(count - 1.0) / (count - 2.0) * (third / (second * sqrt(second)))
    if count > 3.0 and deviation > 0.0:
        bottom = (count - 2.0) * (count - 3.0)
        shape = count * (count + 1.0) * (count - 1.0) * fourth / (bottom * (second * second))
        kurtosis = shape - 3.0 * (count - 1.0) * (count - 1.0) / bottom
    return mean, deviation, sqrt(losses / count), skew, kurtosis, best, worst, rising, money / count


@kernel
def _deepest(equity: Integers, initial: float) -> tuple[float, int, int, int]:
    """The deepest fall, at most 0, and the bars of its peak's last touch (-1: before the first), its trough and its recovery (-1: none)."""
    peak, peak_at, deepest = initial, -1, 0.0
    start, trough, recovery = -1, -1, -1
    for k in range(equity.size):
        now = float(equity[k])
        if now >= peak:
            if trough >= 0 and recovery < 0:
                recovery = k
            peak, peak_at = now, k
        else:
            fall = now / peak - 1.0
            if fall < deepest:
                deepest, start, trough, recovery = fall, peak_at, k, -1
    return deepest, start, trough, recovery


@kernel
def _against(returns: Floats, mean: float, closes: Floats) -> tuple[float, float, float, float, float]:
    """Against, of at least one session; growth is 0 where a close is no price. Two passes, as for the moments."""
    total, active = 0.0, 0.0
    for k in range(closes.size):
        if not 0.0 < closes[k] < inf:
            return 0.0, nan, nan, nan, nan
    for k in range(returns.size):
        earned = closes[k + 1] / closes[k] - 1.0
        total += earned
        active += returns[k] - earned
    count = float(returns.size)
    theirs, active = total / count, active / count
    squares, products, active_squares = 0.0, 0.0, 0.0
    for k in range(returns.size):
        earned = closes[k + 1] / closes[k] - 1.0
        deviation = earned - theirs
        squares += deviation * deviation
        products += deviation * (returns[k] - mean)
        difference = returns[k] - earned - active
        active_squares += difference * difference
    beta, active_deviation = nan, nan
    if count > 1.0:
        if sqrt(squares / (count - 1.0)) > NOISE:
            beta = products / squares
        active_deviation = sqrt(active_squares / (count - 1.0))
        if active_deviation <= NOISE:
            active_deviation = 0.0
    return closes[returns.size] / closes[0], beta, theirs, active, active_deviation
