"""The figures against empyrical, quantstats and pandas, before rounding to 1e-12, after it to 1e-11; and where they differ, by how much."""

from math import sqrt

import empyrical
import numpy as np
import pandas as pd
import pytest
import quantstats.stats as quantstats

from engine.arrays import Floats
from engine.market import Benchmark
from engine.statistics import METRICS, SESSIONS_A_YEAR, sessions_of
from engine.statistics.curve import Curve
from engine.statistics.figures import statistics
from engine.statistics.periods import monthly, yearly
from engine.statistics.rolling import rolling
from engine.statistics.sample import curve_of
from tests.engine.curves import INITIAL, NONE, walk, weekdays

ROWS = {metric.key: metric for metric in METRICS}
CASES = [(seed, sessions) for seed in (1, 2) for sessions in (2, 5, 20, 21, 22, 60, 61, 244, 2_500)]


class Case:
    """A random run beside a random benchmark."""

    def __init__(self, seed: int, sessions: int) -> None:
        self.equity = np.round(walk(seed, sessions)).astype(np.int64)
        self.closes = np.concatenate(([4_000.0], walk(seed + 100, sessions, 4_000.0, 0.012)))
        self.days = weekdays(sessions)
        self.benchmark = Benchmark("000300.SH", self.closes)

    @property
    def curve(self) -> Curve:
        tallies, refused = np.array([NONE[:-1]]), np.array([NONE.refusals])
        return curve_of(self.equity[np.newaxis], sessions_of(self.days), np.array([INITIAL]), tallies, refused, self.benchmark)

    @property
    def stats(self) -> dict[str, float | int | None]:
        return statistics(self.equity, sessions_of(self.days), INITIAL, NONE, self.benchmark)

    @property
    def returns(self) -> "pd.Series[float]":
        return self._series(np.concatenate(([float(INITIAL)], self.equity.astype(np.float64))))

    @property
    def theirs(self) -> "pd.Series[float]":
        return self._series(self.closes)

    def _series(self, points: Floats) -> "pd.Series[float]":
        return pd.Series(points[1:] / points[:-1] - 1.0, pd.to_datetime(self.days.astype(str)))


def agree(case: Case, expected: dict[str, float]) -> None:
    """Before rounding the column of a single run."""
    curve, stats = case.curve, case.stats
    for key, value in expected.items():
        if np.isfinite(value):
            assert np.asarray(ROWS[key].of(curve)) == pytest.approx(value, rel=1e-12, abs=1e-14), key
            assert stats[key] == pytest.approx(value, rel=1e-11, abs=1e-14), key
        else:
            assert stats[key] is None, key


@pytest.mark.parametrize(("seed", "sessions"), CASES)
def test_empyrical_agrees(seed: int, sessions: int) -> None:
    """On everything but None where nothing varies or falls, where empyrical answers NaN or infinity."""
    case = Case(seed, sessions)
    earned, theirs = case.returns.to_numpy(), case.theirs.to_numpy()
    year = {"annualization": SESSIONS_A_YEAR}
    agree(
        case,
        {
            "return": empyrical.cum_returns_final(earned),
            "annual_return": empyrical.annual_return(earned, **year),
            "volatility": empyrical.annual_volatility(earned, **year),
            "sharpe": empyrical.sharpe_ratio(earned, **year),
            "sortino": empyrical.sortino_ratio(earned, **year),
            "calmar": empyrical.calmar_ratio(earned, **year),
            "max_dd": empyrical.max_drawdown(earned),
            "benchmark_return": empyrical.cum_returns_final(theirs),
            "beta": empyrical.beta(earned, theirs),
            "tracking_error": empyrical.annual_volatility(earned - theirs, **year),
            "information_ratio": empyrical.excess_sharpe(earned, theirs) * sqrt(SESSIONS_A_YEAR),
            "var_95": empyrical.value_at_risk(earned),
            "cvar_95": empyrical.conditional_value_at_risk(earned),
        },
    )


