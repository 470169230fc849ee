"""Metrics of what was traded and held, what it cost, and how much there is to judge by."""

import numpy as np

from engine.arrays import Floats
from engine.statistics.curve import LI, SESSIONS_A_YEAR, Curve
from engine.statistics.metric import Metric
from engine.words import Words

ENOUGH_TRADES = 30
HALF_A_YEAR = SESSIONS_A_YEAR // 2


def _payoff(curve: Curve) -> Floats:
    traded = curve.traded
    return traded.gross_profit * (traded.trades - traded.wins) / (traded.gross_loss * traded.wins)


def _turnover(curve: Curve) -> Floats:
    traded = (curve.traded.bought + curve.traded.sold) / 2.0
    return traded * SESSIONS_A_YEAR / (curve.moments.equity * curve.sessions)


def _cost_share(curve: Curve) -> Floats:
    earned = curve.earned + curve.traded.fees
    return np.where(earned > 0.0, curve.traded.fees / earned, np.nan)


TRADE_ROWS: tuple[Metric, ...] = (
    Metric(
        "trades", Words("交易次数", "Trades"), "count", "positions opened and closed", "count", lambda c: c.traded.trades, is_whole=True
    ),
    Metric(
        "win_rate",
        Words("胜率", "Win rate"),
        "rate",
        "wins / trades, after fees and tax, dividends included",
        "ratio of counts",
        lambda c: c.traded.wins / c.traded.trades,
        ENOUGH_TRADES,
        "trades",
        "quantstats win_rate is of sessions, not of trades",
    ),
    Metric(
        "profit_factor",
        Words("盈亏总额比", "Profit factor"),
        "ratio",
        "sum of winning trades / sum of losing trades",
        "Schwager 1989",
        lambda c: c.traded.gross_profit / c.traded.gross_loss,
        ENOUGH_TRADES,
        "trades",
        "quantstats profit_factor is of sessions, not of trades",
    ),
    Metric(
        "payoff",
        Words("盈亏比", "Payoff ratio"),
        "ratio",
        "mean winning trade / mean losing trade",
        "ratio of means",
        _payoff,
        ENOUGH_TRADES,
        "trades",
        "quantstats payoff_ratio is of sessions, not of trades",
    ),
    Metric(
        "expectancy",
        Words("每笔期望", "Expectancy"),
        "yuan",
        "mean earnings of a trade, after fees and tax, dividends included",
        "Tharp 1998",
        lambda c: (c.traded.gross_profit - c.traded.gross_loss) / LI / c.traded.trades,
        ENOUGH_TRADES,
        "trades",
    ),
    Metric(
        "holding",
        Words("平均持有", "Mean holding"),
        "sessions",
        "mean sessions of a trade",
        "mean",
        lambda c: c.traded.holding_sessions / c.traded.trades,
        ENOUGH_TRADES,
        "trades",
    ),
    Metric(
        "exposure",
        Words("平均仓位", "Exposure"),
        "rate",
        "mean over the bars of (value of the holdings / equity), each share rounded down to billionths",
        "mean",
        lambda c: c.traded.invested / 1_000_000_000.0 / c.bars,
        differs="quantstats exposure is the share of sessions whose return is not 0: see time_in_market",
    ),
    Metric(
        "time_in_market",
        Words("持仓时间占比", "Time in the market"),
        "rate",
        "bars at whose close something is held / bars",
        "share",
        lambda c: c.traded.held_bars / c.bars,
        differs="quantstats exposure counts returns that are not 0, and rounds up to a percent",
    ),
    Metric(
        "turnover",
        Words("年换手率", "Turnover"),
        "per year",
        "(bought + sold) / 2 / mean(E) * Y / S",
        "one side of what was traded, by equity",
        _turnover,
        HALF_A_YEAR,
        "sessions",
    ),
    Metric(
        "fees",
        Words("交易费用", "Fees"),
        "yuan",
        "commission + stamp duty + transfer fees, without dividend_tax",
        "sum",
        lambda c: c.traded.fees / LI,
    ),
    Metric("commission", Words("佣金", "Commission"), "yuan", "sum of commissions", "sum", lambda c: c.traded.commission / LI),
    Metric("stamp_duty", Words("印花税", "Stamp duty"), "yuan", "sum of stamp duties", "sum", lambda c: c.traded.duty / LI),
    Metric("transfer_fee", Words("过户费", "Transfer fees"), "yuan", "sum of transfer fees", "sum", lambda c: c.traded.transfer / LI),
    Metric(
        "dividends",
        Words("现金分红", "Dividends"),
        "yuan",
        "sum of cash dividends paid, before tax",
        "sum",
        lambda c: c.traded.dividends / LI,
    ),
    Metric("dividend_tax", Words("红利税", "Dividend tax"), "yuan", "sum of the tax withheld at sales", "sum", lambda c: c.traded.tax / LI),
    Metric(
        "cost_share",
        Words("费用占毛利", "Fees' share of gross earnings"),
        "rate",
        "fees / (pnl + fees); none where that was not earned",
        "share",
        _cost_share,
    ),
    Metric(
        "refused",
        Words("被拒委托", "Refused orders"),
        "count",
        "orders refused, each time counted",
        "count",
        lambda c: c.traded.refused,
        is_whole=True,
    ),
    Metric("sessions", Words("交易日数", "Sessions"), "count", "S", "count", lambda c: c.sessions, is_whole=True),
)
