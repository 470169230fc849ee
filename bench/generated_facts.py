"""What templates ask of a market beside its bars: figures of companies, industries, an index, a benchmark. Generated, by seed."""

from dataclasses import replace

import numpy as np

from bench.generated import generated_market
from engine.arrays import Floats
from engine.market import Benchmark, Listings, Market

INDEX = "009300.SH"
"""The index that the templates name."""
INDUSTRIES = 30
NO_EARNINGS = 0.1
"""The share of companies that have no price-earnings ratio."""
DRIFT = 0.003
"""How far a ratio wanders in a session."""
MILLION = 1_000_000
INDEX_SCALE = 100
"""A price of 5 to 50 CNY becomes points of an index."""


def with_facts(market: Market, seed: int = 11) -> Market:
    """The same bars with daily_basic's fields, industries, an index as reference and as benchmark; deterministic by seed."""
    random = np.random.default_rng(seed)
    bars, stocks = market.shape
    shares = np.exp(random.normal(10.5, 1.2, stocks))
    industries = tuple(f"industry {number}" for number in random.integers(0, INDUSTRIES, stocks))
    index = _index(market, bars, seed)
    closes = index.close[:, 0].astype(np.float64)
    pe = np.where(random.random(stocks) < NO_EARNINGS, np.nan, _ratio(random, bars, stocks, 25.0))
    fields = {
        "pe": pe,
        "pe_ttm": pe * 1.05,
        "pb": _ratio(random, bars, stocks, 2.5),
        "turnover_rate": random.gamma(2.0, 1.0, (bars, stocks)),
        "total_mv": market.close / 1_000.0 * shares,
        "circ_mv": market.close / 1_000.0 * shares * 0.6,
    }
    return replace(
        market,
        fields=fields,
        listings=replace(Listings.plain(stocks), industries=industries),
        references={INDEX: index},
        benchmark=Benchmark(INDEX, np.append(closes[0], closes)),
    )


def _ratio(random: np.random.Generator, bars: int, stocks: int, middle: float) -> Floats:
    """(T, N) each stock's walk around its own level, on two decimals as vendors write it."""
    levels = np.log(middle) + random.normal(0.0, 0.6, stocks)
    ratios: Floats = np.round(np.exp(levels + np.cumsum(random.normal(0.0, DRIFT, (bars, stocks)), axis=0)), 2)
    return ratios


def _index(market: Market, bars: int, seed: int) -> Market:
    """One column without gaps over the market's own sessions, with everything reinvested: an index has no bonus issues."""
    drawn = generated_market(bars, 1, seed, suspended=0.0)
    factor = drawn.adj_factor * INDEX_SCALE
    prices = {name: (getattr(drawn, name) * factor // MILLION).astype(np.int32) for name in ("open", "high", "low", "close", "pre_close")}
    return replace(
        drawn,
        sessions=market.sessions,
        times=market.times,
        codes=(INDEX,),
        boards=("index",),
        adj_factor=np.full((bars, 1), MILLION, np.int64),
        **prices,
    )
