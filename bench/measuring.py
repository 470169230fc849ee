"""Clocks and memory: contestants take turns, so that a noisy machine disturbs all of them alike."""

import hashlib
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from bench.workload import Figures, Size
from engine.results import Cell

THREADS = (1, 2)


class Times(NamedTuple):
    """Of each round, in seconds."""

    wall: list[float]
    cpu: list[float]
    """Of all threads of this process."""

    def figures(self, combinations: int = 0) -> Figures:
        """Minimum and median; combinations a second by the minimum, where there are some: of the clock, and of the processor."""
        found: Figures = {
            "seconds_min": _short(min(self.wall)),
            "seconds_median": _short(statistics.median(self.wall)),
            "cpu_seconds_min": _short(min(self.cpu)),
            "rounds": len(self.wall),
        }
        if combinations:
            found["combinations_per_second"] = _short(combinations / min(self.wall))
            found["combinations_per_cpu_second"] = _short(combinations / min(self.cpu))
        return found


def race(contestants: Mapping[str, Callable[[], object]], size: Size) -> dict[str, Times]:
    """Each contestant once a round, in turn. Who needs a first call outside the clock makes it before."""
    times = {name: Times([], []) for name in contestants}
    began = time.perf_counter()
    for round_number in range(size.rounds):
        if round_number >= 2 and time.perf_counter() - began > size.seconds:
            break
        for name, contestant in contestants.items():
            wall, cpu = time.perf_counter(), time.process_time()
            contestant()
            times[name].wall.append(time.perf_counter() - wall)
            times[name].cpu.append(time.process_time() - cpu)
    return times


def taken(cells: Iterable[Cell]) -> str:
    """What a sweep keeps of each cell as it comes, its figures and its hash, while the curve is dropped: one hash over all of them."""
    digest = hashlib.sha256()
    for cell in cells:
        if not cell.stats:
            raise ValueError("a cell without figures")
        digest.update(cell.content_hash.encode())
    return digest.hexdigest()[:16]


def peak_megabytes() -> float:
    """The largest resident memory that this process has had; mapped files count.

    VmHWM begins with the program; getrusage's figure would begin with the memory of the process that started it.
    """
    rows = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    return round(int(rows["VmHWM"].split()[0]) / 1024, 1)


def named(threads: int) -> str:
    return f"{threads} thread{'s' * (threads > 1)}"


def _short(value: float) -> float:
    """Four digits that count."""
    return float(f"{value:.4g}")
