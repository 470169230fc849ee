"""Metrics of how the equity moved on its way: deviations, ratios of return to risk, falls, tails."""

from engine.statistics.curve import SESSIONS_A_YEAR, Curve, Figure
from engine.statistics.metric import YEAR_ROOT, Metric, ratio
from engine.words import Words

HALF_A_YEAR = SESSIONS_A_YEAR // 2
YEAR = SESSIONS_A_YEAR
"""One session in twenty of fewer than these is a handful, and a third or fourth moment hangs on one day."""


def _sharpe(curve: Curve) -> Figure:
    return ratio(curve.moments.mean * YEAR_ROOT, curve.moments.deviation)


def _sortino(curve: Curve) -> Figure:
    return ratio(curve.moments.mean * YEAR_ROOT, curve.moments.downside)


def _calmar(curve: Curve) -> Figure:
    return None if curve.growth is None else ratio(curve.growth, -curve.fall.depth)


RISK_ROWS: tuple[Metric, ...] = (
    Metric(
        "volatility",
        Words("年化波动率", "Volatility"),
        "rate",
        "std(r, ddof 1) * sqrt(Y)",
        "empyrical annual_volatility; quantstats volatility",
        lambda c: c.moments.deviation * YEAR_ROOT,
        HALF_A_YEAR,
        "sessions",
    ),
    Metric(
        "sharpe",
        Words("夏普比率", "Sharpe ratio"),
        "ratio",
        "mean(r) / std(r, ddof 1) * sqrt(Y)",
        "Sharpe 1994; empyrical sharpe_ratio; quantstats sharpe",
        _sharpe,
        HALF_A_YEAR,
        "sessions",
        "None where nothing varies; the libraries say NaN or infinity",
    ),
    Metric(
        "sortino",
        Words("索提诺比率", "Sortino ratio"),
        "ratio",
        "mean(r) / sqrt(mean(min(r, 0) ** 2)) * sqrt(Y)",
        "Sortino and Price 1994; empyrical sortino_ratio; quantstats sortino",
        _sortino,
        HALF_A_YEAR,
        "sessions",
        "None where no session lost; the libraries say NaN or infinity",
    ),
    Metric(
        "calmar",
        Words("卡玛比率", "Calmar ratio"),
        "ratio",
        "annual_return / -max_dd",
        "Young 1991; empyrical calmar_ratio",
        _calmar,
        HALF_A_YEAR,
        "sessions",
        "None where nothing fell; on minute bars the fall is that of the bars, deeper than the libraries' of the sessions",
    ),
    Metric(
        "max_dd",
        Words("最大回撤", "Maximum drawdown"),
        "rate",
        "min(E / running maximum of E - 1) over all bars, E[0] included",
        "empyrical max_drawdown; quantstats max_drawdown",
        lambda c: c.fall.depth,
        differs="on minute bars it is that of the bars, deeper than the libraries' of the sessions",
    ),
    Metric(
        "max_dd_start",
        Words("最大回撤起点", "Drawdown's peak"),
        "date",
        "session of the last bar at the peak before the trough; none where that is the initial cash",
        "pyfolio get_max_drawdown",
        lambda c: c.fall.start,
    ),
    Metric(
        "max_dd_trough",
        Words("最大回撤谷底", "Drawdown's trough"),
        "date",
        "session of the first bar at max_dd",
        "pyfolio get_max_drawdown",
        lambda c: c.fall.trough,
    ),
    Metric(
        "max_dd_recovery",
        Words("最大回撤修复", "Drawdown's recovery"),
        "date",
        "session of the first bar after the trough at or above the peak; none where the window ends before",
        "pyfolio get_max_drawdown",
        lambda c: c.fall.recovery,
    ),
    Metric(
        "max_dd_sessions",
        Words("最大回撤历时", "Drawdown's length"),
        "sessions",
        "from the peak's session to the recovery's, or to the window's last; the initial cash is one session before the first",
        "count",
        lambda c: c.fall.sessions,
        differs="quantstats drawdown_details counts calendar days, to the last day below the peak",
    ),
    Metric(
        "var_95",
        Words("在险价值(95%)", "Value at risk, 95%"),
        "rate",
        "5th percentile of r, between two returns by linear interpolation",
        "historical simulation; empyrical value_at_risk",
        lambda c: c.moments.value_at_risk,
        YEAR,
        "sessions",
        "quantstats value_at_risk assumes the normal distribution",
    ),
    Metric(
        "cvar_95",
        Words("条件在险价值(95%)", "Expected shortfall, 95%"),
        "rate",
        "mean of the floor((S - 1) / 20) + 1 lowest r",
        "Rockafellar and Uryasev 2000; empyrical conditional_value_at_risk",
        lambda c: c.moments.shortfall,
        YEAR,
        "sessions",
        "quantstats conditional_value_at_risk assumes the normal distribution",
    ),
    Metric(
        "skew",
        Words("偏度", "Skewness"),
        "ratio",
        "G1: sqrt(S * (S - 1)) / (S - 2) * m3 / m2 ** 1.5, m central moments of r, ddof 0",
        "Joanes and Gill 1998; pandas skew; quantstats skew",
        lambda c: c.moments.skew,
        YEAR,
        "sessions",
    ),
    Metric(
        "kurtosis",
        Words("超额峰度", "Excess kurtosis"),
        "ratio",
        "G2: (S - 1) / ((S - 2) * (S - 3)) * ((S + 1) * (m4 / m2 ** 2 - 3) + 6)",
        "Joanes and Gill 1998; pandas kurt; quantstats kurtosis",
        lambda c: c.moments.kurtosis,
        YEAR,
        "sessions",
    ),
    Metric(
        "best_session",
        Words("最佳单日", "Best session"),
        "rate",
        "max(r)",
        "quantstats best",
        lambda c: c.moments.best,
    ),
    Metric(
        "worst_session",
        Words("最差单日", "Worst session"),
        "rate",
        "min(r)",
        "quantstats worst",
        lambda c: c.moments.worst,
    ),
    Metric(
        "positive_sessions",
        Words("上涨日占比", "Sessions that rose"),
        "rate",
        "count(r > 0) / S",
        "share",
        lambda c: ratio(c.moments.rising, c.sessions),
        differs="quantstats win_rate leaves sessions without a change out",
    ),
)
