"""Order, regressions and memory of a stock's own bars: bit for bit their slow twins on awkward series, and what other libraries say."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import talib
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.arrays import Floats
from engine.indicators import memories, orderings, regressions
from engine.indicators.kernels import STRIP, room_for
from tests import naive_windows as naive
from tests.engine.test_kernels import awkward

NAN, INF = float("nan"), float("inf")
ONE = ["argmax", "argmin", "ts_rank", "slope", "rsquare"]
TWO = ["cov", "corr"]

numbers = st.one_of(st.just(NAN), st.just(0.0), st.integers(-3, 3).map(float), st.floats(-1e6, 1e6, allow_subnormal=False))
series = st.lists(numbers, max_size=40)
spans = st.integers(1, 12)


def run(name: str, x: Floats, n: int) -> Floats:
    out, room = np.full(x.size, 77.0), (() if name in ("slope", "ts_rank") else (room_for(x.size),))
    getattr(regressions if name in ("slope", "rsquare") else orderings, name)(x, n, *room, out)
    return out


def run_two(name: str, x: Floats, y: Floats, n: int) -> Floats:
    out = np.full(x.size, 77.0)
    getattr(regressions, name)(x, y, n, room_for(x.size), out)
    return out


def run_quantile(x: Floats, n: int, q: float) -> Floats:
    out = np.full(x.size, 77.0)
    orderings.quantile(x, n, q, room_for(x.size), out)
    return out


@pytest.mark.parametrize("name", ONE)
@settings(max_examples=200, deadline=None)
@given(x=series, n=spans)
@example(x=[0.1] * 9, n=3)
def test_of_one_series(name: str, x: list[float], n: int) -> None:
    np.testing.assert_array_equal(run(name, np.array(x, np.float64), n), np.array(getattr(naive, name)(x, n), np.float64))


@pytest.mark.parametrize("name", TWO)
@settings(max_examples=200, deadline=None)
@given(pairs=st.lists(st.tuples(numbers, numbers), max_size=40), n=spans)
@example(pairs=[(0.1, float(k)) for k in range(9)], n=3)
def test_of_two_series(name: str, pairs: list[tuple[float, float]], n: int) -> None:
    x, y = (np.array([pair[side] for pair in pairs], np.float64) for side in (0, 1))
    expected = np.array(getattr(naive, name)(list(x), list(y), n), np.float64)
    np.testing.assert_array_equal(run_two(name, x, y, n), expected)


@settings(max_examples=300, deadline=None)
@given(x=series, n=spans, q=st.one_of(st.sampled_from([0.0, 0.1, 0.5, 1.0]), st.floats(0.0, 1.0)))
@example(x=[0.0, -0.0, NAN, -0.0, 0.0, 1.0], n=2, q=0.0)
def test_quantile(x: list[float], n: int, q: float) -> None:
    np.testing.assert_array_equal(run_quantile(np.array(x, np.float64), n, q), np.array(naive.quantile(x, n, q), np.float64))


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("x", [[], [5.0], [0.1] * 30, [NAN] * 30, [1.0, NAN] * 15], ids=["empty", "one", "constant", "nan", "every other"])
def test_degenerate_series(name: str, x: list[float]) -> None:
    for n in (1, 2, 29, 30, 31):
        np.testing.assert_array_equal(run(name, np.array(x, np.float64), n), np.array(getattr(naive, name)(x, n), np.float64))
        np.testing.assert_array_equal(run_quantile(np.array(x, np.float64), n, 0.3), np.array(naive.quantile(x, n, 0.3), np.float64))


@pytest.mark.parametrize("n", [300, 301, 302, 303])
def test_long_windows_cross_strips(n: int) -> None:
    x, y = np.random.default_rng(1).normal(0.0, 1.0, (2, 3 * STRIP + 7))
    x = np.round(x, 1)
    for name in ONE:
        np.testing.assert_array_equal(run(name, x, n), getattr(naive, name)(list(x), n))
    for name in TWO:
        np.testing.assert_array_equal(run_two(name, x, y, n), getattr(naive, name)(list(x), list(y), n))
    np.testing.assert_array_equal(run_quantile(x, n, 0.3), naive.quantile(list(x), n, 0.3))


@pytest.mark.parametrize("name", ["argmax", "argmin", "ts_rank", "quantile"])
def test_order_in_windows_of_every_length(name: str) -> None:
    """Also with infinities, which quantile's room is filled up with, and windows as long as the series, and longer."""
    for n in (*range(1, 36), 63, 64, 65, 79, 80, 81):
        x = awkward(n, 80)
        if name == "quantile":
            for q in (0.0, 0.3, 1.0):
                with np.errstate(invalid="ignore"):
                    expected = np.array(naive.quantile(list(x), n, q), np.float64)
                np.testing.assert_array_equal(run_quantile(x, n, q), expected)
        else:
            np.testing.assert_array_equal(run(name, x, n), np.array(getattr(naive, name)(list(x), n), np.float64))


