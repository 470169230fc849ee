"""The hash by which anybody can verify a result: SHA-256 over a canonical form, the same wherever it is computed.

The form, all numbers little-endian: HEAD, which names what follows; the steps of the equity curve from bar to bar, each a whole number of
32 bits where all of the run's fit, else of 64; the bars, the bytes of a step and the first bar's equity (0 of no bar); the tallies, the
refusals; the figures as 64-bit floats, NaN where one does not exist. Steps say as much as the curve in half the bytes, and hashing is half
of what a run's figures cost.
"""

import hashlib
from collections.abc import Iterator

import numpy as np

from engine.arrays import Flags, Floats, Integers, Prices
from engine.compiled import kernel
from engine.simulation import Reject, Tallies
from engine.statistics import METRICS

NAMES = (*Tallies._fields[:-1], *(reject.name for reject in Reject), *(metric.key for metric in METRICS))
HEAD = f"lianghu result 2\n{' '.join(NAMES)}\n".encode()
HALF = 2**31
"""Steps from -HALF up to below HALF fit into 32 bits."""
RUNS = 64
"""At a time: their steps are hashed while they lie in the processor's memory."""


def content_hashes(equity: Integers, counts: Integers, figures: Floats) -> list[str]:
    """Of P runs: equity (P, R) li at each bar, counts (P, 18 + Reject) as in Cell, figures (P, M) in the order of METRICS."""
    runs = equity.shape[0]
    wide = np.zeros(runs, np.uint8)
    found: list[str] = []
    for first in range(0, runs, RUNS):
        some = slice(first, first + RUNS)
        found += _digests(equity[some], wide[some], counts[some], figures[some])
    return found


def _digests(equity: Integers, wide: Flags, counts: Integers, figures: Floats) -> Iterator[str]:
    runs, bars = equity.shape
    steps = np.empty((runs, max(bars - 1, 0)), np.int32)
    _shorten(equity, steps, wide)
    shape = np.zeros((runs, 3), np.int64)
    shape[:, 0] = bars
    shape[:, 1] = np.where(wide, 8, 4)
    if bars:
        shape[:, 2] = equity[:, 0]
    rest = np.hstack((shape, counts, figures.view(np.int64))).astype("<i8", copy=False)
    head = hashlib.sha256(HEAD)
    for run, is_wide in enumerate(wide.tolist()):
        digest = head.copy()
        digest.update(np.diff(equity[run]).astype("<i8", copy=False) if is_wide else steps[run].astype("<i4", copy=False))
        digest.update(rest[run])
        yield digest.hexdigest()


@kernel
def _shorten(equity: Integers, steps: Prices, wide: Flags) -> None:
    """Fills steps (P, R - 1), and 1 into wide (P,) where one of them does not fit."""
    for run in range(steps.shape[0]):
        money, into, beyond = equity[run], steps[run], 0
        for k in range(into.size):
            step = money[k + 1] - money[k]
            into[k] = step
            beyond |= (step + HALF) >> 32
        wide[run] = 1 if beyond else 0
