"""Slow obvious twins of the indicators over one stock's own bars as lists, written from the definitions, not from the kernels."""

import builtins
from collections.abc import Callable, Sequence
from math import isnan, nan, sqrt

import numpy as np

Series = Sequence[float]
Truths = Sequence[bool]


def windows(x: Series, n: int, of: Callable[[Series], float]) -> list[float]:
    """`of` each full window, oldest to newest; NaN before the first."""
    return [of(x[k - n + 1 : k + 1]) if k >= n - 1 else nan for k in range(len(x))]


def total(window: Series) -> float:
    result = 0.0
    for value in window:
        result += value
    return result


def sum(x: Series, n: int) -> list[float]:
    return windows(x, n, total)


def sma(x: Series, n: int) -> list[float]:
    return windows(x, n, lambda window: total(window) / n)


def std(x: Series, n: int) -> list[float]:
    def deviation(window: Series) -> float:
        if n == 1:
            return nan
        mean = total(window) / n
        return sqrt(total([(value - mean) * (value - mean) for value in window]) / (n - 1))

    return windows(x, n, deviation)


def highest(x: Series, n: int) -> list[float]:
    return windows(x, n, lambda window: nan if any(isnan(value) for value in window) else builtins.max(window))


def lowest(x: Series, n: int) -> list[float]:
    return windows(x, n, lambda window: nan if any(isnan(value) for value in window) else builtins.min(window))


def ref(x: Series, n: int) -> list[float]:
    return [x[k - n] if k >= n else nan for k in range(len(x))]


def delta(x: Series, n: int) -> list[float]:
    return [x[k] - x[k - n] if k >= n else nan for k in range(len(x))]


def roc(x: Series, n: int) -> list[float]:
    return [(divide(x[k], x[k - n]) - 1.0) * 100.0 if k >= n else nan for k in range(len(x))]


def ema(x: Series, n: int) -> list[float]:
    out: list[float] = []
    run: list[float] = []
    for value in x:
        if isnan(value):
            run = []
        else:
            run.append(run[-1] + 2.0 / (n + 1.0) * (value - run[-1]) if run else value)
        out.append(run[-1] if len(run) >= n else nan)
    return out


def rsi(x: Series, n: int) -> list[float]:
    out: list[float] = []
    changes: list[float] = []
    gain = loss = nan
    for k in range(len(x)):
        change = x[k] - x[k - 1] if k else nan
        changes = [] if isnan(change) else [*changes, change]
        if len(changes) < n:
            out.append(nan)
            continue
        if len(changes) == n:
            gain, loss = (total([builtins.max(sign * each, 0.0) for each in changes]) / n for sign in (1, -1))
        else:
            gain, loss = gain + (builtins.max(change, 0.0) - gain) / n, loss + (builtins.max(-change, 0.0) - loss) / n
        out.append(100.0 * gain / (gain + loss) if gain + loss > 0.0 else 50.0)
    return out


def count(x: Truths, n: int) -> list[float]:
    return [float(len([value for value in x[k - n + 1 : k + 1] if value])) if k >= n - 1 else nan for k in range(len(x))]


def cross_above(a: Series, b: Series) -> list[bool]:
    return [k > 0 and a[k] > b[k] and a[k - 1] <= b[k - 1] for k in range(len(a))]


def divide(a: float, b: float) -> float:
    """As the floating-point standard divides: by zero gives an infinity or NaN."""
    with np.errstate(all="ignore"):
        return float(np.float64(a) / np.float64(b))


def cross_below(a: Series, b: Series) -> list[bool]:
    return cross_above(b, a)


def if_else(condition: Truths, a: Series, b: Series) -> list[float]:
    return [a[k] if condition[k] else b[k] for k in range(len(a))]


def max(a: Series, b: Series) -> list[float]:
    return [nan if isnan(a[k]) or isnan(b[k]) else a[k] if a[k] > b[k] else b[k] for k in range(len(a))]


def min(a: Series, b: Series) -> list[float]:
    return [nan if isnan(a[k]) or isnan(b[k]) else a[k] if a[k] < b[k] else b[k] for k in range(len(a))]


def abs(x: Series) -> list[float]:
    return [value if value > 0.0 else 0.0 - value for value in x]


def best(by: dict[int, float], wanted: int) -> list[int]:
    """The stocks with the largest numbers, NaN excluded, equals in order of stocks."""
    return sorted((stock for stock in by if not isnan(by[stock])), key=lambda stock: (-by[stock], stock))[:wanted]
