"""Every kernel against its slow twin, bit for bit, on awkward series; and against TA-Lib where it has the function."""

from collections.abc import Callable

import numpy as np
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import Floats
from engine.indicators import kernels, truths
from tests import naive_indicators as naive

NAN = float("nan")
WINDOWED = ["sum", "sma", "std", "ema", "rsi", "ref", "delta", "roc", "highest", "lowest"]

numbers = st.one_of(
    st.just(NAN),
    st.just(0.0),
    st.integers(-3, 3).map(float),
    st.floats(-1e6, 1e6, allow_subnormal=False),
)
series = st.lists(numbers, max_size=40)
spans = st.integers(1, 12)


def run(name: str, x: Floats, n: int) -> Floats:
    out = np.empty(x.size)
    if name == "std":
        mean = np.empty(x.size)
        kernels.sma_fresh(x, n, mean)
        kernels.std(x, mean, n, out)
    elif name in ("highest", "lowest"):
        getattr(kernels, name)(x, n, kernels.room_for(x.size), out)
    else:
        kernel: Callable[[Floats, int, Floats], None] = getattr(kernels, {"sum": "sum_fresh", "sma": "sma_fresh"}.get(name, name))
        kernel(x, n, out)
    return out


@pytest.mark.parametrize("name", WINDOWED)
@settings(max_examples=150, deadline=None)
@given(x=series, n=spans)
def test_kernel_is_its_slow_twin(name: str, x: list[float], n: int) -> None:
    np.testing.assert_array_equal(run(name, np.array(x, np.float64), n), np.array(getattr(naive, name)(x, n), np.float64))


@pytest.mark.parametrize("name", WINDOWED)
@pytest.mark.parametrize("x", [[], [5.0], [5.0] * 30, [0.0] * 30, [NAN] * 30], ids=["empty", "one", "constant", "zero", "nan"])
def test_kernel_on_degenerate_series(name: str, x: list[float]) -> None:
    for n in (1, 2, 29, 30, 31):
        np.testing.assert_array_equal(run(name, np.array(x, np.float64), n), np.array(getattr(naive, name)(x, n), np.float64))


@settings(max_examples=100, deadline=None)
@given(x=st.lists(st.integers(0, 2**40), max_size=40), n=spans)
def test_exact_sums_are_fresh_sums_of_whole_numbers(x: list[int], n: int) -> None:
    whole = np.array(x, np.float64)
    prefix, out = np.empty(whole.size), np.empty(whole.size)
    kernels.prefix_sums(whole, prefix)
    kernels.sum_exact(prefix, n, out)
    np.testing.assert_array_equal(out, naive.sum([float(value) for value in x], n))
    kernels.sma_exact(prefix, n, out)
    np.testing.assert_array_equal(out, naive.sma([float(value) for value in x], n))


@pytest.mark.parametrize("n", [300, 301, 302, 303])
def test_long_windows_cross_strips(n: int) -> None:
    x = np.random.default_rng(1).normal(0.0, 1.0, 3 * kernels.STRIP + 7)
    for name in ("sum", "sma", "std"):
        np.testing.assert_array_equal(run(name, x, n), getattr(naive, name)(list(x), n))


def awkward(seed: int, size: int) -> Floats:
    """Ties, infinities, zeros of either sign, and here and there a NaN."""
    random = np.random.default_rng(seed)
    x = np.round(random.normal(0.0, 1.0, size), 1)
    x[random.random(size) < 0.1] = random.choice([np.inf, -np.inf, -0.0, 0.0])
    x[random.random(size) < 0.01] = NAN
    return x


@pytest.mark.parametrize("name", ["highest", "lowest"])
def test_extremes_of_windows_of_every_length(name: str) -> None:
    """Windows are put together from shorter ones: as many ways as there are lengths up to the series' own, and beyond."""
    for n in (*range(1, 72), 127, 128, 129, 160, 161):
        x = awkward(n, 160)
        np.testing.assert_array_equal(run(name, x, n), np.array(getattr(naive, name)(list(x), n), np.float64))


@pytest.mark.parametrize("name", ["highest", "lowest"])
def test_of_equal_zeros_the_newest_is_the_extreme(name: str) -> None:
    x = np.array([0.0, -0.0, 0.0, 0.0, -0.0, -0.0])
    for n in range(1, 7):
        assert np.signbit(run(name, x, n)[n - 1 :]).tolist() == np.signbit(x[n - 1 :]).tolist()


def test_means_of_equal_sums_are_equal_bits() -> None:
    """A mean of 3 and a mean of 6 over a constant tie exactly, however high the price: no cross is invented."""
    price = np.full(200, 123_456_789.0)
    prefix, short, long = np.empty(200), np.empty(200), np.empty(200)
    kernels.prefix_sums(price, prefix)
    kernels.sma_exact(prefix, 3, short)
    kernels.sma_exact(prefix, 6, long)
    above, below = np.empty((2, 4), np.uint64)
    truths.crosses(short, long, above, below)
    assert (short[5:] == long[5:]).all()
    assert not (above | below).any()


@settings(max_examples=100, deadline=None)
@given(flags=st.lists(st.booleans(), max_size=40), n=spans)
def test_count(flags: list[bool], n: int) -> None:
    out = np.empty(len(flags))
    kernels.count(np.array(flags, np.uint8), n, out)
    np.testing.assert_array_equal(out, naive.count(flags, n))


def walk(seed: int) -> Floats:
    return np.round(np.exp(np.cumsum(np.random.default_rng(seed).normal(0.0, 0.02, 400))) * 20.0, 2)


@pytest.mark.parametrize("n", [2, 5, 14, 60])
@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("sma", talib.SMA),
        ("sum", talib.SUM),
        ("highest", talib.MAX),
        ("lowest", talib.MIN),
        ("delta", talib.MOM),
        ("roc", talib.ROC),
        ("rsi", talib.RSI),
    ],
)
def test_talib_agrees(name: str, theirs: Callable[[Floats, int], Floats], n: int) -> None:
    x = walk(n)
    np.testing.assert_allclose(run(name, x, n), theirs(x, n), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("n", [2, 5, 14, 60])
def test_talib_takes_the_population_deviation(n: int) -> None:
    x = walk(n)
    np.testing.assert_allclose(run("std", x, n), talib.STDDEV(x, n) * np.sqrt(n / (n - 1)), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("n", [2, 5, 14, 60])
def test_talib_agrees_on_the_exponential_mean_from_the_same_start(n: int) -> None:
    """TA-Lib starts with the mean of n bars; with n-1 copies of the first bar before it, that is the first bar."""
    x = walk(n)
    theirs = talib.EMA(np.append(np.full(n - 1, x[0]), x), n)[n - 1 :]
    np.testing.assert_allclose(run("ema", x, n)[n - 1 :], theirs[n - 1 :], rtol=1e-9, atol=1e-9)
