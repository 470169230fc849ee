"""Does the best of one half of the window stay good in the other? Combinatorially symmetric cross-validation, over every way to halve it.

Bailey, Borwein, Lopez de Prado and Zhu, "The probability of backtest overfitting", Journal of Computational Finance, 2017.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from engine.arrays import Floats
from engine.diagnosis.moments import NO_VARIANCE, Moments

Sums = tuple[Floats, Floats, Floats]
"""Of subsets of parts: sessions (M,), sums of returns (M, P), sums of squared returns (M, P)."""


class Overfitting(NamedTuple):
    probability: float
    """That the best in sample is below the median out of sample; at the median it counts half."""
    loss: float
    """That the best in sample has a negative mean return out of sample."""
    inside: float
    """Mean Sharpe ratio per session of the best in sample, where it was chosen."""
    outside: float
    """The same out of sample."""


def overfitting(moments: Moments) -> Overfitting:
    """Over all splits of the parts into two halves; an even number of parts, at least one combination.

    Returns that do not vary (all cash) have a Sharpe ratio of 0 here. The first of several best is taken; ranks of ties are averaged.
    Logit of the relative rank below 0 means rank below (P + 1) / 2, so ranks alone are needed.
    """
    parts = len(moments.lengths)
    low, high = _subsets(moments, range(parts // 2)), _subsets(moments, range(parts // 2, parts))
    below = loss = 0.0
    inside: list[float] = []
    outside: list[float] = []
    # A half and its complement are both a split, so each pair is computed once: those with part 0 and those without.
    for chosen in combinations(range(1, parts), parts // 2 - 1):
        mask = 1 + sum(1 << part for part in chosen)
        pair = [_sharpe(low, high, subset, parts // 2) for subset in (mask, (1 << parts) - 1 - mask)]
        for here, there in (pair, pair[::-1]):
            best = int(here.argmax())
            found = float(there[best])
            # Twice the rank less (P + 1), ties averaged: those below less those above.
            rank = int((there < found).sum()) - int((there > found).sum())
            below += 1.0 if rank < 0 else 0.5 if rank == 0 else 0.0
            loss += found < 0
            inside.append(float(here[best]))
            outside.append(found)
    splits = len(inside)
    return Overfitting(below / splits, loss / splits, sum(inside) / splits, sum(outside) / splits)


def _subsets(moments: Moments, parts: range) -> Sums:
    """Sums over every subset of some parts; subset m holds the parts whose bits are set in m.

    One addition each, so that equal curves stay equal.
    """
    size = 1 << len(parts)
    count, total, squares = np.zeros(size), np.zeros((size, moments.combinations)), np.zeros((size, moments.combinations))
    for bit, part in enumerate(parts):
        have, more = 1 << bit, 2 << bit
        mean = moments.mean[:, part]
        count[have:more] = count[:have] + moments.lengths[part]
        total[have:more] = total[:have] + moments.lengths[part] * mean
        squares[have:more] = squares[:have] + (moments.squares[:, part] + moments.lengths[part] * mean * mean)
    return count, total, squares


def _sharpe(low: Sums, high: Sums, mask: int, bits: int) -> Floats:
    """(P,): of the parts in the mask; 0 where returns do not vary."""
    i, j = mask & ((1 << bits) - 1), mask >> bits
    sessions = low[0][i] + high[0][j]
    mean = (low[1][i] + high[1][j]) / sessions
    raw = low[2][i] + high[2][j]
    # Raw squares less the mean's are safe here: a session's mean return is a small part of its deviation.
    squares = raw - sessions * mean * mean
    varies = squares > NO_VARIANCE * raw
    spread = np.sqrt(squares / (sessions - 1.0), where=varies, out=np.ones_like(raw))
    ratio: Floats = np.divide(mean, spread, where=varies, out=np.zeros_like(raw))
    return ratio
