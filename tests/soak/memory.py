"""How much memory every process takes over its life, and whether that grows."""

import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any

SAMPLE_SECONDS = 5.0
LEAST_SAMPLES = 36
"""Of a life that says anything about growth: three minutes."""
GROWTH, GROWTH_MB = 0.25, 40.0
"""From the second quarter of a life to its last one: caches fill up once; more than both is a leak."""


class Memory:
    """Resident megabytes, sampled."""

    def __init__(self) -> None:
        self._lives: dict[tuple[str, int], list[float]] = defaultdict(list)

    def sample(self, processes: dict[int, str]) -> None:
        for pid, name in processes.items():
            if (size := resident_mb(pid)) is not None:
                self._lives[name, pid].append(size)

    def told(self) -> dict[str, dict[str, Any]]:
        """By the process's name: how many lives, the largest, and of the longest one the medians of its second and its last quarter."""
        rows: dict[str, dict[str, Any]] = {}
        for name in sorted({name for name, _ in self._lives}):
            lives = [samples for (other, _), samples in self._lives.items() if other == name]
            before, after = _quarters(max(lives, key=len))
            rows[name] = {
                "lives": len(lives),
                "peak_mb": round(max(map(max, lives)), 1),
                "samples_of_the_longest": max(map(len, lives)),
                "second_quarter_mb": round(before, 1),
                "last_quarter_mb": round(after, 1),
            }
        return rows

    def growing(self) -> list[str]:
        """Names of processes of which a life grew."""
        found = set()
        for (name, _), samples in self._lives.items():
            if len(samples) >= LEAST_SAMPLES:
                before, after = _quarters(samples)
                if after - before > max(GROWTH * before, GROWTH_MB):
                    found.add(name)
        return sorted(found)


def resident_mb(pid: int) -> float | None:
    """None: it is gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return None


def _quarters(samples: list[float]) -> tuple[float, float]:
    """Medians of the second and the last quarter."""
    quarter = max(1, len(samples) // 4)
    return statistics.median(samples[quarter : 2 * quarter] or samples), statistics.median(samples[-quarter:])
