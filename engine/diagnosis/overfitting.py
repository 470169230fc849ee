"""Does the best of one half of the window stay good in the other? Combinatorially symmetric cross-validation, over every way to halve it.

Bailey, Borwein, Lopez de Prado and Zhu, "The probability of backtest overfitting", Journal of Computational Finance, 2017.
"""

from collections.abc import Iterator
from math import fsum
from typing import NamedTuple

import numpy as np

from engine.arrays import Floats, Integers
from engine.diagnosis.moments import NO_VARIANCE, Moments

ROOM = 32_768
"""Sharpe ratios that are in work at once: what they need stays in the cache."""


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
    """Of every subset of some parts; subset m holds the parts whose bits are set in m."""

    sessions: Floats
    """(M,)"""
    total: Floats
    """(M, P): of returns."""
    squares: Floats
    """(M, P): of squared returns."""


def overfitting(moments: Moments) -> Overfitting:
    """Over all splits of the parts into two halves; an even number of parts, at least one combination.

    Returns that do not vary (all cash) have a Sharpe ratio of 0 here. The first of several best is taken; ranks of ties are averaged.
    Logit of the relative rank below 0 means rank below (P + 1) / 2, so ranks alone are needed.
    """
    half = len(moments.lengths) // 2
    low, high = _subsets(moments, slice(half)), _subsets(moments, slice(half, 2 * half))
    rows = max(1, ROOM // moments.combinations)
    found = [_both_ways(low, high, first, some) for first, others in _splits(half) for some in _cut(others, rows)]
    places, inside, outside = (np.concatenate(column).tolist() for column in zip(*found, strict=True))
    splits = len(places)
    return Overfitting(sum(places) / splits, sum(value < 0 for value in outside) / splits, fsum(inside) / splits, fsum(outside) / splits)


def _splits(half: int) -> Iterator[tuple[int, Integers]]:
    """Subsets of the first parts, each with the subsets of the others that make a half with it.

    A half and its complement are both a split and are computed together, so only those with part 0 are told.
    """
    masks = np.arange(1 << half, dtype=np.int64)
    sizes = np.bitwise_count(masks)
    for first in range(1, 1 << half, 2):
        yield first, masks[sizes == half - first.bit_count()]


def _cut(array: Integers, rows: int) -> Iterator[Integers]:
    for first in range(0, len(array), rows):
        yield array[first : first + rows]


def _both_ways(low: _Sums, high: _Sums, first: int, others: Integers) -> tuple[Floats, Floats, Floats]:
    """_chosen of the splits and of their complements: (2 M,) each."""
    everything = len(low.sessions) - 1
    one, other = _sharpe(low, high, first, others), _sharpe(low, high, everything - first, everything - others)
    pairs = [_chosen(one, other), _chosen(other, one)]
    places, inside, outside = (np.concatenate(column) for column in zip(*pairs, strict=True))
    return places, inside, outside


def _chosen(here: Floats, there: Floats) -> tuple[Floats, Floats, Floats]:
    """(M,) each, of ratios (M, P): 1 where the best of `here` is below the median `there` (0.5: at it), its ratio here, and there."""
    rows, best = np.arange(len(here)), here.argmax(axis=1)
    found = there[rows, best]
    # Twice the rank less (P + 1), ties averaged: those below less those above.
    ranks = [np.count_nonzero(row < value) - np.count_nonzero(row > value) for row, value in zip(there, found, strict=True)]
    return (1.0 - np.sign(ranks)) / 2.0, here[rows, best], found


def _subsets(moments: Moments, parts: slice) -> _Sums:
    """One addition for each subset, so that equal curves stay equal."""
    lengths, mean = moments.lengths[parts], moments.mean[:, parts]
    raw = moments.squares[:, parts] + lengths * mean * mean
    size = 1 << len(lengths)
    count, total, squares = np.zeros(size), np.zeros((size, moments.combinations)), np.zeros((size, moments.combinations))
    for bit, length in enumerate(lengths):
        have, more = 1 << bit, 2 << bit
        count[have:more] = count[:have] + length
        total[have:more] = total[:have] + length * mean[:, bit]
        squares[have:more] = squares[:have] + raw[:, bit]
    return _Sums(count, total, squares)


def _sharpe(low: _Sums, high: _Sums, first: int, others: Integers) -> Floats:
    """(M, P): of a subset of the first parts with each of some subsets of the others; 0 where returns do not vary."""
    sessions = (low.sessions[first] + high.sessions[others])[:, None]
    mean, raw = high.total[others], high.squares[others]
    mean += low.total[first]
    raw += low.squares[first]
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
