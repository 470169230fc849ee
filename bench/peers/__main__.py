"""`python -m bench.peers PYTHON_OF_THE_PEERS [W1 W2 W3]`: we and they, in turn, on the same prices; one JSON object."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from bench.machine import machine
from bench.peers.arrays import write
from bench.workload import Figures, Size
from functions.compiler import compiler_environment

SIZES = {"W1": Size(1, 2_500, 10_000, 3), "W2": Size(500, 2_500, 1, 7), "W3": Size(300, 2_500, 100, 3)}
MODULES = {"ours": "bench.peers.ours", "vectorbt": "bench.peers.with_vectorbt", "raptorbt": "bench.peers.with_raptorbt"}
VERSIONS = """
from importlib.metadata import version
print(" ".join(f"{name}=={version(name)}" for name in ("vectorbt", "raptorbt", "numba", "numpy")))
"""


class Contestant(NamedTuple):
    name: str
    process: "subprocess.Popen[str]"

    def asked(self, word: str) -> Figures:
        """Sends a line (nothing for an empty one) and waits for the answer. RuntimeError: it has ended."""
        assert self.process.stdin is not None and self.process.stdout is not None
        if word:
            self.process.stdin.write(f"{word}\n")
            self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} has ended with {self.process.wait()}")
        found: Figures = json.loads(answer)
        return found


def main(python: str, names: list[str], sizes: dict[str, Size]) -> int:
    os.environ.update({name: value for name, value in compiler_environment(Path(".lianghu")).items() if name not in os.environ})
    versions = subprocess.run([python, "-c", VERSIONS], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    told: Figures = {"machine": machine(), "peers": versions}
    for name in names or sizes:
        sys.stderr.write(f"{name} ...\n")
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), sizes[name].stocks, sizes[name].bars)
            told[name] = {"size": sizes[name]._asdict(), **_raced(python, name, sizes[name], Path(folder))}
    json.dump(told, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0


def _raced(python: str, workload: str, size: Size, folder: Path) -> Figures:
    """All are ready before the first turn; then each once a round. They keep their memory meanwhile."""
    contestants = [_started(name, python, workload, size, folder) for name in MODULES]
    try:
        for each in contestants:
            each.asked("")
        turns = [[each.asked("go") for each in contestants] for _ in range(size.rounds)]
        ends = [each.asked("end") for each in contestants]
    finally:
        for each in contestants:
            each.process.kill()
            each.process.wait()
    return {each.name: _figures([turn[k] for turn in turns], size.combinations) | ends[k] for k, each in enumerate(contestants)}


def _started(name: str, python: str, workload: str, size: Size, folder: Path) -> Contestant:
    own = sys.executable if name == "ours" else python
    environment = {key: value for key, value in os.environ.items() if name == "ours" or not key.startswith("NUMBA_")}
    return Contestant(
        name,
        subprocess.Popen(
            [own, "-m", MODULES[name], workload, str(folder), str(size.combinations)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        ),
    )


def _figures(turns: list[Figures], combinations: int) -> Figures:
    walls = [turn["wall"] for turn in turns]
    return {
        "seconds_min": round(min(walls), 5),
        "seconds_median": round(statistics.median(walls), 5),
        "cpu_seconds_min": round(min(turn["cpu"] for turn in turns), 5),
        "combinations_per_second": round(combinations / min(walls), 1),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:], SIZES))
