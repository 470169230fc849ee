"""Prices of orders: what a strategy computes, in the money of the bar's own day and in whole ticks of its board."""

from typing import Final

import numpy as np

from engine.arrays import Floats, Integers
from engine.compiled import kernel
from engine.indicators.bars import OwnBars
from engine.simulation.door import LARGEST_PRICE
from engine.simulation.rules import terms_of_trade

YUAN: Final = 1_000.0
"""Li in a yuan."""
NEAR: Final = 1e-6
"""Ticks within which a price is the tick itself: 10.00 * 0.98 is 9.80, whatever binary floats say."""
_NO_UNITS: Floats = np.zeros(0)


def order_price(bars: OwnBars, x: Floats, units: Floats | None, rounds_up: bool, out: Floats) -> None:
    """out (B,): whole ticks in li; 0, no order, where x (B,) is NaN, not positive or above the largest price.

    x is in yuan; or an adjusted level, and `units` (B,) are the li that the unit of adjusted prices is worth on that very bar. Adjusted
    levels are rounded themselves: a tick is met when it lies within one of their units.
    """
    ticks = terms_of_trade(bars.market.boards).tick
    _whole_ticks(bars.offsets, ticks, _NO_UNITS if units is None else units, x, rounds_up, out)


@kernel
def _whole_ticks(offsets: Integers, ticks: Integers, units: Floats, x: Floats, rounds_up: bool, out: Floats) -> None:
    for i in range(offsets.size - 1):
        tick = float(ticks[i])
        for k in range(offsets[i], offsets[i + 1]):
            unit, near = YUAN / tick, NEAR
            if units.size:
                unit = units[k] / tick
                near = max(near, unit)
            count = x[k] * unit
            nearest = np.floor(count + 0.5)
            if abs(count - nearest) > near:
                nearest = np.ceil(count) if rounds_up else np.floor(count)
            li = nearest * tick
            out[k] = li if 0.0 < li <= LARGEST_PRICE else 0.0
