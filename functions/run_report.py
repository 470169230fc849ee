"""From a finished run to its report page."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from engine.simulation.events import REJECT_TEXT, Refusal, refusals, trades
from engine.simulation.outcome import Reject
from functions.report import RefusalCount, Report, TradeRow

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


_SIDES = {"buy": "买 buy:", "sell": "卖 sell:"}
