"""Order of a day's numbers against Python's own, and the best of a day against its twin, where shapes and sizes are nasty."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import Floats
from engine.indicators.bars import own_bars
from engine.indicators.selection import select_entry, select_exit
from engine.indicators.sorting import CROWD, SHORT, ascending, nth_largest, room_of
from tests import naive_indicators as naive
from tests.engine.panels import random_market

INF, TINY = np.inf, 5e-324
SHAPES: dict[str, Callable[[np.random.Generator, int], Floats]] = {
    "normal": lambda random, n: random.normal(size=n),
    "ties": lambda random, n: np.round(random.normal(size=n), 1),
    "equal": lambda random, n: np.full(n, 0.1),
    "two": lambda random, n: random.choice([0.0, 1.0], n),
    "zeros of either sign": lambda random, n: random.choice([0.0, -0.0], n),
    "ascending": lambda random, n: np.arange(n) * 1.0,
    "descending": lambda random, n: np.arange(n)[::-1] * 1.0,
    "organ pipe": lambda random, n: np.minimum(np.arange(n), n - np.arange(n)) * 1.0,
    "heavy tails": lambda random, n: random.standard_cauchy(n) ** 5,
    "one far off": lambda random, n: np.append(random.normal(size=n - 1), 1e300),
    "infinities": lambda random, n: random.choice([INF, -INF, 0.0, 1.0, 2.0], n),
    "all infinite": lambda random, n: np.full(n, INF),
    "a range beyond all numbers": lambda random, n: random.choice([-1.7e308, 1.7e308, 0.0, 1.0], n),
    "a range of almost nothing": lambda random, n: random.integers(0, 9, n) * TINY,
    "neighbours": lambda random, n: 1.0 + random.integers(0, 5, n) * np.spacing(1.0),
    "a crowd": lambda random, n: np.where(random.random(n) < 0.5, random.normal(size=n) * 1e-9, random.normal(size=n)),
}
SIZES = [1, 2, 3, 4, 7, SHORT, SHORT + 1, 2 * SHORT + 1, CROWD, CROWD + 1, 63, 64, 65, 300, 1000]


def in_order(x: Floats) -> tuple[Floats, list[int]]:
    room = room_of(x.size)
    for scratch in room:
        scratch[:] = 77
    room.numbers[0, : x.size], room.places[0, : x.size] = x, np.arange(x.size)
    row = ascending(room, x.size)
    return room.numbers[row, : x.size].copy(), room.places[row, : x.size].tolist()


@pytest.mark.parametrize("shape", SHAPES)
def test_ascending_is_a_stable_sort(shape: str) -> None:
    for size in SIZES:
        x = SHAPES[shape](np.random.default_rng(size), size)
        numbers, places = in_order(x)
        assert places == sorted(range(size), key=lambda place: x[place])
        assert numbers.tobytes() == x[places].tobytes()


def test_nobody_is_in_order() -> None:
    assert in_order(np.empty(0))[1] == []


@pytest.mark.parametrize("shape", SHAPES)
def test_the_nth_largest(shape: str) -> None:
    for size in SIZES:
        x = SHAPES[shape](np.random.default_rng(size), size)
        expected = sorted(x.tolist(), reverse=True)
        for n in sorted({1, 2, 3, size // 2, size - 1, size} & set(range(1, size + 1))):
            assert nth_largest(x.copy(), size, n) == expected[n - 1]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=70))
def test_any_numbers(values: list[float]) -> None:
    x = np.array(values)
    assert in_order(x)[1] == sorted(range(x.size), key=lambda place: x[place])
    for n in (1, (x.size + 1) // 2, x.size):
        assert nth_largest(x.copy(), x.size, n) == sorted(values, reverse=True)[n - 1]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("wanted", [1, 3, 10, 39, 40, 100])
def test_the_best_of_a_day(shape: str, wanted: int) -> None:
    """More sessions than are gathered at once; with who is not eligible, has no number, has no bar; equals go by column."""
    market = random_market(wanted, sessions=21, stocks=40, warm_up=2, holes=0.2)
    random, shape_of = np.random.default_rng(wanted), SHAPES[shape]
    panel = np.array([shape_of(random, 40) for _ in range(21)])
    panel[random.random(panel.shape) < 0.1] = np.nan
    eligible = (random.random(panel.shape) < 0.8).astype(np.uint8)
    bars = own_bars(market)
    found = np.full((2, 21, 40), 7, np.uint8)
    found[0].reshape(-1)[bars.cells] = select_entry(bars, bars.take(panel), bars.take(eligible), wanted, 1)
    found[1].reshape(-1)[bars.cells] = select_exit(bars, bars.take(panel), bars.take(eligible), wanted, 1)
    for row in range(2, 21):
        there = np.flatnonzero(market.open[row] > 0)
        best = naive.best({stock: panel[row, stock] for stock in there if eligible[row, stock]}, wanted)
        assert np.flatnonzero(found[0, row] == 1).tolist() == sorted(best)
        assert np.flatnonzero(found[1, row] == 0).tolist() == sorted(best)
