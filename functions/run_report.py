"""From a finished run to its report page."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from engine.simulation.events import REJECT_TEXT, Refusal, refusals, trades
from engine.simulation.outcome import Reject
from engine.simulation.placed import Order, orders
from functions.report import OrderCount, RefusalCount, Report, TradeRow

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
                exit_reason=trade.exit_reason.replace("_", " "),
            )
            for trade in trades(outcome, market)
        ],
        orders=list(_placed(orders(outcome, market))),
        refusals=list(_refused(refusals(outcome, market))),
        identity={**identity, "content hash": result.cell.content_hash},
    )


def _refused(rows: Iterable[Refusal]) -> Iterator[RefusalCount]:
    """By side and rule, the most frequent first."""
    words, found = dict(REJECT_TEXT), defaultdict[tuple[str, Reject], list[float | None]](list)
    for row in rows:
        found[row.side, row.reject].append(row.earned)
    for (side, reject), all_earned in sorted(found.items(), key=lambda item: -len(item[1])):
        earned = [each for each in all_earned if each is not None]
        yield RefusalCount(f"{_SIDES[side]} {words[reject]}", len(all_earned), sum(earned) / len(earned) if earned else None)


def _placed(rows: Iterable[Order]) -> Iterator[OrderCount]:
    """By origin and side: how many, and how they ended, the most frequent first."""
    found = defaultdict[tuple[str, str], Counter[str]](Counter)
    for row in rows:
        found[row.origin, row.side][_partly(row)] += 1
    for (origin, side), ends in sorted(found.items()):
        yield OrderCount(f"{_SIDES[side]} {_ORIGINS[origin]}", ends.total(), [(_ENDS[end], times) for end, times in ends.most_common()])


def _partly(row: Order) -> str:
    return "partly" if row.filled and row.ended not in ("filled", "open") else row.ended


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
