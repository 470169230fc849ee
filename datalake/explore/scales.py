"""Prices of one code in the scale that is asked for, and by how much each bar changed. Light: the API asks this, and the pages, too."""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from datalake.errors import ContextError, Problem
from datalake.frequencies import MINUTES
from engine.arrays import Floats, Integers
from engine.market import Market

Adjust = Literal["none", "back", "forward"]
"""As traded; times the factor, as strategies see them; in the scale of one bar, the anchor."""

LI = 1_000.0
"""So many make one CNY."""
BACK_UNITS = 100_000
"""Of 0.01 li make one CNY: in whole ones of them strategies see adjusted prices."""
_MILLIONTHS = 10_000
"""Li times a factor in millionths, divided by this, is 0.01 li."""
_LARGEST = 2**62


def scaled(li: npt.NDArray[Any], factor: Integers, adjust: Adjust, anchor: int) -> Floats:
    """(T,) CNY. `li` (T,) as traded, 0 where there is no bar; `factor` (T,) and the `anchor`'s own in millionths.

    Forward prices do not go through rounded ones: the anchor's bar is as it was traded. ContextError where a factor is too large.
    """
    if adjust == "none":
        return np.asarray(li / LI)
    known = li.astype(np.int64)
    if int(known.max(initial=0)) * int(factor.max(initial=0)) > _LARGEST:
        raise ContextError(Problem("adj_factor", "prices times their factors exceed 2^62", "look for wrong adjustment factors"))
    if adjust == "back":
        return np.asarray((known * factor + _MILLIONTHS // 2) // _MILLIONTHS / BACK_UNITS)
    return np.asarray(known * factor / (LI * anchor))


def changes(market: Market) -> Floats:
    """(T,) of a market of one code: from the reference price (of minutes: from the bar before) to the close, 0.1 is +10%.

    NaN where there is no bar, or nothing to compare with.
    """
    close, reference = market.close[:, 0].astype(np.float64), market.pre_close[:, 0].astype(np.float64)
    before = np.append(0.0, close[:-1])
    if market.frequency in MINUTES:
        is_first = np.diff(market.sessions, prepend=0) != 0
        reference = np.where(is_first, reference, before)
    reference = np.where(reference > 0, reference, before)  # indices have none
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((market.open[:, 0] > 0) & (reference > 0), close / reference - 1, np.nan)
