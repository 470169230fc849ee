"""Market: the facts that a backtest sees, as aligned panels of bars by stocks. Facts only; rules are applied by the simulation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.arrays import Flags, Floats, Integers, Prices

FAR = 2**31 - 1
"""A price in li that no bar reaches: the low of a cell without a bar."""

BOARDS = ("main", "chinext", "star", "bse", "fund", "fund_20", "index")
"""fund_20: a fund whose index holds only ChiNext or STAR stocks."""


@dataclass(frozen=True, eq=False)
class Listings:
    """What is known of each of N stocks beside its bars. Dates are YYYYMMDD, 0 where there is none or it is unknown."""

    industries: tuple[str, ...]
    """(N,) "" where unknown."""
    same_day: Flags
    """(N,) 1 where shares may be sold on the day of their purchase (T+0)."""
    delisting_from: Prices
    """(N,) int32 the first session of the delisting period."""
    delist_date: Prices
    """(N,) int32 the day from which the stock is not listed any more."""

    @classmethod
    def plain(cls, stocks: int) -> "Listings":
        """Nothing is known."""
        return cls(("",) * stocks, np.zeros(stocks, np.uint8), np.zeros(stocks, np.int32), np.zeros(stocks, np.int32))


@dataclass(frozen=True, eq=False)
class Actions:
    """Corporate actions as records. `stock` is a column of the market; rows ascend by date, then stock."""

    dividends: Integers
    """(X, 6) ex-date, stock, bonus and conversion shares in millionths per share, gross cash in micro-yuan per share, pay date, the listing
    date of the bonus shares; dates YYYYMMDD, 0: unknown."""
    code_changes: Integers
    """(Y, 3) the first day of the new code, the old stock, the new stock: one company, whose bars go on in another column."""

    @classmethod
    def none(cls) -> "Actions":
        return cls(np.zeros((0, 6), np.int64), np.zeros((0, 3), np.int64))


@dataclass(frozen=True, eq=False)
class Benchmark:
    """What a run is compared with: an index, or a stock or fund with everything that it pays out reinvested. S sessions of the window."""

    code: str
    closes: Floats
    """(S + 1,) float64, in any unit: the reference before the window's first session (its pre_close), then the close of each session.
    NaN where the data have none; nothing is ever filled."""


@dataclass(frozen=True, eq=False)
class Market:
    """T bars of one frequency by N stocks. Its arrays never change, for what follows from them is kept beside them.

    Prices are int32 li and as traded (not adjusted), volumes are int64 shares, amounts int64 li. All (T, N) arrays are C-contiguous.
    A cell without a bar (suspended, or outside the listing) is written open = high = 0, low = FAR, volume = amount = 0,
    close = the last close (0 before the first bar; the reference price `pre_close` where an ex-date falls on it), pre_close = 0.
    """

    frequency: str
    """"1d", minutes: "5m", "15m" ..., or, where signals are made and nothing trades, weeks and months: "1w", "1mo"."""
    dataset: str
    """The version that the facts come from, "sample:v1"."""
    times: Integers
    """(T,) the bar's right edge in UTC milliseconds, ascending."""
    sessions: Prices
    """(T,) int32 the session's date as YYYYMMDD, ascending; repeats within a day of minute bars."""
    window_start: int
    """The row of the window's first bar. Earlier rows are warm-up: signals may look at them, nothing trades on them."""
    codes: tuple[str, ...]
    """(N,) ts_codes, ascending and unique."""
    boards: tuple[str, ...]
    """(N,) one of BOARDS each."""
    open: Prices
    high: Prices
    low: Prices
    close: Prices
    pre_close: Prices
    """The day's ex-rights reference price."""
    volume: Integers
    amount: Integers
    adj_factor: Integers
    """Cumulative factor in millionths; changes only on ex-dates; carried over cells without a bar, 1,000,000 before the first."""
    limit_up: Prices
    """The vendor's limit prices; 0 where the vendor gives none (the rules then compute it)."""
    limit_down: Prices
    member: Flags
    """1 where the stock belongs to the universe on that day."""
    is_st: Flags
    """1 on days of special treatment."""
    listed_sessions: Prices
    """int32: 1 on the day of listing, 2 on the next session ...; 0 where the listing date is unknown or in the future."""
    fields: Mapping[str, Floats]
    """Further facts by name (pe, total_mv ...), float64, NaN where unknown."""
    listings: Listings
    actions: Actions
    decided_by: "Market | None" = None
    """The bars that signals are computed on, where orders meet finer ones: the same codes, each of its rows the session (or bar) that ends
    with one of this market's bars. None: signals and orders see the same bars."""
    references: Mapping[str, "Market"] = field(default_factory=dict)
    """The daily bars of indices by code, one column each, whose rows are sessions without a gap: a session may have no bar. They begin as
    long before this market's first session as signals look back on them, and one session more beside minute bars."""
    daily: "Market | None" = None
    """Beside minute bars: the daily bars of the same codes, whose rows are sessions as those of `references` are."""
    benchmark: Benchmark | None = None
    """It decides nothing: no signal and no order sees it."""
    previous_session: Prices | None = None
    """(T,) int32 the session before each row's by the exchange's calendar, YYYYMMDD; 0 where it is unknown. None: unknown everywhere."""
    next_session: Prices | None = None
    """(T,) int32 the one after it: the calendar is published in advance."""
    memo: dict[object, Any] = field(default_factory=dict, init=False, repr=False)
    """What others have derived, by names of their own, so that one more strategy or block of a grid finds it. Nothing in it holds the
    market itself: it goes when the market goes."""

    @property
    def shape(self) -> tuple[int, int]:
        return self.close.shape[0], self.close.shape[1]

    @property
    def is_of_minutes(self) -> bool:
        """Whether a session has several bars, which are seen before it is over."""
        return self.frequency.endswith("m")


def board_of(ts_code: str) -> str:
    """The board of a stock or fund by its code (000001.SZ -> main, 510300.SH -> fund); listings without another fact need it."""
    symbol, _, exchange = ts_code.partition(".")
    for prefixes, where, board in _PREFIXES:
        if exchange in where and symbol.startswith(prefixes):
            return board
    return "main"


_PREFIXES: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...] = (
    (("688", "689"), ("SH",), "star"),
    (("300", "301", "302"), ("SZ",), "chinext"),
    (("4", "8", "92"), ("BJ",), "bse"),
    (("5",), ("SH",), "fund"),
    (("15", "16", "18"), ("SZ",), "fund"),
)


def has_bar(market: Market) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
    """(T, N) where there is a bar."""
    return market.open > 0
