"""The packed view of a market: every stock's own bars without holes, stock after stock, so that "previous bar" is the previous number.

B counts all bars of all stocks. Fields are read from the market when a node first asks for them, and kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from engine.arrays import Bits, Flags, Floats, Integers, Prices
from engine.compiled import kernel
from engine.errors import MarketError, Problem
from engine.indicators import calendar
from engine.indicators.kernels import prefix_sums
from engine.market import Market, has_bar
from engine.pulse import SILENT, Pulse

Scalar = TypeVar("Scalar", bound=np.generic)

EXACT_LIMIT = 2.0**53
FLAGS = frozenset({"member", "is_st"}) | calendar.TRUTHS.keys()
"""Fields that are true or false."""

PRICE_UNITS = 10_000
"""Raw li times the factor in millionths, divided by this, is an adjusted price in units of 0.01 li."""
LARGEST_PRODUCT = 2**62
WORD = 64
KEPT_BYTES = 512 * 2**20
"""What the fields of a market that were read may take."""
MOVED = 20
"""Steps of the machine that it costs to move a bar from one order into another."""
_TURN = RLock()
"""Threads ask for the same fields: one makes what the others wait for."""


class Members(NamedTuple):
    """M bars of stocks that belong to the universe of the day."""

    bars: Integers
    """(M,) where they are in the packed bars, row after row, in order of columns."""
    starts: Integers
    """(T + 1,) row t has the members starts[t] to starts[t + 1]."""


class Layout(NamedTuple):
    """Where the bars of N stocks are: B of all stocks together."""

    offsets: Integers
    """(N + 1,) stock i has the bars offsets[i] to offsets[i + 1]."""
    rows: Integers
    """(B,) the row of the panel that each bar stands in."""
    cells: Integers
    """(B,) the flat index of each bar in a (T, N) panel."""
    words: Integers
    """(N + 1,) truths as bits: those of stock i are in the words words[i] to words[i + 1]."""
    has_bar: Bits
    """(N, S) for each stock and 64 rows a word: where it has a bar."""
    bars_before: Prices
    """(N, S) int32 how many bars it has before the first of these rows."""
    kept: dict[str, Any]
    """Fields that were read, the newest last, and what else was derived."""


@dataclass(frozen=True)
class OwnBars:
    market: Market
    layout: Layout
    pulse: Pulse = SILENT
    """Of whoever computes on them."""

    @property
    def offsets(self) -> Integers:
        return self.layout.offsets

    @property
    def rows(self) -> Integers:
        return self.layout.rows

    @property
    def cells(self) -> Integers:
        return self.layout.cells

    @property
    def words(self) -> Integers:
        return self.layout.words

    @property
    def count(self) -> int:
        return self.rows.size

    @property
    def longest(self) -> int:
        """The most bars that a stock has."""
        return int(np.diff(self.offsets).max(initial=0))

    @property
    def members(self) -> Members:
        """The bars of members in the order of the panel."""
        made: Members = self.keep("members of the day", self._members)
        return made

    @property
    def bar_at(self) -> Prices:
        """(T, W * 64) int32 which of the packed bars stands in each cell of the panel; -1: none."""
        made: Prices = self.keep("bar of each cell", self._bar_at)
        return made

    def numbers(self, field: str) -> Floats:
        """(B,) a numeric field; NaN where the vendor gives none. Nobody writes into it: others see the same array."""
        if field not in _NUMBERS and field not in self.market.fields:
            raise MarketError([Problem(field, "the data of this backtest has no such field")])
        read = _NUMBERS.get(field)
        made: Floats = self.keep(field, lambda: read(self) if read else self.take(self.market.fields[field]))
        return made

    def prefix_sums(self, field: str) -> Floats:
        """(B,) sums of a field of whole numbers over each stock's first 1, 2 ... bars. MarketError where they are not exact any more."""
        made: Floats = self.keep(f"sums of {field}", lambda: self._summed(self.numbers(field)))
        return made

    def flags(self, field: str) -> Flags:
        """(B,) a field of FLAGS, 0 or 1."""
        if field in calendar.TRUTHS:
            return calendar.TRUTHS[field](self.market)[self.rows].astype(np.uint8)
        panel: Flags = getattr(self.market, field)
        return self.take(panel)

    def take(self, panel: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
        """(B,) the cells of a (T, N) panel that have a bar."""
        flat, out = panel.reshape(-1), np.empty(self.count, panel.dtype)
        for first, end in self.pulse.stretches(self.count, MOVED):
            out[first:end] = flat[self.cells[first:end]]
        return out

    def keep(self, name: str, make: Callable[[], Any]) -> Any:
        """What was made before, or is made now; of too much the oldest is forgotten."""
        kept = self.layout.kept
        with _TURN:
            if name not in kept:
                made = make()
                self.pulse.did()
                while kept and sum(map(_bytes, kept.values())) + _bytes(made) > KEPT_BYTES:
                    kept.pop(next(iter(kept)), None)
                kept[name] = made
            return kept[name]

    def _summed(self, x: Floats) -> Floats:
        out = np.empty(self.count)
        sums_of_stocks(self.offsets, x, out)
        if out.max(initial=0.0) >= EXACT_LIMIT:
            raise MarketError(
                [Problem("bars", "prices or volumes are too large: their sums exceed 2^53", hint="look for wrong adjustment factors")]
            )
        return out

    def _members(self) -> Members:
        at = self.bar_at[:, : self.market.shape[1]]
        belongs = (at >= 0) & (self.market.member != 0)
        self.pulse.did()
        bars = at[belongs]
        self.pulse.did()
        return Members(bars.astype(np.int64), _edges(np.count_nonzero(belongs, axis=1)))

    def _bar_at(self) -> Prices:
        sessions, stocks = self.market.shape
        found = np.full((sessions, -(-stocks // WORD) * WORD), -1, np.int32)
        for first, end in self.pulse.stretches(self.count, MOVED):
            rows = self.rows[first:end]
            found[rows, self.cells[first:end] - rows * stocks] = np.arange(first, end, dtype=np.int32)
        return found


@kernel
def sums_of_stocks(offsets: Integers, x: Floats, out: Floats) -> None:
    for i in range(offsets.size - 1):
        prefix_sums(x[offsets[i] : offsets[i + 1]], out[offsets[i] : offsets[i + 1]])


def own_bars(market: Market, pulse: Pulse = SILENT) -> OwnBars:
    if "own bars" not in market.memo:
        market.memo["own bars"] = _layout(market, pulse)
    return OwnBars(market, market.memo["own bars"], pulse)


def _layout(market: Market, pulse: Pulse) -> Layout:
    sessions, stocks = market.shape
    has = np.ascontiguousarray(has_bar(market).T)
    pulse.did()
    counts = np.count_nonzero(has, axis=1)
    offsets, in_row = _edges(counts), -(-sessions // WORD)
    rows, cells = np.empty(offsets[-1], np.int64), np.empty(offsets[-1], np.int64)
    bits, bars_before = np.empty((stocks, in_row), np.uint64), np.zeros((stocks, in_row), np.int32)
    for first, end in pulse.stretches(stocks, MOVED * sessions):
        own = slice(offsets[first], offsets[end])
        stock, rows[own] = np.nonzero(has[first:end])
        cells[own] = rows[own] * stocks + first + stock
        squares = np.zeros((end - first, in_row * WORD), np.uint8)
        squares[:, :sessions] = has[first:end]
        bits[first:end] = np.packbits(squares, axis=1, bitorder="little").view("<u8")
        in_words = np.count_nonzero(squares.reshape(end - first, in_row, WORD), axis=2)
        bars_before[first:end, 1:] = np.add.accumulate(in_words, axis=1)[:, :-1]
    return Layout(
        offsets=offsets,
        rows=rows,
        cells=cells,
        words=_edges(-(-counts // WORD)),
        has_bar=bits,
        bars_before=bars_before,
        kept={},
    )


def _edges(counts: Integers) -> Integers:
    """Where stretches of so many begin, and where the last one ends."""
    return np.concatenate([[0], np.add.accumulate(counts)])


def _bytes(made: Any) -> int:
    return sum(each.nbytes for each in (made if isinstance(made, tuple) else (made,)))


def adjusted(li: Integers, factor: Integers) -> Integers:
    """Half-up of li * factor / 10^4: the back-adjusted price in units of 0.01 li. MarketError where the product outgrows 64 bits."""
    _must_fit(li, factor)
    return (li * factor + PRICE_UNITS // 2) // PRICE_UNITS


def _must_fit(li: Integers | Prices, factor: Integers) -> None:
    if int(li.max(initial=0)) * int(factor.max(initial=0)) > LARGEST_PRODUCT:
        raise MarketError([Problem("adj_factor", "prices times their factors exceed 2^62", "look for wrong adjustment factors")])


def _price(name: str) -> Callable[[OwnBars], Floats]:
    def read(bars: OwnBars) -> Floats:
        li: npt.NDArray[np.int32] = getattr(bars.market, name)
        raw, factor, out = bars.take(li), bars.take(bars.market.adj_factor), np.empty(bars.count)
        _must_fit(raw, factor)  # of all bars: what is refused must not depend on where a stretch ends
        for first, end in bars.pulse.stretches(bars.count, MOVED):
            out[first:end] = adjusted(raw[first:end].astype(np.int64), factor[first:end])
        return out

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
