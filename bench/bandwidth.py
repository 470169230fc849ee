"""What the machine can move and add: the roof over every kernel, by a loop that reads two arrays and writes a third."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bench.measuring import THREADS, named, race
from bench.workload import Figures, Size
from engine.arrays import Floats
from engine.compiled import kernel

PLACES = {"L1": 24 * 2**10, "L2": 512 * 2**10, "L3": 8 * 2**20, "memory": 192 * 2**20}
"""What the three arrays of one thread take together: well inside each cache of the machines that are usual, or far beyond."""
MOVED = 256 * 2**20
"""Bytes that one thread moves in a round."""
HASHED = 2**24


def bandwidth(size: Size) -> Figures:
    """GB/s of all threads, counting 24 bytes for a result: what is read and what is written, not the line that a write first reads.
    One round: a hundredth of the work."""
    is_tiny = size.rounds == 1
    moved = MOVED // 100 if is_tiny else MOVED
    found: Figures = {}
    for place, room in PLACES.items():
        ways = {named(threads): _moving(min(room, 2**20) if is_tiny else room, moved, threads) for threads in THREADS}
        times = race(ways, size)
        found[place] = {
            f"{name}, GB/s": round(threads * moved / min(times[name].wall) / 1e9, 1) for threads, name in zip(THREADS, ways, strict=True)
        }
    data = bytes(HASHED)
    hashing = race({"sha256": lambda: hashlib.sha256(data).digest()}, size)
    chain = race({"chain": lambda: _chain(moved // 8, 1e-9)}, size)
    return {
        **found,
        "sha256, GB/s": round(HASHED / min(hashing["sha256"].wall) / 1e9, 2),
        "additions that wait for each other, ns": round(min(chain["chain"].wall) / (moved // 8) * 1e9, 2),
    }


def _moving(room: int, moved: int, threads: int) -> Callable[[], object]:
    count = room // 24
    sets = [np.full((3, count), 1.0) for _ in range(threads)]
    times = max(moved // (24 * count), 1)
    _triad(sets[0], 1)
    if threads == 1:
        return lambda: _triad(sets[0], times)
    pool = ThreadPoolExecutor(threads)
    return lambda: list(pool.map(lambda arrays: _triad(arrays, times), sets))


@kernel
def _triad(arrays: Floats, times: int) -> None:
    out, a, b = arrays[0], arrays[1], arrays[2]
    for _ in range(times):
        for k in range(out.size):
            out[k] = a[k] + b[k] * 3.0


@kernel
def _chain(count: int, step: float) -> float:
    """A recursion's cost: each sum needs the one before it."""
    total = 0.0
    for _ in range(count):
        total += step
    return total
