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


def wma(x: Series, n: int) -> list[float]:
    return windows(x, n, lambda window: total([(j + 1) * value for j, value in enumerate(window)]) / (n * (n + 1) / 2))


def runs(x: Series) -> list[list[float]]:
    """The stretches between NaNs; each NaN begins one, and stands at its beginning."""
    found: list[list[float]] = [[]]
    for value in x:
        if isnan(value):
            found.append([])
        found[-1].append(value)
    return found


def recursion(x: Series, of: Callable[[list[float]], list[float]]) -> list[float]:
    """What `of` makes of each stretch of numbers; NaN where x is."""
    out: list[float] = []
    for run in runs(x):
        numbers = [value for value in run if not isnan(value)]
        out += [nan] * (len(run) - len(numbers)) + of(numbers)
    return out


def smooth(x: Series, n: int, m: int) -> list[float]:
    def of(run: list[float]) -> list[float]:
        out = run[:1]
        for value in run[1:]:
            out.append(out[-1] + builtins.min(m, n) / n * (value - out[-1]))
        return [nan if k < n - 1 else value for k, value in enumerate(out)]

    return recursion(x, of)


def wilder(x: Series, n: int) -> list[float]:
    def of(run: list[float]) -> list[float]:
        out = [nan] * builtins.min(n - 1, len(run))
        for k in range(n - 1, len(run)):
            out.append(out[-1] + (run[k] - out[-1]) / n if k >= n else total(run[:n]) / n)
        return out

    return recursion(x, of)


def kama(x: Series, n: int) -> list[float]:
    def of(run: list[float]) -> list[float]:
        out = [nan] * builtins.min(n, len(run))
        for k in range(n, len(run)):
            way = total([builtins.abs(run[j] - run[j - 1]) for j in range(k - n + 1, k + 1)])
            distance = builtins.abs(run[k] - run[k - n])
            straight = 1.0 if way <= distance else distance / way
            weight = straight * (2 / 3 - 2 / 31) + 2 / 31
            previous = out[-1] if k > n else run[k - 1]
            out.append(previous + weight * weight * (run[k] - previous))
        return out

    return recursion(x, of)


def avedev(x: Series, n: int) -> list[float]:
    def distance(window: Series) -> float:
        mean = total(window) / n
        return total([builtins.abs(value - mean) for value in window]) / n

    return windows(x, n, distance)


def mfi(price: Series, money: Series, n: int) -> list[float]:
    out = []
    for k in range(len(price)):
        last = range(k - n + 1, k + 1)
        if k < n:
            out.append(nan)
            continue
        rose = total([money[j] if price[j] > price[j - 1] else 0.0 for j in last])
        moved = total([money[j] if price[j] != price[j - 1] else 0.0 for j in last])
        out.append(100.0 * rose / moved if moved > 0.0 else 50.0)
    return out


def directions(high: Series, low: Series, close: Series, n: int) -> list[tuple[float, float]]:
    """di_plus and di_minus of each bar."""

    def smoothed(x: Series) -> list[float]:
        """x: from the second bar. The sum of n-1 bars, then prev - prev / n + new."""
        out = [total(x[: n - 1])]
        for value in x[n - 1 :]:
            out.append(out[-1] - out[-1] / n + value)
        return out[1:]

    bars = range(1, len(close))
    up = [builtins.max(high[k] - high[k - 1], 0.0) for k in bars]
    down = [builtins.max(low[k - 1] - low[k], 0.0) for k in bars]
    ups = smoothed([u if u > d else 0.0 for u, d in zip(up, down, strict=True)])
    downs = smoothed([d if d > u else 0.0 for u, d in zip(up, down, strict=True)])
    ranges = smoothed([builtins.max(high[k], close[k - 1]) - builtins.min(low[k], close[k - 1]) for k in bars])
    rows = [(100.0 * (u / r), 100.0 * (d / r)) if r > 0.0 else (0.0, 0.0) for u, d, r in zip(ups, downs, ranges, strict=True)]
    return [(nan, nan)] * builtins.min(n, len(close)) + rows


def di_plus(high: Series, low: Series, close: Series, n: int) -> list[float]:
    return [plus for plus, _ in directions(high, low, close, n)]


def di_minus(high: Series, low: Series, close: Series, n: int) -> list[float]:
    return [minus for _, minus in directions(high, low, close, n)]


def adx(high: Series, low: Series, close: Series, n: int) -> list[float]:
    rows = directions(high, low, close, n)[n:]
    index = [100.0 * (builtins.abs(minus - plus) / (plus + minus)) if plus + minus > 0.0 else nan for plus, minus in rows]
    out = [nan] * builtins.min(2 * n - 1, len(close))
    for k in range(n - 1, len(index)):
        if k == n - 1:
            out.append(total([0.0 if isnan(value) else value for value in index[:n]]) / n)
        else:
            out.append(out[-1] if isnan(index[k]) else (out[-1] * (n - 1) + index[k]) / n)
    return out
