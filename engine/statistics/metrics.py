"""What an equity curve and the tallies of its trades say: one row per metric, with its formula and its source.

Sums run over the sessions in order, with + - * / and sqrt only; the one power goes through decimal arithmetic, whose digits do not depend
on the machine. Results are rounded to 12 significant digits; None where a figure does not exist (too few sessions, nothing to divide by).
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal
from math import isfinite, nan, sqrt
from typing import NamedTuple

import numpy as np

from engine.arrays import Integers, Prices
from engine.compiled import kernel
from engine.market import Benchmark
from engine.simulation import Tallies

SESSIONS_A_YEAR = 244
LI = 1_000.0
"""li in a yuan."""

Figure = float | int | None


class Moments(NamedTuple):
    """Of the returns per session, the first against the initial cash. NaN where there are too few."""

    mean: float
    deviation: float
    """Of a sample: ddof 1."""
    downside: float
    """Root of the mean square of the losing sessions' returns, over all sessions."""
    drawdown: float
    """The deepest fall from a peak, at most 0; over all bars, the initial cash being the first point."""
    equity: float
    """Mean at the sessions' ends, li."""


class Curve(NamedTuple):
    """Everything that a metric is computed from. Money in li."""

    initial: int
    final: int
    sessions: int
    growth: Figure
    """A year's return."""
    moments: Moments
    tallies: Tallies


@dataclass(frozen=True)
class Metric:
    key: str
    """As on the wire."""
    formula: str
    """r: returns per session; S: sessions; Y = 244 sessions a year; E: equity; risk-free rate 0."""
    unit: str
    source: str
    of: Callable[[Curve], Figure]


class Sessions(NamedTuple):
    """The S sessions of a window."""

    ends: Integers
    """(S,) the row of each session's last bar."""
    dates: Prices
    """(S,) YYYYMMDD."""


def statistics(
    equity: Integers, sessions: Sessions, initial_cash: int, tallies: Tallies, benchmark: Benchmark | None = None
) -> dict[str, Figure]:
    """Every metric by its key. equity (R,) li at each bar of the window."""
    ends = sessions.ends
    moments = Moments(*_moments(equity, ends, float(initial_cash)))
    final = int(equity[-1]) if equity.size else initial_cash
    curve = Curve(initial_cash, final, ends.size, annual_return(initial_cash, final, ends.size), moments, tallies)
    return {metric.key: rounded(metric.of(curve)) for metric in METRICS}


def sessions_of(dates: Prices) -> Sessions:
    """dates: of each bar of the window, ascending."""
    ends = np.append(np.flatnonzero(np.diff(dates)), dates.size - 1)[: dates.size].astype(np.int64)
    return Sessions(ends, dates[ends])


def rounded(figure: Figure) -> Figure:
    """12 significant digits; counts stay as they are, what is not finite is None."""
    if figure is None or isinstance(figure, int):
        return figure
    return float(f"{figure:.12g}") + 0.0 if isfinite(figure) else None


@kernel
def _moments(equity: Integers, ends: Integers, initial: float) -> tuple[float, float, float, float, float]:
    """Two passes: the mean first, then the squares around it, so that a steady curve has no spurious deviation."""
    total, money, losses = 0.0, 0.0, 0.0
    previous = initial
    for k in range(ends.size):
        now = float(equity[ends[k]])
        earned = now / previous - 1.0
        total += earned
        money += now
        if earned < 0.0:
            losses += earned * earned
        previous = now
    count = float(ends.size)
    mean, squares = total / count, 0.0
    previous = initial
    for k in range(ends.size):
        now = float(equity[ends[k]])
        deviation = now / previous - 1.0 - mean
        squares += deviation * deviation
        previous = now
    peak, deepest = initial, 0.0
    for k in range(equity.size):
        now = float(equity[k])
        peak = max(peak, now)
        deepest = min(deepest, now / peak - 1.0)
    return mean, sqrt(squares / (count - 1.0)) if count > 1.0 else nan, sqrt(losses / count), deepest, money / count


def annual_return(initial: int, final: int, sessions: int) -> Figure:
    """The power of a ratio of two integers, to 30 digits in decimal arithmetic: no libm, whose last bits change with the machine."""
    if sessions == 0 or final < 0:
        return None
    context = Context(prec=30)
    growth = context.divide(Decimal(final), Decimal(initial))
    return float(context.power(growth, context.divide(Decimal(SESSIONS_A_YEAR), Decimal(sessions)))) - 1.0


def _ratio(top: float, bottom: float) -> Figure:
    return top / bottom if bottom else None