def test_nothing_depends_on_where_a_series_begins() -> None:
    """The same last bars give the same bits, whatever was there before, NaN and zeros of either sign included."""
    x = np.round(np.random.default_rng(2).normal(0.0, 1.0, 400), 1)
    x[::37], x[5::41] = NAN, -0.0
    y = x[::-1].copy()
    for name in ONE:
        assert run(name, x, 20)[119:].tobytes() == run(name, x[100:].copy(), 20)[19:].tobytes()
    for name in TWO:
        assert run_two(name, x, y, 20)[119:].tobytes() == run_two(name, x[100:].copy(), y[100:].copy(), 20)[19:].tobytes()
    for q in (0.0, 0.5, 0.77):
        assert run_quantile(x, 20, q)[119:].tobytes() == run_quantile(x[100:].copy(), 20, q)[19:].tobytes()


@settings(max_examples=100, deadline=None)
@given(flags=st.lists(st.booleans(), max_size=40))
def test_days_since(flags: list[bool]) -> None:
    out = np.empty(len(flags))
    memories.days_since(np.array(flags, np.uint8), out)
    np.testing.assert_array_equal(out, np.array(naive.days_since(flags), np.float64))


# ------------------------------------------------------------------------------------------------------------------- what others say


def walk(seed: int) -> Floats:
    return np.round(np.exp(np.cumsum(np.random.default_rng(seed).normal(0.0, 0.02, 400))) * 20.0, 2)


@pytest.mark.parametrize("n", [2, 5, 14, 60])
def test_talib_agrees(n: int) -> None:
    x, y = walk(n), walk(n + 100)
    np.testing.assert_allclose(run("slope", x, n), talib.LINEARREG_SLOPE(x, n), rtol=1e-9, atol=1e-9)
    ours, theirs = run_two("corr", x, y, n), talib.CORREL(x, y, n)
    moved = (pd.Series(x).rolling(n).std() > 0) & (pd.Series(y).rolling(n).std() > 0)
    np.testing.assert_allclose(ours[moved], theirs[moved], rtol=1e-7, atol=1e-7)  # it subtracts running sums of squares
    assert np.isnan(ours[n - 1 :][~moved[n - 1 :]]).all()


def test_talib_knows_no_correlation_of_constants_either_but_says_zero() -> None:
    assert np.isnan(run_two("corr", np.full(9, 0.1), walk(1)[:9], 5)).all()
    assert (talib.CORREL(np.full(9, 0.1), walk(1)[:9], 5)[4:] == 0.0).all()


@pytest.mark.parametrize(("name", "theirs"), [("argmax", talib.MAXINDEX), ("argmin", talib.MININDEX)])
def test_talib_has_the_same_extremes(name: str, theirs: Callable[[Floats, int], Floats]) -> None:
    x = np.random.default_rng(4).permutation(500).astype(np.float64)
    np.testing.assert_array_equal(run(name, x, 20)[19:], (np.arange(500) - theirs(x, 20))[19:])


@pytest.mark.parametrize("n", [2, 5, 60])
def test_numpy_scipy_and_pandas_agree(n: int) -> None:
    x, y = walk(n), walk(n + 100)
    frames = np.lib.stride_tricks.sliding_window_view(x, n)
    for q in (0.0, 0.1, 0.5, 0.83, 1.0):
        np.testing.assert_allclose(run_quantile(x, n, q)[n - 1 :], np.quantile(frames, q, axis=1), rtol=1e-14)
    np.testing.assert_allclose(run_two("cov", x, y, n), pd.Series(x).rolling(n).cov(pd.Series(y)), rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose((1 + (n - 1) * run("ts_rank", x, n)) / n, pd.Series(x).rolling(n).rank(pct=True), rtol=1e-12)
    for window, ours in zip(frames, run("rsquare", x, n)[n - 1 :], strict=True):
        if np.ptp(window):
            assert ours == pytest.approx(scipy.stats.linregress(np.arange(n), window).rvalue ** 2, rel=1e-9, abs=1e-12)
        else:
            assert np.isnan(ours)


def test_infinite_values_have_an_order() -> None:
    """A number divided by zero is infinite, and ranks as the largest there is."""
    x = np.array([1.0, INF, 2.0, INF, -INF, 3.0])
    assert list(run("argmax", x, 3)[2:]) == [1.0, 0.0, 1.0, 2.0]
    assert list(run("ts_rank", x, 3)[2:]) == [0.5, 0.75, 0.0, 0.5]
    assert list(run_quantile(x, 3, 1.0)[2:]) == [INF, INF, INF, INF]
    assert list(run_quantile(x, 3, 0.5)[2:]) == [2.0, INF, 2.0, 3.0]
