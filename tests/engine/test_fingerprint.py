"""The content hash against its form written out with struct; and cells from columns, each the same as alone."""

import struct
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest

from engine.arrays import Floats, Integers
from engine.fingerprint import HEAD, RUNS, content_hashes
from engine.market import Benchmark
from engine.results import cell_of, cells_of, content_hash
from engine.simulation import Outcome, Reject, Tallies
from engine.statistics import METRICS, sessions_of
from tests.engine.curves import INITIAL, walk, weekdays

COUNTS = len(Tallies._fields) - 1 + len(Reject)


class Columns(NamedTuple):
    equity: Integers
    tallies: Integers
    refused: Integers


def by_hand(equity: Sequence[int], counts: Sequence[int], figures: Sequence[float]) -> str:
    steps = [after - before for before, after in pairwise(equity)]
    size = 4 if all(-(2**31) <= step < 2**31 for step in steps) else 8
    shape = (len(equity), size, equity[0] if equity else 0)
    told = (f"<{len(steps)}{'iq'[size // 4 - 1]}", steps), ("<3q", shape), (f"<{len(counts)}q", counts), (f"<{len(figures)}d", figures)
    return sha256(HEAD + b"".join(struct.pack(form, *numbers) for form, numbers in told)).hexdigest()


def parts(runs: int) -> tuple[Integers, Floats]:
    draw = np.random.default_rng(runs)
    figures = draw.normal(0.0, 1.0, (runs, len(METRICS)))
    figures[draw.random(figures.shape) < 0.2] = np.nan
    return draw.integers(0, 2**60, (runs, COUNTS)), figures


EDGES = (
    [],
    [7],
    [0, 0],
    [2**58, 2**58 - 2**31],
    [2**58, 2**58 - 2**31 - 1],
    [5, 5 + 2**31 - 1, 0],
    [5, 5 + 2**31, 5],
    [0, 2**58, 0],
    [2**40, 2**40 + 1, 2**40 - 1, 2**41, 2**40],
)


@pytest.mark.parametrize("equity", EDGES, ids=str)
def test_the_form_is_as_it_is_told(equity: list[int]) -> None:
    counts, figures = parts(1)
    found = content_hashes(np.array([equity], np.int64), counts, figures)
    assert found == [by_hand(equity, counts[0].tolist(), figures[0].tolist())]


def test_narrow_and_wide_curves_beside_each_other() -> None:
    runs = 2 * RUNS + 3
    draw = np.random.default_rng(3)
    equity = np.cumsum(draw.integers(-(10**6), 10**6, (runs, 50)), axis=1) + 10**9
    equity[::3] *= 10_000
    counts, figures = parts(runs)
    expected = [by_hand(*(row.tolist() for row in each)) for each in zip(equity, counts, figures, strict=True)]
    assert content_hashes(equity, counts, figures) == expected
    assert len(set(expected)) == runs
    assert content_hashes(equity[:0], counts[:0], figures[:0]) == []


def test_the_head_names_what_follows() -> None:
    _, tallies, refusals, figures, end = HEAD.decode().split("\n")
    assert tallies.split()[0] == "bought" and figures.split()[0] == METRICS[0].key and end == ""
    assert len(tallies.split() + refusals.split()) == COUNTS and len(figures.split()) == len(METRICS)


@pytest.mark.parametrize("bars", [1, 4])
def test_cells_are_those_of_single_runs(bars: int) -> None:
    runs, days = 40, np.repeat(weekdays(80), bars)
    draw = np.random.default_rng(bars)
    equity = np.array([np.round(walk(run, days.size)) for run in range(runs)]).astype(np.int64)
    columns = Columns(equity, draw.integers(0, 10**9, (runs, COUNTS - len(Reject))), draw.integers(0, 99, (runs, len(Reject))))
    sessions, benchmark = sessions_of(days), Benchmark("000300.SH", np.concatenate(([4_000.0], walk(9, 80, 4_000.0))))
    params: list[dict[str, float | int]] = [{"n": run} for run in range(runs)]
    cells = cells_of(params, columns, sessions, np.full(runs, INITIAL), benchmark)
    for run, cell in enumerate(cells):
        tallies = Tallies._make([*columns.tallies[run].tolist(), tuple(columns.refused[run].tolist())])
        alone = cell_of({"n": run}, Outcome(equity[run], tallies, 0, 0, (), None), sessions, INITIAL, benchmark)
        assert (cell.params, cell.tallies, cell.stats) == (alone.params, alone.tallies, alone.stats)
        assert cell.tallies == tallies and cell.stats["trades"] == tallies.trades and cell.stats["refused"] == sum(tallies.refusals)
        assert cell.equity.tolist() == equity[run, bars - 1 :: bars].tolist() == alone.equity.tolist()
        assert cell.content_hash == alone.content_hash == content_hash(equity[run], cell.tallies, cell.stats)