def _per_year(figure: float) -> float:
    """A deviation per session as one per year."""
    return figure * sqrt(SESSIONS_A_YEAR)


def _sharpe(curve: Curve) -> Figure:
    return _ratio(curve.moments.mean * sqrt(SESSIONS_A_YEAR), curve.moments.deviation)


def _sortino(curve: Curve) -> Figure:
    return _ratio(curve.moments.mean * sqrt(SESSIONS_A_YEAR), curve.moments.downside)


def _calmar(curve: Curve) -> Figure:
    return None if curve.growth is None else _ratio(curve.growth, -curve.moments.drawdown)


def _turnover(curve: Curve) -> Figure:
    traded = (curve.tallies.bought + curve.tallies.sold) / 2.0
    return _ratio(traded * SESSIONS_A_YEAR, curve.moments.equity * curve.sessions) if curve.sessions else None


def _payoff(curve: Curve) -> Figure:
    wins, losses = curve.tallies.wins, curve.tallies.trades - curve.tallies.wins
    return _ratio(curve.tallies.gross_profit * losses, curve.tallies.gross_loss * wins)


METRICS: tuple[Metric, ...] = (
    Metric("pnl", "E[S] - E[0]", "yuan", "difference", lambda c: (c.final - c.initial) / LI),
    Metric("return", "E[S] / E[0] - 1", "", "empyrical cum_returns_final", lambda c: c.final / c.initial - 1.0),
    Metric("annual_return", "(E[S] / E[0]) ** (Y / S) - 1", "", "empyrical annual_return (CAGR)", lambda c: c.growth),
    Metric("volatility", "std(r, ddof 1) * sqrt(Y)", "", "empyrical annual_volatility", lambda c: _per_year(c.moments.deviation)),
    Metric("sharpe", "mean(r) / std(r, ddof 1) * sqrt(Y)", "", "Sharpe 1994; empyrical sharpe_ratio", _sharpe),
    Metric("sortino", "mean(r) / sqrt(mean(min(r, 0) ** 2)) * sqrt(Y)", "", "Sortino and Price 1994; empyrical sortino_ratio", _sortino),
    Metric("calmar", "annual_return / -max_dd", "", "Young 1991; empyrical calmar_ratio", _calmar),
    Metric("max_dd", "min(E / running maximum of E - 1), E[0] included", "", "empyrical max_drawdown", lambda c: c.moments.drawdown),
    Metric("trades", "positions opened and closed", "", "count", lambda c: c.tallies.trades),
    Metric(
        "win_rate",
        "wins / trades, after fees and tax, dividends included",
        "",
        "ratio of counts",
        lambda c: _ratio(c.tallies.wins, c.tallies.trades),
    ),
    Metric(
        "profit_factor",
        "sum of winning trades / sum of losing trades",
        "",
        "Schwager 1989",
        lambda c: _ratio(c.tallies.gross_profit, c.tallies.gross_loss),
    ),
    Metric("payoff", "mean winning trade / mean losing trade", "", "ratio of means", _payoff),
    Metric(
        "expectancy",
        "mean earnings of a trade, after fees and tax, dividends included",
        "yuan",
        "Tharp 1998",
        lambda c: _ratio((c.tallies.gross_profit - c.tallies.gross_loss) / LI, c.tallies.trades),
    ),
    Metric("holding", "mean sessions of a trade", "sessions", "mean", lambda c: _ratio(c.tallies.holding_sessions, c.tallies.trades)),
    Metric("turnover", "(bought + sold) / 2 / mean(E) * Y / S", "per year", "one side of what was traded, by equity", _turnover),
    Metric("fees", "commission + stamp duty + transfer fees, without dividend_tax", "yuan", "sum", lambda c: c.tallies.fees / LI),
    Metric("commission", "sum of commissions", "yuan", "sum", lambda c: c.tallies.commission / LI),
    Metric("stamp_duty", "sum of stamp duties", "yuan", "sum", lambda c: c.tallies.duty / LI),
    Metric("transfer_fee", "sum of transfer fees", "yuan", "sum", lambda c: c.tallies.transfer / LI),
    Metric("dividends", "sum of cash dividends paid, before tax", "yuan", "sum", lambda c: c.tallies.dividends / LI),
    Metric("dividend_tax", "sum of the tax withheld at sales", "yuan", "sum", lambda c: c.tallies.tax / LI),
    Metric("refused", "orders refused, each time counted", "", "count", lambda c: sum(c.tallies.refusals)),
)
