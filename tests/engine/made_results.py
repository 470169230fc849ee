"""Results made by hand, in which a careful colleague finds nothing: a test changes one thing, and looks what is found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from engine.market import Benchmark, Market
from engine.results import Cell, Result, counts_of
from engine.simulation.outcome import COLUMNS, Holding, Kind, Outcome, Phase, Reject, Tallies
from engine.statistics.figures import row_of
from engine.terms import Terms
from tests.engine.flat_markets import flat_market

CODES = ["000001.SZ", "000002.SZ", "000063.SZ", "600000.SH", "600519.SH", "601318.SH"]
CASH = 10**9
PRICE = 10_000
WIN, LOSS = 300, -100
SOUND = {"annual_return": 0.1, "sharpe": 1.0, "volatility": 0.2, "exposure": 0.8, "beta": 0.8, "tracking_error": 0.1}
MEMBERS = {"universe": {"kind": "index", "index": "000300.SH"}}


def dates(count: int) -> list[int]:
    """Weekdays from 2021-01-04 on, as YYYYMMDD."""
    days = (date(2021, 1, 4) + timedelta(days=offset) for offset in range(2 * count + 7))
    return [day.year * 10_000 + day.month * 100 + day.day for day in days if day.weekday() < 5][:count]


def quiet_market(sessions: int = 300, codes: Sequence[str] = CODES) -> Market:
    """Every stock opens and closes at 10 yuan, after having been at 9.5 and 10.5; the benchmark rises steadily."""
    market = flat_market(list(codes), dates(sessions), PRICE)
    benchmark = Benchmark("000300.SH", np.linspace(4000.0, 4400.0, sessions + 1))
    return replace(market, high=market.high + 500, low=market.low - 500, benchmark=benchmark)


@dataclass(frozen=True)
class Trip:
    stock: int
    entry: int
    """Row of the market."""
    exit: int | None
    """None: open at the end."""
    earns: int
    """li a share, over PRICE."""
    shares: int = 1_000

    @property
    def pnl(self) -> int:
        return self.earns * self.shares


def trips(count: int = 40, every: int = 7, win: int = WIN, loss: int = LOSS) -> tuple[Trip, ...]:
    """One after the other over all stocks, winning and losing in turn."""
    return tuple(Trip(k % len(CODES), every * k + 1, every * k + 4, loss if k % 2 else win) for k in range(count))


@dataclass(frozen=True)
class Made:
    """A result in the making; `replace` changes one thing."""

    market: Market = field(default_factory=quiet_market)
    trips: tuple[Trip, ...] = field(default_factory=trips)
    earned: Mapping[int, int] = field(default_factory=dict)
    """li that a session brings beside its trips."""
    events: tuple[tuple[int, ...], ...] = ()
    """Further ones."""
    tallies: Mapping[str, Any] = field(default_factory=dict)
    """What differs from the trips' own."""
    refusals: Mapping[Reject, int] = field(default_factory=dict)
    stats: Mapping[str, float | None] = field(default_factory=dict)
    terms: Terms = field(default_factory=lambda: Terms(initial_cash=CASH, max_positions=3))
    is_recorded: bool = True

    def result(self) -> Result:
        sessions = len(set(self.market.sessions[self.market.window_start :].tolist()))
        brings = np.zeros(sessions, np.int64)
        for trip in self.trips:
            brings[sessions - 1 if trip.exit is None else trip.exit] += trip.pnl
        for session, earned in self.earned.items():
            brings[session] += earned
        equity = CASH + np.cumsum(brings)
        rows = sorted((*(row for trip in self.trips for row in _events(trip)), *self.events))
        log = np.array(rows, np.int64).reshape(-1, COLUMNS) if self.is_recorded else None
        held = tuple(
            Holding(trip.stock, trip.shares, trip.shares, PRICE, trip.entry, trip.pnl - trip.shares * PRICE)
            for trip in self.trips
            if trip.exit is None
        )
        outcome = Outcome(equity, self._tallies(), CASH, 0, held, log)
        figures = row_of({**SOUND, **self.stats})
        return Result(Cell({}, equity, counts_of(outcome.tallies), figures, "hash"), outcome, self.market, self.terms)

    def _tallies(self) -> Tallies:
        closed = [trip for trip in self.trips if trip.exit is not None]
        sums = dict.fromkeys(Tallies._fields, 0) | {
            "bought": sum(PRICE * trip.shares for trip in self.trips),
            "sold": sum((PRICE + trip.earns) * trip.shares for trip in closed),
            "buys": len(self.trips),
            "sells": len(closed),
            "trades": len(closed),
            "wins": sum(trip.pnl > 0 for trip in closed),
            "gross_profit": sum(max(trip.pnl, 0) for trip in closed),
            "gross_loss": sum(max(-trip.pnl, 0) for trip in closed),
        }
        refusals = tuple(self.refusals.get(reject, 0) for reject in Reject)
        return Tallies(**{**sums, "refusals": refusals, **self.tallies})


def _events(trip: Trip) -> list[tuple[int, ...]]:
    rows = [event(Kind.BUY, trip.entry, trip.stock, trip.shares, PRICE)]
    if trip.exit is not None:
        rows.append(event(Kind.SELL, trip.exit, trip.stock, trip.shares, PRICE + trip.earns))
    return rows


def event(
    kind: Kind, bar: int, stock: int = -1, shares: int = 0, price: int = 0, phase: Phase = Phase.FILL, code: int = 0
) -> tuple[int, ...]:
    return (bar, phase, kind, stock, code, shares, price, shares * price, 0, 0, 0, 0, 0)
