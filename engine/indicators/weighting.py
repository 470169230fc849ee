"""Rotation by weights: on each rebalance session, what every stock is to be worth."""

from typing import NamedTuple

import numpy as np

from engine.arrays import Flags, Floats, Integers, Prices
from engine.compiled import kernel
from engine.indicators.bars import OwnBars
from engine.indicators.selection import ROWS, Candidates, Desk, best_of, desk_of, rebalance_rows, stretches_of
from engine.indicators.sessions import WORD, words
from engine.indicators.sorting import ascending
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
    desk, chosen = desk_of(bars), np.zeros((2, stocks), np.uint8)
    for some in stretches_of(bars, rows):
        _weigh(bars.bar_at, some, wish, (top, keep), desk, chosen, out)
    return out


@kernel
def _weigh(at: Prices, rows: Integers, wish: Wish, limits: tuple[int, int], desk: Desk, chosen: Flags, out: Prices) -> None:
    """at (T, N or more): where each stock's bar is; chosen (2, N): who was chosen before the first row, and zeros.

    Afterwards it says who was chosen last: the next call goes on from there.
    """
    top, keep = limits
    before, now, room = chosen[0], chosen[1], desk.room
    for r in range(rows.size):
        row, taken = rows[r], 0
        count = best_of(at, rows, r, Candidates(wish.by, wish.eligible), max(top, keep), desk)
        for k in range(count):
            room.numbers[0, k] = -desk.numbers[r % ROWS, room.places[0, k]]
        best = room.places[ascending(room, count)]
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
            if now[i] and 0.0 < wish.weight[at[row, i]] < np.inf:
                total += wish.weight[at[row, i]]
        for i in range(now.size):
            if now[i] and 0.0 < wish.weight[at[row, i]] < np.inf:
                out[row, i] = int(wish.weight[at[row, i]] / total * ONE)
            before[i], now[i] = now[i], 0
