"""Truths as bits against plain Python: NaN, infinities, lengths on both sides of a word, holes; what lies beyond a stock's end is 0."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.arrays import Bits, Floats
from engine.indicators import truths
from engine.indicators.bars import own_bars
from engine.indicators.sessions import bits_by_session, words
from engine.indicators.workspace import Workspace
from engine.market import Market
from tests import naive_indicators as naive
from tests.engine.panels import random_market

NAN, INF = float("nan"), float("inf")
LENGTHS = [0, 1, 2, 63, 64, 65, 127, 128, 129, 200]
STOCKS = [1, 63, 64, 65, 130]
SESSIONS = [1, 63, 64, 65, 200]

number = some.sampled_from([NAN, INF, -INF, 0.0, -0.0, 1.0, 1.0, 2.0]) | some.floats(-3.0, 3.0)
lengths = some.sampled_from(LENGTHS) | some.integers(0, 140)
numbers = lengths.flatmap(lambda count: some.lists(number, min_size=count, max_size=count))
pairs = lengths.flatmap(lambda count: some.lists(some.tuples(number, number), min_size=count, max_size=count))
of_two = lengths.flatmap(lambda count: some.lists(some.tuples(some.booleans(), some.booleans()), min_size=count, max_size=count))
Fill = Callable[[Bits], None]


def columns(rows: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    both = np.array(rows, np.float64).reshape(len(rows), 2)
    return both[:, 0].copy(), both[:, 1].copy()


def room(bars: int) -> Bits:
    """Words that hold something else."""
    return np.full(-(-bars // 64), 0xDEADBEEFDEADBEEF, np.uint64)


def bits_of(flags: list[bool]) -> Bits:
    """By arithmetic on whole numbers, not by shifts of words."""
    return np.array([sum(2**k for k, flag in enumerate(flags[w : w + 64]) if flag) for w in range(0, len(flags), 64)], np.uint64)


def filled(bars: int, fill: Fill) -> list[int]:
    out = room(bars)
    fill(out)
    return out.tolist()


COMPARISONS: dict[int, Callable[[float, float], bool]] = {
    truths.GT: lambda a, b: a > b,
    truths.GE: lambda a, b: a >= b,
    truths.EQ: lambda a, b: a == b,
    truths.NE: lambda a, b: a < b or a > b,
}
LOGIC: dict[int, Callable[[bool, bool], bool]] = {
    truths.AND: lambda a, b: a and b,
    truths.OR: lambda a, b: a or b,
    truths.NOT: lambda a, _: not a,
}


@pytest.mark.parametrize("operation", COMPARISONS)
@settings(max_examples=60, deadline=None)
@given(rows=pairs)
def test_comparisons(operation: int, rows: list[tuple[float, float]]) -> None:
    a, b = columns(rows)
    expected = [COMPARISONS[operation](x, y) for x, y in rows]
    assert filled(len(rows), lambda out: truths.compare(operation, a, b, out)) == bits_of(expected).tolist()


@pytest.mark.parametrize("operation", LOGIC)
@settings(max_examples=60, deadline=None)
@given(rows=of_two)
def test_logic(operation: int, rows: list[tuple[bool, bool]]) -> None:
    a, b = (bits_of([row[side] for row in rows]) for side in (0, 1))
    expected = [LOGIC[operation](x, y) for x, y in rows]
    assert filled(len(rows), lambda out: truths.logic(operation, a, b, len(rows), out)) == bits_of(expected).tolist()


@settings(max_examples=100, deadline=None)
@given(rows=pairs)
def test_crosses(rows: list[tuple[float, float]]) -> None:
    a, b = columns(rows)
    above, below = room(len(rows)), room(len(rows))
    truths.crosses(a, b, above, below)
    assert above.tolist() == bits_of(naive.cross_above(a.tolist(), b.tolist())).tolist()
    assert below.tolist() == bits_of(naive.cross_below(a.tolist(), b.tolist())).tolist()


@pytest.mark.parametrize("length", LENGTHS)
def test_a_cross_on_every_second_bar(length: int) -> None:
    """Also where the bar before stands in the word before."""
    a, b = np.array([(k % 2) * 2.0 - 1.0 for k in range(length)]), np.zeros(length)
    above, below = room(length), room(length)
    truths.crosses(a, b, above, below)
    assert above.tolist() == bits_of([k % 2 == 1 for k in range(length)]).tolist()
    assert below.tolist() == bits_of([k % 2 == 0 and k > 0 for k in range(length)]).tolist()


@settings(max_examples=100, deadline=None)
@given(rows=pairs, seed=some.integers(0, 2**32))
def test_choose(rows: list[tuple[float, float]], seed: int) -> None:
    a, b = columns(rows)
    flags = [bool(flag) for flag in np.random.default_rng(seed).integers(0, 2, len(rows))]
    out = np.full(len(rows), 77.0)
    truths.choose(bits_of(flags), a, b, out)
    np.testing.assert_array_equal(out, [x if flag else y for flag, (x, y) in zip(flags, rows, strict=True)])


@settings(max_examples=60, deadline=None)
@given(rows=of_two)
def test_flags_become_bits_and_come_back(rows: list[tuple[bool, bool]]) -> None:
    flags = [first for first, _ in rows]
    assert filled(len(rows), lambda out: truths.pack(np.array(flags, np.uint8) * 200, out)) == bits_of(flags).tolist()
    back = np.full(len(rows), 9, np.uint8)
    truths.unpack(bits_of(flags), back)
    assert back.tolist() == [int(flag) for flag in flags]


@cache
def market_of(sessions: int, stocks: int) -> Market:
    return random_market(1, sessions=sessions, stocks=stocks)


def with_bars(has_bar: npt.NDArray[np.bool_]) -> Market:
    """The place of bars is all that matters here."""
    return replace(market_of(*has_bar.shape), open=has_bar.astype(np.int32))


def bars_drawn(random: np.random.Generator, shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Holes by chance, in stretches, everywhere, nowhere, or but for one bar: each stock in its own way."""
    chance = random.random(shape) < random.choice([0.0, 0.02, 0.5, 0.97, 1.0], (1, shape[1]))
    first, length = random.integers(0, shape[0] + 1, (2, shape[1]))
    rows = np.arange(shape[0])[:, None]
    stretch = (rows >= first) & (rows < first + length)
    return np.where(random.random(shape[1]) < 0.5, chance, stretch)


