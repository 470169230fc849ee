"""Why orders were refused, in both languages, and what of it is the market's doing."""

from engine.simulation.outcome import REJECT_TEXT, Reject
from engine.words import Words

OWN_RULES = (Reject.POSITION_CAP, Reject.INDUSTRY_CAP, Reject.NOT_TRADED, Reject.BREAKER)
"""The strategy's own choices: full slots, prices that were not reached. They refuse orders in any healthy run."""

_CHINESE = {
    Reject.SUSPENDED: "停牌，当日无行情",
    Reject.ZERO_VOLUME: "该周期无成交量",
    Reject.LIMIT_UP: "涨停，无人卖出",
    Reject.LIMIT_DOWN: "跌停，无人买入",
    Reject.NOT_SELLABLE: "无可卖股份：未持有、当日买入(T+1)或红股未上市",
    Reject.BELOW_LOT: "不足一手，或资金不够一手",
    Reject.NO_CASH: "资金不足",
    Reject.VOLUME_CAP: "超出可占成交量的上限",
    Reject.POSITION_CAP: "持仓只数已满",
    Reject.DELISTED: "已退市",
    Reject.INDUSTRY_CAP: "行业权重已满",
    Reject.NOT_TRADED: "未到委托价",
    Reject.BREAKER: "回撤或单日亏损熔断，停止买入",
}
REJECTS = {reject: Words(_CHINESE[reject], text) for reject, text in REJECT_TEXT}
NONE = Words("无", "none")


def most_frequent(refusals: tuple[int, ...], besides: tuple[Reject, ...] = ()) -> Words:
    """refusals by Reject; `besides`: those that do not count."""
    counted = [(count, -code) for code, count in enumerate(refusals) if count and Reject(code) not in besides]
    if not counted:
        return NONE
    return REJECTS[Reject(-max(counted)[1])]
