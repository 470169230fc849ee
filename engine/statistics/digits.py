"""Figures to twelve significant digits: exactly those that Python's f"{x:.12g}" writes, in machine code."""

from math import floor, isfinite, nan

import numpy as np

from engine.arrays import Floats
from engine.compiled import inlined, kernel
from engine.statistics.doubled import exact_product

TENS = np.array([10.0**k for k in range(23)])
"""Those that a float holds exactly: scaling by one has a product that two floats hold, so that halves are seen for what they are."""
SMALLEST, LARGEST = 1e-11, 1e12
"""What they can scale to twelve digits before the point."""


def round_figures(figures: Floats) -> None:
    """In place, (P, M); what is not finite becomes NaN, a zero has no sign. Of ties the even digit, as IEEE 754 and Python have it."""
    if _round(figures.reshape(-1)):
        sizes = np.abs(figures)
        rest = ((sizes < SMALLEST) & (sizes > 0.0)) | (sizes >= LARGEST)
        figures[rest] = [float(f"{each:.12g}") for each in figures[rest].tolist()]


@kernel
def _round(figures: Floats) -> int:
    """(N,) in place; how many were left as they are, too small or too large."""
    left = 0
    for k in range(figures.size):
        if not isfinite(figures[k]):
            figures[k] = nan
        elif figures[k] == 0.0:
            figures[k] = 0.0
        elif SMALLEST <= abs(figures[k]) < LARGEST:
            size = _rounded(abs(figures[k]))
            figures[k] = size if figures[k] > 0.0 else -size
        else:
            left += 1
    return left


@inlined
def _rounded(size: float) -> float:
    """SMALLEST <= size < LARGEST. Scaled to twelve digits before the point, rounded there, and divided once."""
    shift = 11
    while size >= TENS[12 - shift]:
        shift -= 1
    while size * TENS[shift] < TENS[11] and shift < 22:
        shift += 1
    scaled, rest = exact_product(size, TENS[shift])
    digits = float(floor(scaled))
    beyond = scaled - digits - 0.5  # a multiple of scaled's last bit, which is more than rest can be
    if beyond == 0.0:
        beyond = rest
    if beyond > 0.0 or (beyond == 0.0 and digits % 2.0 == 1.0):
        digits += 1.0
    return digits / float(TENS[shift])
