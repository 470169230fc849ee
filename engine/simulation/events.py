"""Reading the event log: what happened, the fills, the refusals. Free of numba."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from engine.market import Market
from engine.simulation.missed import Missed
from engine.simulation.outcome import KIND, REJECT_TEXT, Kind, Outcome, Phase, Reject

__all__ = ["REJECT_TEXT", "Event", "Fill", "Refusal", "events", "fills", "refusals"]


class Event(NamedTuple):
    """One row of the log in words; see outcome.COLUMNS for what each kind means by shares, price and value."""

    sequence: int
    bar: int
    """Row of the market."""
    phase: Phase
    kind: Kind
    stock: int
    code: int
    shares: int
    price: int
    value: int
    commission: int
    duty: int
    transfer: int
    tax: int = 0
    """Withheld on the dividends of the shares that were sold."""
    order: int = 0
    """Which placed order it is about, counted from 1; 0: none."""

    @property
    def fees(self) -> int:
        """With the tax."""
        return self.commission + self.duty + self.transfer + self.tax


@dataclass(frozen=True)
class Fill:
    sequence: int
    time: int
    """The bar's right edge, UTC milliseconds."""
    date: int
    """YYYYMMDD"""
    ts_code: str
    side: str
    """ "buy" or "sell"."""
    shares: int
    price: int
    """li, slippage included."""
    value: int
    commission: int
    duty: int
    transfer: int
    tax: int


@dataclass(frozen=True)
class Refusal:
    sequence: int
    time: int
    date: int
    ts_code: str
    side: str
    reject: Reject
    price: int
    """li, the price before slippage that was refused; 0 where there was none."""
    earned: float | None
    """What a purchase would have returned (see missed.py); None for sales, and where there was no price."""


def events(outcome: Outcome, kinds: tuple[Kind, ...] = tuple(Kind)) -> Iterator[Event]:
    """Every event of these kinds in order. ValueError if the run was not recorded."""
    if outcome.events is None:
        raise ValueError("the run was not recorded: simulate(..., record=True)")
    for first in range(0, len(outcome.events), AT_ONCE):
        rows = outcome.events[first : first + AT_ONCE]
        wanted = np.flatnonzero(np.isin(rows[:, KIND], kinds))
        bars, codes_of_phases, codes_of_kinds, *others = rows[wanted].T.tolist()
        phases, happened = map(_PHASES.__getitem__, codes_of_phases), map(_KINDS.__getitem__, codes_of_kinds)
        yield from map(_MADE, zip((first + wanted).tolist(), bars, phases, happened, *others, strict=True))
        if outcome.reading is not None:
            outcome.reading(len(rows))


AT_ONCE = 4_096
"""Events that are read before somebody is told of it."""
_PHASES, _KINDS = tuple(Phase), tuple(Kind)
_MADE = partial(tuple.__new__, Event)
"""What Event._make does, without a call of Python for each: a log of many thousands is read nine times."""


def fills(outcome: Outcome, market: Market) -> list[Fill]:
    return [
        Fill(
            sequence=event.sequence,
            time=int(market.times[event.bar]),
            date=int(market.sessions[event.bar]),
            ts_code=market.codes[event.stock],
            side="buy" if event.kind is Kind.BUY else "sell",
            shares=event.shares,
            price=event.price,
            value=event.value,
            commission=event.commission,
            duty=event.duty,
            transfer=event.transfer,
            tax=event.tax,
        )
        for event in events(outcome, (Kind.BUY, Kind.SELL))
    ]


def refusals(outcome: Outcome, market: Market) -> list[Refusal]:
    missed = None if outcome.exits is None else Missed(market, outcome.exits)
    return [
        Refusal(
            sequence=event.sequence,
            time=int(market.times[event.bar]),
            date=int(market.sessions[event.bar]),
            ts_code=market.codes[event.stock],
            side="buy" if event.kind is Kind.REFUSED_BUY else "sell",
            reject=Reject(event.code),
            price=event.price,
            earned=missed.earned(event.bar, event.stock, event.price) if missed and event.kind is Kind.REFUSED_BUY else None,
        )
        for event in events(outcome, (Kind.REFUSED_BUY, Kind.REFUSED_SELL))
    ]
