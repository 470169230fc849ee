"""The slow obvious twins of the diagnosis: from raw returns, one combination and one split at a time."""

import math
from itertools import combinations, product
from statistics import fmean


def stdev(values):
    mean = fmean(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


def sharpe(returns):
    """Per session; None where nothing varies."""
    return None if len(set(returns)) < 2 else fmean(returns) / stdev(returns)


def parts(sessions):
    number = max(2, min(16, sessions // 10 // 2 * 2))
    return [range(k * sessions // number, (k + 1) * sessions // number) for k in range(number)]


def average_rank(values, place):
    """From 1; ties share the mean of their ranks."""
    below = sum(value < values[place] for value in values)
    equal = sum(value == values[place] for value in values)
    return below + (equal + 1) / 2


def overfitting(curves):
    """(probability, loss, mean Sharpe of the best in sample, mean of the same out of sample), by the logit of the relative rank."""
    cut = parts(len(curves[0]))
    below, loss, inside, outside = [], [], [], []
    for chosen in combinations(range(len(cut)), len(cut) // 2):
        here = [t for k in chosen for t in cut[k]]
        there = [t for k in range(len(cut)) if k not in chosen for t in cut[k]]
        scores = [round(sharpe([curve[t] for t in here]) or 0.0, 12) for curve in curves]
        tests = [round(sharpe([curve[t] for t in there]) or 0.0, 12) for curve in curves]
        best = scores.index(max(scores))
        relative = average_rank(tests, best) / (len(curves) + 1)
        logit = math.log(relative / (1 - relative))
        below.append(0.5 if abs(logit) < 1e-12 else float(logit < 0))
        loss.append(tests[best] < 0)
        inside.append(scores[best])
        outside.append(tests[best])
    return fmean(below), fmean(loss), fmean(inside), fmean(outside)


def _correlation(x, y):
    a, b = fmean(x), fmean(y)
    products = sum((u - a) * (v - b) for u, v in zip(x, y, strict=True))
    return products / math.sqrt(sum((u - a) ** 2 for u in x) * sum((v - b) ** 2 for v in y))


def average_correlation(curves):
    return fmean(_correlation(x, y) for x, y in combinations(curves, 2))


def rank_correlation(x, y):
    return _correlation([average_rank(x, i) for i in range(len(x))], [average_rank(y, i) for i in range(len(y))])


def long_run_variance(values, block):
    """Hansen (2005), section 4: autocovariances up to the last lag under the weights of the stationary bootstrap."""
    sessions, mean = len(values), fmean(values)
    deviations = [value - mean for value in values]
    stay, variance = 1 - 1 / block, sum(d * d for d in deviations) / sessions
    for lag in range(1, sessions):
        weight = (sessions - lag) / sessions * stay**lag + lag / sessions * stay ** (sessions - lag)
        variance += 2 * weight * sum(deviations[t] * deviations[t + lag] for t in range(sessions - lag)) / sessions
    return variance


def p_values(excess, indices, block):
    """(reality check, superior predictive ability): draw by draw, combination by combination."""
    sessions = len(excess[0])
    root = math.sqrt(sessions)
    means = [fmean(row) for row in excess]
    varies = [k for k, row in enumerate(excess) if len(set(row)) > 1]
    spread = {k: stdev(excess[k]) for k in varies}
    limit = {k: -math.sqrt(long_run_variance(excess[k], block) * 2 * math.log(math.log(sessions))) for k in varies}
    moved = {k: 0.0 if root * means[k] < limit[k] else means[k] for k in varies}
    best, studied = max(means), max([0.0, *(means[k] / spread[k] for k in varies)])
    plain = able = 1
    for draw in indices:
        drawn = [fmean([row[t] for t in draw]) for row in excess]
        plain += max(d - m for d, m in zip(drawn, means, strict=True)) >= best
        able += max([0.0, *((drawn[k] - moved[k]) / spread[k] for k in varies)]) >= studied
    return plain / (1 + len(indices)), able / (1 + len(indices))


def _neighbours(cell, cells):
    near = (tuple(c + step for c, step in zip(cell, steps, strict=True)) for steps in product((-1, 0, 1), repeat=len(cell)))
    return [other for other in near if other != cell and other in cells]


def plateau(cells, best):
    """cells: {places along each axis: Sharpe ratio}."""
    near = _neighbours(best, cells)
    if not near or cells[best] <= 0:
        return None
    return min(1.0, max(0.0, fmean(cells[cell] for cell in near) / cells[best]))


def peaks(cells, order):
    """order: cells as they were tried; of equal ones the earlier is higher."""
    place = {cell: k for k, cell in enumerate(order)}
    found = sum(all((cells[cell], -place[cell]) > (cells[near], -place[near]) for near in _neighbours(cell, cells)) for cell in cells)
    return found, sum(1 / (1 + len(_neighbours(cell, cells))) for cell in cells)
