"""Would it have filled: limits, volume, refusals, the price that the signal saw, rules that were switched off."""

import numpy as np

from engine.doctor.case import Case
from engine.doctor.check import Check, Found
from engine.doctor.refusal_words import OWN_RULES, most_frequent
from engine.simulation.outcome import KIND, VALUE, Kind, Reject
from engine.words import Words

MOST_AT_LIMIT = 0.02
"""Share of fills."""
LARGE = 0.1
"""Share of a bar's volume, all fills of the bar on one side together."""
MOST_LARGE = 0.05
"""Share of fills that may be so large."""
LARGEST = 0.5
"""Share of a bar's volume that not a single order should take."""
MOST_REFUSED = 0.5
LEAST_ORDERS = 20


def _at_limit(case: Case) -> Found | None:
    """Purchases at the upper limit and sales at the lower one: there the other side is missing. Buying at the lower limit is easy."""
    if case.fills is None or case.limits_of_fills is None or not case.fills.bar.size:
        return None
    fills, market, (up, down) = case.fills, case.market, case.limits_of_fills
    high, low = (prices[fills.bar, fills.stock] for prices in (market.high, market.low))
    locked = np.where(fills.is_purchase, low >= up, high <= down)
    hard = locked | np.where(fills.is_purchase, fills.price >= up, fills.price <= down)
    count, share = int(hard.sum()), float(hard.mean())
    return {"count": count, "share": share, "locked": int(locked.sum())} if share > MOST_AT_LIMIT else None


def _shares_of_volume(case: Case) -> "np.ndarray[tuple[int], np.dtype[np.float64]] | None":
    """Of each bar, stock and side that was traded, what all its fills took of the bar's volume."""
    if case.fills is None or not case.fills.bar.size:
        return None
    fills = case.fills
    keys = np.stack((fills.bar, fills.stock, fills.is_purchase.astype(np.int64)))
    (bar, stock, _), at = np.unique(keys, axis=1, return_inverse=True)
    shares = np.zeros(bar.size, np.int64)
    np.add.at(shares, at.ravel(), fills.shares)
    volume = case.market.volume[bar, stock]
    traded = volume > 0  # an exact price from outside needs no bar
    return np.asarray(shares[traded] / volume[traded])


def _more_than_traded(case: Case) -> Found | None:
    taken = _shares_of_volume(case)
    if taken is None or not (taken > 1.0).any():
        return None
    return {"count": int((taken > 1.0).sum()), "most": float(taken.max())}


def _large_in_volume(case: Case) -> Found | None:
    taken = _shares_of_volume(case)
    if taken is None or not taken.size or (taken > 1.0).any():  # the graver finding says that one
        return None
    share, most = float((taken > LARGE).mean()), float(taken.max())
    return {"count": int((taken > LARGE).sum()), "share": share, "most": most} if share > MOST_LARGE or most > LARGEST else None


def _many_refusals(case: Case) -> Found | None:
    refusals = case.tallies.refusals
    refused = sum(count for code, count in enumerate(refusals) if Reject(code) not in OWN_RULES)
    orders = refused + case.tallies.buys + case.tallies.sells
    if case.tallies.buys == 0 or orders < LEAST_ORDERS or refused <= MOST_REFUSED * orders:
        return None
    return {"refused": refused, "orders": orders, "share": refused / orders, "reason": most_frequent(refusals, OWN_RULES)}


def _optimistic_fill(case: Case) -> Found | None:
    return {"fills": case.tallies.buys + case.tallies.sells} if case.terms.conditions.fill == "close" and case.tallies.buys else None


def _rules_off(case: Case) -> Found | None:
    conditions = case.terms.conditions
    off = [words for words, is_off in (
        (Words("涨跌停", "price limits"), not conditions.price_limits),
        (Words("T+1", "T+1"), not conditions.t_plus_one),
        (Words("整手", "lots"), not conditions.lots),
        (Words("红利税", "tax on dividends"), conditions.actions == "cash" and not conditions.dividend_tax),
        (Words("印花税", "stamp duty"), conditions.stamp_duty == 0),
        (Words("佣金", "commission"), case.terms.commission == 0),
    ) if is_off]  # fmt: skip
    return {"rules": Words("、".join(words.zh for words in off), ", ".join(words.en for words in off))} if off else None


def _delisted(case: Case) -> Found | None:
    if case.events is None:
        return None
    closed = case.events[case.events[:, KIND] == Kind.DELISTED]
    return {"positions": len(closed), "value": int(closed[:, VALUE].sum()) / 1000} if len(closed) else None


