"""The hash by which anybody can verify a result: SHA-256 over a canonical form, the same wherever it is computed.

The form, all numbers little-endian as they lie in memory on every processor that this runs on: HEAD, which names what follows; the steps of
the equity curve from bar to bar, each a whole number of 32 bits where all of the run's fit, else of 64; the bars, the bytes of a step and
the first bar's equity (0 of no bar); the tallies, the refusals; the figures as 64-bit floats, NaN where one does not exist. Steps say as
much as the curve in half the bytes, and hashing takes as long as all figures.
"""

import hashlib

import numpy as np

from engine.arrays import Flags, Floats, Integers, Prices
from engine.compiled import kernel
from engine.simulation import Reject, Tallies
from engine.statistics import METRICS

NAMES = (Tallies._fields[:-1], tuple(reject.name for reject in Reject), tuple(metric.key for metric in METRICS))
"""Of the tallies, the refusals and the figures."""
HEAD = "".join(f"{line}\n" for line in ("lianghu result 2", *map(" ".join, NAMES))).encode()
HALF = 2**31
"""Steps from -HALF up to below HALF fit into 32 bits."""
RUNS = 64
"""At a time: their steps are hashed while they lie in the processor's memory."""


def content_hashes(equity: Integers, counts: Integers, figures: Floats) -> list[str]:
    """Of P runs: equity (P, R) li at each bar, counts (P, 18 + Reject) as in Cell, figures (P, M) in the order of METRICS."""
    runs, bars = equity.shape
    steps, wide = np.empty((min(RUNS, runs), max(bars - 1, 0)), np.int32), np.zeros(runs, np.uint8)
    found: list[str] = []
    for first in range(0, runs, RUNS):
        some = slice(first, first + RUNS)
        _shorten(equity[some], steps, wide[some])
        curves = [np.diff(equity[first + k]) if is_wide else steps[k] for k, is_wide in enumerate(wide[some].tolist())]
        found += map(_digest, curves, _rest(equity[some], wide[some], counts[some], figures[some]))
    return found


def _rest(equity: Integers, wide: Flags, counts: Integers, figures: Floats) -> Integers:
    """(P, ...) what follows the steps; the figures' bits as whole numbers."""
    runs, bars = equity.shape
    shape = np.empty((runs, 3), np.int64)
    shape[:, 0] = bars
    shape[:, 1] = np.where(wide, 8, 4)
    shape[:, 2] = equity[:, 0] if bars else 0
    return np.hstack((shape, counts, figures.view(np.int64)))


def _digest(steps: Integers | Prices, rest: Integers) -> str:
    found = _STARTED.copy()
    found.update(steps.data)
    found.update(rest.data)
    return found.hexdigest()


_STARTED = hashlib.sha256(HEAD)


@kernel
def _shorten(equity: Integers, steps: Prices, wide: Flags) -> None:
    """Fills rows of steps (P or more, R - 1), and 1 into wide (P,) where one of them does not fit."""
    for run in range(equity.shape[0]):
        money, into, beyond = equity[run], steps[run], 0
        for k in range(into.size):
            shifted = money[k + 1] - money[k] + HALF
            into[k] = shifted % (2 * HALF) - HALF
            beyond |= shifted >> 32
        wide[run] = 1 if beyond else 0
