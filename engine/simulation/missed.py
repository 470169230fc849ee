"""What refused purchases would have earned: from the refused price to the close of the stock's next exit signal. Free of numba."""

from bisect import bisect_left

import numpy as np

from engine.arrays import Bits, Integers
from engine.market import Market


class Missed:
    """Looks up returns without costs or slippage, shares growing with the factor on ex-dates; rules of risk do not count."""

    def __init__(self, market: Market, exits: Bits) -> None:
        """exits (T, W): the exit signals of the run, 64 stocks a word, in rows of the market that decides."""
        self._market, self._exits = market, exits
        self._bars = _deciding_bars(market)
        self._found: dict[int, list[int]] = {}

    def earned(self, bar: int, stock: int, price: int) -> float | None:
        """The return of a purchase at `price` li in row `bar`. The bar's own close may be the exit; without one the last close is.

        None without a price.
        """
        if price == 0:
            return None
        rows = self._rows(stock)
        x = bisect_left(rows, bar)
        last = rows[x] if x < len(rows) else self._market.shape[0] - 1
        close, factor = self._market.close[:, stock], self._market.adj_factor[:, stock]
        return int(close[last]) * int(factor[last]) / (price * int(factor[bar])) - 1

    def _rows(self, stock: int) -> list[int]:
        if stock not in self._found:
            bits = self._exits[:, stock >> 6] >> np.uint64(stock & 63) & np.uint64(1)
            rows = np.flatnonzero(bits)
            self._found[stock] = (rows if self._bars is None else self._bars[rows[self._bars[rows] >= 0]]).tolist()
        return self._found[stock]


def _deciding_bars(market: Market) -> Integers | None:
    """(D,) the bar at which each row of the deciding market decides: the last one of its session by then; -1 where there is none.

    None where every bar decides for itself.
    """
    if market.decided_by is None:
        return None
    days = market.decided_by
    bars = np.searchsorted(market.times, days.times, side="right") - 1
    return np.where((bars >= 0) & (market.sessions[np.maximum(bars, 0)] == days.sessions), bars, -1)