CHECKS = (
    Check(
        "MORE_THAN_TRADED",
        "serious",
        Words("成交量超过了市场的实际成交量", "More was filled than the market traded"),
        Words("同一根K线、同一方向的成交股数超过该K线的成交量", "the fills of a bar on one side are more shares than the bar's volume"),
        Words(
            "{count} 次成交超过了当根K线的全部成交量，最大为 {most:.1f} 倍。",
            "More was filled than the whole bar traded in {count} cases, in the worst {most:.1f} times its volume.",
        ),
        Words(
            "这样的成交不可能发生。请设置 volume_cap（例如 10%）、减少资金，或只选成交活跃的股票。",
            "Nobody was there to trade with. Set a volume_cap (10%, say), use less money, or choose stocks that trade more.",
        ),
        _more_than_traded,
    ),
    Check(
        "LARGE_IN_VOLUME",
        "warning",
        Words("单笔成交占成交量比例过高", "Fills are large in the volume of their bars"),
        Words(
            "超过 {most_large:.0%} 的成交占当根K线成交量的 {large:.0%} 以上，或有成交超过 {largest:.0%}",
            "more than {most_large:.0%} of the fills take above {large:.0%} of the bar's volume, or one takes above {largest:.0%}",
        ),
        Words(
            "{share:.0%} 的成交（{count} 次）占当根K线成交量的 {large:.0%} 以上，最大 {most:.0%}。",
            "{share:.0%} of the fills ({count}) take above {large:.0%} of the bar's volume, at most {most:.0%}.",
        ),
        Words(
            "这样的量会推动价格，实盘拿不到这个成交价。请设置 volume_cap，用 impact 滑点模型，或减少资金，看收益还剩多少。",
            "So much moves the price. Set a volume_cap, use the slippage model `impact`, or trade less money, and see what is left.",
        ),
        _large_in_volume,
        {"most_large": MOST_LARGE, "large": LARGE, "largest": LARGEST},
    ),
    Check(
        "FILLS_AT_LIMIT",
        "warning",
        Words("在涨停价买入或跌停价卖出", "Purchases at the upper limit, or sales at the lower one"),
        Words(
            "超过 {most:.0%} 的成交是涨停价买入或跌停价卖出（含一字板）",
            "more than {most:.0%} of the fills buy at the upper limit or sell at the lower one, or meet a bar that never left it",
        ),
        Words(
            "{count} 笔成交（{share:.1%}）是涨停价买入或跌停价卖出，其中 {locked} 笔在一字板上。",
            "{count} fills ({share:.1%}) buy at the upper limit or sell at the lower one; {locked} of them in bars that never left it.",
        ),
        Words(
            "封板时排队多半轮不到，这些成交不可当真。请打开涨跌停规则，避免追涨停，或去掉这些交易后再看收益。",
            "At the limit one stands in a queue and mostly gets nothing. Keep the rule of price limits on, do not chase limits, "
            "or see what is left without these trades.",
        ),
        _at_limit,
        {"most": MOST_AT_LIMIT},
    ),
    Check(
        "OPTIMISTIC_FILL",
        "warning",
        Words("以产生信号的收盘价成交", "It trades at the very close that the signal saw"),
        Words("fill: close", "fill: close"),
        Words(
            "信号用到当日收盘价，{fills} 笔成交也按这个收盘价计。",
            "Signals read the close, and {fills} fills were made at that same close.",
        ),
        Words(
            "收盘价出来时市场已经收市，实盘做不到；隔夜跳空的代价也被略去了。请改用 fill: next_open 再比较。",
            "When the close is known, the market is shut; the gap overnight costs nothing here. Compare with fill: next_open.",
        ),
        _optimistic_fill,
    ),
    Check(
        "MANY_REFUSALS",
        "warning",
        Words("被拒委托过多", "Most orders were refused"),
        Words(
            "至少 {least} 笔委托，其中超过 {most:.0%} 因市场或资金被拒（持仓已满、行业已满、未到委托价、熔断不计）",
            "{least} orders or more, and more than {most:.0%} refused by the market or for want of money (not counted: full slots "
            "or industries, prices not reached, breakers)",
        ),
        Words(
            "{orders} 笔委托中 {refused} 笔（{share:.0%}）被拒，最多的原因：{reason}。",
            "{refused} of {orders} orders ({share:.0%}) were refused, most often: {reason}.",
        ),
        Words(
            "结果取决于哪些委托碰巧成交，而不是策略本身。停牌或涨停多，请在入场条件里排除；不足一手或资金不足，请增加资金或减少槽位。",
            "The result is that of the orders which happened to fill. Keep suspended stocks and those at the limit out of the entry; "
            "where a lot is too dear, use more cash or fewer slots.",
        ),
        _many_refusals,
        {"least": LEAST_ORDERS, "most": MOST_REFUSED},
    ),
    Check(
        "RULES_OFF",
        "warning",
        Words("关闭了市场规则或费用", "Rules or costs of the market are switched off"),
        Words(
            "涨跌停、T+1、整手、红利税、印花税或佣金被关闭",
            "price limits, T+1, lots, tax on dividends, stamp duty or commission are off",
        ),
        Words("本次回测没有执行：{rules}。", "This run ignores: {rules}."),
        Words(
            "只适合复现别处的结果；实盘躲不开这些规则。请打开后再看。",
            "Good for replaying what ignored them; an account cannot. Switch them on.",
        ),
        _rules_off,
    ),
    Check(
        "DELISTED",
        "warning",
        Words("持仓遭遇退市", "Positions were held into a delisting"),
        Words("有持仓在退市时按最后收盘价清算", "a position was closed at the last close because the stock was delisted"),
        Words(
            "{positions} 只持仓退市，按最后收盘价共计 {value:,.0f} 元。",
            "Positions that ended so: {positions}, at last closes of {value:,.0f} yuan.",
        ),
        Words(
            "实际中股份转入老三板，往往难以按此价卖出。请按归零估算一遍，并在退市整理期之前离场（排除 ST）。",
            "The shares go over the counter, where that price is rarely paid. Count them as nothing, and leave earlier: avoid ST.",
        ),
        _delisted,
    ),
)
