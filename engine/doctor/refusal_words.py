"""Why orders were refused, in both languages, and what of it is the market's doing."""

from engine.simulation.outcome import REJECT_TEXT, Reject
from engine.words import Words

OWN_RULES = (Reject.POSITION_CAP, Reject.INDUSTRY_CAP, Reject.NOT_TRADED, Reject.BREAKER)
"""The strategy's own choices: full slots, prices that were not reached. They refuse orders in any healthy run."""

_CHINESE = {
    Reject.SUSPENDED: "停牌",
    Reject.ZERO_VOLUME: "无成交量",
    Reject.LIMIT_UP: "涨停买不进",
    Reject.LIMIT_DOWN: "跌停卖不出",
    Reject.NOT_SELLABLE: "无可卖股份（T+1）",
    Reject.BELOW_LOT: "不足一手",
    Reject.NO_CASH: "资金不足",
    Reject.VOLUME_CAP: "超出成交量上限",
    Reject.POSITION_CAP: "持仓已满",
    Reject.DELISTED: "已退市",
    Reject.INDUSTRY_CAP: "行业已满",
    Reject.NOT_TRADED: "未到委托价",
    Reject.BREAKER: "熔断停买",
}
NONE = Words("无", "none")


def most_frequent(refusals: tuple[int, ...], besides: tuple[Reject, ...] = ()) -> Words:
    """refusals by Reject; `besides`: those that do not count."""
    counted = [(count, -code) for code, count in enumerate(refusals) if count and Reject(code) not in besides]
    if not counted:
        return NONE
    reject = Reject(-max(counted)[1])
    return Words(_CHINESE[reject], _ENGLISH[reject])


_ENGLISH = dict(REJECT_TEXT)
