"""Moments of the returns of many combinations, part by part of the window, and Sharpe ratios of any union of parts."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from engine.arrays import Floats, Integers

PARTS = 16
"""The S of CSCV: 12,870 ways to halve sixteen parts, the number that its authors use."""
SESSIONS_OF_A_PART = 10
NO_VARIANCE = 1e-14
"""Squares about the mean below this share of the raw squares are rounding: such returns do not vary (a Sharpe ratio of ten million)."""


class Moments(NamedTuple):
    """Of P combinations in K equal parts of the window. Squares: sums of squared deviations from the mean."""

    lengths: Floats
    """(K,): sessions of each part."""
    mean: Floats
    """(P, K)"""
    squares: Floats
    """(P, K): about the part's own mean."""
    cubes: Floats
    """(P,): sum of the third powers of deviations from the whole window's mean."""
    fourths: Floats
    """(P,)"""

    @property
    def combinations(self) -> int:
        return len(self.mean)

    @property
    def sessions(self) -> int:
        return int(self.lengths.sum())


def edges(sessions: int) -> Integers:
    """Where each part begins, and the window's end: an even number of parts of ten sessions or more, sixteen at most, two at least.

    Parts differ by one session at most.
    """
    parts = max(2, min(PARTS, sessions // SESSIONS_OF_A_PART // 2 * 2))
    return np.arange(parts + 1, dtype=np.int64) * sessions // parts


def moments_of(returns: Floats) -> Moments:
    """returns (P, T), finite. Two passes, so that nothing cancels; rows do not touch each other, so equal curves get equal moments."""
    cuts = edges(returns.shape[1])
    parts = [_about_the_mean(returns[:, first:end]) for first, end in pairwise(cuts)]
    mean = np.stack([mean for mean, _ in parts], axis=1)
    squares = np.stack([squares for _, squares in parts], axis=1)
    lengths = np.diff(cuts).astype(np.float64)
    deviations = returns - ((mean * lengths).sum(axis=1) / max(1, returns.shape[1]))[:, None]
    second = deviations * deviations
    cubes = (second * deviations).sum(axis=1)
    np.multiply(second, second, out=second)
    return Moments(lengths, mean, squares, cubes, second.sum(axis=1))


def joined(blocks: list[Moments]) -> Moments:
    """Blocks of combinations of one window, one after the other."""
    first = blocks[0]
    return Moments(first.lengths, *(np.concatenate(arrays) for arrays in zip(*(block[1:] for block in blocks), strict=True)))


def chosen(moments: Moments, which: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Moments:
    """Of some combinations, which (P,)."""
    return Moments(moments.lengths, *(array[which] for array in moments[1:]))


def union(moments: Moments, parts: slice | list[int]) -> tuple[float, Floats, Floats]:
    """Sessions, mean (P,) and squares (P,) of some parts together. Chan, Golub and LeVeque, 1979, generalised to many parts."""
    lengths, mean = moments.lengths[parts], moments.mean[:, parts]
    sessions = float(lengths.sum())
    if not sessions:
        return 0.0, np.zeros(len(mean)), np.zeros(len(mean))
    whole = (mean * lengths).sum(axis=1) / sessions
    between = mean - whole[:, None]
    return sessions, whole, moments.squares[:, parts].sum(axis=1) + (between * between * lengths).sum(axis=1)


def sharpe(moments: Moments, parts: slice | list[int] = slice(None)) -> Floats:
    """(P,): mean over standard deviation (ddof 1) per session, risk-free rate 0; NaN where the returns do not vary (all cash)."""
    sessions, mean, squares = union(moments, parts)
    ratio = np.full(len(mean), np.nan)
    varies = squares > NO_VARIANCE * (squares + sessions * mean * mean)
    ratio[varies] = mean[varies] / np.sqrt(squares[varies] / max(1.0, sessions - 1.0))
    return ratio


def shape(moments: Moments, which: int) -> tuple[float, float]:
    """Skewness and kurtosis (3 for the normal distribution) of one combination's returns; of the population, as the PSR has them."""
    sessions, _, squares = union(moments, slice(None))
    variance = float(squares[which]) / sessions
    return (
        float(moments.cubes[which]) / sessions / variance**1.5,
        float(moments.fourths[which]) / sessions / variance**2,
    )


def _about_the_mean(returns: Floats) -> tuple[Floats, Floats]:
    mean = returns.sum(axis=1) / max(1, returns.shape[1])
    deviations = returns - mean[:, None]
    return mean, (deviations * deviations).sum(axis=1)
