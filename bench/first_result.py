"""W4: from the start of a process to its first result, with the kernels in the cache and with an empty cache."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.stored import file_of, stored_market
from bench.workload import Figures, Size

PHASES = ("interpreter", "language and panel imported", "engine imported", "market mapped, text compiled", "first result")


def run(size: Size) -> Figures:
    """The clock is one for all processes of the machine (CLOCK_MONOTONIC on Linux). `combinations` 1: the empty cache, too."""
    stored_market(size.stocks, size.bars)
    file = file_of(size.stocks, size.bars, facts=False)
    first = _start(file, {})  # fills the cache and the system's memory of files
    warm = [_start(file, {}) for _ in range(size.rounds)]
    found = {"warm": _figures(warm), "results": first["results"]}
    if size.combinations:
        with tempfile.TemporaryDirectory() as empty:
            found["empty kernel cache"] = _figures([_start(file, {"NUMBA_CACHE_DIR": empty})])
    return found


def _start(file: Path, variables: dict[str, str]) -> Figures:
    """What the process says, and the seconds at which it was through with each phase."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "bench.first", str(file)], env=os.environ | variables, stdout=subprocess.PIPE, text=True, check=True
    )
    said: Figures = json.loads(done.stdout)
    return {**said, "phases": [said["clock"][phase] - began for phase in PHASES]}


def _figures(starts: list[Figures]) -> Figures:
    """Of the quickest start: when each phase was over."""
    totals = [each["phases"][-1] for each in starts]
    quickest = starts[totals.index(min(totals))]["phases"]
    return {
        "seconds_min": round(min(totals), 3),
        "seconds_median": round(statistics.median(totals), 3),
        "rounds": len(totals),
        "seconds_until": {phase: round(seconds, 3) for phase, seconds in zip(PHASES, quickest, strict=True)},
    }
