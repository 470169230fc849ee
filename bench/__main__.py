"""`python -m bench [W3 W7 ...]`: each workload in a process of its own, one after the other, and all figures as one JSON object."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from bench.machine import machine
from bench.rows import chosen
from bench.workload import Figures, Workload
from functions.compiler import compiler_environment


def main(names: str, tiny: bool = False) -> int:
    """1 where a workload could not be run: the others still are."""
    try:
        rows = chosen(names)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    os.environ.update({name: value for name, value in compiler_environment(Path(".lianghu")).items() if name not in os.environ})
    told: Figures = {"machine": machine(), "workloads": {}}
    for row in rows:
        began = time.perf_counter()
        sys.stderr.write(f"{row.name}: {row.about} ...")
        sys.stderr.flush()
        if not (tiny or row.starts_others):
            _figures(row, tiny=True)  # its kernels are compiled now, whose memory would count otherwise
        told["workloads"][row.name] = {
            "about": row.about,
            "wanted": row.reach,
            "size": (row.tiny if tiny else row.full)._asdict(),
            **_figures(row, tiny),
        }
        sys.stderr.write(f" {time.perf_counter() - began:.1f} s\n")
    json.dump(told, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return int(any("failed" in each for each in told["workloads"].values()))


def _figures(row: Workload, tiny: bool) -> Figures:
    command = [sys.executable, "-m", "bench.child", row.name, *(["tiny"] * tiny)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return {"failed": f"exit code {done.returncode}; what went wrong stands above"}
    found: Figures = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    sys.exit(main(" ".join(word for word in sys.argv[1:] if word != "--tiny"), "--tiny" in sys.argv))
