"""Is it too good: a look ahead, returns that no honest strategy has, sessions that the limits forbid."""

from math import sqrt

import numpy as np

from engine.doctor.case import Case, day_of
from engine.doctor.check import Check, Found
from engine.doctor.evidence import LEAST_SESSIONS, LEAST_TRADES
from engine.simulation.limits import number_of
from engine.simulation.rule_rows import PRICE_LIMITS
from engine.words import Words

GOOD_END = 0.65
"""Mean place of fills in their bars: 0 at the bad end, 1 at the good one. Measured on random bars:
honest signals 0.47 to 0.55, those that know every second bar's way 0.69 to 0.73, those that know all of them 0.9."""
SIGNIFICANT = 5.0
"""z; far out, because fills of one strategy are not independent."""
LEAST_BARS = 30
_LEAST_DEVIATION = 0.1
"""Of places, so that a handful of equal bars proves nothing."""
MOST_WINS = 0.9
HIGHEST_RETURN = 3.0
HIGHEST_SHARPE = 5.0
LEAST_VOLATILITY = 0.05
"""Below it a Sharpe ratio says nothing: money market funds rise every day."""


def _look_ahead(case: Case) -> Found | None:
    """Of market orders, a mean for each bar first, because the stocks of a day move together."""
    if case.fills is None or case.terms.conditions.fill == "close":
        return None
    fills, market = case.fills, case.market
    high, low = (prices[fills.bar, fills.stock].astype(np.int64) for prices in (market.high, market.low))
    told = fills.at_market & (high > low)
    better = np.where(fills.is_purchase, high - fills.price, fills.price - low)[told] / (high - low)[told]
    bars, at = np.unique(fills.bar[told], return_inverse=True)
    if bars.size < LEAST_BARS:
        return None
    places = np.bincount(at, np.clip(better, 0.0, 1.0)) / np.bincount(at)
    mean = float(places.mean())
    z = (mean - 0.5) / max(float(places.std(ddof=1)), _LEAST_DEVIATION) * sqrt(bars.size)
    return {"fills": int(told.sum()), "bars": int(bars.size), "place": mean, "z": z} if mean > GOOD_END and z > SIGNIFICANT else None


def _too_many_wins(case: Case) -> Found | None:
    trades, wins = case.tallies.trades, case.tallies.wins
    if trades < LEAST_TRADES or wins <= MOST_WINS * trades:
        return None
    losing = [position.pnl for position in case.positions if position.pnl < 0]
    return {"trades": trades, "share": wins / trades, "losing": len(losing), "loss": -sum(losing) / 1000}


def _absurd_return(case: Case) -> Found | None:
    if len(case.curve) - 1 < LEAST_SESSIONS:
        return None
    growth, sharpe, volatility = (case.figure(key) for key in ("annual_return", "sharpe", "volatility"))
    is_absurd = growth is not None and growth > HIGHEST_RETURN
    is_smooth = sharpe is not None and sharpe > HIGHEST_SHARPE and volatility is not None and volatility > LEAST_VOLATILITY
    if growth is None or sharpe is None or not (is_absurd or is_smooth):
        return None
    return {"annual_return": growth, "sharpe": sharpe}


def _beyond_limits(case: Case) -> Found | None:
    """From the lower limit at the purchase to the upper one at the close is the most that a session gives, but for new listings."""
    if not case.dates.size:
        return None
    last = int(case.dates[-1])
    boards = set(case.market.boards) if case.fills is None else {case.market.boards[each] for each in set(case.fills.stock.tolist())}
    percent = max((row.percent for row in PRICE_LIMITS if row.board in boards and number_of(row.since) <= last), default=None)
    if percent is None:
        return None
    pairs = zip(case.curve, case.curve[1:], strict=False)
    beyond = [k for k, (before, now) in enumerate(pairs) if now * (100 - percent) > before * (100 + percent)]
    if not beyond:
        return None
    most = max(beyond, key=lambda k: case.curve[k + 1] / case.curve[k])
    return {
        "sessions": len(beyond),
        "date": day_of(int(case.dates[most])),
        "rate": case.curve[most + 1] / case.curve[most] - 1,
        "widest": (100 + percent) / (100 - percent) - 1,
    }


