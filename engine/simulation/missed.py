"""What refused purchases would have earned: from the refused price to the close of the stock's next exit signal. Free of numba."""

import numpy as np

from engine.arrays import Bits
from engine.market import Market


class Missed:
    """Looks up returns without costs or slippage, shares growing with the factor on ex-dates; rules of risk do not count."""

    def __init__(self, market: Market, exits: Bits) -> None:
        """exits (T, W): the exit signals of the run, 64 stocks a word."""
        self._market, self._exits = market, exits
        self._found: dict[int, list[int]] = {}

    def earned(self, bar: int, stock: int, price: int) -> float | None:
        """The return of a purchase at `price` li in row `bar`. The bar's own close may be the exit; without one the last close is.

        None without a price.
        """
        if price == 0:
            return None
        rows = self._rows(stock)
        x = int(np.searchsorted(rows, bar))
        last = rows[x] if x < len(rows) else self._market.shape[0] - 1
        close, factor = self._market.close[:, stock], self._market.adj_factor[:, stock]
        return int(close[last]) * int(factor[last]) / (price * int(factor[bar])) - 1

    def _rows(self, stock: int) -> list[int]:
        if stock not in self._found:
            bits = self._exits[:, stock >> 6] >> np.uint64(stock & 63) & np.uint64(1)
            self._found[stock] = np.flatnonzero(bits).tolist()
        return self._found[stock]
