"""From a finished run to what its report says."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.doctor.examine import examine
from engine.simulation.events import refusals
from engine.simulation.holdings import positions
from engine.simulation.placed import orders
from engine.simulation.trades import trades
from engine.statistics.by_trade import by_exit_reason, by_stock
from engine.statistics.curve import sessions_of
from engine.statistics.drawdowns import drawdowns
from engine.statistics.metrics import too_small
from engine.statistics.periods import monthly, yearly
from engine.statistics.rolling import rolling
from functions.reports.curve import curve_of
from functions.reports.of_account import money, placed, refused
from functions.reports.report import Report

if TYPE_CHECKING:
    from engine.prove import Proof
    from engine.results import Result


def report_of(
    result: "Result",
    strategy_name: str,
    context: Mapping[str, Any],
    initial_cash: int,
    identity: Mapping[str, str],
    proof: "Proof | None" = None,
) -> Report:
    """`context` is the backtest's resolved one, initial_cash is in li, `identity` what else names the result (see Report)."""
    market, outcome, cell = result.market, result.outcome, result.cell
    sessions = sessions_of(market.sessions[market.window_start :]).dates
    closes = market.benchmark.closes if market.benchmark else None
    closed = trades(outcome, market)
    return Report(
        strategy_name=strategy_name,
        params=cell.params,
        context=context,
        stats=cell.stats,
        curve=curve_of(sessions.tolist(), cell.equity.tolist(), initial_cash, market.benchmark),
        initial_cash=initial_cash,
        too_small=too_small(cell.stats),
        monthly=monthly(sessions, cell.equity, initial_cash, closes),
        yearly=yearly(sessions, cell.equity, initial_cash, closes),
        drawdowns=drawdowns(sessions, cell.equity, initial_cash),
        rolling=rolling(cell.equity, initial_cash, closes),
        by_stock=by_stock(closed),
        by_exit_reason=by_exit_reason(closed),
        findings=examine(result, context, closed),
        proof=None if proof is None else proof.to_json(),
        money=list(money(outcome, initial_cash)),
        trades=closed,
        holdings=positions(outcome, market),
        orders=list(placed(orders(outcome, market))),
        refusals=list(refused(refusals(outcome, market))),
        identity={**identity, "content hash": cell.content_hash},
    )
