"""Is there enough to judge: trades, sessions, closed positions, money at work."""

from engine.doctor.case import Case, day_of
from engine.doctor.check import Check, Found
from engine.doctor.refusal_words import most_frequent
from engine.simulation.outcome import BAR, CODE, KIND, Kind, Reason
from engine.statistics import SESSIONS_A_YEAR
from engine.words import Words

LEAST_SESSIONS = SESSIONS_A_YEAR // 2
LEAST_TRADES = 30
LARGEST_OPEN = 0.5
"""Share of the profit that open positions may hold."""
LEAST_EXPOSURE = 0.3


def _no_trades(case: Case) -> Found | None:
    if case.tallies.buys:
        return None
    refused, reason = sum(case.tallies.refusals), most_frequent(case.tallies.refusals)
    orders = Words("也没有委托被拒", "no order was refused")
    if refused:
        orders = Words(f"委托被拒 {refused} 次，最多的原因：{reason.zh}", f"orders were refused ({refused}), most often: {reason.en}")
    return {"refused": refused, "reason": reason, "orders": orders}


def _too_short(case: Case) -> Found | None:
    sessions = len(case.curve) - 1
    return {"sessions": sessions} if sessions < LEAST_SESSIONS else None


def _too_few_trades(case: Case) -> Found | None:
    return {"trades": case.tallies.trades} if case.tallies.buys and case.tallies.trades < LEAST_TRADES else None


def _open_at_end(case: Case) -> Found | None:
    unrealised = sum(position.pnl for position in case.positions)
    if case.pnl <= 0 or unrealised <= case.pnl * LARGEST_OPEN:
        return None
    return {"positions": len(case.positions), "unrealised": unrealised / 1000, "pnl": case.pnl / 1000, "share": unrealised / case.pnl}


def _breaker(case: Case) -> Found | None:
    if case.events is None:
        return None
    tripped = case.events[(case.events[:, KIND] == Kind.BREAKER) & (case.events[:, CODE] == Reason.MAX_DRAWDOWN)]
    if not len(tripped):
        return None
    since = int(case.market.sessions[tripped[0, BAR]])
    after = int((case.dates > since).sum())
    return {"since": day_of(since), "after": after, "share": after / case.dates.size}


def _idle_cash(case: Case) -> Found | None:
    exposure = case.figure("exposure")
    return {"exposure": exposure} if case.tallies.buys and exposure is not None and exposure < LEAST_EXPOSURE else None


CHECKS = (
    Check(
        "NO_TRADES",
        "serious",
        Words("没有任何成交", "Nothing was traded"),
        Words("区间内没有一笔买入", "nothing was bought in the window"),
        Words(
            "整个区间没有一笔买入，{orders}。",
            "Nothing was bought; {orders}.",
        ),
        Words(
            "这不是策略的结果，只是现金。请检查入场条件是否过严、股票池与区间是否有数据、资金是否够买一手。",
            "This is cash, not a result. See whether the entry ever holds, the universe has bars in the window, and the cash buys a lot.",
        ),
        _no_trades,
    ),
    Check(
        "TOO_SHORT",
        "warning",
        Words("回测区间太短", "The window is short"),
        Words("少于 {least} 个交易日（约半年）", "fewer than {least} sessions, half a year"),
        Words("只有 {sessions} 个交易日，少于 {least} 个。", "Sessions in the window: {sessions}, fewer than {least}."),
        Words(
            "年化收益与夏普会被放大，也看不到不同的行情。请把区间延长到至少两三年，最好含一轮牛熊。",
            "Annual figures are blown up, and one kind of market was seen. Take two or three years, with a rise and a fall in them.",
        ),
        _too_short,
        {"least": LEAST_SESSIONS},
    ),
    Check(
        "TOO_FEW_TRADES",
        "warning",
        Words("交易次数太少", "Too few trades"),
        Words("完整交易（有买有卖）少于 {least} 笔", "fewer than {least} closed trades"),
        Words("只有 {trades} 笔完整交易，少于 {least} 笔。", "Closed trades: {trades}, fewer than {least}."),
        Words(
            "胜率、盈亏比与收益主要是运气。请延长区间、扩大股票池，或放宽入场条件。",
            "Win rate, payoff and return are mostly luck. Take a longer window, a wider universe or an easier entry.",
        ),
        _too_few_trades,
        {"least": LEAST_TRADES},
    ),
    Check(
        "OPEN_AT_END",
        "warning",
        Words("利润大多还没有落袋", "Most of the profit is on paper"),
        Words("未平仓的盈利超过总盈利的 {most:.0%}", "open positions hold more than {most:.0%} of the profit"),
        Words(
            "期末 {positions} 只持仓的浮盈为 {unrealised:,.0f} 元，总盈利为 {pnl:,.0f} 元。",
            "Open positions ({positions}) hold {unrealised:,.0f} yuan of a profit of {pnl:,.0f} yuan.",
        ),
        Words(
            "浮盈按收盘价计，没有扣卖出费用，也不计入胜率等按交易统计的指标。请换一个结束日再看结果变多少。",
            "It is marked at the close without the cost of selling, and figures by trade do not see it. Try another end of the window.",
        ),
        _open_at_end,
        {"most": LARGEST_OPEN},
    ),
    Check(
        "BREAKER",
        "warning",
        Words("回撤熔断后不再买入", "A breaker has ended purchases"),
        Words("触发了最大回撤熔断（max_drawdown）", "the breaker of the largest drawdown (max_drawdown) tripped"),
        Words(
            "{since} 触发最大回撤熔断，此后 {after} 个交易日（占区间 {share:.0%}）没有买入。",
            "It tripped on {since}; in the {after} sessions after it ({share:.0%} of the window) nothing was bought.",
        ),
        Words(
            "之后的曲线只是现金，年化与波动率因此失真。请分别看熔断之前的表现与不设熔断的结果。",
            "The rest of the curve is cash, which bends annual figures. Look at the time before it, and at a run without it.",
        ),
        _breaker,
    ),
    Check(
        "IDLE_CASH",
        "info",
        Words("大部分资金闲置", "Most of the money is idle"),
        Words("平均仓位低于 {least:.0%}", "the mean exposure is below {least:.0%}"),
        Words("平均仓位只有 {exposure:.0%}。", "On average {exposure:.0%} of equity is invested."),
        Words(
            "收益与回撤都被现金摊薄，与满仓的基准不可直接相比。可检查是否资金太少买不起一手、"
            "槽位太多、信号太少，或资金太多、买入被 volume_cap 截断。",
            "Cash thins out return and drawdown; a benchmark is fully invested. See whether lots are too dear, slots many, signals few, "
            "or so much money is kept out by volume_cap.",
        ),
        _idle_cash,
        {"least": LEAST_EXPOSURE},
    ),
)