@settings(max_examples=150, deadline=None)
@given(
    seed=some.integers(0, 2**32), sessions=some.sampled_from(SESSIONS), stocks=some.sampled_from(STOCKS), count=some.sampled_from([0, 1, 3])
)
def test_bits_of_bars_become_bits_of_sessions(seed: int, sessions: int, stocks: int, count: int) -> None:
    random = np.random.default_rng(seed)
    has_bar = bars_drawn(random, (sessions, stocks))
    bars = own_bars(with_bars(has_bar))
    flags = random.integers(0, 2, (count, bars.count), dtype=np.uint8)
    packed = np.array([Workspace(bars).bits_of(each) for each in flags], np.uint64).reshape(count, bars.words[-1])
    out = np.full((count, sessions, words(stocks)), 0xDEADBEEFDEADBEEF, np.uint64)
    bits_by_session(bars, packed, out)
    for own, session in zip(flags, out, strict=True):
        expected = np.zeros((sessions, 64 * words(stocks)), bool)
        for stock in range(stocks):
            expected[np.flatnonzero(has_bar[:, stock]), stock] = own[bars.offsets[stock] : bars.offsets[stock + 1]]
        np.testing.assert_array_equal(np.unpackbits(session.view(np.uint8), axis=1, bitorder="little"), expected)


@pytest.mark.parametrize("stocks", STOCKS)
def test_packing_all_stocks_is_packing_each(stocks: int) -> None:
    """Each begins with a word of its own, and a stock without bars has none."""
    random = np.random.default_rng(stocks)
    has_bar = bars_drawn(random, (200, stocks))
    has_bar[:, 0] = False
    bars = own_bars(with_bars(has_bar))
    flags = random.integers(0, 2, bars.count, dtype=np.uint8)
    bits = Workspace(bars).bits_of(flags)
    for stock in range(stocks):
        own = flags[bars.offsets[stock] : bars.offsets[stock + 1]]
        assert bits[bars.words[stock] : bars.words[stock + 1]].tolist() == bits_of([bool(flag) for flag in own]).tolist()
    np.testing.assert_array_equal(Workspace(bars).flags_of(bits), flags)
