"""Sums over the returns of a few runs at once, each run's in the order of its sessions: a lane of the processor to a run.

Arrays of a lane are (L,), of sessions and lanes (S, L). Runs do not mix, so that a run's sums are the same bits beside whatever others.
Two passes: the means first, then the powers around them, so that a steady curve has no spurious deviation.
"""

from math import inf, isnan, nan, sqrt

from engine.arrays import Floats, Integers
from engine.compiled import part

NOISE = 1e-15
"""A deviation up to this is what rounding a quotient of two amounts leaves behind: nothing varies."""
STRIP = 64
"""Sessions whose money lies in the processor's nearest memory while it is turned into returns."""

TOTAL, MONEY, LOSSES, BEST, WORST, RISING, MEAN, SECOND, THIRD, FOURTH, ACTIVE, ACTIVE_MEAN, PRODUCTS, SQUARES = range(14)
SUMS = 14
"""Rows of `sums` (SUMS, L)."""


@part
def add_returns(equity: Integers, first: int, ends: Integers, initial: Integers, strip: Floats, returns: Floats, sums: Floats) -> None:
    """Fills `returns` and the sums up to MEAN of the runs from `first`, of at least one session. strip (STRIP + 1, L) is scratch.

    equity (P, R) and initial (P,) li, initial > 0. Where nothing is left what comes after is no return: NaN.
    """
    lanes, sessions = returns.shape[1], returns.shape[0]
    total, money, losses, best, worst, rising = sums[TOTAL], sums[MONEY], sums[LOSSES], sums[BEST], sums[WORST], sums[RISING]
    for j in range(lanes):
        strip[0, j] = float(initial[first + j])
        total[j], money[j], losses[j], best[j], worst[j], rising[j] = 0.0, 0.0, 0.0, -inf, inf, 0.0
    for start in range(0, sessions, STRIP):
        count = min(STRIP, sessions - start)
        closes = ends[start : start + count]
        for j in range(lanes):
            bars = equity[first + j]
            for k in range(closes.size):
                strip[k + 1, j] = float(bars[closes[k]])
        for k in range(count):
            before, now, earned = strip[k], strip[k + 1], returns[start + k]
            for j in range(lanes):
                change = now[j] / before[j] - 1.0
                earned[j] = change if before[j] > 0.0 else nan
            for j in range(lanes):
                money[j] += now[j]
            for j in range(lanes):
                change = earned[j]
                total[j] += change
                loss = change if change < 0.0 else 0.0
                losses[j] += loss * loss
            for j in range(lanes):
                change = earned[j]
                best[j] = change if change > best[j] else best[j]
                worst[j] = change if change < worst[j] else worst[j]
            for j in range(lanes):
                rising[j] += 1.0 if earned[j] > 0.0 else 0.0
        for j in range(lanes):
            strip[0, j] = strip[count, j]
    for j in range(lanes):
        sums[MEAN, j] = total[j] / float(sessions)


@part
def add_powers(returns: Floats, sums: Floats) -> None:
    """SECOND, THIRD and FOURTH around the means."""
    mean, second, third, fourth = sums[MEAN], sums[SECOND], sums[THIRD], sums[FOURTH]
    for j in range(returns.shape[1]):
        second[j], third[j], fourth[j] = 0.0, 0.0, 0.0
    for k in range(returns.shape[0]):
        earned = returns[k]
        for j in range(returns.shape[1]):
            deviation = earned[j] - mean[j]
            square = deviation * deviation
            second[j] += square
            third[j] += square * deviation
            fourth[j] += square * square


@part
def add_differences(returns: Floats, theirs: Floats, sums: Floats) -> None:
    """ACTIVE and its mean: of the returns less the benchmark's (S,)."""
    active = sums[ACTIVE]
    for j in range(returns.shape[1]):
        active[j] = 0.0
    for k in range(returns.shape[0]):
        earned, other = returns[k], theirs[k]
        for j in range(returns.shape[1]):
            active[j] += earned[j] - other
    for j in range(returns.shape[1]):
        sums[ACTIVE_MEAN, j] = active[j] / float(returns.shape[0])


@part
def add_products(returns: Floats, theirs: Floats, their_mean: float, sums: Floats) -> None:
    """PRODUCTS of the deviations from the means, and SQUARES of the differences around theirs."""
    mean, active_mean, products, squares = sums[MEAN], sums[ACTIVE_MEAN], sums[PRODUCTS], sums[SQUARES]
    for j in range(returns.shape[1]):
        products[j], squares[j] = 0.0, 0.0
    for k in range(returns.shape[0]):
        earned, other, deviation = returns[k], theirs[k], theirs[k] - their_mean
        for j in range(returns.shape[1]):
            products[j] += deviation * (earned[j] - mean[j])
            difference = earned[j] - other - active_mean[j]
            squares[j] += difference * difference


@part
def deviation_of(squares: float, count: float) -> float:
    """Of a sample: ddof 1. NaN of one."""
    if count < 2.0:
        return nan
    found = sqrt(squares / (count - 1.0))
    return 0.0 if found <= NOISE else found


@part
def put_moments(sums: Floats, j: int, count: float, into: Floats) -> None:
    """The first nine of Moments from lane j's sums over so many sessions, at least one."""
    mean, second = sums[MEAN, j], sums[SECOND, j]
    deviation, skew, kurtosis = deviation_of(second, count), nan, nan
    if count > 2.0 and deviation > 0.0:
        skew = count * sqrt(count - 1.0) / (count - 2.0) * (sums[THIRD, j] / (second * sqrt(second)))
    if count > 3.0 and deviation > 0.0:
        bottom = (count - 2.0) * (count - 3.0)
        shape = count * (count + 1.0) * (count - 1.0) * sums[FOURTH, j] / (bottom * (second * second))
        kurtosis = shape - 3.0 * (count - 1.0) * (count - 1.0) / bottom
    into[0], into[1], into[2], into[3], into[4] = mean, deviation, sqrt(sums[LOSSES, j] / count), skew, kurtosis
    into[5], into[6] = (nan, nan) if isnan(mean) else (sums[BEST, j], sums[WORST, j])
    into[7], into[8] = sums[RISING, j], sums[MONEY, j] / count
