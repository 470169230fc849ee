"""Returns beside those of a benchmark: what is the same for all runs of a grid, and what a run's own sums make of it."""

from math import inf, nan, sqrt

from engine.arrays import Floats
from engine.compiled import part
from engine.statistics.moments import ACTIVE_MEAN, NOISE, PRODUCTS, SQUARES, deviation_of


@part
def their_changes(closes: Floats, theirs: Floats) -> float:
    """Fills theirs (S,), the benchmark's returns, from its closes (S + 1,) and says their mean; NaN where a close is no price."""
    for k in range(closes.size):
        if not 0.0 < closes[k] < inf:
            return nan
    total = 0.0
    for k in range(theirs.size):
        theirs[k] = closes[k + 1] / closes[k] - 1.0
        total += theirs[k]
    return total / float(theirs.size)


@part
def their_squares(theirs: Floats, mean: float) -> float:
    """The sum of squared deviations; NaN where there is no mean."""
    total = 0.0
    for k in range(theirs.size):
        deviation = theirs[k] - mean
        total += deviation * deviation
    return total


@part
def put_against(sums: Floats, j: int, count: float, growth: float, mean: float, squares: float, into: Floats) -> None:
    """The five of Against from lane j's sums over so many sessions; growth, mean and squares are the benchmark's."""
    into[0], into[2], into[3] = growth, mean, sums[ACTIVE_MEAN, j]
    if count > 1.0 and sqrt(squares / (count - 1.0)) > NOISE:
        into[1] = sums[PRODUCTS, j] / squares
    into[4] = deviation_of(sums[SQUARES, j], count)
