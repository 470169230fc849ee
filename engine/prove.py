"""Proves on a market that a strategy's signals know no future: cut off at some bars and computed again, nothing before a cut may change.

What is cut is the market that the engine is given: its bars, the bars of indices and of days, and the facts of each bar. How that market
was made (adjusted prices, members of the day) lies before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import Integers
from engine.first_bars import first_bars
from engine.indicators.bars import own_bars
from engine.indicators.compute import signals
from engine.language import Graph, Program
from engine.market import Market
from engine.pulse import Checkpoint, Pulse
from engine.simulation.state import Signals
from engine.words import Words

WORD = 64
BITS = ("entry", "exit")
USUAL_CUTS = 4
NOTHING_AHEAD = Words(
    "无未来函数：数据在 {cuts} 处截断后重算，此前的 {cells} 个信号值逐位相同。",
    "Nothing looks ahead: with the data cut off at {cuts} bars and computed again, the {cells} values of signals before are the same bits.",
)
AHEAD = Words(
    "偷看未来：截断数据后，{code} 在 {session} 的 {output} 变了；这个结果不可信。",
    "It looks ahead: with the data cut off, {output} of {code} on {session} is another; do not believe this result.",
)


@dataclass(frozen=True)
class Difference:
    """The first bit that the future has changed. `whole`, `cut`: the value with everything, and with what was known then."""

    output: str
    """entry, exit, rank, weight, or the price of an order."""
    session: int
    """YYYYMMDD"""
    row: int
    code: str
    last_bar: int
    """The bars that were left: rows 0 to last_bar."""
    whole: float | int
    cut: float | int


@dataclass(frozen=True)
class Proof:
    """`first` None: no bit differs."""

    cuts: tuple[int, ...]
    """How many bars were left each time, ascending."""
    sessions: tuple[int, ...]
    """The session of the last bar that was left."""
    outputs: tuple[str, ...]
    cells: int
    """Bars x stocks x outputs that were compared."""
    first: Difference | None

    @property
    def holds(self) -> bool:
        return self.first is None

    def to_json(self) -> dict[str, Any]:
        return {"holds": self.holds, "cuts": len(self.cuts), "cells": self.cells, "text": self.words()._asdict()}

    def words(self) -> Words:
        """In a sentence."""
        if self.first is None:
            return NOTHING_AHEAD.filled(cuts=len(self.cuts), cells=f"{self.cells:,}")
        return AHEAD.filled(output=self.first.output, code=self.first.code, session=self.first.session)


def proved(program: Program, market: Market, params: Mapping[str, float | int], checkpoint: Checkpoint | None = None) -> Proof | None:
    """The proof that every recorded run carries: at a few bars, the same ones each time. None where the window has a single bar."""
    cuts = choose_cuts(market, USUAL_CUTS, 0)
    return prove(program, market, params, cuts, checkpoint) if cuts else None


def decided_on(market: Market) -> Market:
    """The bars that signals are made on."""
    return market.decided_by or market


def choose_cuts(market: Market, count: int, seed: int) -> tuple[int, ...]:
    """How many bars to leave: one drawn from each of equal stretches of the window, and all but the last bar. Ascending, each once."""
    bars = decided_on(market)
    first, last = bars.window_start + 1, bars.shape[0] - 1
    if last < first:
        return ()
    edges = [first + (last - first) * k // max(1, count - 1) for k in range(count)]
    random = np.random.Generator(np.random.PCG64(seed))
    drawn = [int(random.integers(low, max(low, high - 1) + 1)) for low, high in pairwise(edges)]
    return tuple(sorted({*drawn, last}))


def prove(
    program: Program, market: Market, params: Mapping[str, float | int], cuts: Sequence[int], checkpoint: Checkpoint | None = None
) -> Proof:
    """`cuts`: numbers of bars that are left, each above the warm-up and at most all. ParameterError as in a run; Interrupted."""
    values = program.check_params(params)
    bars = decided_on(market)
    pulse, total = Pulse(checkpoint), bars.shape[0] + sum(set(cuts))
    whole = _signals(program, bars, values, pulse, bars.shape[0] / total)
    outputs = tuple(name for name in Signals._fields if getattr(whole, name).size)
    ordered = tuple(sorted(set(cuts)))
    found, cells, computed = None, 0, bars.shape[0]
    for count in ordered:
        if not bars.window_start < count <= bars.shape[0]:
            raise ValueError(f"a cut leaves more than the warm-up and at most everything, and not {count} of {bars.shape[0]} bars")
        computed += count
        again = _signals(program, first_bars(bars, count, pulse), values, pulse, computed / total)
        cells += count * bars.shape[1] * len(outputs)
        found = _difference(bars, whole, again, outputs, count)
        pulse.did()
        if found:
            break
    sessions = tuple(int(bars.sessions[count - 1]) for count in ordered)
    return Proof(ordered, sessions, outputs, cells, found)


def _signals(program: Program, market: Market, params: Mapping[str, float | int], pulse: Pulse, until: float) -> Signals:
    graph = Graph()
    outputs = [program.outputs(graph, params)]
    return next(signals(own_bars(market, pulse), graph, outputs, lambda _, work: pulse.begin(until, work)))


def _difference(market: Market, whole: Signals, again: Signals, outputs: Sequence[str], count: int) -> Difference | None:
    """The earliest row that differs; of several outputs the first."""
    found = [(row, name) for name in outputs if (row := _first_row(getattr(whole, name)[:count], getattr(again, name)[:count])) is not None]
    if not found:
        return None
    row, name = min(found, key=lambda each: each[0])
    before, after = (_numbers(getattr(each, name)[row], name) for each in (whole, again))
    stock = int(np.flatnonzero(_as_bytes(before) != _as_bytes(after))[0])
    code = market.codes[stock] if stock < len(market.codes) else ""
    return Difference(name, int(market.sessions[row]), row, code, count - 1, before[stock].item(), after[stock].item())


def _first_row(whole: npt.NDArray[Any], again: npt.NDArray[Any]) -> int | None:
    rows: Integers = np.flatnonzero((_as_bytes(whole) != _as_bytes(again)).any(axis=1))
    return int(rows[0]) if rows.size else None


def _as_bytes(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Bit by bit: NaN equals itself, and 0 does not equal -0."""
    plain = np.ascontiguousarray(values)
    return plain.view({4: np.uint32, 8: np.uint64}[plain.itemsize])


def _numbers(row: npt.NDArray[Any], name: str) -> npt.NDArray[Any]:
    """One number for each stock: sets of bits taken apart."""
    if name not in BITS:
        return row
    stocks = np.arange(row.size * WORD)
    bits: npt.NDArray[Any] = (row[stocks // WORD] >> (stocks % WORD).astype(np.uint64)) & np.uint64(1)
    return bits
