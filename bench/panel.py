"""A panel out of a lake: built by a process that has built none before, asked for again, fetched by a worker, and mapped by it."""

import json
import subprocess
import sys
from pathlib import Path

from bench.lakes import lake_of
from bench.workload import Figures, Size


def run(size: Size) -> Figures:
    """Daily bars of every stock."""
    return figures(lake_of(size.stocks, size.bars), "1d", size)


def figures(lake: Path, frequency: str, size: Size) -> Figures:
    """Each round builds anew, in a process of its own; another one asks again, and one that loads no table library is the worker."""
    built = [_started("build", lake, frequency) for _ in range(size.rounds)]
    quickest = min(built, key=lambda each: each["seconds_min"])
    told = {"cpu_seconds_min": min(each["cpu_seconds_min"] for each in built), "rounds": len(built)}
    memory = max(each["peak_memory_mb"] for each in built)
    again = _started("again", lake, frequency, str(size.rounds))
    worker = _started("work", lake, quickest["key"], str(size.rounds))
    return {
        "peak_memory_mb": memory,
        "built": {name: value for name, value in quickest.items() if name not in ("key", "peak_memory_mb")} | told,
        "asked for again": again,
        "of the worker": worker,
    }


def _started(*arguments: str | Path) -> Figures:
    command = [sys.executable, "-m", "bench.panel_parts", *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: Figures = json.loads(done.stdout)
    return found