@pytest.mark.parametrize(("seed", "sessions"), CASES)
def test_quantstats_agrees(seed: int, sessions: int) -> None:
    case = Case(seed, sessions)
    earned, theirs = case.returns, case.theirs
    greeks = quantstats.greeks(earned, theirs, periods=SESSIONS_A_YEAR)
    expected = {
        "return": quantstats.comp(earned),
        "annual_return": quantstats.cagr(earned, periods=SESSIONS_A_YEAR),
        "volatility": quantstats.volatility(earned, periods=SESSIONS_A_YEAR),
        "sharpe": quantstats.sharpe(earned, periods=SESSIONS_A_YEAR),
        "alpha": greeks["alpha"],
        "beta": greeks["beta"],
        "information_ratio": quantstats.information_ratio(earned, theirs) * sqrt(SESSIONS_A_YEAR),
        "skew": quantstats.skew(earned),
        "kurtosis": quantstats.kurtosis(earned),
        "best_session": quantstats.best(earned),
        "worst_session": quantstats.worst(earned),
    }
    if (earned < 0).any():
        expected |= {"sortino": quantstats.sortino(earned, periods=SESSIONS_A_YEAR), "max_dd": quantstats.max_drawdown(earned)}
    agree(case, {key: float(value) for key, value in expected.items()})


def test_where_they_differ() -> None:
    """As the rows say."""
    case = Case(1, 244)
    stats, earned, theirs = case.stats, case.returns, case.theirs
    compounded = empyrical.alpha(earned.to_numpy(), theirs.to_numpy(), annualization=SESSIONS_A_YEAR)
    assert compounded == pytest.approx((1 + float(stats["alpha"] or 0) / SESSIONS_A_YEAR) ** SESSIONS_A_YEAR - 1)
    assert stats["alpha"] != pytest.approx(compounded, rel=1e-3)
    for key, other in (
        ("var_95", quantstats.value_at_risk(earned)),
        ("cvar_95", quantstats.conditional_value_at_risk(earned)),
        ("information_ratio", quantstats.information_ratio(earned, theirs)),
        ("max_dd_sessions", quantstats.drawdown_details(quantstats.to_drawdown_series(earned))["days"].max()),
    ):
        assert ROWS[key].differs
        assert stats[key] != pytest.approx(float(other), rel=1e-3), key


def test_months_and_years_are_those_of_quantstats() -> None:
    case = Case(3, 300)
    table = quantstats.monthly_returns(case.returns)
    table.index = table.index.astype(int)
    found = monthly(case.days, case.equity, INITIAL, case.closes)
    assert len(found) == 15
    for period in found:
        assert period.value == pytest.approx(table.loc[period.year].iloc[period.month - 1], rel=1e-11, abs=1e-14)
    for period in yearly(case.days, case.equity, INITIAL):
        assert period.value == pytest.approx(table.loc[period.year, "EOY"], rel=1e-11, abs=1e-14)


@pytest.mark.parametrize("window", [2, 20, 122])
def test_rolling_figures_are_those_of_pandas(window: int) -> None:
    """Which carries sums along, so that its digits depend on what was in the window before: to 1e-8."""
    case = Case(4, 400)
    earned, theirs, found = case.returns, case.theirs, rolling(case.equity, INITIAL, case.closes, window)
    root = sqrt(SESSIONS_A_YEAR)
    expected = (
        (found.sharpe, quantstats.rolling_sharpe(earned, rolling_period=window, periods_per_year=SESSIONS_A_YEAR)),
        (found.volatility, earned.rolling(window).std() * root),
        (found.beta, earned.rolling(window).cov(theirs) / theirs.rolling(window).var()),
    )
    for ours, other in expected:
        np.testing.assert_allclose(ours, other.to_numpy(), rtol=1e-8, atol=1e-10)
