"""Slow obvious twins of the functions across stocks: the numbers of one day's members in order of columns, NaN included."""

from collections.abc import Sequence
from math import isfinite, isnan, nan, sqrt

Day = Sequence[float]


def rank(x: Day) -> list[float]:
    known = [value for value in x if not isnan(value)]

    def place(value: float) -> float:
        if isnan(value) or len(known) == 1:
            return nan if isnan(value) else 0.5
        others = len(known) - 1
        return (len([each for each in known if each < value]) + (len([each for each in known if each == value]) - 1) / 2) / others

    return [place(value) for value in x]


def mean(x: Day) -> float:
    known = [value for value in x if isfinite(value)]
    if not known:
        return nan
    if len(set(known)) == 1:
        return known[0]
    total = 0.0
    for value in known:
        total += value
    return total / len(known)


def deviation(x: Day) -> float:
    known = [value for value in x if isfinite(value)]
    squares = 0.0
    for value in known:
        squares += (value - mean(x)) * (value - mean(x))
    return sqrt(squares / (len(known) - 1)) if len(known) > 1 else nan


def demean(x: Day) -> list[float]:
    middle = mean(x)
    return [value - middle for value in x]


def zscore(x: Day) -> list[float]:
    middle, spread = mean(x), deviation(x)
    return [(value - middle) / spread if spread > 0 else nan for value in x]


def winsorize(x: Day, k: float) -> list[float]:
    low, high = mean(x) - k * deviation(x), mean(x) + k * deviation(x)
    return [high if value > high else low if value < low else value for value in x]


def neutralize(x: Day, industries: Sequence[str]) -> list[float]:
    means = {name: mean([value for value, own in zip(x, industries, strict=True) if own == name]) for name in industries}
    return [value - means[own] for value, own in zip(x, industries, strict=True)]
