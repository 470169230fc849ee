"""What follows from the sample's daily bars: valuation fields, an index with its members."""

from dataclasses import dataclass

import numpy as np

from datalake.sample.draws import Draws, Real, Whole
from datalake.sample.listing import Listing, Mask
from datalake.sample.prices import Prices

INDEX = "009300.SH"
INDEX_NAME = "样本指数"
MEMBERS = 30


def make_basics(draws: Draws, listing: Listing, prices: Prices) -> dict[str, Real]:
    """(S, N) daily_basic fields in Tushare's units, four decimals; NaN where there is no bar (pe also where there is no profit)."""
    count = len(listing.shares)
    years = np.array([day.year for day in listing.days])
    seasons = np.arange(len(np.unique(years)))[np.searchsorted(np.unique(years), years)]
    start = prices.close[np.argmax(prices.has_bar, axis=0), np.arange(count)] * prices.shares[0]
    value = prices.close * prices.shares / 1000.0
    earned = start / 1000.0 * (draws.between(-6, 90, len(np.unique(years)), count) / 1000.0)
    profit = earned[seasons]
    book = (start / 1000.0 * (draws.between(25, 90, count) / 100.0))[None, :] * (1.0 + 0.06 * seasons)[:, None]
    sales = (start / 1000.0 * (draws.between(20, 200, count) / 100.0))[None, :] * (1.0 + 0.08 * seasons)[:, None]
    free = draws.between(40, 100, count) / 100.0
    paid = np.cumsum(prices.cash, axis=0)
    paid_last_year = paid - np.concatenate([np.zeros((243, count), dtype=np.int64), paid[:-243]])
    close = np.maximum(prices.close, 1)
    out = {
        "turnover_rate": prices.volume / (prices.shares * free) * 100.0,
        "pe": np.where(profit > 0, value / np.where(profit > 0, profit, 1.0), np.nan),
        "pb": value / book,
        "ps": value / sales,
        "dv_ratio": paid_last_year / close * 100.0,
        "total_share": prices.shares / 10_000.0,
        "float_share": prices.shares * free / 10_000.0,
        "total_mv": value / 10_000.0,
        "circ_mv": value * free / 10_000.0,
    }
    out["pe_ttm"] = out["pe"]
    funds = np.array([share.is_fund for share in listing.shares])
    here = prices.has_bar & ~funds
    return {name: np.where(here, np.floor(values * 10_000.0 + 0.5) / 10_000.0, np.nan) for name, values in out.items()}


@dataclass(frozen=True)
class Index:
    """The index's bars (S,) in li (points with three decimals), and its members from each change on."""

    bars: dict[str, Whole]
    changes: tuple[int, ...]
    """Sessions on which the members were set."""
    members: Mask
    """(changes, N)"""
    weights: Real
    """(changes, N) percent."""


def make_index(listing: Listing, prices: Prices) -> Index:
    """The thirty largest stocks at each half-year, weighted by shares times price, chained over the changes."""
    stocks = np.array([not share.is_fund for share in listing.shares])
    changes = tuple(
        row for row, day in enumerate(listing.days) if row == 0 or (day.month in (1, 7) and day.month != listing.days[row - 1].month)
    )
    members = np.zeros((len(changes), len(listing.shares)), dtype=bool)
    weights = np.zeros(members.shape, dtype=np.float64)
    for number, row in enumerate(changes):
        basis = max(row - 1, 0)
        able = prices.has_bar[basis] & stocks & ~listing.special[basis] & (listing.age[basis] > 60)
        value = np.where(able, prices.close[basis] * prices.shares[basis], -1)
        chosen = np.argsort(-value, kind="stable")[:MEMBERS]
        members[number, chosen] = True
        weights[number, chosen] = np.floor(value[chosen] / int(value[chosen].sum()) * 1_000_000.0 + 0.5) / 10_000.0
    return Index(_chain(prices, changes, members), changes, members, weights)


def _chain(prices: Prices, changes: tuple[int, ...], members: Mask) -> dict[str, Whole]:
    total = len(prices.close)
    names = ("open", "high", "low", "close", "pre_close", "volume", "amount")
    bars = {name: np.zeros(total, dtype=np.int64) for name in names}
    level = 3_000_000
    in_force = np.searchsorted(np.array(changes), np.arange(total), side="right") - 1
    for day in range(total):
        chosen = members[in_force[day]] & prices.has_bar[day]
        shares = prices.shares[day][chosen]
        base = int((shares * prices.pre_close[day][chosen]).sum())
        start, end, top, bottom = (
            _scaled(level, int((shares * values[day][chosen]).sum()), base)
            for values in (prices.open, prices.close, prices.high, prices.low)
        )
        # members do not all turn at the same time: the index reaches half as far as they do
        bars["high"][day] = max(start, end) + (top - max(start, end)) // 2
        bars["low"][day] = min(start, end) - (min(start, end) - bottom) // 2
        bars["open"][day], bars["close"][day], bars["pre_close"][day] = start, end, level
        bars["volume"][day] = int(prices.volume[day][chosen].sum())
        bars["amount"][day] = int(prices.amount[day][chosen].sum())
        level = end
    return bars


def _scaled(level: int, value: int, base: int) -> int:
    """level * value / base, rounded half up (Python's integers: the product is beyond 64 bits)."""
    return (2 * level * value + base) // (2 * base)
