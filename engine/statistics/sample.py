"""The columns that the figures of runs are computed from: sums over the sessions in order, with + - * / and sqrt only. Compiled."""

from math import isnan, nan
from typing import NamedTuple

import numpy as np

from engine.arrays import Floats, Integers, Prices
from engine.compiled import kernel
from engine.market import Benchmark
from engine.simulation import Tallies
from engine.statistics.beside import put_against, their_changes, their_squares
from engine.statistics.curve import SESSIONS_A_YEAR, Against, Curve, Fall, Moments, Sessions, Traded
from engine.statistics.doubled import power_of_ratio
from engine.statistics.fall import put_fall
from engine.statistics.moments import STRIP, SUMS, add_differences, add_powers, add_products, add_returns, put_moments
from engine.statistics.tail import BUCKETS, put_tail

LANES = 32
"""Runs that are added up side by side."""
MOMENTS, FALL, AGAINST = len(Moments._fields), len(Fall._fields), len(Against._fields)
TALLIES = Tallies._fields[:-1]
USED = [TALLIES.index(name) for name in Traded._fields[:-1]]


def curve_of(
    equity: Integers, sessions: Sessions, initial_cash: Integers, tallies: Integers, refused: Integers, benchmark: Benchmark | None = None
) -> Curve:
    """What the metrics of P runs are computed from.

    equity (P, R) li at each bar, initial_cash (P,) > 0 li, tallies (P, 18) as in Tallies, refused (P, Reject). A benchmark with a gap (or a
    close that is no price) is as none. ValueError if its closes are not one more than the sessions.
    """
    runs, bars = equity.shape
    count = sessions.ends.size
    if benchmark is not None and benchmark.closes.size != count + 1:
        raise ValueError(f"{count} sessions need {count + 1} closes of the benchmark, not {benchmark.closes.size}")
    final = equity[:, -1] if bars else initial_cash
    found = np.full((runs, 1 + MOMENTS + FALL + AGAINST), nan)
    if runs:
        closes = np.array([nan]) if benchmark is None else np.array(benchmark.closes, np.float64)  # a copy: mapped ones are another type
        lanes = -(-runs // -(-runs // LANES))  # so that no group is much smaller than the others
        _measure(_Runs(equity, initial_cash, sessions.ends, sessions.dates, closes), _scratch(lanes, count), found)
    columns = iter(np.ascontiguousarray(found.T))
    counted = iter(np.ascontiguousarray(tallies.T[USED], dtype=np.float64))
    return Curve(
        initial_cash.astype(np.float64),
        final.astype(np.float64),
        (final - initial_cash).astype(np.float64),
        count,
        bars,
        next(columns),
        Moments._make(next(columns) for _ in range(MOMENTS)),
        Fall._make(next(columns) for _ in range(FALL)),
        Against._make(columns),
        Traded._make([*counted, np.add.reduce(refused, axis=1).astype(np.float64)]),
    )


class _Runs(NamedTuple):
    """What is measured: P runs."""

    equity: Integers
    initial: Integers
    ends: Integers
    dates: Prices
    closes: Floats
    """Of the benchmark; a gap if there is none, so that the kernel meets one type of arguments."""


class _Scratch(NamedTuple):
    """Of L runs."""

    returns: Floats
    """(S, L)"""
    strip: Floats
    """(STRIP + 1, L)"""
    sums: Floats
    """(SUMS, L)"""
    tail: Floats
    """(2, S + 1)"""
    counts: Integers
    """(BUCKETS,)"""
    theirs: Floats
    """(S,)"""


def _scratch(lanes: int, sessions: int) -> _Scratch:
    return _Scratch(
        returns=np.empty((sessions, lanes)),
        strip=np.empty((STRIP + 1, lanes)),
        sums=np.empty((SUMS, lanes)),
        tail=np.empty((2, sessions + 1)),
        counts=np.empty(BUCKETS, np.int64),
        theirs=np.empty(sessions),
    )


@kernel
def _measure(runs: _Runs, scratch: _Scratch, found: Floats) -> None:
    """Fills found (P, 1 + MOMENTS + FALL + AGAINST), which is NaN; P > 0.

    L runs at a time; the last of them may be some of those before, once more.
    """
    count, sessions, lanes = runs.equity.shape[0], runs.ends.size, scratch.returns.shape[1]
    for run in range(count):
        put_fall(runs.equity[run], runs.initial[run], runs.ends, runs.dates, found[run, 1 + MOMENTS : 1 + MOMENTS + FALL])
    if sessions == 0:
        return
    returns, sums, theirs, length = scratch.returns, scratch.sums, scratch.theirs, float(sessions)
    their_mean = their_changes(runs.closes, theirs)
    squares, is_alone = their_squares(theirs, their_mean), isnan(their_mean)
    growth = nan if is_alone else runs.closes[sessions] / runs.closes[0]
    for start in range(0, count, lanes):
        first = min(start, count - lanes)
        add_returns(runs.equity, first, runs.ends, runs.initial, scratch.strip, returns, sums)
        add_powers(returns, sums)
        if not is_alone:
            add_differences(returns, theirs, sums)
            add_products(returns, theirs, their_mean, sums)
        for j in range(lanes):
            final = runs.equity[first + j, runs.equity.shape[1] - 1]
            into = found[first + j]
            into[0] = power_of_ratio(final, runs.initial[first + j], SESSIONS_A_YEAR, sessions) - 1.0
            moments = into[1 : 1 + MOMENTS]
            put_moments(sums, j, length, moments)
            put_tail(returns, j, scratch.tail, scratch.counts, moments)
            if not is_alone:
                put_against(sums, j, length, growth, their_mean, squares, into[1 + MOMENTS + FALL :])
