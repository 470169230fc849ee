"""Numbers of twice a float's digits, and the power that a year's return is: with + - * / alone, so the same on every machine.

A doubled number is the unevaluated sum of two floats, `high` being that sum rounded: about 32 digits. T. J. Dekker, "A floating-point
technique for extending the available precision", Numerische Mathematik 18 (1971); Y. Hida, X. Li, D. Bailey, "Library for double-double and
quad-double arithmetic" (2007). For kernels alone; all numbers finite, and far from the ends of what a float can hold.
"""

from fractions import Fraction
from math import factorial, floor, inf, nan

import numpy as np

from engine.compiled import inlined

SPLITTER = 134_217_729.0
"""2 ** 27 + 1: times it, a float falls into two halves."""
LOGARITHM_OF_TWO = (0.6931471805599453, 2.3190468138462996e-17)
ROOT_OF_TWO = 1.4142135623730951
LEAST_POWER, LARGEST_POWER = -1_100.0, 1_030.0
"""Of two: beyond them a float is 0 or infinite."""
HALVINGS = 6
"""How often an exponent is halved before its series."""


def _doubled(fractions: list[Fraction]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([(float(each), float(each - Fraction(float(each)))) for each in fractions])


ODD = _doubled([Fraction(1, 2 * k + 1) for k in range(23)])
"""1, 1/3, 1/5 ...: of the inverse hyperbolic tangent; the next one's term is below 1e-35."""
FACTORIALS = _doubled([Fraction(1, factorial(k)) for k in range(14)])
"""1, 1, 1/2, 1/6 ...: of the exponential; the next one's term is below 1e-41."""


@inlined
def exact_sum(a: float, b: float) -> tuple[float, float]:
    """a + b, and what its rounding left out."""
    high = a + b
    part = high - a
    return high, (a - (high - part)) + (b - part)


@inlined
def exact_product(a: float, b: float) -> tuple[float, float]:
    """a * b, and what its rounding left out."""
    high = a * b
    large = SPLITTER * a
    a_high = large - (large - a)
    a_low = a - a_high
    large = SPLITTER * b
    b_high = large - (large - b)
    b_low = b - b_high
    return high, ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low


@inlined
def plus(a: float, a_low: float, b: float, b_low: float) -> tuple[float, float]:
    high, low = exact_sum(a, b)
    tail, rest = exact_sum(a_low, b_low)
    low += tail
    total = high + low
    low = low - (total - high) + rest
    high = total + low
    return high, low - (high - total)


@inlined
def times(a: float, a_low: float, b: float, b_low: float) -> tuple[float, float]:
    high, low = exact_product(a, b)
    low += a * b_low + a_low * b
    total = high + low
    return total, low - (total - high)


@inlined
def over(a: float, a_low: float, b: float, b_low: float) -> tuple[float, float]:
    first = a / b
    high, low = times(first, 0.0, b, b_low)
    rest, rest_low = plus(a, a_low, -high, -low)
    second = rest / b
    high, low = times(second, 0.0, b, b_low)
    rest, rest_low = plus(rest, rest_low, -high, -low)
    high, low = exact_sum(first, second)
    return plus(high, low, rest / b, 0.0)


@inlined
def logarithm(x: float, low: float) -> tuple[float, float]:
    """Of a number above 0: powers of two are taken out, and 2 atanh((x - 1) / (x + 1)) of the rest is a quick series."""
    twos = 0.0
    while x > ROOT_OF_TWO:
        x, low, twos = x * 0.5, low * 0.5, twos + 1.0
    while x * ROOT_OF_TWO < 1.0:
        x, low, twos = x * 2.0, low * 2.0, twos - 1.0
    top, top_low = plus(x, low, -1.0, 0.0)
    bottom, bottom_low = plus(x, low, 1.0, 0.0)
    z, z_low = over(top, top_low, bottom, bottom_low)
    square, square_low = times(z, z_low, z, z_low)
    total, total_low = ODD[ODD.shape[0] - 1, 0], ODD[ODD.shape[0] - 1, 1]
    for k in range(ODD.shape[0] - 2, -1, -1):
        total, total_low = times(total, total_low, square, square_low)
        total, total_low = plus(total, total_low, ODD[k, 0], ODD[k, 1])
    total, total_low = times(total, total_low, z, z_low)
    shift, shift_low = times(LOGARITHM_OF_TWO[0], LOGARITHM_OF_TWO[1], twos, 0.0)
    return plus(2.0 * total, 2.0 * total_low, shift, shift_low)


@inlined
def exponential(x: float, low: float) -> float:
    """Rounded to a float; 0 or infinite where it is beyond one."""
    twos = float(floor(x / LOGARITHM_OF_TWO[0] + 0.5))
    if twos < LEAST_POWER:
        return 0.0
    if twos > LARGEST_POWER:
        return inf
    shift, shift_low = times(LOGARITHM_OF_TWO[0], LOGARITHM_OF_TWO[1], twos, 0.0)
    x, low = plus(x, low, -shift, -shift_low)
    scale = 1.0 / (1 << HALVINGS)
    x, low = x * scale, low * scale
    last = FACTORIALS.shape[0] - 1
    total, total_low = FACTORIALS[last, 0], FACTORIALS[last, 1]
    for k in range(last - 1, 0, -1):
        total, total_low = times(total, total_low, x, low)
        total, total_low = plus(total, total_low, FACTORIALS[k, 0], FACTORIALS[k, 1])
    total, total_low = times(total, total_low, x, low)  # less 1, so that squaring it loses nothing: (1 + t)**2 - 1 = t * t + 2 t
    for _ in range(HALVINGS):
        square, square_low = times(total, total_low, total, total_low)
        total, total_low = plus(square, square_low, 2.0 * total, 2.0 * total_low)
    found, _ = plus(total, total_low, 1.0, 0.0)
    while twos >= 1.0:
        found, twos = found * 2.0, twos - 1.0
    while twos <= -1.0:
        found, twos = found * 0.5, twos + 1.0
    return found


@inlined
def whole(number: int) -> tuple[float, float]:
    """A whole number of 64 bits, exactly."""
    high = float(number)
    return high, float(number - np.int64(high))


@inlined
def power_of_ratio(top: int, bottom: int, over_top: int, over_bottom: int) -> float:
    """(top / bottom) ** (over_top / over_bottom) of whole numbers, all but the first above 0; NaN of a top below 0."""
    if top <= 0:
        return nan if top < 0 else 0.0
    high, low = whole(top)
    other, other_low = whole(bottom)
    high, low = over(high, low, other, other_low)
    high, low = logarithm(high, low)
    exponent, exponent_low = over(float(over_top), 0.0, float(over_bottom), 0.0)
    high, low = times(high, low, exponent, exponent_low)
    return exponential(high, low)
