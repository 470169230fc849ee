"""The packed view of a market: every stock's own bars without holes, stock after stock, so that "previous bar" is the previous number.

B counts all bars of all stocks. Fields are read from the market when a node asks for them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from engine.arrays import Flags, Floats, Integers
from engine.errors import MarketError, Problem
from engine.indicators import calendar
from engine.market import Market, has_bar

Scalar = TypeVar("Scalar", bound=np.generic)

EXACT = frozenset({"open", "high", "low", "close", "volume", "listed_days"})
"""Fields of whole numbers: their window sums are differences of prefix sums, exact below 2^53."""
FLAGS = frozenset({"member", "is_st"}) | calendar.TRUTHS.keys()
"""Fields that are true or false."""

PRICE_UNITS = 10_000
"""Raw li times the factor in millionths, divided by this, is an adjusted price in units of 0.01 li."""
LARGEST_PRODUCT = 2**62


class Members(NamedTuple):
    """M bars of stocks that belong to the universe of the day."""

    bars: Integers
    """(M,) where they are in the packed bars, row after row, in order of columns."""
    starts: Integers
    """(T + 1,) row t has the members starts[t] to starts[t + 1]."""


@dataclass(frozen=True)
class OwnBars:
    market: Market
    offsets: Integers
    """(N + 1,) stock i has the bars offsets[i] to offsets[i + 1]."""
    rows: Integers
    """(B,) the row of the panel that each bar stands in."""
    cells: Integers
    """(B,) the flat index of each bar in a (T, N) panel."""
    runs: Integers
    """(R + 1,) where stretches of bars in consecutive rows begin: between suspensions rows and bars advance together."""
    stock_runs: Integers
    """(N + 1,) stock i has the runs stock_runs[i] to stock_runs[i + 1]."""

    @property
    def count(self) -> int:
        return self.rows.size

    @property
    def longest(self) -> int:
        """The most bars that a stock has."""
        return int(np.diff(self.offsets).max(initial=0))

    @cached_property
    def members(self) -> Members:
        """The bars of members in the order of the panel, found once."""
        rows, stocks = self.market.shape
        at = np.full(rows * stocks, -1, np.int64)
        at[self.cells] = np.arange(self.count)
        bars = at[(at >= 0) & (self.market.member.reshape(-1) != 0)]
        return Members(bars, np.searchsorted(self.rows[bars], np.arange(rows + 1)))

    def numbers(self, field: str) -> Floats:
        """(B,) a numeric field; NaN where the vendor gives none."""
        read = _NUMBERS.get(field)
        if read is not None:
            return read(self)
        if field not in self.market.fields:
            raise MarketError([Problem(field, "the data of this backtest has no such field")])
        return self.take(self.market.fields[field])

    def flags(self, field: str) -> Flags:
        """(B,) a field of FLAGS, 0 or 1."""
        if field in calendar.TRUTHS:
            return calendar.TRUTHS[field](self.market)[self.rows].astype(np.uint8)
        panel: Flags = getattr(self.market, field)
        return self.take(panel)

    def take(self, panel: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
        """(B,) the cells of a (T, N) panel that have a bar."""
        return panel.reshape(-1)[self.cells]


def own_bars(market: Market) -> OwnBars:
    stocks = market.shape[1]
    stock, rows = np.nonzero(has_bar(market).T)
    offsets = np.searchsorted(stock, np.arange(stocks + 1))
    begins = np.ones(rows.size, np.bool_)
    begins[1:] = (np.diff(rows) != 1) | (np.diff(stock) != 0)
    runs = np.append(np.nonzero(begins)[0], rows.size)
    return OwnBars(market, offsets, rows, rows * stocks + stock, runs, np.searchsorted(runs, offsets))


def adjusted(li: Integers, factor: Integers) -> Integers:
    """Half-up of li * factor / 10^4: the back-adjusted price in units of 0.01 li. MarketError where the product outgrows 64 bits."""
    if int(li.max(initial=0)) * int(factor.max(initial=0)) > LARGEST_PRODUCT:
        raise MarketError([Problem("adj_factor", "prices times their factors exceed 2^62", "look for wrong adjustment factors")])
    return (li * factor + PRICE_UNITS // 2) // PRICE_UNITS


def _price(name: str) -> Callable[[OwnBars], Floats]:
    def read(bars: OwnBars) -> Floats:
        li: npt.NDArray[np.int32] = getattr(bars.market, name)
        return adjusted(bars.take(li).astype(np.int64), bars.take(bars.market.adj_factor)).astype(np.float64)

    return read


def _raw_price(name: str) -> Callable[[OwnBars], Floats]:
    def read(bars: OwnBars) -> Floats:
        li: npt.NDArray[np.int32] = getattr(bars.market, name)
        return bars.take(li) / 1_000.0

    return read


def _of_row(read: Callable[[Market], Integers | npt.NDArray[np.int32]]) -> Callable[[OwnBars], Floats]:
    return lambda bars: read(bars.market)[bars.rows].astype(np.float64)


def _average_li(bars: OwnBars) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """The bars' average prices in li, half-up, and where there are any: a bar without volume has none."""
    volume, amount = bars.take(bars.market.volume), bars.take(bars.market.amount)
    shares = np.maximum(volume, 1)
    return (2 * amount + shares) // (2 * shares), volume > 0


def _vwap(bars: OwnBars) -> Floats:
    li, known = _average_li(bars)
    return np.where(known, adjusted(li, bars.take(bars.market.adj_factor)), np.nan)


def _raw_vwap(bars: OwnBars) -> Floats:
    li, known = _average_li(bars)
    return np.where(known, li / 1_000.0, np.nan)


_NUMBERS: dict[str, Callable[[OwnBars], Floats]] = {
    **{name: _price(name) for name in ("open", "high", "low", "close")},
    **{f"raw_{name}": _raw_price(name) for name in ("open", "high", "low", "close")},
    "vwap": _vwap,
    "raw_vwap": _raw_vwap,
    "volume": lambda bars: bars.take(bars.market.volume).astype(np.float64),
    "amount": lambda bars: bars.take(bars.market.amount) / 1_000.0,
    "adjusted_unit": lambda bars: PRICE_UNITS / bars.take(bars.market.adj_factor),
    **{name: _of_row(read) for name, read in calendar.NUMBERS.items()},
    "listed_days": lambda bars: bars.take(bars.market.listed_sessions).astype(np.float64),
}
