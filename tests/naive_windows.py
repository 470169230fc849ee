"""Slow obvious twins of the order, the regressions and the memory of one stock's own bars, written from the definitions."""

from collections.abc import Callable
from math import floor, isnan, nan, sqrt

from tests.naive_indicators import Series, Truths, total, windows


def full(of: Callable[[Series], float]) -> Callable[[Series], float]:
    """NaN where the window holds a NaN."""
    return lambda window: nan if any(isnan(value) for value in window) else of(window)


def argmax(x: Series, n: int) -> list[float]:
    return windows(x, n, full(lambda window: float(min(age for age in range(n) if window[-1 - age] == max(window)))))


def argmin(x: Series, n: int) -> list[float]:
    return windows(x, n, full(lambda window: float(min(age for age in range(n) if window[-1 - age] == min(window)))))


def ts_rank(x: Series, n: int) -> list[float]:
    def rank(window: Series) -> float:
        *before, now = window
        lower, equal = len([value for value in before if value < now]), len([value for value in before if value == now])
        return (lower + equal / 2) / len(before) if before else nan

    return windows(x, n, full(rank))


def quantile(x: Series, n: int, q: float) -> list[float]:
    def of(window: Series) -> float:
        place = q * (n - 1)
        low, high = (sorted(window)[index] for index in (floor(place), min(floor(place) + 1, n - 1)))
        return low if place == floor(place) or low == high else low + (high - low) * (place - floor(place))

    return windows(x, n, full(of))


def pairs(x: Series, y: Series, n: int, of: Callable[[Series, Series], float]) -> list[float]:
    return [of(x[k - n + 1 : k + 1], y[k - n + 1 : k + 1]) if k >= n - 1 else nan for k in range(len(x))]


def products(a: Series, b: Series) -> float:
    """Sum of products of the deviations from the means."""
    mean_a, mean_b = total(a) / len(a), total(b) / len(b)
    return total([(each - mean_a) * (other - mean_b) for each, other in zip(a, b, strict=True)])


def cov(x: Series, y: Series, n: int) -> list[float]:
    return pairs(x, y, n, lambda a, b: products(a, b) / (n - 1) if n > 1 else nan)


def corr(x: Series, y: Series, n: int) -> list[float]:
    def of(a: Series, b: Series) -> float:
        both = sqrt(products(a, a) * products(b, b))
        if is_constant(a) or is_constant(b) or not both > 0.0:
            return nan
        return max(-1.0, min(1.0, products(a, b) / both))

    return pairs(x, y, n, of)


def is_constant(window: Series) -> bool:
    return all(value == window[0] for value in window)


def tilt(window: Series) -> float:
    """Sum of (time - its mean) * x: each bar of the older half against its mirror image, from the outermost."""
    n = len(window)
    return total([(n - 1 - 2 * j) / 2 * (window[n - 1 - j] - window[j]) for j in range((n + 1) // 2)])


def spread_of_time(n: int) -> float:
    return total([(t - (n - 1) / 2) ** 2 for t in range(n)])


def slope(x: Series, n: int) -> list[float]:
    return windows(x, n, lambda window: tilt(window) / spread_of_time(n) if n > 1 else nan)


def rsquare(x: Series, n: int) -> list[float]:
    def of(window: Series) -> float:
        around = products(window, window)
        if is_constant(window) or not around > 0.0:
            return nan
        return min(1.0, tilt(window) * tilt(window) / (around * spread_of_time(n)))

    return windows(x, n, of)


def days_since(x: Truths) -> list[float]:
    return [float(min((age for age in range(k + 1) if x[k - age]), default=nan)) for k in range(len(x))]


def obv(close: Series, volume: Series) -> list[float]:
    signs = [1 if k == 0 or close[k] > close[k - 1] else -1 if close[k] < close[k - 1] else 0 for k in range(len(close))]
    return [float(sum(sign * int(shares) for sign, shares in zip(signs[: k + 1], volume, strict=False))) for k in range(len(close))]
