"""Metrics of what a run earned, alone and beside its benchmark."""

from engine.arrays import Floats
from engine.statistics.curve import LI, SESSIONS_A_YEAR, Curve
from engine.statistics.metric import YEAR_ROOT, Metric
from engine.words import Words

HALF_A_YEAR = SESSIONS_A_YEAR // 2
"""A shorter window's figures per year are mostly chance."""


def _excess_return(curve: Curve) -> Floats:
    return curve.final / curve.initial / curve.against.growth - 1.0


def _alpha(curve: Curve) -> Floats:
    return (curve.moments.mean - curve.against.beta * curve.against.mean) * SESSIONS_A_YEAR


def _information_ratio(curve: Curve) -> Floats:
    return curve.against.active_mean * YEAR_ROOT / curve.against.active_deviation


RETURN_ROWS: tuple[Metric, ...] = (
    Metric("pnl", Words("盈亏", "Profit and loss"), "yuan", "E[S] - E[0]", "difference", lambda c: c.earned / LI),
    Metric(
        "return",
        Words("总收益率", "Total return"),
        "rate",
        "E[S] / E[0] - 1",
        "empyrical cum_returns_final; quantstats comp",
        lambda c: c.final / c.initial - 1.0,
    ),
    Metric(
        "annual_return",
        Words("年化收益率", "Annual return"),
        "rate",
        "(E[S] / E[0]) ** (Y / S) - 1",
        "empyrical annual_return; quantstats cagr",
        lambda c: c.growth,
        HALF_A_YEAR,
        "sessions",
    ),
    Metric(
        "benchmark_return",
        Words("基准收益率", "Benchmark return"),
        "rate",
        "B[S] / B[0] - 1, B[0] the close before the window",
        "empyrical cum_returns_final of the benchmark",
        lambda c: c.against.growth - 1.0,
    ),
    Metric(
        "excess_return",
        Words("超额收益率", "Excess return"),
        "rate",
        "(1 + return) / (1 + benchmark_return) - 1",
        "geometric excess: Bacon 2008, Practical Portfolio Performance Measurement and Attribution",
        _excess_return,
    ),
    Metric(
        "alpha",
        Words("阿尔法", "Alpha"),
        "rate",
        "mean(r - beta * b) * Y",
        "Jensen 1968; quantstats greeks",
        _alpha,
        HALF_A_YEAR,
        "sessions",
        "empyrical alpha compounds the same mean: (1 + mean) ** Y - 1",
    ),
    Metric(
        "beta",
        Words("贝塔", "Beta"),
        "ratio",
        "cov(r, b) / var(b), ddof 1",
        "Sharpe 1964; empyrical beta; quantstats greeks",
        lambda c: c.against.beta,
        HALF_A_YEAR,
        "sessions",
    ),
    Metric(
        "information_ratio",
        Words("信息比率", "Information ratio"),
        "ratio",
        "mean(r - b) / std(r - b, ddof 1) * sqrt(Y)",
        "Goodwin 1998; empyrical excess_sharpe times sqrt(Y)",
        _information_ratio,
        HALF_A_YEAR,
        "sessions",
        "quantstats information_ratio and empyrical excess_sharpe are per session: without sqrt(Y)",
    ),
    Metric(
        "tracking_error",
        Words("跟踪误差", "Tracking error"),
        "rate",
        "std(r - b, ddof 1) * sqrt(Y)",
        "Roll 1992; empyrical annual_volatility of r - b",
        lambda c: c.against.active_deviation * YEAR_ROOT,
        HALF_A_YEAR,
        "sessions",
    ),
)
