"""Figures of trades and costs, of curves that say little, with and without a benchmark; and the rows that tell of them."""

import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numba import config

from engine.market import Benchmark
from engine.simulation import Reject, Tallies
from engine.statistics import METRICS, SESSIONS_A_YEAR, Figure, Sessions, sample, sessions_of, too_small
from engine.statistics.figures import statistics
from tests.engine.curves import INITIAL, NONE, random_curve, weekdays
from tests.naive_statistics import rounded

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
    invested=30_500_000_000,
    held_bars=61,
    refusals=(0, 2, 3, *[0] * (len(Reject) - 3)),
)
OF_THE_BENCHMARK = ("benchmark_return", "excess_return", "alpha", "beta", "information_ratio", "tracking_error")


def figures(equity: Sequence[int], tallies: Tallies = NONE, closes: Sequence[float] | None = None) -> dict[str, Figure]:
    curve = np.array(equity, np.int64)
    benchmark = None if closes is None else Benchmark("000300.SH", np.array(closes, np.float64))
    return statistics(curve, Sessions(np.arange(curve.size), weekdays(curve.size)), INITIAL, tallies, benchmark)


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
    assert (found["exposure"], found["time_in_market"]) == (0.25, 0.5)
    assert found["cost_share"] == 1.0, "nothing is left of what was earned before fees"
    assert found["sessions"] == 122


@pytest.mark.parametrize(("earned", "expected"), [(102_600, 0.5), (-51_300, 2.0), (-102_600, None), (-102_601, None)])
def test_the_fees_share_of_what_was_earned_before_them(earned: int, expected: Figure) -> None:
    assert figures([INITIAL + earned], SOME)["cost_share"] == expected


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
    found = figures([], closes=[4_000.0])
    assert {key for key, figure in found.items() if figure is not None} == (
        {"pnl", "return", "max_dd", "max_dd_sessions", "sessions", "trades", "refused", "dividends", "dividend_tax"}
        | {"fees", "commission", "stamp_duty", "transfer_fee"}
    ), "what is counted is nothing, what is measured is unknown"
    assert not any(found.values())


def test_a_run_all_in_cash_has_a_benchmark_and_no_ratios() -> None:
    found = figures([INITIAL] * 3, closes=[4_000.0, 4_040.0, 3_900.0, 4_400.0])
    assert (found["benchmark_return"], found["excess_return"]) == (0.1, rounded(1 / 1.1 - 1))
    assert (found["beta"], found["alpha"], found["exposure"]) == (0.0, 0.0, 0.0)
    assert found["skew"] is found["kurtosis"] is None
    assert (found["var_95"], found["cvar_95"], found["best_session"], found["positive_sessions"]) == (0.0, 0.0, 0.0, 0.0)


