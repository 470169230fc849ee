"""How sure a Sharpe ratio is, given how long it lasted, how its returns are spread, and of how many it is the best.

All Sharpe ratios here are per session; the normal distribution is the standard library's.
"""

from math import e, sqrt
from statistics import NormalDist

NORMAL = NormalDist()
EULER = 0.5772156649015329
"""The Euler-Mascheroni constant."""


def probabilistic_sharpe(sharpe: float, against: float, sessions: int, skew: float, kurtosis: float) -> float | None:
    """The probability that the true Sharpe ratio is above `against`. Bailey and Lopez de Prado, 2012, equation 11.

    kurtosis is 3 for the normal distribution. None where the estimate has no positive variance.
    """
    spread = _spread(sharpe, skew, kurtosis)
    return None if spread <= 0 or sessions < 2 else NORMAL.cdf((sharpe - against) * sqrt(sessions - 1.0) / sqrt(spread))


def min_track_record(sharpe: float, against: float, skew: float, kurtosis: float, confidence: float = 0.95) -> float | None:
    """Sessions after which such a Sharpe ratio is above `against` with this confidence. Bailey and Lopez de Prado, 2012, equation 13.

    None where it is not above, so that no time is long enough.
    """
    spread = _spread(sharpe, skew, kurtosis)
    return None if spread <= 0 or sharpe <= against else 1.0 + spread * (NORMAL.inv_cdf(confidence) / (sharpe - against)) ** 2


def expected_maximum(trials: int) -> float:
    """Of so many independent standard normal draws. Bailey and Lopez de Prado, 2014, the false strategy theorem; 0 for one draw."""
    if trials < 2:
        return 0.0
    return (1.0 - EULER) * NORMAL.inv_cdf(1.0 - 1.0 / trials) + EULER * NORMAL.inv_cdf(1.0 - 1.0 / (trials * e))


def expected_best(trials: int, variance: float) -> float:
    """The highest Sharpe ratio that so many worthless trials show, whose Sharpe ratios have this variance."""
    return sqrt(variance) * expected_maximum(trials)


def effective_trials(trials: int, correlation: float) -> float:
    """So many independent trials are worth these correlated ones. Bailey and Lopez de Prado, 2014, appendix: rho + (1 - rho) N.

    A negative average counts as none, so that there are never more than were made.
    """
    share = min(1.0, max(0.0, correlation))
    return share + (1.0 - share) * trials


def _spread(sharpe: float, skew: float, kurtosis: float) -> float:
    return 1.0 - skew * sharpe + (kurtosis - 1.0) / 4.0 * sharpe * sharpe
