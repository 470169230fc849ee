"""Rotation by weights: on each rebalance session, what every stock is to be worth."""

from typing import NamedTuple

import numpy as np

from engine.arrays import Flags, Floats, Integers, Prices
from engine.compiled import kernel
from engine.indicators.bars import OwnBars
from engine.indicators.selection import bars_of, best_of, rebalance_rows, room_for
from engine.indicators.sessions import WORD, words
from engine.terms import ONE


class Wish(NamedTuple):
    """Of all bars (B,)."""

    by: Floats
    eligible: Flags
    weight: Floats


def select_weights(bars: OwnBars, wish: Wish, top: int, keep: int, every: int) -> Prices:
    """(T, W * 64) int32 what each stock is to be worth of equity, in 1 / ONE; -1 in rows that are no rebalance, 0 where it is not chosen.

    Chosen is who was chosen before and is still among the best `keep`, then the best until there are `top`. A weight is each one's share
    of all chosen, rounded down; one that is not a finite number above 0 is 0. The sum runs in order of columns.
    """
    sessions, stocks = bars.market.shape
    rows = rebalance_rows(bars.market, every)
    out = np.full((sessions, words(stocks) * WORD), -1, np.int32)
    out[rows] = 0
    best, chosen = np.empty(room_for(bars, max(top, keep)), np.int64), np.zeros((2, stocks), np.uint8)
    _weigh(bars_of(bars, every), rows, wish, (top, keep), best, chosen, out)
    return out


@kernel
def _weigh(at: Integers, rows: Integers, wish: Wish, limits: tuple[int, int], best: Integers, chosen: Flags, out: Prices) -> None:
    """chosen (2, N): who was chosen before, and who is now."""
    top, keep = limits
    before, now = chosen[0], chosen[1]
    for t in range(at.shape[0]):
        count, taken = best_of(at[t], wish.by, wish.eligible, best), 0
        for k in range(min(count, keep)):
            if before[best[k]] and taken < top:
                now[best[k]] = 1
                taken += 1
        for k in range(count):
            if taken < top and not now[best[k]]:
                now[best[k]] = 1
                taken += 1
        total = 0.0
        for i in range(now.size):
            if now[i] and 0.0 < wish.weight[at[t, i]] < np.inf:
                total += wish.weight[at[t, i]]
        for i in range(now.size):
            if now[i] and 0.0 < wish.weight[at[t, i]] < np.inf:
                out[rows[t], i] = int(wish.weight[at[t, i]] / total * ONE)
            before[i], now[i] = now[i], 0
