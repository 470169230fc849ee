"""The statistics against empyrical where definitions agree, against exact fractions, and on curves that say little."""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

import empyrical
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import Floats
from engine.simulation import Reject, Tallies
from engine.statistics import METRICS, SESSIONS_A_YEAR, Figure, Sessions, annual_return, rounded, sessions_of
from engine.statistics.sample import statistics

NONE = Tallies(*[0] * (len(Tallies._fields) - 1), tuple(0 for _ in Reject))
SOME = NONE._replace(
    bought=90_000_000,
    sold=70_000_000,
    commission=31_000,
    duty=70_000,
    transfer=1_600,
    tax=3_000,
    dividends=20_000,
    delisted=700_000,
    buys=12,
    sells=10,
    trades=8,
    wins=3,
    gross_profit=5_000_000,
    gross_loss=2_500_000,
    holding_sessions=44,
    refusals=(0, 2, 3, *[0] * (len(Reject) - 3)),
)
INITIAL = 1_000_000_000


def figures(equity: Sequence[int], tallies: Tallies = NONE) -> dict[str, Figure]:
    curve = np.array(equity, np.int64)
    return statistics(curve, Sessions(np.arange(curve.size), np.arange(curve.size, dtype=np.int32)), INITIAL, tallies)


def returns(equity: Sequence[int]) -> Floats:
    points = np.array([INITIAL, *equity], np.float64)
    return points[1:] / points[:-1] - 1.0


def random_curve(seed: int, sessions: int) -> list[int]:
    steps = np.random.default_rng(seed).normal(0.0005, 0.015, sessions)
    return [round(value) for value in INITIAL * np.cumprod(1.0 + steps)]


@pytest.mark.parametrize("sessions", [2, 5, 60, 244, 2_500])
@pytest.mark.parametrize("seed", [1, 2])
def test_empyrical_agrees(seed: int, sessions: int) -> None:
    """On everything but Sharpe's and Sortino's None where nothing varies, where empyrical answers NaN or infinity."""
    equity = random_curve(seed, sessions)
    earned, found = returns(equity), figures(equity)
    for key, theirs in (
        ("return", empyrical.cum_returns_final(earned)),
        ("annual_return", empyrical.annual_return(earned, annualization=SESSIONS_A_YEAR)),
        ("volatility", empyrical.annual_volatility(earned, annualization=SESSIONS_A_YEAR)),
        ("sharpe", empyrical.sharpe_ratio(earned, annualization=SESSIONS_A_YEAR)),
        ("sortino", empyrical.sortino_ratio(earned, annualization=SESSIONS_A_YEAR)),
        ("calmar", empyrical.calmar_ratio(earned, annualization=SESSIONS_A_YEAR)),
        ("max_dd", empyrical.max_drawdown(earned)),
    ):
        if np.isfinite(theirs):
            assert found[key] == pytest.approx(theirs, rel=1e-9, abs=1e-12), key
        else:
            assert found[key] is None, key


def test_figures_of_trades() -> None:
    found = figures([INITIAL] * 122, SOME)
    assert found["trades"] == 8
    assert found["win_rate"] == 0.375
    assert found["profit_factor"] == 2.0
    assert found["payoff"] == rounded(float(Fraction(5_000_000, 3) / Fraction(2_500_000, 5)))
    assert found["expectancy"] == 312.5
    assert found["holding"] == 5.5
    assert found["fees"] == 102.6, "the tax on dividends is no fee"
    assert (found["dividends"], found["dividend_tax"]) == (20.0, 3.0)
    assert (found["commission"], found["stamp_duty"], found["transfer_fee"]) == (31.0, 70.0, 1.6)
    assert found["refused"] == 5
    assert found["turnover"] == 0.16, "what a delisted position was closed for was not traded"


def test_a_constant_curve_has_no_ratios() -> None:
    found = figures([INITIAL] * 50)
    assert (found["pnl"], found["return"], found["annual_return"], found["volatility"], found["max_dd"]) == (0.0, 0.0, 0.0, 0.0, 0.0)
    for key in ("sharpe", "sortino", "calmar", "win_rate", "profit_factor", "payoff", "expectancy", "holding"):
        assert found[key] is None, key
    assert str(found["max_dd"]) == "0.0"


def test_one_session_has_a_return_but_no_deviation() -> None:
    found = figures([INITIAL * 11 // 10])
    assert (found["return"], found["pnl"]) == (0.1, 100_000.0)
    assert found["volatility"] is None
    assert found["sharpe"] is None


def test_no_session_has_no_figures_of_returns() -> None:
    found = figures([])
    assert (found["pnl"], found["return"], found["max_dd"]) == (0.0, 0.0, 0.0)
    assert all(found[key] is None for key in ("annual_return", "volatility", "sharpe", "sortino", "calmar", "turnover"))


def test_ruin() -> None:
    found = figures([INITIAL // 2, 0])
    assert (found["return"], found["annual_return"], found["max_dd"]) == (-1.0, -1.0, -1.0)


def test_the_first_fall_counts_from_the_initial_cash() -> None:
    assert figures([INITIAL * 9 // 10, INITIAL * 12 // 10])["max_dd"] == -0.1


def test_returns_are_per_session_and_the_drawdown_per_bar() -> None:
    """Three bars a day: the dip at noon deepens the drawdown and is no return."""
    dates = np.array([20240102] * 3 + [20240103] * 3, np.int32)
    curve = np.array([100, 50, 110, 110, 120, 121], np.int64) * (INITIAL // 100)
    found_sessions = sessions_of(dates)
    assert found_sessions.ends.tolist() == [2, 5]
    found = statistics(curve, found_sessions, INITIAL, NONE)
    assert found["max_dd"] == -0.5
    assert found["volatility"] == pytest.approx(0.0, abs=1e-12)
    assert sessions_of(dates[:0]).ends.tolist() == []


@settings(max_examples=200, deadline=None)
@given(final=st.integers(1, 10**13), initial=st.integers(10**6, 10**13), sessions=st.integers(1, 3_000))
def test_annual_return_is_the_power_to_twelve_digits(final: int, initial: int, sessions: int) -> None:
    with localcontext(prec=80):
        exact = (Decimal(final) / Decimal(initial)) ** (Decimal(SESSIONS_A_YEAR) / Decimal(sessions))
    found = annual_return(initial, final, sessions)
    assert found is not None
    assert found + 1.0 == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize(
    ("figure", "expected"),
    [(1 / 3, 0.333333333333), (123456789.0123456, 123456789.012), (float("inf"), None), (float("nan"), None), (7, 7), (None, None)],
)
def test_rounded(figure: Figure, expected: Figure) -> None:
    assert rounded(figure) == expected
    assert type(rounded(figure)) is type(expected)


def test_rows_are_unique_and_say_where_they_come_from() -> None:
    keys = [metric.key for metric in METRICS]
    assert len(set(keys)) == len(keys)
    assert all(metric.formula and metric.source for metric in METRICS)
    assert {"pnl", "return", "max_dd", "sharpe", "sortino"} <= set(keys)
