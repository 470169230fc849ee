"""Oscillators against their slow twins, bit for bit; and against TA-Lib over the stocks' own bars where it has them."""

import numpy as np
import pandas as pd
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import Floats
from engine.indicators import kernels, oscillators
from engine.indicators.bars import OwnBars, own_bars
from engine.indicators.compute import values
from engine.language.build import node_of
from engine.language.graph import Graph
from engine.language.parser import parse
from engine.market import Market
from tests import naive_indicators as naive
from tests.engine.panels import random_market
from tests.engine.test_kernels import series, spans, walk

DIRECTIONAL = {"di_plus": oscillators.DI_PLUS, "di_minus": oscillators.DI_MINUS, "adx": oscillators.ADX}
NS = [2, 5, 14, 60]
prices = st.lists(st.tuples(*[st.integers(1, 6).map(float)] * 3), max_size=40)


def computed(market: Market, expression: str, n: int) -> list[Floats]:
    """Values of the expression over each stock's own bars."""
    bars, graph = own_bars(market), Graph()
    return by_stock(bars, values(bars, graph, node_of(graph, parse(expression), {"n": n})))


def by_stock(bars: OwnBars, packed: Floats) -> list[Floats]:
    return [packed[low:high] for low, high in zip(bars.offsets[:-1], bars.offsets[1:], strict=True)]


def own_fields(market: Market, *names: str) -> list[list[Floats]]:
    bars = own_bars(market)
    return list(map(list, zip(*(by_stock(bars, bars.numbers(name)) for name in names), strict=True)))


def avedev(x: Floats, n: int) -> Floats:
    mean, out = np.empty(x.size), np.empty(x.size)
    kernels.sma_fresh(x, n, mean)
    oscillators.avedev(x, mean, n, out)
    return out


def mfi(price: Floats, money: Floats, n: int) -> Floats:
    out = np.empty(price.size)
    oscillators.mfi(price, money, n, kernels.room_for(price.size), out)
    return out


@settings(max_examples=150, deadline=None)
@given(x=series, n=spans)
def test_deviation_is_its_slow_twin(x: list[float], n: int) -> None:
    np.testing.assert_array_equal(avedev(np.array(x, np.float64), n), np.array(naive.avedev(x, n), np.float64))


@settings(max_examples=150, deadline=None)
@given(bars=prices, n=spans)
def test_money_flow_is_its_slow_twin(bars: list[tuple[float, float, float]], n: int) -> None:
    price, money = ([bar[side] for bar in bars] for side in (0, 1))
    np.testing.assert_array_equal(mfi(np.array(price), np.array(money), n), np.array(naive.mfi(price, money, n), np.float64))


@pytest.mark.parametrize("name", DIRECTIONAL)
@settings(max_examples=150, deadline=None)
@given(bars=prices, n=spans)
def test_directions_are_their_slow_twins(name: str, bars: list[tuple[float, float, float]], n: int) -> None:
    """Of few different prices, so that bars without range or direction are common."""
    high, low, close = ([sorted(bar)[place] for bar in bars] for place in (2, 0, 1))
    out = np.empty(len(bars))
    oscillators.directional(DIRECTIONAL[name], np.array(high), np.array(low), np.array(close), n, out)
    np.testing.assert_array_equal(out, np.array(getattr(naive, name)(high, low, close, n), np.float64))


def test_long_series_cross_strips() -> None:
    x, money = walk(1), walk(2)
    x, money = np.tile(x, 5), np.tile(money, 5)
    assert x.size > 3 * kernels.STRIP
    for n in (300, 301, 302, 303):
        np.testing.assert_array_equal(avedev(x, n), naive.avedev(list(x), n))
        np.testing.assert_array_equal(mfi(x, money, n), naive.mfi(list(x), list(money), n))


@pytest.fixture(scope="module")
def market() -> Market:
    return random_market(5, sessions=300, stocks=4, holes=0.1, late=0.0, ex_dates=0.0)


