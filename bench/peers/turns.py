"""A contestant's side of the race: it prepares, says that it is ready, and runs once for every line that it is sent.

Read by the peers' own Python, which has none of our libraries.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Arrays = dict[str, Any]
Way = Callable[[], Any]
"""One round: prices in memory to the figures of every combination."""

CASH = 10_000_000.0
SLOTS = 50
LOT = 100
BUYING, SELLING, SLIPPAGE = 0.00026, 0.00076, 0.0005
"""Rates of fees: commission and transfer fee, and with them the duty on sales."""


def take_turns(prepare: Callable[[str, Path, int], Way]) -> None:
    """argv: workload, folder of the prices, combinations."""
    way = prepare(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
    _say({"ready": True})
    found = None
    for line in sys.stdin:
        if line.strip() != "go":
            break
        wall, cpu = time.perf_counter(), time.process_time()
        found = way()
        _say({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu})
    _say({"peak_memory_mb": _peak_megabytes(), "first": found})


def prices(folder: Path) -> Arrays:
    """(T, N) float64 CNY: open, high, low, close, volume; has_bar; dates (T,) and codes (N,).

    A cell without a bar repeats the last close.
    """
    with np.load(folder / "prices.npz") as stored:
        return {name: stored[name] for name in stored.files}


def mean_of(close: Any, window: int) -> Any:
    """(T, ...) trailing means of prices on a grid of 0.01, exact before they are divided; NaN for the first window - 1."""
    whole = np.rint(np.asarray(close) * 100).astype(np.int64)
    sums = np.cumsum(np.concatenate([np.zeros((1, *whole.shape[1:]), np.int64), whole]), axis=0)
    out = np.full(whole.shape, np.nan)
    out[window - 1 :] = (sums[window:] - sums[:-window]) / (100.0 * window)
    return out


def _say(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _peak_megabytes() -> float:
    rows = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    return round(int(rows["VmHWM"].split()[0]) / 1024, 1)
