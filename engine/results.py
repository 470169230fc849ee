"""What an evaluation hands back, and the hash by which anybody can verify it."""

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import nan

from engine.arrays import Integers
from engine.market import Benchmark, Market
from engine.simulation import Outcome, Tallies
from engine.statistics import Figure, Sessions
from engine.statistics.sample import statistics
from engine.terms import Terms

Params = Mapping[str, float | int]


@dataclass(frozen=True, eq=False)
class Cell:
    """One combination of a grid."""

    params: dict[str, float | int]
    """Every parameter, defaults included."""
    equity: Integers
    """(S,) li at the close of each of the window's sessions; the outcome of a single run has it at each bar."""
    tallies: Tallies
    stats: dict[str, Figure]
    content_hash: str


@dataclass(frozen=True, eq=False)
class Result:
    """A single run: the cell, byte for byte as in a grid, and the ledger that led to it."""

    cell: Cell
    outcome: Outcome
    """With every event."""
    market: Market
    terms: Terms


def cell_of(params: Params, outcome: Outcome, sessions: Sessions, initial_cash: int, benchmark: Benchmark | None) -> Cell:
    """The figures of an outcome; `initial_cash` in li."""
    stats = statistics(outcome.equity, sessions, initial_cash, outcome.tallies, benchmark)
    digest = content_hash(outcome.equity, outcome.tallies, stats)
    return Cell(dict(params), outcome.equity[sessions.ends], outcome.tallies, stats, digest)


def content_hash(equity: Integers, tallies: Tallies, stats: Mapping[str, Figure]) -> str:
    """SHA-256 over a canonical form, the same wherever it is computed: little-endian, each part after its length, metrics by key."""
    digest = hashlib.sha256(b"lianghu result 1\n")
    counts = [*tallies[:-1], *tallies.refusals]
    for part in (
        equity.astype("<i8").tobytes(),
        struct.pack(f"<{len(counts)}q", *counts),
        b"".join(_canonical(key, stats[key]) for key in sorted(stats)),
    ):
        digest.update(struct.pack("<q", len(part)))
        digest.update(part)
    return digest.hexdigest()


def _canonical(key: str, figure: Figure) -> bytes:
    """The key, what kind of number follows, and its eight bytes; a figure that does not exist is NaN."""
    value = struct.pack("<q", figure) if isinstance(figure, int) else struct.pack("<d", nan if figure is None else figure)
    return key.encode() + (b" integer " if isinstance(figure, int) else b" number ") + value