def test_a_steady_curve_has_no_deviation() -> None:
    """1.1 ** 2 and 1.1 are not the same rise to the last bit; a ratio of ten million would be made of rounding alone."""
    found = figures([INITIAL * 11 // 10, INITIAL * 121 // 100, INITIAL * 1331 // 1000])
    assert (found["volatility"], found["sharpe"], found["skew"]) == (0.0, None, None)


@pytest.mark.parametrize("gap", [np.nan, np.inf, 0.0, -1.0])
@pytest.mark.parametrize("at", [0, 2, 4])
def test_a_gap_takes_every_figure_of_the_benchmark(gap: float, at: int) -> None:
    closes = [4_000.0, 4_010.0, 3_990.0, 4_100.0, 4_050.0]
    equity = random_curve(1, 4)
    whole, without = figures(equity, closes=closes), figures(equity)
    assert all(whole[key] is not None and without[key] is None for key in OF_THE_BENCHMARK)
    closes[at] = gap
    assert figures(equity, closes=closes) == without
    assert {key: whole[key] for key in whole if key not in OF_THE_BENCHMARK} == {
        key: without[key] for key in without if key not in OF_THE_BENCHMARK
    }


def test_one_session_beside_a_benchmark() -> None:
    found = figures([INITIAL * 11 // 10], closes=[4_000.0, 4_200.0])
    assert (found["benchmark_return"], found["excess_return"]) == (0.05, rounded(1.1 / 1.05 - 1))
    assert [found[key] for key in ("alpha", "beta", "information_ratio", "tracking_error")] == [None] * 4
    assert (found["var_95"], found["cvar_95"]) == (0.1, 0.1)


def test_a_flat_benchmark_has_no_beta() -> None:
    found = figures(random_curve(2, 30), closes=[4_000.0] * 31)
    assert found["beta"] is found["alpha"] is None
    assert (found["benchmark_return"], found["excess_return"]) == (0.0, found["return"])
    assert (found["information_ratio"], found["tracking_error"]) == (found["sharpe"], found["volatility"])


def test_a_benchmark_of_other_sessions_is_refused() -> None:
    with pytest.raises(ValueError, match="2 sessions need 3 closes of the benchmark, not 2"):
        figures([INITIAL, INITIAL], closes=[4_000.0, 4_000.0])


def test_the_days_of_the_deepest_fall() -> None:
    days = weekdays(6).tolist()
    found = figures([INITIAL * part // 10 for part in (12, 12, 9, 6, 12, 10)])
    assert [found[key] for key in ("max_dd", "max_dd_start", "max_dd_trough", "max_dd_recovery", "max_dd_sessions")] == [
        -0.5, days[1], days[3], days[4], 3,
    ]  # fmt: skip
    found = figures([INITIAL * part // 10 for part in (9, 8, 9, 7, 9)])
    assert [found[key] for key in ("max_dd", "max_dd_start", "max_dd_trough", "max_dd_recovery", "max_dd_sessions")] == [
        -0.3, None, days[3], None, 5,
    ]  # fmt: skip


def test_ruin() -> None:
    found = figures([INITIAL // 2, 0])
    assert (found["return"], found["annual_return"], found["max_dd"]) == (-1.0, -1.0, -1.0)


def test_after_ruin_there_are_no_returns() -> None:
    found = figures([INITIAL // 2, 0, 0, 0], closes=[4_000.0, 4_010.0, 3_990.0, 4_100.0, 4_050.0])
    assert (found["return"], found["max_dd"], found["excess_return"]) == (-1.0, -1.0, -1.0)
    for key in ("volatility", "sharpe", "sortino", "var_95", "cvar_95", "skew", "best_session", "worst_session", "alpha", "beta"):
        assert found[key] is None, key


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


def test_rows_are_unique_and_say_where_they_come_from() -> None:
    keys = [metric.key for metric in METRICS]
    assert len(set(keys)) == len(keys)
    assert all(metric.formula and metric.source and metric.label.zh and metric.label.en for metric in METRICS)
    for labels in ([metric.label.zh for metric in METRICS], [metric.label.en for metric in METRICS]):
        assert len(set(labels)) == len(labels)
    assert all((metric.least > 0) == (metric.of_what != "") for metric in METRICS)
    assert {metric.of_what for metric in METRICS if metric.of_what} <= set(keys)


def test_a_figure_of_few_sessions_or_trades_is_told() -> None:
    enough = figures(random_curve(1, SESSIONS_A_YEAR), SOME._replace(trades=30, wins=10))
    assert too_small(enough) == ()
    less = {**enough, "sessions": SESSIONS_A_YEAR - 1}
    assert too_small(less) == ("var_95", "cvar_95", "skew", "kurtosis")
    assert too_small({**enough, "trades": 29}) == ("win_rate", "profit_factor", "payoff", "expectancy", "holding")
    assert set(too_small({**enough, "sessions": 121})) > {"annual_return", "sharpe", "turnover"}
    assert "alpha" not in too_small({**enough, "sessions": 121}), "there is no benchmark: another reason for having no figure"
    assert too_small(figures([])) == ()


def test_the_rows_load_no_compiler() -> None:
    modules = ("metrics", "tables", "periods", "drawdowns", "rolling", "by_trade")
    code = "; ".join(f"import engine.statistics.{name}" for name in modules) + "; import sys; sys.exit('numba' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(config.DISABLE_JIT, reason="nothing is compiled")
def test_a_mapped_benchmark_compiles_nothing_anew() -> None:
    """Closes out of a mapped panel are read-only, which to the compiler is another type; a deployed function has no time to compile."""
    figures(random_curve(1, 5))
    closes = np.linspace(4_000.0, 4_100.0, 6)
    closes.setflags(write=False)
    curve = np.array(random_curve(1, 5), np.int64)
    found = statistics(curve, Sessions(np.arange(5), weekdays(5)), INITIAL, NONE, Benchmark("000300.SH", closes))
    assert found["benchmark_return"] == 0.025
    kernel: Any = sample._measure
    assert len(kernel.signatures) == 1
