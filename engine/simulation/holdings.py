"""What is open at the end of a run, and what a share is worth. Free of numba."""

from dataclasses import dataclass

from engine.market import Market
from engine.simulation.outcome import Outcome

__all__ = ["Position", "last_close", "last_closes", "positions"]


@dataclass(frozen=True)
class Position:
    """Open at the end."""

    ts_code: str
    shares: int
    sellable: int
    entry_date: int
    entry_price: int
    """li, divided on ex-dates."""
    last_price: int
    value: int
    pnl: int
    """li, as if sold at the last price without fees."""


def positions(outcome: Outcome, market: Market) -> list[Position]:
    """What is open at the end; known without a recording, too."""
    found = []
    for holding in outcome.holdings:
        last_price = last_close(market, market.shape[0] - 1, holding.stock)
        value = holding.shares * last_price
        found.append(
            Position(
                ts_code=market.codes[holding.stock],
                shares=holding.shares,
                sellable=holding.sellable,
                entry_date=int(market.sessions[holding.opened]),
                entry_price=holding.entry_price,
                last_price=last_price,
                value=value,
                pnl=holding.flow + value,
            )
        )
    return found


def last_closes(market: Market, bar: int, stocks: list[int]) -> list[int]:
    """`last_close` of each of many."""
    return [close or last_close(market, bar, stock) for close, stock in zip(market.close[bar, stocks].tolist(), stocks, strict=True)]


def last_close(market: Market, bar: int, stock: int) -> int:
    """li, what a share is worth at the close of row `bar`; before the first bar of a new code that of the old one."""
    close, today = int(market.close[bar, stock]), int(market.sessions[bar])
    if close == 0:
        for since, old, new in market.actions.code_changes.tolist():
            if new == stock and since <= today:
                return last_close(market, bar, old)
    return close
