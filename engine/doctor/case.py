"""What checks look at: a result with its context, and what several of them read out of it, computed once."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.arrays import Integers
from engine.market import Market
from engine.simulation.holdings import Position, positions
from engine.simulation.limits import limits_from
from engine.simulation.outcome import BAR, CODE, KIND, PHASE, PRICE, SHARES, STOCK, Kind, Phase, Reason, Tallies
from engine.simulation.trades import Trade, trades
from engine.terms import Terms

if TYPE_CHECKING:  # it computes statistics, and so loads kernels; the doctor reads
    from engine.results import Result


@dataclass(frozen=True)
class Fills:
    """F fills in order; each field (F,)."""

    bar: Integers
    """Rows of the market."""
    stock: Integers
    is_purchase: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
    shares: Integers
    price: Integers
    """li, slippage included."""
    at_market: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
    """Orders without a price, at the bar's own."""


@dataclass(frozen=True, eq=False)
class Case:
    result: "Result"
    context: Mapping[str, Any]
    """The backtest's resolved one."""
    closed: list[Trade] | None = None
    """The closed trades, where somebody has read them already."""

    @property
    def market(self) -> Market:
        return self.result.market

    @property
    def terms(self) -> Terms:
        return self.result.terms

    @property
    def tallies(self) -> Tallies:
        return self.result.outcome.tallies

    @property
    def events(self) -> Integers | None:
        """(E, COLUMNS), None where the run was not recorded."""
        return self.result.outcome.events

    @cached_property
    def dates(self) -> Integers:
        """(S,) YYYYMMDD, the window's sessions."""
        return np.unique(self.market.sessions[self.market.window_start :]).astype(np.int64)

    @cached_property
    def curve(self) -> list[int]:
        """(S + 1) li: the initial cash, then the equity at the close of each session."""
        return [self.terms.initial_cash, *self.result.cell.equity.tolist()]

    @property
    def pnl(self) -> int:
        """li"""
        return self.curve[-1] - self.curve[0]

    def figure(self, key: str) -> float | None:
        """A statistic; None where there is none."""
        value = self.result.cell.stats.get(key)
        return None if value is None else float(value)

    @cached_property
    def positions(self) -> list[Position]:
        return positions(self.result.outcome, self.market)

    @cached_property
    def trades(self) -> list[Trade] | None:
        """None where the run was not recorded."""
        if self.events is None:
            return None
        return trades(self.result.outcome, self.market) if self.closed is None else self.closed

    @cached_property
    def earned(self) -> list[tuple[str, int]] | None:
        """(ts_code, li) of each closed trade and each open position: together the run's pnl. None where the run was not recorded."""
        if self.trades is None:
            return None
        closed = [(trade.ts_code, trade.pnl) for trade in self.trades]
        return closed + [(position.ts_code, position.pnl) for position in self.positions]

    @cached_property
    def earned_by_stock(self) -> dict[str, int] | None:
        if self.earned is None:
            return None
        found: dict[str, int] = defaultdict(int)
        for code, pnl in self.earned:
            found[code] += pnl
        return dict(found)

    @cached_property
    def fills(self) -> Fills | None:
        """None where the run was not recorded."""
        if self.events is None:
            return None
        log = self.events[np.isin(self.events[:, KIND], (Kind.BUY, Kind.SELL))]
        return Fills(log[:, BAR], log[:, STOCK], log[:, KIND] == Kind.BUY, log[:, SHARES], log[:, PRICE], log[:, PHASE] == Phase.FILL)

    @cached_property
    def is_from_outside(self) -> bool:
        """Whether orders or weights were traded, not a strategy's signals."""
        return self.events is not None and bool(np.isin(self.events[self.events[:, KIND] == Kind.BUY, CODE], _OUTSIDE).any())

    @cached_property
    def limits_of_fills(self) -> tuple[Integers, Integers] | None:
        """(up, down), each (F,) li, of the fills' bars; computed for the stocks that were traded, not for the whole market."""
        if self.fills is None:
            return None
        market, start = self.market, self.market.window_start
        columns, at = np.unique(self.fills.stock, return_inverse=True)
        up, down = limits_from(_narrowed(market, columns), start)
        rows = self.fills.bar - start
        return up[rows, at].astype(np.int64), down[rows, at].astype(np.int64)


_OUTSIDE = (Reason.ORDER, Reason.TARGET)


def day_of(number: int) -> str:
    """20200105 -> 2020-01-05"""
    return f"{number // 10_000:04d}-{number // 100 % 100:02d}-{number % 100:02d}"


def _narrowed(market: Market, columns: Integers) -> Market:
    """What limits_from reads of the market, of some columns; the other arrays keep all of them and are not to be read."""
    listings = replace(market.listings, delisting_from=market.listings.delisting_from[columns])
    chosen = {name: getattr(market, name)[:, columns] for name in _READ}
    codes, boards = (tuple(names[column] for column in columns) for names in (market.codes, market.boards))
    return replace(market, codes=codes, boards=boards, listings=listings, **chosen)


_READ = ("close", "pre_close", "limit_up", "limit_down", "is_st", "listed_sessions")
