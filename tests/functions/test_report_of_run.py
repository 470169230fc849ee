"""From a run to its report: the curve beside its benchmark, gaps as gaps, and the same values as JSON."""

import json
from dataclasses import replace
from math import nan

import numpy as np
import pytest

from engine.doctor.examine import CHECKS
from engine.evaluate import Result, evaluate
from engine.language import compile_strategy
from engine.market import Benchmark
from engine.statistics.metrics import METRICS
from functions.reports.as_json import findings_json, statistics_json
from functions.reports.curve import curve_of, drawdowns_of
from functions.reports.of_run import report_of
from functions.reports.report import Report
from functions.reports.run_page import render_run
from tests.engine.panels import random_market

SOURCE = """
name: in and out
universe: {from: {all: true}}
params:
  n: {default: 3, min: 2, max: 20}
entry: close > sma(close, n)
exit: close < sma(close, n)
portfolio: {max_positions: 3}
"""
CASH = 100_000_000
CONTEXT = {"datasource_version": "sample:v1", "universe": ["000001.SZ"], "window": {"start": "2020-01-01", "end": "2020-12-31"}}


def a_run(source: str = SOURCE, sessions: int = 160, closes: list[float] | None = None) -> Result:
    market = random_market(7, sessions=sessions, stocks=5)
    if closes is not None:
        market = replace(market, benchmark=Benchmark("000300.SH", np.array(closes)))
    return evaluate(compile_strategy(source), market, {}, CASH)


def told(result: Result) -> Report:
    return report_of(result, "in and out", CONTEXT, CASH, {"run": "r"})


def test_the_benchmark_is_the_same_money_from_before_the_first_session_and_its_gaps_stay() -> None:
    curve = curve_of(
        [20200102, 20200103, 20200106], [1_100_000, 990_000, 1_050_000], 1_000_000, Benchmark("X", np.array([50.0, 55.0, nan, 40.0]))
    )
    assert curve.benchmark == [1100.0, None, 800.0]
    assert curve.excess == [0.0, None, 1050 / 800 - 1]
    assert curve.drawdown == [0.0, 990 / 1100 - 1, 1050 / 1100 - 1] and curve.benchmark_code == "X"


@pytest.mark.parametrize("closes", [[nan, 55.0, 56.0], [0.0, 55.0, 56.0]])
def test_a_benchmark_without_a_price_before_the_window_measures_nothing(closes: list[float]) -> None:
    curve = curve_of([20200102, 20200103], [1_100_000, 990_000], 1_000_000, Benchmark("X", np.array(closes)))
    assert (curve.benchmark_code, curve.benchmark, curve.excess) == ("X", (), ())


def test_the_drawdown_includes_the_initial_cash() -> None:
    assert drawdowns_of([90, 120, 60], 100) == [90 / 100 - 1, 0.0, -0.5] and drawdowns_of([], 100) == []


def test_tables_and_curve_agree_with_the_figures() -> None:
    closes = np.cumprod(1 + np.random.default_rng(3).normal(0, 0.01, 151)).tolist()
    report = told(a_run(closes=closes))
    stats = report.stats
    assert len(report.curve.sessions) == len(report.curve.equity) == 150 == stats["sessions"]
    assert report.curve.excess[-1] == pytest.approx(stats["excess_return"], rel=1e-9)
    assert min(report.curve.drawdown) == report.drawdowns[0].depth == pytest.approx(stats["max_dd"], rel=1e-9)
    for periods in (report.monthly, report.yearly):
        assert np.prod([1 + period.value for period in periods]) == pytest.approx(1 + (stats["return"] or 0), rel=1e-9)
    assert (
        sum(group.pnl for group in report.by_stock)
        == sum(trade.pnl for trade in report.trades)
        == sum(g.pnl for g in report.by_exit_reason)
    )
    assert sum(group.trades for group in report.by_stock) == stats["trades"] == len(report.trades)
    assert list(report.identity) == ["run", "content hash"]


def test_json_says_what_the_page_says_and_what_does_not_exist_is_null() -> None:
    report = told(a_run(closes=[1.0] * 70 + [nan] + [2.0] * 80))
    said = json.loads(statistics_json(report))
    assert set(said) == {"stats", "too_small", "monthly", "yearly", "drawdowns", "rolling", "by_stock", "by_exit_reason", "curve"}
    assert set(said["stats"]) == {metric.key for metric in METRICS} and said["stats"]["beta"] is None
    curve = said["curve"]
    assert [round(yuan * 1000) for yuan in curve["equity"]] == list(report.curve.equity)
    assert curve["benchmark"][69] is None is curve["excess"][69] and curve["benchmark"][-1] == 2 * CASH / 1000
    assert len(said["rolling"]["sharpe"]) == 150 and said["rolling"]["sharpe"][0] is None is not said["rolling"]["sharpe"][-1]
    assert said["monthly"][0] == report.monthly[0]._asdict()
    assert statistics_json(report) == statistics_json(told(a_run(closes=[1.0] * 70 + [nan] + [2.0] * 80)))
    examined = json.loads(findings_json(report))
    findings = examined["findings"]
    assert examined["checks"] == len(CHECKS)
    assert [finding["code"] for finding in findings] == [finding.code for finding in report.findings] != []
    assert findings[0]["title"].keys() == {"zh", "en"}


def test_without_a_benchmark_json_has_none() -> None:
    curve = json.loads(statistics_json(told(a_run())))["curve"]
    assert curve["benchmark_code"] is curve["benchmark"] is curve["excess"] is None


NEVER = SOURCE.replace("entry: close >", "entry: close > 1000 * ")


@pytest.mark.parametrize(("source", "sessions"), [(NEVER, 160), (SOURCE, 11), (NEVER, 11)], ids=["all cash", "one session", "both"])
def test_runs_of_next_to_nothing_have_a_page_without_invented_numbers(source: str, sessions: int) -> None:
    report = told(a_run(source, sessions, closes=[1.0] * (sessions - 10 + 1)))
    page = render_run(report)
    assert "None" not in page and "nan" not in page
    assert json.loads(statistics_json(report))["stats"]["sharpe"] is None
    if source is NEVER:
        assert report.stats["trades"] == 0 and "No closed trades" in page and not report.drawdowns and not report.by_stock
        assert set(report.curve.drawdown) == {0.0} and all(month.value == 0 for month in report.monthly)
