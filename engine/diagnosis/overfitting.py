"""Does the best of one half of the window stay good in the other? Combinatorially symmetric cross-validation, over every way to halve it.

Bailey, Borwein, Lopez de Prado and Zhu, "The probability of backtest overfitting", Journal of Computational Finance, 2017.
"""

from collections.abc import Iterator
from itertools import product
from math import fsum
from typing import NamedTuple

import numpy as np

from engine.arrays import Floats, Integers
from engine.diagnosis.moments import NO_VARIANCE, Moments

ROOM = 32_768
"""Sharpe ratios that are in work at once: what they need stays in the cache."""
TOGETHER = 8
"""Subsets, at least, whose sums are made at once: those of all 512 would be 8 kB a combination."""


class Overfitting(NamedTuple):
    probability: float
    """That the best in sample is below the median out of sample; at the median it counts half."""
    loss: float
    """That the best in sample has a negative mean return out of sample."""
    inside: float
    """Mean Sharpe ratio per session of the best in sample, where it was chosen."""
    outside: float
    """The same out of sample."""


class _Sums(NamedTuple):
    """Of some subsets of some parts; subset m holds the parts whose bits are set in m."""

    sessions: Floats
    """(M,)"""
    total: Floats
    """(M, P): of returns."""
    squares: Floats
    """(M, P): of squared returns."""

    def cut(self, rows: int) -> "Iterator[_Sums]":
        for first in range(0, len(self.sessions), rows):
            yield _Sums(*(array[first : first + rows] for array in self))


def overfitting(moments: Moments) -> Overfitting:
    """Over all splits of the parts into two halves; an even number of parts, at least one combination.

    Returns that do not vary (all cash) have a Sharpe ratio of 0 here. The first of several best is taken; ranks of ties are averaged.
    Logit of the relative rank below 0 means rank below (P + 1) / 2, so ranks alone are needed.
    """
    half = len(moments.lengths) // 2
    everything, rows = (1 << half) - 1, max(1, ROOM // moments.combinations)
    low, high = _parts(moments, slice(half)), _parts(moments, slice(half, 2 * half))
    found = []
    for firsts, others in _splits(half, max(TOGETHER, rows)):
        inner, outer = (_sums(low, firsts), _sums(low, everything - firsts)), (_sums(high, others), _sums(high, everything - others))
        for here, there in zip(*(sums.cut(1) for sums in inner), strict=True):
            for some, rest in zip(*(sums.cut(rows) for sums in outer), strict=True):
                one, other = _sharpe(here, some), _sharpe(there, rest)
                found += [_chosen(one, other), _chosen(other, one)]
    # Their order does not matter: sums of halves are exact, fsum rounds once.
    places, inside, outside = (np.concatenate(column).tolist() for column in zip(*found, strict=True))
    splits = len(places)
    return Overfitting(sum(places) / splits, sum(value < 0 for value in outside) / splits, fsum(inside) / splits, fsum(outside) / splits)


def _splits(half: int, together: int) -> Iterator[tuple[Integers, Integers]]:
    """At most so many subsets of the first parts, and of the others, each of which makes a half with each of those.

    A half and its complement are both a split and are computed together, so only those with part 0 are told.
    """
    masks = np.arange(1 << half, dtype=np.int64)
    sizes = np.bitwise_count(masks)
    for size in range(1, half + 1):
        firsts, others = masks[(sizes == size) & (masks & 1 == 1)], masks[sizes == half - size]
        yield from product(_cut(firsts, together), _cut(others, together))


def _cut(array: Integers, rows: int) -> list[Integers]:
    return [array[first : first + rows] for first in range(0, len(array), rows)]


def _chosen(here: Floats, there: Floats) -> tuple[Floats, Floats, Floats]:
    """(M,) each, of ratios (M, P): 1 where the best of `here` is below the median `there` (0.5: at it), its ratio here, and there."""
    rows, best = np.arange(len(here)), here.argmax(axis=1)
    found = there[rows, best]
    # Twice the rank less (P + 1), ties averaged: those below less those above.
    ranks = [np.count_nonzero(row < value) - np.count_nonzero(row > value) for row, value in zip(there, found, strict=True)]
    return (1.0 - np.sign(ranks)) / 2.0, here[rows, best], found


def _parts(moments: Moments, parts: slice) -> _Sums:
    """Of each part alone: (K,) sessions, (K, P) the others."""
    lengths, mean = moments.lengths[parts], moments.mean[:, parts]
    raw = moments.squares[:, parts] + lengths * mean * mean
    return _Sums(lengths, np.ascontiguousarray((lengths * mean).T), np.ascontiguousarray(raw.T))


def _sums(parts: _Sums, subsets: Integers) -> _Sums:
    """Part after part for each subset, so that equal curves stay equal."""
    found = _Sums(*(np.zeros((len(subsets), *array.shape[1:])) for array in parts))
    for bit in range(len(parts.sessions)):
        holds = subsets >> bit & 1 == 1
        for sums, array in zip(found, parts, strict=True):
            sums[holds] += array[bit]
    return found


def _sharpe(one: _Sums, others: _Sums) -> Floats:
    """(M, P): of one subset of the first parts with each of some subsets of the others; 0 where returns do not vary."""
    sessions = (one.sessions + others.sessions)[:, None]
    mean, raw = others.total + one.total, others.squares + one.squares
    mean /= sessions
    # Raw squares less the mean's are safe here: a session's mean return is a small part of its deviation.
    squares = sessions * mean
    squares *= mean
    np.subtract(raw, squares, out=squares)
    raw *= NO_VARIANCE
    still = squares <= raw
    squares /= sessions - 1.0
    if still.any():
        squares[still], mean[still] = 1.0, 0.0
    np.sqrt(squares, out=squares)
    mean /= squares
    return mean
