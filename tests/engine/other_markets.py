"""Random markets that hold other bars: those of an index, and daily ones beside minute bars."""

from dataclasses import replace
from typing import Any

import numpy as np

from engine.market import Market
from tests.engine.panels import first_sessions, random_market

INDEX = "000300.SH"
BEFORE = 20
"""Sessions that other bars begin before the market's own."""
PER_DAY = 3


def index_bars(seed: int, sessions: int, holes: float = 0.1) -> Market:
    bars = random_market(seed, sessions=sessions, stocks=1, holes=holes, late=0.0, ex_dates=0.0)
    return replace(bars, codes=(INDEX,), boards=("index",))


def daily_market(seed: int, sessions: int = 50, stocks: int = 4) -> Market:
    """Days whose index begins BEFORE sessions earlier."""
    whole = random_market(seed, sessions=BEFORE + sessions, stocks=stocks, warm_up=BEFORE + 5)
    market = rows_of(whole, np.arange(BEFORE, BEFORE + sessions))
    return replace(market, window_start=5, references={INDEX: index_bars(seed + 1, BEFORE + sessions)})


def minute_market(seed: int, sessions: int = 30, stocks: int = 4) -> Market:
    """PER_DAY bars a session, beside an index and daily bars that tell other stories: nothing here looks from one to the other."""
    daily = random_market(seed, sessions=BEFORE + sessions, stocks=stocks, holes=0.2)
    bars = random_market(seed + 2, sessions=PER_DAY * sessions, stocks=stocks)
    dates = {name: np.repeat(getattr(daily, name)[BEFORE:], PER_DAY) for name in ("sessions", "previous_session", "next_session")
             if getattr(daily, name) is not None}  # fmt: skip
    return replace(
        bars, frequency="80m", window_start=2 * PER_DAY, daily=daily, references={INDEX: index_bars(seed + 1, BEFORE + sessions)}, **dates
    )


def cut_after(market: Market, count: int) -> Market:
    """The first bars of a market, and of its other bars what was over at the last of them."""
    last = market.sessions[count - 1]

    def known(other: Market) -> Market:
        return first_sessions(other, int(np.searchsorted(other.sessions, last, "right" if market.frequency == "1d" else "left")))

    references = {code: known(other) for code, other in market.references.items()}
    return replace(first_sessions(market, count), references=references, daily=market.daily and known(market.daily))


def begun_later(market: Market, sessions: int) -> Market:
    """The same market whose other bars begin so many sessions before its own."""

    def later(other: Market) -> Market:
        first = int(np.searchsorted(other.sessions, market.sessions[0])) - sessions
        return rows_of(other, np.arange(first, other.shape[0]))

    references = {code: later(other) for code, other in market.references.items()}
    return replace(market, references=references, daily=market.daily and later(market.daily))


def rows_of(market: Market, rows: Any) -> Market:
    arrays = {name: np.ascontiguousarray(value[rows]) for name, value in vars(market).items() if isinstance(value, np.ndarray)}
    fields = {name: np.ascontiguousarray(values[rows]) for name, values in market.fields.items()}
    return replace(market, window_start=0, fields=fields, **arrays)
