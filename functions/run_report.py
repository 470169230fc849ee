"""From a finished run to its report page."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.simulation.events import REJECT_TEXT, refusals, trades
from functions.report import RefusalCount, Report, TradeRow

if TYPE_CHECKING:
    from engine.results import Result


def report_of(result: "Result", strategy_name: str, context: Mapping[str, Any], initial_cash: int, identity: Mapping[str, str]) -> Report:
    """`context` is the backtest's resolved one, initial_cash is in li, `identity` what else names the result (see Report)."""
    market, outcome = result.market, result.outcome
    refused = Counter((refusal.side, refusal.reject) for refusal in refusals(outcome, market))
    words = dict(REJECT_TEXT)
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
        refusals=[RefusalCount(f"{_SIDES[side]} {words[reject]}", times) for (side, reject), times in refused.most_common()],
        identity={**identity, "content hash": result.cell.content_hash},
    )


_SIDES = {"buy": "买 buy:", "sell": "卖 sell:"}
