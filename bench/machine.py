"""What the figures were taken on: processor, memory, versions."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.workload import Figures

TELLING = ("avx2", "avx512f", "fma", "bmi2", "sha_ni")
"""Flags of the processor that decide how fast kernels and hashes are."""
LIBRARIES = ("numba", "llvmlite", "numpy", "vectorbt", "raptorbt")


def machine() -> Figures:
    """Linux tells all of it; elsewhere what is unknown is left out."""
    rows = _rows(Path("/proc/cpuinfo"))
    flags = set(rows.get("flags", "").split())
    return {
        "processor": rows.get("model name", platform.processor() or platform.machine()),
        "cores": os.cpu_count(),
        "flags": [flag for flag in TELLING if flag in flags],
        "cache": rows.get("cache size", ""),
        "memory_gb": round(int(_rows(Path("/proc/meminfo")).get("MemTotal", "0 kB").split()[0]) / 2**20, 1),
        "load_before": [round(each, 2) for each in os.getloadavg()],
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "numba_cpu_name": os.environ.get("NUMBA_CPU_NAME", "host"),
        **_versions(),
    }


def _rows(file: Path) -> dict[str, str]:
    """The first value of each name."""
    found: dict[str, str] = {}
    for line in file.read_text().splitlines() if file.exists() else ():
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip(), value.strip())
    return found


def _versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
