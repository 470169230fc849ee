"""Does it hang on one stock, one trade or one month."""

import numpy as np

from engine.doctor.case import Case
from engine.doctor.check import Check, Found
from engine.words import Words

MOST_OF_ONE = 0.5
"""Share of the gross profit."""
LEAST_STOCKS = 5
"""In the panel: who chose three stocks knows that one earns the most."""
LEAST_POSITIONS = 10
LEAST_MONTHS = 6


def _one_stock(case: Case) -> Found | None:
    if not case.earned_by_stock or case.market.shape[1] < LEAST_STOCKS:
        return None
    code, most = max(case.earned_by_stock.items(), key=lambda item: (item[1], item[0]))
    return _of_one(code, most, list(case.earned_by_stock.values()), case.pnl)


def _one_trade(case: Case) -> Found | None:
    if not case.earned or len(case.earned) < LEAST_POSITIONS:
        return None
    code, most = max(case.earned, key=lambda item: item[1])
    return _of_one(code, most, [pnl for _, pnl in case.earned], case.pnl)


def _of_one(code: str, most: int, every: list[int], pnl: int) -> Found | None:
    """most, every, pnl: li."""
    gross = sum(each for each in every if each > 0)
    if pnl <= 0 or (most <= gross * MOST_OF_ONE and most < pnl):
        return None
    return {"ts_code": code, "earned": most / 1000, "share": most / gross, "pnl": pnl / 1000, "rest": (pnl - most) / 1000}


def _one_month(case: Case) -> Found | None:
    """Without it: the month's growth is divided out of the window's."""
    months = case.dates // 100
    ends = np.append(np.flatnonzero(np.diff(months)), months.size - 1)
    if not months.size or ends.size < LEAST_MONTHS or case.pnl <= 0:
        return None
    curve = case.curve
    closes = [curve[0], *(curve[end + 1] for end in ends.tolist())]
    if min(closes) <= 0:
        return None
    best = max(range(1, len(closes)), key=lambda k: closes[k] / closes[k - 1])
    if curve[-1] * closes[best - 1] > curve[0] * closes[best]:
        return None
    month = int(months[ends[best - 1]])
    return {
        "month": f"{month // 100:04d}-{month % 100:02d}",
        "rate": closes[best] / closes[best - 1] - 1,
        "return": curve[-1] / curve[0] - 1,
        "rest": curve[-1] * closes[best - 1] / (curve[0] * closes[best]) - 1,
    }


CHECKS = (
    Check(
        "ONE_STOCK",
        "warning",
        Words("盈利集中在一只股票上", "One stock earned it"),
        Words(
            "总体盈利，股票池不少于 {least} 只，而一只股票占毛盈利的 {most:.0%} 以上，或去掉它就不再盈利",
            "a profit over {least} stocks or more, of which one earns above {most:.0%} of the gross profit, or without it nothing is left",
        ),
        Words(
            "{ts_code} 赚了 {earned:,.0f} 元，占毛盈利的 {share:.0%}；去掉它，总盈利 {pnl:,.0f} 元变为 {rest:,.0f} 元。",
            "{ts_code} earned {earned:,.0f} yuan, {share:.0%} of the gross profit; without it a profit of {pnl:,.0f} is {rest:,.0f}.",
        ),
        Words(
            "这更像一次选股运气，而不是可重复的规律。请把它移出股票池再回测，并限制单只权重（max_weight）。",
            "That is rather one lucky pick than a rule. Run again without it, and cap a stock's weight (max_weight).",
        ),
        _one_stock,
        {"least": LEAST_STOCKS, "most": MOST_OF_ONE},
    ),
    Check(
        "ONE_TRADE",
        "warning",
        Words("盈利集中在一笔交易上", "One trade earned it"),
        Words(
            "总体盈利，至少 {least} 笔交易与持仓，而一笔占毛盈利的 {most:.0%} 以上，或去掉它就不再盈利",
            "a profit of {least} trades and open positions or more, of which one earns above {most:.0%} of the gross profit, "
            "or without it nothing is left",
        ),
        Words(
            "{ts_code} 的一笔交易赚了 {earned:,.0f} 元，占毛盈利的 {share:.0%}；去掉它，总盈利 {pnl:,.0f} 元变为 {rest:,.0f} 元。",
            "One trade in {ts_code} earned {earned:,.0f} yuan, {share:.0%} of the gross profit; without it a profit of {pnl:,.0f} is "
            "{rest:,.0f}.",
        ),
        Words(
            "错过这一笔就没有这个结果。请核对这笔交易能否真实成交，并用更长区间检验。",
            "Who misses it has another result. Check whether it could have been filled, and take a longer window.",
        ),
        _one_trade,
        {"least": LEAST_POSITIONS, "most": MOST_OF_ONE},
    ),
    Check(
        "ONE_MONTH",
        "warning",
        Words("盈利来自一个月", "One month earned it"),
        Words(
            "总体盈利，至少 {least} 个月，而去掉最好的一个月就不再盈利",
            "a profit over {least} months or more, and without the best one nothing is left",
        ),
        Words(
            "{month} 收益 {rate:.1%}；去掉这个月，总收益由 {return:.1%} 变为 {rest:z.1%}。",
            "{month} returned {rate:.1%}; without it the total return of {return:.1%} is {rest:z.1%}.",
        ),
        Words(
            "结果取决于那一段行情是否在场。请看那个月是不是普涨，并与基准比较、换不同的起止日再回测。",
            "The result depends on having been there. See whether everything rose in that month, and try other starts and ends.",
        ),
        _one_month,
        {"least": LEAST_MONTHS},
    ),
)
