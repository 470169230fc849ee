"""A panel out of a lake: built by a process that has built none before, asked for again, fetched by a worker, and mapped by it."""

import json
import subprocess
import sys
from pathlib import Path

from bench.lakes import lake_of
from bench.measuring import Times
from bench.workload import Figures, Size


def run(size: Size) -> Figures:
    """Daily bars of every stock."""
    return figures(lake_of(size.stocks, size.bars), "1d", size)


def figures(lake: Path, frequency: str, size: Size) -> Figures:
    """Each round builds anew, in a process of its own; another one asks again, and one that loads no table library is the worker."""
    built = [_started("build", lake, frequency) for _ in range(size.rounds)]
    times = Times([each["seconds"] for each in built], [each["cpu_seconds"] for each in built])
    return {
        "peak_memory_mb": max(each["peak_memory_mb"] for each in built),
        "built": {
            **times.figures(),
            "seconds_of_imports": min(each["seconds_of_imports"] for each in built),
            "megabytes": built[0]["megabytes"],
        },
        "asked for again": _started("again", lake, frequency, str(size.rounds)),
        "of the worker": _started("work", lake, built[0]["key"], str(size.rounds)),
    }


def _started(*arguments: str | Path) -> Figures:
    command = [sys.executable, "-m", "bench.panel_parts", *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: Figures = json.loads(done.stdout)
    return found
