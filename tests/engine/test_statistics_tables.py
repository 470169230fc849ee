"""Months, years, falls, rolling windows and groups of trades against their slow twins, and on windows with little in them."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import isnan, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.evaluate import evaluate
from engine.language import compile_strategy
from engine.simulation.trades import Trade, trades
from engine.statistics import sessions_of
from engine.statistics.by_trade import by_exit_reason, by_stock, by_year
from engine.statistics.drawdowns import drawdowns
from engine.statistics.periods import monthly, yearly
from engine.statistics.rolling import rolling
from engine.statistics.tables import Drawdown, Period
from tests import naive_statistics as naive
from tests.engine.curves import INITIAL, Made, made_curves, random_curve, weekdays
from tests.engine.panels import random_market

TRADE = Trade("600519.SH", 0, 20240102, 10_000, 100, 0, 20240110, 11_000, 5_000, 95_000, 0.095, 6, "signal")

CROSSING = """
name: crossing
universe: {all: true}
entry: cross_above(sma(close, 3), sma(close, 8))
exit: cross_below(sma(close, 3), sma(close, 8))
portfolio: {max_positions: 3}
risk: {stop_loss: 0.04, max_holding: 15}
"""


def close_to(value: float | None) -> object:
    return None if value is None else pytest.approx(value, rel=1e-12, abs=1e-14)


@settings(max_examples=200, deadline=None)
@given(made_curves())
def test_periods_are_their_twin(made: Made) -> None:
    days, equity = naive.by_session(made.equity.tolist(), made.days.tolist())
    closes = None if made.closes is None else made.gapped
    money = np.array(equity, np.int64)
    for function, digits in ((monthly, 6), (yearly, 4)):
        found = function(np.array(days, np.int32), money, INITIAL, closes)
        expected = naive.periods(days, equity, INITIAL, made.closes, digits)
        assert len(found) == len(expected)
        for period, (year, month, value, theirs, sessions) in zip(found, expected, strict=True):
            assert period == Period(year, month, close_to(value), close_to(theirs), sessions)  # type: ignore[arg-type]
        if equity:
            assert prod(1.0 + period.value for period in found) == pytest.approx(equity[-1] / INITIAL)


def test_months_of_a_short_window() -> None:
    days = np.array([20231229, 20240102, 20240131, 20240201], np.int32)
    found = monthly(days, np.array([110, 121, 99, 99]), 100, np.array([1.0, 1.1, np.nan, 1.2, 1.5]))
    assert [(period.year, period.month, period.sessions) for period in found] == [(2023, 12, 1), (2024, 1, 2), (2024, 2, 1)]
    assert [round(period.value, 12) for period in found] == [0.1, -0.1, 0.0]
    assert found[1].benchmark == pytest.approx(1.2 / 1.1 - 1), "a gap within the month does not touch its ends"
    gap = monthly(days, np.array([110, 121, 99, 99]), 100, np.array([1.0, np.nan, 1.1, 1.2, 1.5]))
    assert [period.benchmark is None for period in gap] == [True, True, False]
    assert [period.month for period in yearly(days, np.array([110, 121, 99, 99]), 100)] == [0, 0]
    assert monthly(days, np.array([0, 0, 0, 0]), 100)[1].value == 0.0, "nothing is left to earn with"
    assert monthly(days[:0], np.zeros(0, np.int64), 100, np.ones(1)) == yearly(days[:0], np.zeros(0, np.int64), 100) == ()
    assert monthly(days, np.array([110, 121, 99, 99]), 100, np.zeros(0))[0].benchmark is None, "no benchmark is an empty array, too"


@settings(max_examples=300, deadline=None)
@given(made_curves(benchmark=False), st.integers(1, 4))
def test_falls_are_their_twin(made: Made, most: int) -> None:
    days, equity = naive.by_session(made.equity.tolist(), made.days.tolist())
    dates, money = np.array(days, np.int32), np.array(equity, np.int64)
    expected = tuple(Drawdown(*fall) for fall in naive.falls(days, equity, INITIAL))
    assert drawdowns(dates, money, INITIAL, 1_000) == expected
    assert drawdowns(dates, money, INITIAL, most) == expected[:most]
    spans = sorted((fall.start, fall.recovery or 99_999_999) for fall in expected)
    assert all(before[1] <= after[0] for before, after in pairwise(spans)), "they do not overlap"


def test_falls_that_are_none() -> None:
    days = weekdays(3)
    assert drawdowns(days[:0], np.zeros(0, np.int64), 100) == drawdowns(days, np.full(3, 100), 100) == ()
    assert drawdowns(days, np.array([101, 102, 103]), 100) == ()
    assert drawdowns(days[:1], np.array([50]), 100) == (Drawdown(-0.5, 0, int(days[0]), None, 1, 1),)


@settings(max_examples=100, deadline=None)
@given(made_curves(), st.integers(2, 12))
def test_rolling_windows_are_their_twin(made: Made, window: int) -> None:
    money = made.equity[sessions_of(made.days).ends]
    found = rolling(money, INITIAL, None if made.closes is None else made.gapped, window)
    expected = naive.windows(money.tolist(), INITIAL, made.closes, window)
    assert found.sharpe.shape == found.volatility.shape == found.beta.shape == money.shape
    for k, (sharpe, volatility, beta) in enumerate(expected):
        part = naive.changes([INITIAL, *money.tolist()][k - window + 1 : k + 2]) if k + 1 >= window else []
        if 0 < (naive.covariance(part, part) or 0) < Fraction(1, 10**12):
            continue  # all but steady: its digits drown in the rounding to the li
        for ours, theirs in ((found.sharpe[k], sharpe), (found.volatility[k], volatility)):
            assert isnan(ours) if theirs is None else ours == pytest.approx(theirs, rel=1e-8, abs=1e-9)
        if beta is None:
            assert isnan(found.beta[k])
        elif abs(beta) < 1e3 and not is_all_but_steady(made.closes[k - window + 1 : k + 2]):
            assert found.beta[k] == pytest.approx(beta, rel=1e-8, abs=1e-8)


def is_all_but_steady(closes: list[float]) -> bool:
    """A benchmark that grows evenly but for the last digits of its closes: whether it varies at all is for the rounding to say."""
    earned = naive.changes(closes)
    return naive.covariance(earned, earned) < Fraction(1, 10**24)


def test_a_window_says_the_same_wherever_it_stands() -> None:
    """No running sums: what came before the window leaves no trace in its last bit."""
    calm = random_curve(1, 60)
    wild = [INITIAL * 900, INITIAL // 700, *[INITIAL * 3] * 5]
    alone = rolling(np.array(calm), INITIAL, window=20)
    after = rolling(np.array([*wild, INITIAL, *calm]), INITIAL, window=20)
    assert after.sharpe[-40:].tobytes() == alone.sharpe[-40:].tobytes()
    assert after.volatility[-40:].tobytes() == alone.volatility[-40:].tobytes()


def test_windows_with_little_in_them() -> None:
    flat = rolling(np.full(5, INITIAL), INITIAL, np.full(6, 4_000.0), window=3)
    assert np.isnan(flat.sharpe).all() and np.isnan(flat.beta).all()
    assert flat.volatility[2:].tolist() == [0.0] * 3 and np.isnan(flat.volatility[:2]).all()
    for sessions in (0, 1, 121):
        assert np.isnan(rolling(np.array(random_curve(1, sessions), np.int64), INITIAL).sharpe).all()
    assert rolling(np.array(random_curve(1, 122)), INITIAL).window == 122
    ruined = rolling(np.array([INITIAL // 2, 0, 0, 0]), INITIAL, window=2)
    assert np.isnan(ruined.volatility[2:]).all() and not np.isnan(ruined.volatility[1])
    with pytest.raises(ValueError, match="1 sessions has no deviation"):
        rolling(np.array([1, 2]), 1, window=1)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            lambda code, pnl, fees, held, reason, day: replace(
                TRADE, ts_code=code, pnl=pnl, fees=fees, profit_rate=pnl / 1e6, holding_sessions=held, exit_reason=reason, exit_date=day
            ),
            st.sampled_from(("000001.SZ", "600519.SH", "300750.SZ")),
            st.integers(-(10**15), 10**15),
            st.integers(0, 10**9),
            st.integers(0, 400),
            st.sampled_from(("signal", "stop_loss", "delisted")),
            st.sampled_from((20231229, 20240102, 20241231)),
        )
    )
)
def test_groups_of_trades_are_their_twin(trades: list[Trade]) -> None:
    for function, key in ((by_stock, "ts_code"), (by_exit_reason, "exit_reason"), (by_year, "exit_date")):
        found = function(trades)
        names = {str(getattr(trade, key))[:9] if key != "exit_date" else str(trade.exit_date)[:4] for trade in trades}
        assert {group.key for group in found} == names
        assert [(-group.pnl, group.key) for group in found] == sorted((-group.pnl, group.key) for group in found)
        for group in found:
            part = [trade for trade in trades if str(getattr(trade, key)).startswith(group.key)]
            assert (group.trades, group.wins) == (len(part), len([trade for trade in part if trade.pnl > 0]))
            assert (group.pnl, group.fees) == (sum(trade.pnl for trade in part), sum(trade.fees for trade in part))
            assert (group.best, group.worst) == (max(trade.pnl for trade in part), min(trade.pnl for trade in part))
            assert group.profit_rate == pytest.approx(float(naive.mean([Fraction(trade.profit_rate) for trade in part])))
            assert group.holding_sessions == pytest.approx(float(naive.mean([trade.holding_sessions for trade in part])))
        assert sum(group.pnl for group in found) == sum(trade.pnl for trade in trades)


def test_the_groups_of_a_run_add_up_to_its_figures() -> None:
    """A run of some trades: the tables, the tallies and the figures tell one story."""
    market = random_market(3, sessions=90, stocks=9, warm_up=25, ex_dates=0.02, members=0.9)
    result = evaluate(compile_strategy(CROSSING), market, {}, INITIAL)
    closed, tallies, stats = trades(result.outcome, market), result.outcome.tallies, result.cell.stats
    assert tallies.trades > 10
    for groups in (by_stock(closed), by_exit_reason(closed), by_year(closed)):
        assert sum(group.trades for group in groups) == stats["trades"] == tallies.trades
        assert sum(group.wins for group in groups) == tallies.wins
        assert sum(group.pnl for group in groups) == tallies.gross_profit - tallies.gross_loss
    days = sessions_of(market.sessions[market.window_start :]).dates
    months = monthly(days, result.cell.equity, INITIAL)
    assert prod(1.0 + month.value for month in months) - 1.0 == pytest.approx(stats["return"])
    assert sum(month.sessions for month in months) == stats["sessions"]
    assert drawdowns(days, result.cell.equity, INITIAL)[0].depth == pytest.approx(stats["max_dd"])
    exposure, held = stats["exposure"], stats["time_in_market"]
    assert exposure is not None and held is not None
    assert 0.0 < exposure <= held <= 1.0
