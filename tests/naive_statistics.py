"""The slow obvious twin of the statistics: exact fractions over plain lists, written from the formulas; it knows nothing of the engine.

equity: li at each bar; days[k]: the bar's session, YYYYMMDD; cash: li at the start; closes: of the benchmark, one more than the sessions,
None where there is a gap. What does not exist is None.
"""

import math
from decimal import Context, Decimal
from fractions import Fraction
from itertools import pairwise

YEAR = 244


def by_session(equity, days):
    """The sessions' days and their last bars' equity."""
    last = dict(zip(days, equity, strict=True))
    return list(last), list(last.values())


def changes(points):
    return [Fraction(after) / Fraction(before) - 1 for before, after in pairwise(points)]


def mean(values):
    return sum(values) / Fraction(len(values)) if values else None


def covariance(left, right):
    if len(left) < 2:
        return None
    return sum((a - mean(left)) * (b - mean(right)) for a, b in zip(left, right, strict=True)) / Fraction(len(left) - 1)


def root(square):
    """To more digits than a float has."""
    return None if square is None else math.isqrt(int(square * 10**60)) / 10**30


def annual_return(initial, final, sessions):
    """In decimal arithmetic, to 40 digits."""
    context = Context(prec=40)
    growth = context.divide(Decimal(final), Decimal(initial))
    return float(context.power(growth, context.divide(Decimal(YEAR), Decimal(sessions)))) - 1.0


def rounded(figure):
    """Twelve significant digits, without the sign of a zero; what is not finite does not exist."""
    return float(f"{figure:.12g}") + 0.0 if math.isfinite(figure) else None


def over(top, bottom):
    return None if top is None or not bottom else float(top) / float(bottom)


def times(factor, value):
    return None if value is None else float(value) * factor


def moment(values, power):
    return mean([(value - mean(values)) ** power for value in values])


def percentile(values, share):
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def figures(equity, days, cash, closes=None):
    """All figures that need no tallies."""
    sessions, money = by_session(equity, days)
    r, n = changes([cash, *money]), len(sessions)
    final = equity[-1] if equity else cash
    deviation = root(covariance(r, r))
    growth = math.exp(math.log(final / cash) * YEAR / n) - 1 if n and final else None
    found = {
        "pnl": (final - cash) / 1000,
        "return": float(Fraction(final, cash) - 1),
        "annual_return": growth,
        "volatility": times(math.sqrt(YEAR), deviation),
        "sharpe": over(times(math.sqrt(YEAR), mean(r)), deviation),
        "sortino": over(times(math.sqrt(YEAR), mean(r)), root(mean([min(each, 0) ** 2 for each in r]))),
        "sessions": n,
        **worst_fall(equity, days, cash),
        **tails(r),
        **beside(r, final, cash, closes),
    }
    found["calmar"] = over(growth, -found["max_dd"])
    return found


