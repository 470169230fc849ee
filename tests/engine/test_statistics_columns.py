"""Figures in columns: a run's are the same bytes alone and among others; and their parts against slow twins, to the last bit."""

from collections.abc import Iterator
from itertools import pairwise
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config

from engine.arrays import Floats, Integers
from engine.compiled import kernel
from engine.market import Benchmark
from engine.simulation import Reject, Tallies
from engine.statistics import METRICS, SESSIONS_A_YEAR, sessions_of
from engine.statistics.digits import round_figures
from engine.statistics.doubled import power_of_ratio
from engine.statistics.figures import figures_of, named, row_of
from engine.statistics.sample import LANES, curve_of
from tests.engine.curves import INITIAL, walk, weekdays
from tests.naive_statistics import annual_return, rounded

MANY = not config.DISABLE_JIT
"""Without the compiler a hundredth of the cases take as long."""


def grid(runs: int, sessions: int, bars: int = 1) -> tuple[Integers, Integers, Integers]:
    """Random walks beside curves that say little, and random tallies: (P, R), (P, 18), (P, Reject)."""
    draw = np.random.default_rng(runs)
    rows = [np.round(walk(1_000 * runs + run, sessions * bars)) for run in range(runs)]
    for run in range(0, runs, 7):
        rows[run][:] = INITIAL
    for run in range(3, runs, 11):
        rows[run][sessions * bars // 2 :] = 0
    for run in range(5, runs, 13):
        rows[run][: sessions * bars * 3 // 4] = INITIAL
    return (
        np.array(rows).reshape(runs, sessions * bars).astype(np.int64),
        draw.integers(0, 10**12, (runs, len(Tallies._fields) - 1)),
        draw.integers(0, 1_000, (runs, len(Reject))),
    )


@pytest.mark.parametrize("runs", [1, 2, LANES - 1, LANES, LANES + 1, 2 * LANES + 5])
@pytest.mark.parametrize(("sessions", "bars", "gap"), [(90, 1, False), (70, 3, True), (1, 1, False), (0, 1, False)])
def test_a_run_has_the_same_figures_alone_and_among_others(runs: int, sessions: int, bars: int, gap: bool) -> None:
    equity, tallies, refused = grid(runs, sessions, bars)
    cash = np.full(runs, INITIAL)
    cash[1::3] *= 2
    closes = np.concatenate(([4_000.0], walk(5, sessions, 4_000.0, 0.01)))
    closes[-1] = nan if gap else closes[-1]
    days, benchmark = sessions_of(np.repeat(weekdays(sessions), bars)), Benchmark("000300.SH", closes)
    together = figures_of(equity, days, cash, tallies, refused, benchmark)
    assert together.shape == (runs, len(METRICS))
    for k in range(runs):
        one = slice(k, k + 1)
        assert figures_of(equity[one], days, cash[one], tallies[one], refused[one], benchmark).tobytes() == together[one].tobytes()


def test_of_no_run_there_are_no_figures() -> None:
    equity, tallies, refused = grid(0, 5)
    assert figures_of(equity, sessions_of(weekdays(5)), np.zeros(0, np.int64), tallies, refused).shape == (0, len(METRICS))


def test_a_row_and_its_mapping_say_the_same() -> None:
    equity, tallies, refused = grid(9, 60)
    for row in figures_of(equity, sessions_of(weekdays(60)), np.full(9, INITIAL), tallies, refused):
        stats = named(row)
        assert row_of(dict(reversed(stats.items()))).tobytes() == row.tobytes()
        assert all(isinstance(stats[metric.key], int | None if metric.is_whole else float | None) for metric in METRICS)
    assert np.isnan(row_of({})).all()


# ------------------------------------------------------------------------------------------------- twelve digits


def numbers() -> Iterator[Floats]:
    """Of all sizes; near halves of the twelfth digit, on them, and near powers of ten."""
    draw, count = np.random.default_rng(0), 400_000 if MANY else 4_000
    tens = 10.0 ** draw.integers(-13, 14, count)
    yield draw.normal(0.0, 1.0, count) * tens
    whole = draw.integers(10**11, 10**12, count)
    for beside in (0.0, 0.5, 0.25, 0.4999, 0.5001):
        yield (whole + beside) / 10.0 ** draw.integers(0, 24, count)
    exact = (whole + 0.5) / 2.0 ** draw.integers(0, 30, count)
    yield exact
    yield np.nextafter(exact, inf)
    yield np.nextafter(tens, draw.choice([-inf, inf], count))
    yield tens * (1.0 - draw.integers(0, 30, count) * 1e-13)


def test_twelve_digits_are_those_of_python() -> None:
    for made in numbers():
        expected = [float(f"{each:.12g}") for each in made.tolist()]
        round_figures(made)
        np.testing.assert_array_equal(made, expected, strict=True)


def test_what_is_not_finite_does_not_exist_and_a_zero_has_no_sign() -> None:
    found = np.array([[inf, -inf, nan, -0.0, 0.0, 5e-324, -1.7976931348623157e308, 1e12, 1e-11, 999_999_999_999.5]])
    round_figures(found)
    assert [str(each) for each in found[0].tolist()] == [
        "nan", "nan", "nan", "0.0", "0.0", "5e-324", "-1.79769313486e+308", "1000000000000.0", "1e-11", "1000000000000.0",
    ]  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_twelve_digits_of_any_number(figure: float) -> None:
    found = np.array([[figure, -figure]])
    round_figures(found)
    assert [str(each) for each in found[0].tolist()] == [str(rounded(figure)), str(rounded(-figure))]


# ------------------------------------------------------------------------------------------------- the power


@kernel
def powers(top: Integers, bottom: Integers, sessions: Integers, into: Floats) -> None:
    for k in range(into.size):
        into[k] = power_of_ratio(top[k], bottom[k], SESSIONS_A_YEAR, sessions[k]) - 1.0


def test_the_power_is_that_of_decimal_arithmetic_to_the_last_bit() -> None:
    """Some of all magnitudes, some of ordinary runs, and those whose power is known."""
    draw, count = np.random.default_rng(1), 50_000 if MANY else 500
    bottom = (10.0 ** draw.uniform(3, 17, count)).astype(np.int64)
    top = (10.0 ** draw.uniform(0, 17, count)).astype(np.int64)
    top[: count // 2] = (bottom[: count // 2] * draw.uniform(0.2, 6.0, count // 2)).astype(np.int64) + 1
    sessions = draw.integers(1, 3_000, count)
    sessions[::7] = SESSIONS_A_YEAR * draw.integers(1, 9, sessions[::7].size)
    bottom[::91], top[::91] = 2**20, 2 ** draw.integers(0, 50, top[::91].size)
    top[5::97] = bottom[5::97]
    top[6::97] = 0
    top[7::997], bottom[7::997], sessions[7::997] = 2**58, 1, 1
    top[8::997], bottom[8::997], sessions[8::997] = 1, 2**58, 1
    found = np.empty(count)
    powers(top, bottom, sessions, found)
    for k in range(count):
        assert found[k] == annual_return(int(bottom[k]), int(top[k]), int(sessions[k])), (top[k], bottom[k], sessions[k])


def test_nothing_below_nothing() -> None:
    found = np.empty(1)
    powers(np.array([-1]), np.array([10]), np.array([10]), found)
    assert np.isnan(found[0])


# ------------------------------------------------------------------------------------------------- tails and falls


def plain_tail(returns: list[float]) -> tuple[float, float]:
    ordered, rank, past = sorted(returns), (len(returns) - 1) // 20, (len(returns) - 1) % 20
    at, total = ordered[rank], 0.0
    for each in returns:
        total += each if each < at else 0.0
    short = (total + (rank + 1 - sum(each < at for each in returns)) * at) / (rank + 1)
    return at + (ordered[rank + 1] - at) * (past / 20.0) if past else at, short


def plain_fall(points: list[int]) -> tuple[float, int, int, int]:
    """Depth; the last bar at the peak, the trough and the first bar at or above the peak, -1: none. points[0] is no bar."""
    depth, start, trough, recovery = 0.0, -1, -1, -1
    for k in range(len(points)):
        peak = max(points[: k + 1])
        if points[k] / peak - 1.0 < depth:
            depth, trough = points[k] / peak - 1.0, k - 1
            start = max(x for x in range(k) if points[x] == peak) - 1
            recovery = next((x - 1 for x in range(k, len(points)) if points[x] >= peak), -1)
    return depth, start, trough, recovery


def curves() -> Iterator[Integers]:
    """Ordinary ones; those that hardly trade; jumps; few different values; one that only falls."""
    for seed in range(6):
        draw = np.random.default_rng(seed)
        for sessions in (1, 2, 20, 21, 22, 41, 130, 400):
            steps = draw.normal(0.0, 0.02, sessions)
            yield np.round(INITIAL * np.cumprod(1.0 + steps))
            yield np.round(INITIAL * np.cumprod(1.0 + np.where(draw.random(sessions) < 0.08, steps, 0.0)))
            yield np.round(INITIAL * np.cumprod(1.0 + np.where(draw.random(sessions) < 0.03, steps * 15.0, steps / 50.0)))
            yield INITIAL + draw.integers(-2, 3, sessions) * (INITIAL // 10)
            yield INITIAL - np.arange(sessions) * (INITIAL // 500)


def test_tails_and_falls_are_their_plain_twins_to_the_last_bit() -> None:
    for made in curves():
        equity = made.astype(np.int64)
        days = weekdays(equity.size)
        nothing = np.zeros((1, len(Tallies._fields) - 1), np.int64)
        curve = curve_of(equity[np.newaxis], sessions_of(days), np.array([INITIAL]), nothing, np.zeros((1, len(Reject)), np.int64))
        points = [INITIAL, *equity.tolist()]
        returns = [after / before - 1.0 for before, after in pairwise(points)]
        moments, fall = curve.moments, curve.fall
        assert (moments.value_at_risk[0], moments.shortfall[0]) == plain_tail(returns)
        depth, start, trough, recovery = plain_fall(points)
        assert fall.depth[0] == depth
        assert [fall.start[0], fall.trough[0], fall.recovery[0]] == pytest.approx(
            [nan if at < 0 else float(days[at]) for at in (start, trough, recovery)], nan_ok=True, rel=0
        )
        assert fall.sessions[0] == (0 if trough < 0 else (recovery if recovery >= 0 else equity.size - 1) - start)