@pytest.mark.parametrize("n", NS)
def test_talib_agrees_on_directions(market: Market, n: int) -> None:
    for expression, theirs in (("di_plus(n)", talib.PLUS_DI), ("di_minus(n)", talib.MINUS_DI), ("adx(n)", talib.ADX)):
        for found, fields in zip(computed(market, expression, n), own_fields(market, "high", "low", "close"), strict=True):
            assert found.size > 3 * n
            np.testing.assert_allclose(found, theirs(*fields, n), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("n", NS)
def test_talib_agrees_on_channels(market: Market, n: int) -> None:
    """TA-Lib's prices are those of the exchange as ours are; where all n bars are one price it says 0, and -50 is ours."""
    for found, deviations, (high, low, close) in zip(
        computed(market, "willr(n)", n), computed(market, "cci(n)", n), own_fields(market, "high", "low", "close"), strict=True
    ):
        flat = talib.MAX(high, n) == talib.MIN(low, n)
        np.testing.assert_allclose(found, np.where(flat, -50.0, talib.WILLR(high, low, close, n)), rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(deviations, talib.CCI(high, low, close, n), rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize("n", NS)
def test_talib_agrees_on_momentum_and_money(market: Market, n: int) -> None:
    for found, flow, (high, low, close, volume) in zip(
        computed(market, "cmo(close, n)", n),
        computed(market, "mfi(n)", n),
        own_fields(market, "high", "low", "close", "volume"),
        strict=True,
    ):
        np.testing.assert_allclose(found, talib.CMO(close, n), rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(flow, talib.MFI(high, low, close, volume, n), rtol=1e-9, atol=1e-9)


def test_kdj_is_the_terminals(market: Market) -> None:
    """通达信's own words, in pandas: RSV, then SMA(RSV,3,1), SMA(K,3,1), 3K-2D."""
    k, d, j = (computed(market, expression, 9) for expression in ("kdj_k(n, 3)", "kdj_d(n, 3, 3)", "kdj_j(n, 3, 3)"))
    for stock, (high, low, close) in enumerate(own_fields(market, "high", "low", "close")):
        lowest, highest = pd.Series(low).rolling(9).min(), pd.Series(high).rolling(9).max()
        rsv = (pd.Series(close) - lowest) / (highest - lowest) * 100
        their_k = rsv.dropna().ewm(alpha=1 / 3, adjust=False).mean()
        their_d = their_k.iloc[2:].ewm(alpha=1 / 3, adjust=False).mean()
        np.testing.assert_allclose(k[stock][10:], their_k.iloc[2:], rtol=1e-9)
        np.testing.assert_allclose(d[stock][12:], their_d.iloc[2:], rtol=1e-9)
        np.testing.assert_allclose(j[stock][12:], (3 * their_k.iloc[2:] - 2 * their_d).iloc[2:], rtol=1e-9, atol=1e-7)
        assert np.isnan(k[stock][:10]).all()
        assert np.isnan(d[stock][:12]).all()


def test_bias_and_the_psychological_line(market: Market) -> None:
    for bias, line, (close,) in zip(
        computed(market, "bias(close, n)", 6), computed(market, "psy(n)", 12), own_fields(market, "close"), strict=True
    ):
        np.testing.assert_allclose(bias, (close / talib.SMA(close, 6) - 1) * 100, rtol=1e-9, atol=1e-9)
        theirs = pd.Series(close).diff().gt(0).rolling(12).mean().to_numpy() * 100
        theirs[:12] = np.nan  # nobody knows whether the first bar rose: it did before the panel, or it is the stock's first
        np.testing.assert_allclose(line, theirs, rtol=1e-9)


def test_a_stock_that_never_moves_is_neither_high_nor_low() -> None:
    market = random_market(2, sessions=40, stocks=1, holes=0.0, late=0.0, ex_dates=0.0)
    for panel in (market.open, market.high, market.low, market.close):
        panel[:] = 10_000
    neutral = {
        "willr(n)": -50.0,
        "cci(n)": 0.0,
        "kdj_j(n, 3, 3)": 50.0,
        "mfi(n)": 50.0,
        "cmo(close, n)": 0.0,
        "adx(n)": 0.0,
        "di_plus(n)": 0.0,
    }
    for expression, value in neutral.items():
        np.testing.assert_array_equal(computed(market, expression, 5)[0][10:], np.full(30, value), err_msg=expression)


def test_a_split_does_not_inflate_the_flow_of_money() -> None:
    """Twice the shares at half the price: every bar's money, and so the index, stays what it was."""
    market = random_market(4, sessions=60, stocks=2, holes=0.0, late=0.0, ex_dates=0.0)
    for panel in (market.open, market.high, market.low, market.close):
        panel[:] = panel // 20 * 20
    before = computed(market, "mfi(n)", 14)
    for panel in (market.open, market.high, market.low, market.close):
        panel[30:] //= 2
    market.volume[30:] *= 2
    market.adj_factor[30:] *= 2
    for found, expected in zip(computed(market, "mfi(n)", 14), before, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9)