def tails(r):
    if not r:
        return dict.fromkeys(("var_95", "cvar_95", "skew", "kurtosis", "best_session", "worst_session", "positive_sessions"))
    n, spread = len(r), moment(r, 2)
    skew = kurtosis = None
    if n > 2 and spread:
        skew = math.sqrt(n * (n - 1)) / (n - 2) * float(moment(r, 3)) / float(spread) ** 1.5
    if n > 3 and spread:
        kurtosis = float(Fraction(n - 1, (n - 2) * (n - 3)) * ((n + 1) * (moment(r, 4) / spread**2 - 3) + 6))
    return {
        "var_95": float(percentile(r, Fraction(1, 20))),
        "cvar_95": float(mean(sorted(r)[: (n - 1) // 20 + 1])),
        "skew": skew,
        "kurtosis": kurtosis,
        "best_session": float(max(r)),
        "worst_session": float(min(r)),
        "positive_sessions": sum(each > 0 for each in r) / n,
    }


def beside(r, final, cash, closes):
    keys = ("benchmark_return", "excess_return", "alpha", "beta", "information_ratio", "tracking_error")
    if closes is None or None in closes or not r:
        return dict.fromkeys(keys)
    b = changes(closes)
    active = [mine - theirs for mine, theirs in zip(r, b, strict=True)]
    variance = covariance(b, b)
    beta = covariance(r, b) / variance if variance else None
    growth = Fraction(closes[-1]) / Fraction(closes[0])
    spread = root(covariance(active, active))
    alpha = None if beta is None else (mean(r) - beta * mean(b)) * YEAR
    ratio = over(times(math.sqrt(YEAR), mean(active)), spread)
    values = (growth - 1, Fraction(final, cash) / growth - 1, alpha, beta, ratio, times(math.sqrt(YEAR), spread))
    return {key: None if value is None else float(value) for key, value in zip(keys, values, strict=True)}


def worst_fall(equity, days, cash):
    """Of every pair of a peak and a later trough, the deepest; looked at one by one."""
    points = [cash, *equity]
    order = list(dict.fromkeys(days))
    number = [0, *(order.index(day) + 1 for day in days)]
    depth = min(Fraction(points[k], max(points[: k + 1])) - 1 for k in range(len(points)))
    if depth == 0:
        return {"max_dd": 0.0, "max_dd_start": None, "max_dd_trough": None, "max_dd_recovery": None, "max_dd_sessions": 0}
    trough = next(k for k in range(len(points)) if Fraction(points[k], max(points[: k + 1])) - 1 == depth)
    peak = max(k for k in range(trough) if points[k] == max(points[:trough]))
    recovery = next((k for k in range(trough, len(points)) if points[k] >= points[peak]), None)
    return {
        "max_dd": float(depth),
        "max_dd_start": days[peak - 1] if peak else None,
        "max_dd_trough": days[trough - 1],
        "max_dd_recovery": None if recovery is None else days[recovery - 1],
        "max_dd_sessions": (len(order) if recovery is None else number[recovery]) - number[peak],
    }


def falls(days, equity, cash):
    """(depth, start, trough, recovery, sessions, falling) of each stretch below a peak, the deepest first."""
    points, names = [cash, *equity], [0, *days]
    found = []
    for peak in range(len(points) - 1):
        if points[peak] < max(points[: peak + 1]) or points[peak + 1] >= points[peak]:
            continue
        back = [k for k in range(peak + 1, len(points)) if points[k] >= points[peak]]
        end = back[0] if back else len(points) - 1
        trough = min(range(peak + 1, end + 1), key=lambda k: points[k])
        depth = points[trough] / points[peak] - 1
        found.append((depth, names[peak], names[trough], names[end] if back else None, end - peak, trough - peak))
    return sorted(found, key=lambda fall: fall[0])


def periods(days, equity, cash, closes, digits):
    """(year, month, value, benchmark, sessions); digits 6: months, 4: years."""
    found = []
    for name in dict.fromkeys(str(day)[:digits] for day in days):
        at = [k for k, day in enumerate(days) if str(day)[:digits] == name]
        before = equity[at[0] - 1] if at[0] else cash
        ends = (None, None) if closes is None else (closes[at[0]], closes[at[-1] + 1])
        theirs = None if None in ends else ends[1] / ends[0] - 1
        found.append((int(name[:4]), int(name[4:] or 0), equity[at[-1]] / before - 1, theirs, len(at)))
    return found


def windows(equity, cash, closes, window):
    """(sharpe, volatility, beta) at each session, None where there is none."""
    r = changes([cash, *equity])
    found = []
    for end in range(1, len(r) + 1):
        part, beta = r[end - window : end], None
        if end < window:
            found.append((None, None, None))
            continue
        span = None if closes is None else closes[end - window : end + 1]
        if span is not None and None not in span:
            b = changes(span)
            beta = over(covariance(part, b), covariance(b, b))
        deviation = root(covariance(part, part))
        found.append((over(times(math.sqrt(YEAR), mean(part)), deviation), times(math.sqrt(YEAR), deviation), beta))
    return found
