"""Weighted, smoothed and adaptive means against their slow twins, bit for bit; and against TA-Lib and pandas where these have them."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import Floats
from engine.indicators import averages, kernels
from engine.indicators.bars import own_bars
from engine.indicators.compute import values
from engine.language.build import node_of
from engine.language.graph import Graph
from engine.language.parser import parse
from tests import naive_indicators as naive
from tests.engine.panels import random_market
from tests.engine.test_kernels import NAN, numbers, series, spans, walk

WINDOWED = ("wma", "wilder", "kama")


def run(name: str, x: Floats, *windows: int) -> Floats:
    out = np.empty(x.size)
    getattr(averages, name)(x, *windows, out)
    return out


@pytest.mark.parametrize("name", WINDOWED)
@settings(max_examples=150, deadline=None)
@given(x=series, n=spans)
def test_kernel_is_its_slow_twin(name: str, x: list[float], n: int) -> None:
    np.testing.assert_array_equal(run(name, np.array(x, np.float64), n), np.array(getattr(naive, name)(x, n), np.float64))


@settings(max_examples=150, deadline=None)
@given(x=st.lists(numbers, max_size=40), n=spans, m=spans)
def test_smooth_is_its_slow_twin(x: list[float], n: int, m: int) -> None:
    np.testing.assert_array_equal(run("smooth", np.array(x, np.float64), n, m), np.array(naive.smooth(x, n, m), np.float64))


@pytest.mark.parametrize("name", WINDOWED)
@pytest.mark.parametrize("x", [[], [5.0], [5.0] * 30, [0.0] * 30, [NAN] * 30], ids=["empty", "one", "constant", "zero", "nan"])
def test_kernel_on_degenerate_series(name: str, x: list[float]) -> None:
    for n in (1, 2, 29, 30, 31):
        np.testing.assert_array_equal(run(name, np.array(x, np.float64), n), np.array(getattr(naive, name)(x, n), np.float64))


@pytest.mark.parametrize("name", WINDOWED)
@pytest.mark.parametrize("n", [300, 301, 302, 303])
def test_long_series_cross_strips(name: str, n: int) -> None:
    x = np.random.default_rng(1).normal(0.0, 1.0, 3 * kernels.STRIP + 7)
    np.testing.assert_array_equal(run(name, x, n), getattr(naive, name)(list(x), n))


@pytest.mark.parametrize("n", [2, 5, 14, 60])
@pytest.mark.parametrize(("name", "theirs"), [("wma", talib.WMA), ("kama", talib.KAMA)])
def test_talib_agrees(name: str, theirs: Callable[[Floats, int], Floats], n: int) -> None:
    x = walk(n)
    np.testing.assert_allclose(run(name, x, n), theirs(x, n), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("n", [2, 5, 14, 60])
def test_talibs_true_range_is_averaged_as_wilder_does(n: int) -> None:
    """TA-Lib has Wilder's mean only inside others: its ATR is that of the true range, which the first bar has not."""
    close = walk(n)
    high, low = close * 1.01, close * 0.98
    np.testing.assert_allclose(run("wilder", talib.TRANGE(high, low, close), n), talib.ATR(high, low, close, n), rtol=1e-9)


@pytest.mark.parametrize(("n", "m"), [(3, 1), (9, 2), (20, 7), (4, 4)])
def test_pandas_agrees_on_smoothing(n: int, m: int) -> None:
    x = walk(n)
    theirs = pd.Series(x).ewm(alpha=m / n, adjust=False).mean().to_numpy()
    np.testing.assert_allclose(run("smooth", x, n, m)[n - 1 :], theirs[n - 1 :], rtol=1e-12)


def test_a_weight_beyond_one_is_one() -> None:
    x = walk(3)
    np.testing.assert_array_equal(run("smooth", x, 3, 8), run("smooth", x, 3, 3))
    np.testing.assert_allclose(run("smooth", x, 3, 8)[2:], x[2:], rtol=1e-12)


@pytest.mark.parametrize("n", [2, 5, 14])
@pytest.mark.parametrize(
    ("expression", "theirs"), [("dema(close, n)", talib.DEMA), ("tema(close, n)", talib.TEMA), ("trix(close, n)", talib.TRIX)]
)
def test_talib_agrees_once_the_start_is_forgotten(expression: str, theirs: Callable[[Floats, int], Floats], n: int) -> None:
    market = random_market(n, sessions=400, stocks=2, holes=0.1, late=0.0)
    bars, graph = own_bars(market), Graph()
    close = bars.numbers("close")[: bars.offsets[1]]
    found = values(bars, graph, node_of(graph, parse(expression), {"n": n}))[: bars.offsets[1]]
    assert close.size > 300
    np.testing.assert_allclose(found[-60:], theirs(close, n)[-60:], rtol=1e-9, atol=1e-9)
