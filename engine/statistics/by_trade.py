"""Closed trades by what they share: which stock, which way out, which year earned the money. Free of numba."""

from collections.abc import Callable, Iterable

from engine.simulation.trades import Trade
from engine.statistics.tables import TradeGroup


def by_stock(trades: Iterable[Trade]) -> tuple[TradeGroup, ...]:
    """By ts_code (the last one, where it changed); what earned most comes first, of equals by key. Sums of li are exact."""
    return _groups(trades, lambda trade: trade.ts_code)


def by_exit_reason(trades: Iterable[Trade]) -> tuple[TradeGroup, ...]:
    """By why the position was sold."""
    return _groups(trades, lambda trade: trade.exit_reason)


def by_year(trades: Iterable[Trade]) -> tuple[TradeGroup, ...]:
    """By the year of the sale, "2024"."""
    return _groups(trades, lambda trade: str(trade.exit_date // 10_000))


def _groups(trades: Iterable[Trade], key: Callable[[Trade], str]) -> tuple[TradeGroup, ...]:
    shared: dict[str, list[Trade]] = {}
    for trade in trades:
        shared.setdefault(key(trade), []).append(trade)
    return tuple(sorted((_group(name, group) for name, group in shared.items()), key=lambda group: (-group.pnl, group.key)))


def _group(key: str, group: list[Trade]) -> TradeGroup:
    earned, count = [trade.pnl for trade in group], len(group)
    return TradeGroup(
        key=key,
        trades=count,
        wins=sum(pnl > 0 for pnl in earned),
        pnl=sum(earned),
        fees=sum(trade.fees for trade in group),
        profit_rate=sum(trade.profit_rate for trade in group) / count,
        holding_sessions=sum(trade.holding_sessions for trade in group) / count,
        best=max(earned),
        worst=min(earned),
    )
