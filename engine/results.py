"""What an evaluation hands back: the cells of a grid, made from columns, and a single run with its ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np

from engine.arrays import Floats, Integers
from engine.fingerprint import content_hashes
from engine.first_bars import first_bars
from engine.market import Benchmark, Market
from engine.simulation import Interrupted, Outcome, Tallies
from engine.statistics import Figure, Sessions, sessions_of
from engine.statistics.figures import figures_of, named, row_of
from engine.terms import Terms

Params = Mapping[str, float | int]

SUMS = len(Tallies._fields) - 1
"""Tallies that are sums; refusals follow."""


@dataclass(frozen=True, eq=False)
class Cell:
    """One combination of a grid. Its arrays are rows of what its neighbours share; its mappings are made when they are asked for."""

    params: dict[str, float | int]
    """Every parameter, defaults included."""
    equity: Integers
    """(S,) li at the close of each of the window's sessions; the outcome of a single run has it at each bar."""
    counts: Integers
    """(18 + Reject,) the tallies in their order, then the refusals."""
    figures: Floats
    """(M,) in the order of METRICS, NaN where one does not exist."""
    content_hash: str

    @cached_property
    def tallies(self) -> Tallies:
        counted = self.counts.tolist()
        return Tallies._make([*counted[:SUMS], tuple(counted[SUMS:])])

    @cached_property
    def stats(self) -> dict[str, Figure]:
        return named(self.figures)


@dataclass(frozen=True, eq=False)
class Result:
    """A single run: the cell, byte for byte as in a grid, and the ledger that led to it."""

    cell: Cell
    outcome: Outcome
    """With every event."""
    market: Market
    terms: Terms


class Stopped(Interrupted):
    """A recorded run was interrupted: `result` is what a window that ends with the last bar that it lived would have given."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.outcome)
        self.result = result


class Columns(Protocol):
    """Of the outcomes of P runs: what cells are made of."""

    @property
    def equity(self) -> Integers:
        """(P, R) li at each bar."""

    @property
    def tallies(self) -> Integers:
        """(P, 18)"""

    @property
    def refused(self) -> Integers:
        """(P, Reject)"""


def cells_of(
    params: Sequence[dict[str, float | int]], outcomes: Columns, sessions: Sessions, initial_cash: Integers, benchmark: Benchmark | None
) -> list[Cell]:
    """The cells of P runs, in their order; each is the same bytes beside whatever others. initial_cash (P,) li."""
    equity = outcomes.equity
    figures = figures_of(equity, sessions, initial_cash, outcomes.tallies, outcomes.refused, benchmark)
    counts = np.hstack((outcomes.tallies, outcomes.refused))
    hashes = content_hashes(equity, counts, figures)
    closes = equity if sessions.ends.size == equity.shape[1] else equity[:, sessions.ends]
    return list(map(Cell, params, closes, counts, figures, hashes))


def cell_of(params: Params, outcome: Outcome, sessions: Sessions, initial_cash: int, benchmark: Benchmark | None) -> Cell:
    """The cell of one run, equal to that in a grid; `initial_cash` in li."""
    counts = counts_of(outcome.tallies)[np.newaxis]
    alone = _Alone(outcome.equity[np.newaxis], counts[:, :SUMS], counts[:, SUMS:])
    return cells_of([dict(params)], alone, sessions, np.array([initial_cash]), benchmark)[0]


def stopped(stop: Interrupted, params: Params, market: Market, terms: Terms) -> Interrupted:
    """What a caller is to hear of an interrupted run. One that was stopped before its first bars has no account."""
    outcome = stop.so_far
    if outcome is None:
        return stop
    known = first_bars(market, market.window_start + outcome.equity.size)
    sessions = sessions_of(known.sessions[known.window_start :])
    return Stopped(Result(cell_of(params, outcome, sessions, terms.initial_cash, known.benchmark), outcome, known, terms))


def content_hash(equity: Integers, tallies: Tallies, stats: Mapping[str, Figure]) -> str:
    """Of a run's parts, as engine.fingerprint has it: equity (R,) li at each bar."""
    return content_hashes(equity.astype(np.int64)[np.newaxis], counts_of(tallies)[np.newaxis], row_of(stats)[np.newaxis])[0]


def counts_of(tallies: Tallies) -> Integers:
    """As Cell has them."""
    return np.array([*tallies[:SUMS], *tallies.refusals], np.int64)


class _Alone(NamedTuple):
    """One run, as Columns."""

    equity: Integers
    tallies: Integers
    refused: Integers
