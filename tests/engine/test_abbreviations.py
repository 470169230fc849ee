"""Ranges, channels and volume, written in the language itself: on a stock's own bars they are what TA-Lib, pandas or their words say."""

import numpy as np
import pandas as pd
import pytest
import talib

from engine.arrays import Floats
from engine.indicators import compute
from engine.indicators.bars import own_bars
from engine.language.build import node_of
from engine.language.graph import Graph
from engine.language.parser import parse
from engine.market import Market
from tests.engine.panels import random_market

STOCKS = range(4)
SPANS = [1, 2, 5, 14]


def market() -> Market:
    """With suspensions, late listings and ex-dates."""
    return random_market(7, sessions=120, stocks=len(STOCKS), ex_dates=0.05)


def own(text: str, stock: int, market: Market) -> Floats:
    """The numbers of an expression on the bars that a stock has."""
    bars, graph = own_bars(market), Graph()
    numbers = compute.values(bars, graph, node_of(graph, parse(text), {}))
    found: Floats = numbers[bars.offsets[stock] : bars.offsets[stock + 1]]
    return found


def prices(stock: int, market: Market) -> tuple[Floats, Floats, Floats]:
    high, low, close = (own(name, stock, market) for name in ("high", "low", "close"))
    return high, low, close


@pytest.mark.parametrize("stock", STOCKS)
@pytest.mark.parametrize("n", SPANS)
def test_talib_agrees_on_ranges(stock: int, n: int) -> None:
    high, low, close = prices(stock, market())
    assert close.size > 40
    np.testing.assert_allclose(own("true_range()", stock, market()), talib.TRANGE(high, low, close), rtol=1e-12)
    np.testing.assert_allclose(own(f"atr({n})", stock, market()), talib.ATR(high, low, close, n), rtol=1e-9)
    np.testing.assert_allclose(own(f"natr({n})", stock, market()), talib.NATR(high, low, close, n) if n > 1 else natr_1(stock), rtol=1e-9)


def natr_1(stock: int) -> Floats:
    """TA-Lib gives the range itself for n = 1, not its percentage."""
    high, low, close = prices(stock, market())
    ranges: Floats = 100 * talib.TRANGE(high, low, close) / close
    return ranges


@pytest.mark.parametrize("stock", STOCKS)
@pytest.mark.parametrize("n", SPANS)
def test_channels(stock: int, n: int) -> None:
    high, low, close = prices(stock, market())
    ranges, before = talib.ATR(high, low, close, n), slice(n - 1, -1)
    middle = pd.Series(close).ewm(alpha=2 / (n + 1), adjust=False).mean().to_numpy()
    for name, sign in (("upper", 1), ("lower", -1)):
        np.testing.assert_allclose(own(f"keltner_{name}({n}, 1.5)", stock, market()), middle + sign * 1.5 * ranges, rtol=1e-9)
    np.testing.assert_allclose(own(f"keltner_mid({n})", stock, market())[n - 1 :], middle[n - 1 :], rtol=1e-9)
    upper, lower = pd.Series(high).rolling(n).max().to_numpy()[before], pd.Series(low).rolling(n).min().to_numpy()[before]
    np.testing.assert_array_equal(own(f"donchian_upper({n})", stock, market())[n:], upper)
    np.testing.assert_array_equal(own(f"donchian_lower({n})", stock, market())[n:], lower)
    np.testing.assert_array_equal(own(f"donchian_mid({n})", stock, market())[n:], (upper + lower) / 2)
    assert np.isnan(own(f"donchian_mid({n})", stock, market())[:n]).all()


def test_a_close_can_leave_the_channel() -> None:
    """A channel that holds the current bar is never left."""
    assert any((own("close - donchian_upper(5)", stock, market()) > 0).any() for stock in STOCKS)
    assert not any((own("close - highest(high, 5)", stock, market()) > 0).any() for stock in STOCKS)


@pytest.mark.parametrize("stock", STOCKS)
def test_volatility_is_the_deviation_of_returns(stock: int) -> None:
    close = pd.Series(own("close", stock, market()))
    np.testing.assert_allclose(own("volatility(close, 20)", stock, market()), close.pct_change().rolling(20).std(), rtol=1e-9)


@pytest.mark.parametrize("stock", STOCKS)
def test_volume(stock: int) -> None:
    close, volume = own("close", stock, market()), own("volume", stock, market())
    np.testing.assert_array_equal(own("obv()", stock, market()), talib.OBV(close, volume))
    means = pd.Series(volume).rolling(5).mean().shift(1)
    np.testing.assert_allclose(own("volume_ratio(5)", stock, market()), volume / means, rtol=1e-12)
    np.testing.assert_allclose(own("median(close, 9)", stock, market()), pd.Series(close).rolling(9).median(), rtol=1e-14)
    np.testing.assert_allclose(own("decay_linear(close, 9)", stock, market()), talib.WMA(close, 9), rtol=1e-9)


@pytest.mark.parametrize("stock", STOCKS)
def test_the_mean_price_of_a_window_is_its_money_by_its_shares(stock: int) -> None:
    """Where the factor moves, a share of before is several of today, or fewer: both money and shares are counted in adjusted ones."""
    traded = market()
    idle = traded.volume % 7 == 0
    traded.volume[idle], traded.amount[idle] = 0, 0
    amount, volume, factor = own("amount", stock, traded), own("volume", stock, traded), own("close / raw_close", stock, traded)
    assert (volume == 0).any()
    money, shares = (pd.Series(each).rolling(5).sum() for each in (amount, volume / factor))
    np.testing.assert_allclose(own("vwap_n(5)", stock, traded), (money / shares).where(shares > 0), rtol=1e-4)


def test_the_mean_price_does_not_jump_on_an_ex_date() -> None:
    """Ten shares become twenty at half the price: nothing happened."""
    plain = random_market(3, sessions=30, stocks=1, holes=0.0, late=0.0, ex_dates=0.0)
    split = random_market(3, sessions=30, stocks=1, holes=0.0, late=0.0, ex_dates=0.0)
    split.adj_factor[15:] *= 2
    split.volume[15:] *= 2
    for panel in (split.open, split.high, split.low, split.close):
        panel[15:] //= 2
    np.testing.assert_allclose(own("vwap_n(5)", 0, split)[4:], own("vwap_n(5)", 0, plain)[4:], rtol=1e-3)
