"""From a finished run to its report page."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from engine.simulation.events import REJECT_TEXT, Refusal, refusals
from engine.simulation.holdings import positions
from engine.simulation.outcome import Outcome, Reject
from engine.simulation.placed import Order, orders
from engine.simulation.trades import trades
from functions.report import HoldingRow, MoneyRow, OrderCount, RefusalCount, Report, TradeRow

if TYPE_CHECKING:
    from engine.results import Result


def report_of(result: "Result", strategy_name: str, context: Mapping[str, Any], initial_cash: int, identity: Mapping[str, str]) -> Report:
    """`context` is the backtest's resolved one, initial_cash is in li, `identity` what else names the result (see Report)."""
    market, outcome = result.market, result.outcome
    return Report(
        strategy_name=strategy_name,
        params=result.cell.params,
        context=context,
        stats=result.cell.stats,
        sessions=market.sessions[market.window_start :].tolist(),
        equity=outcome.equity.tolist(),
        initial_cash=initial_cash,
        money=list(_money(outcome, initial_cash)),
        trades=[
            TradeRow(
                ts_code=trade.ts_code,
                entry_date=trade.entry_date,
                entry_price=trade.entry_price,
                exit_date=trade.exit_date,
                exit_price=trade.exit_price,
                shares=trade.shares,
                fees=trade.fees,
                pnl=trade.pnl,
                profit=trade.profit_rate,
                holding_sessions=trade.holding_sessions,
                exit_reason=_EXITS.get(trade.exit_reason, trade.exit_reason),
            )
            for trade in trades(outcome, market)
        ],
        holdings=[
            HoldingRow(row.ts_code, row.shares, row.entry_date, row.entry_price, row.last_price, row.value, row.pnl)
            for row in positions(outcome, market)
        ],
        orders=list(_placed(orders(outcome, market))),
        refusals=list(_refused(refusals(outcome, market))),
        identity={**identity, "content hash": result.cell.content_hash},
    )


def _money(outcome: Outcome, initial_cash: int) -> Iterator[MoneyRow]:
    """Each kind of money that came or went, and the sums that it comes to."""
    tallies = outcome.tallies
    yield MoneyRow("初始资金 initial cash", initial_cash)
    for name, words, sign in _FLOWS:
        if li := getattr(tallies, name):
            yield MoneyRow(words, sign * li)
    yield MoneyRow("现金 cash", outcome.cash, is_sum=True)
    if outcome.receivable:
        yield MoneyRow("应收红利 dividends due", outcome.receivable)
    equity = int(outcome.equity[-1]) if len(outcome.equity) else outcome.cash
    if outcome.holdings:
        yield MoneyRow("持仓市值 holdings", equity - outcome.cash - outcome.receivable)
    yield MoneyRow("期末权益 equity", equity, is_sum=True)


def _refused(rows: Iterable[Refusal]) -> Iterator[RefusalCount]:
    """By side and rule, the most frequent first."""
    found = defaultdict[tuple[str, Reject], list[float | None]](list)
    for row in rows:
        found[row.side, row.reject].append(row.earned)
    for (side, reject), all_earned in sorted(found.items(), key=lambda item: -len(item[1])):
        earned = [each for each in all_earned if each is not None]
        yield RefusalCount(f"{_SIDES[side]} {_REJECTS[reject]}", len(all_earned), sum(earned) / len(earned) if earned else None)


def _placed(rows: Iterable[Order]) -> Iterator[OrderCount]:
    """By origin and side: how many, and how they ended, the most frequent first."""
    found = defaultdict[tuple[str, str], Counter[str]](Counter)
    for row in rows:
        found[row.origin, row.side][_partly(row)] += 1
    for (origin, side), ends in sorted(found.items()):
        yield OrderCount(f"{_SIDES[side]} {_ORIGINS[origin]}", ends.total(), [(_ENDS[end], times) for end, times in ends.most_common()])


def _partly(row: Order) -> str:
    return "partly" if row.filled and row.ended not in ("filled", "open") else row.ended


_FLOWS = (
    ("bought", "买入 bought", -1),
    ("sold", "卖出 sold", 1),
    ("commission", "佣金 commission", -1),
    ("duty", "印花税 stamp duty", -1),
    ("transfer", "过户费 transfer fees", -1),
    ("tax", "红利税 tax on dividends", -1),
    ("dividends", "现金红利 dividends", 1),
    ("fractions", "不足一股折现 fractions of shares", 1),
    ("delisted", "退市清算 delisted", 1),
)
_CHINESE = {
    Reject.SUSPENDED: "停牌",
    Reject.ZERO_VOLUME: "无成交量",
    Reject.LIMIT_UP: "涨停",
    Reject.LIMIT_DOWN: "跌停",
    Reject.NOT_SELLABLE: "无可卖股份",
    Reject.BELOW_LOT: "不足一手",
    Reject.NO_CASH: "资金不足",
    Reject.VOLUME_CAP: "超出成交量上限",
    Reject.POSITION_CAP: "持仓已满",
    Reject.DELISTED: "已退市",
    Reject.INDUSTRY_CAP: "行业已满",
    Reject.NOT_TRADED: "未到成交价",
    Reject.BREAKER: "熔断停买",
}
_REJECTS = {reject: f"{_CHINESE[reject]} · {words}" for reject, words in REJECT_TEXT}
_EXITS = {
    "signal": "信号 signal",
    "stop_loss": "止损 stop loss",
    "trailing_stop": "移动止损 trailing stop",
    "take_profit": "止盈 take profit",
    "max_holding": "到期 max holding",
    "max_drawdown": "回撤熔断 max drawdown",
    "order": "委托 order",
    "target": "权重 target",
    "delisted": "退市 delisted",
    "ex_date": "除权 ex-date",
}
_ORIGINS = {
    "signal": "策略的定价委托 the strategy's, at a price",
    "order": "外部委托 from outside",
    "target": "目标权重 towards target weights",
}
_ENDS = {
    "filled": "全部成交 filled",
    "partly": "部分成交 partly filled",
    "refused": "被拒 refused",
    "expired": "到期 expired",
    "cancelled": "撤销 cancelled",
    "replaced": "被替换 replaced",
    "open": "未了结 open at the end",
}
_SIDES = {"buy": "买 buy:", "sell": "卖 sell:"}