CHECKS = (
    Check(
        "LOOK_AHEAD",
        "serious",
        Words("疑似用到了未来数据", "It seems to know the future"),
        Words(
            "市价委托的成交价系统性地靠近当根K线的有利一端：平均位置高于 {place_limit:.0%}，z 高于 {z_limit:g}，至少 {least} 根K线",
            "market orders fill at the good end of their bars: mean place above {place_limit:.0%}, z above {z_limit:g}, "
            "in {least} bars or more",
        ),
        Words(
            "{fills} 笔市价成交平均落在K线有利一端的 {place:.0%} 处（偶然应约为 50%，z = {z:.1f}）。",
            "{fills} market orders filled at {place:.0%} of the way to the good end of their bars (chance: about 50%; z = {z:.1f}).",
        ),
        Words(
            "买在低处、卖在高处如此稳定，多半是信号里含有当根K线的信息。请检查委托表的时间戳、复权与财务数据的公告日，把信号整体后移一根再回测。",
            "To buy low and sell high so steadily, signals mostly hold the bar itself. Check time stamps of the orders and announcement "
            "dates of the data, and run again with every signal one bar later.",
        ),
        _look_ahead,
        {"place_limit": GOOD_END, "z_limit": SIGNIFICANT, "least": LEAST_BARS},
    ),
    Check(
        "ABSURD_RETURN",
        "serious",
        Words("收益好得不可信", "Too good to be true"),
        Words(
            "至少 {least} 个交易日，年化收益高于 {return_limit:.0%}，或夏普高于 {sharpe_limit:g}（波动率高于 {volatility:.0%} 时）",
            "{least} sessions or more, and an annual return above {return_limit:.0%}, or a Sharpe ratio above {sharpe_limit:g} "
            "(volatility above {volatility:.0%})",
        ),
        Words("年化收益 {annual_return:.0%}，夏普 {sharpe:.2f}。", "Annual return {annual_return:.0%}, Sharpe ratio {sharpe:.2f}."),
        Words(
            "实盘中几乎没有这样的策略。常见原因：未来数据、价格或复权数据有误、在涨停板与小成交量上成交、资金量不现实。请逐笔核对盈利最大的交易。",
            "Hardly anything real does this. Usual causes: a look ahead, wrong prices or factors, fills at limits or in thin volume. "
            "Check the largest trades one by one.",
        ),
        _absurd_return,
        {"least": LEAST_SESSIONS, "return_limit": HIGHEST_RETURN, "sharpe_limit": HIGHEST_SHARPE, "volatility": LEAST_VOLATILITY},
    ),
    Check(
        "BEYOND_LIMITS",
        "serious",
        Words("单日收益超过涨跌停所允许的幅度", "A session earned more than the price limits allow"),
        Words(
            "某日收益高于从跌停买入到涨停收盘的幅度（按成交过的最宽的板块）",
            "a session's return is above that from the lower limit to the upper one, of the widest board that was traded",
        ),
        Words(
            "{sessions} 个交易日超过上限 {widest:.1%}，最大的是 {date} 的 {rate:.1%}。",
            "Sessions that earned more than {widest:.1%}: {sessions}; the largest is {date} with {rate:.1%}.",
        ),
        Words(
            "除了新股上市初期等无涨跌幅限制的日子，这只能是数据错误，例如漏了除权。请核对那一天的持仓与行情。",
            "But for the unlimited first sessions of a listing, that is an error of the data, such as an ex-date that is missing. "
            "Check what was held on that day.",
        ),
        _beyond_limits,
    ),
    Check(
        "TOO_MANY_WINS",
        "warning",
        Words("胜率高得可疑", "Suspiciously many trades win"),
        Words(
            "至少 {least} 笔完整交易，胜率高于 {most:.0%}",
            "{least} closed trades or more, and above {most:.0%} of them win",
        ),
        Words(
            "{trades} 笔交易中 {share:.0%} 盈利；期末另有 {losing} 只持仓浮亏共 {loss:,.0f} 元。",
            "{share:.0%} of {trades} trades win; open positions at a loss at the end: {losing}, {loss:,.0f} yuan.",
        ),
        Words(
            "要么信号用到了未来数据，要么亏损只是扛着不卖、一次大亏就会吃掉多次小赚。请看最大单笔亏损与最大回撤，并加上止损再试。",
            "Either a signal sees the future, or losses are only sat out and one takes what many small wins brought. "
            "Look at the worst trade and the deepest drawdown, and try a stop loss.",
        ),
        _too_many_wins,
        {"least": LEAST_TRADES, "most": MOST_WINS},
    ),
)
