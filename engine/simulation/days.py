"""The account day by day: what the event log and the closes say of each session's end, in exact money. Free of numba."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import mul

import numpy as np

from engine.arrays import Integers
from engine.market import Market
from engine.simulation.events import Event, events
from engine.simulation.holdings import last_closes
from engine.simulation.outcome import COMMISSION, KIND, TAX, VALUE, Kind, Outcome

__all__ = ["Day", "days"]


@dataclass(frozen=True)
class Day:
    """A session. Money in li: cash to equity as they stand at its last close, the others as they came and went in it.

    cash = the day before's - bought - commission - duty - transfer - tax + sold + dividends + fractions + delisted;
    equity = cash + receivable + market_value.
    """

    date: int
    """YYYYMMDD"""
    cash: int
    frozen: int
    """The part of cash that resting purchases keep for themselves."""
    receivable: int
    """Dividends whose ex-date has come and whose payment has not."""
    market_value: int
    equity: int
    bought: int
    sold: int
    commission: int
    duty: int
    transfer: int
    tax: int
    dividends: int
    """Paid on this day."""
    fractions: int
    delisted: int
    fills: int
    refusals: int
    positions: int
    """Held at the close."""


def days(outcome: Outcome, market: Market) -> Iterator[Day]:
    """Every session of the window in order. ValueError if the run was not recorded."""
    if outcome.events is None:
        raise ValueError("the run was not recorded: simulate(..., record=True)")
    account = _Account(outcome.cash - _flow(outcome.events))
    for bar, happened in groupby(events(outcome), key=lambda event: event.bar):
        for event in happened:
            account.take(event)
        if bar + 1 == market.shape[0] or market.sessions[bar + 1] != market.sessions[bar]:
            yield account.close(bar, market)


def _flow(log: Integers) -> int:
    """What all of the log's events together do to cash."""
    signs = np.array([_SIGNS.get(kind, 0) for kind in Kind])
    return int((signs[log[:, KIND]] * log[:, VALUE]).sum() - log[:, COMMISSION : TAX + 1].sum())


_SIGNS = {Kind.BUY: -1, Kind.SELL: 1, Kind.EX_DATE: 1, Kind.PAID: 1, Kind.DELISTED: 1}

_SUMS = {Kind.BUY: "bought", Kind.SELL: "sold", Kind.EX_DATE: "fractions", Kind.PAID: "dividends", Kind.DELISTED: "delisted"}
"""The sum that an event's value adds to."""


class _Account:
    """The account while the log is read."""

    def __init__(self, cash: int) -> None:
        self.cash, self.frozen, self.receivable = cash, 0, 0
        self.shares: dict[int, int] = {}
        self._today = _empty()

    def take(self, event: Event) -> None:
        today = self._today
        if event.kind in _SUMS:
            today[_SUMS[event.kind]] += event.value
            self.cash += _SIGNS[event.kind] * event.value
        if event.kind in (Kind.BUY, Kind.SELL):
            today["fills"] += 1
            self.cash -= event.fees
            for name in ("commission", "duty", "transfer", "tax"):
                today[name] += getattr(event, name)
        match event.kind:
            case Kind.BUY:
                self.shares[event.stock] = self.shares.get(event.stock, 0) + event.shares
            case Kind.SELL | Kind.DELISTED:
                self._leave(event)
            case Kind.EX_DATE:
                self._hold(event.stock, event.shares)
            case Kind.RENAMED:
                self._hold(event.stock, self.shares.pop(event.code, 0) + self.shares.get(event.stock, 0))
            case Kind.DIVIDEND:
                self.receivable += event.value
            case Kind.PAID:
                self.receivable -= event.value
            case Kind.REFUSED_BUY | Kind.REFUSED_SELL:
                today["refusals"] += 1
            case Kind.MARK:
                self.frozen = event.price

    def close(self, bar: int, market: Market) -> Day:
        """The session's row; the next one begins."""
        value = sum(map(mul, self.shares.values(), last_closes(market, bar, list(self.shares))))
        day = Day(
            date=int(market.sessions[bar]),
            cash=self.cash,
            frozen=self.frozen,
            receivable=self.receivable,
            market_value=value,
            equity=self.cash + self.receivable + value,
            positions=len(self.shares),
            **self._today,
        )
        self._today = _empty()
        return day

    def _leave(self, event: Event) -> None:
        self._hold(event.stock, self.shares[event.stock] - event.shares)

    def _hold(self, stock: int, shares: int) -> None:
        if shares:
            self.shares[stock] = shares
        else:
            self.shares.pop(stock, None)


def _empty() -> dict[str, int]:
    names = (*_SUMS.values(), "commission", "duty", "transfer", "tax", "fills", "refusals")
    return dict.fromkeys(names, 0)
