"""Rankings of a whole market: made by a process that has made none before, one year made again, looked up by kernels and from Python."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.lakes import lake_of
from bench.measuring import Times
from bench.stored import HOME
from bench.workload import Figures, Size

FIELDS = ("amount", "return_20", "return_250")


def run(size: Size) -> Figures:
    """The top 30 of every session by each field; each round makes them anew, in a process of its own."""
    lake = lake_of(size.stocks, size.bars)
    with tempfile.TemporaryDirectory(dir=HOME.absolute(), prefix="rankings-") as folder:
        own = Path(folder) / "lake"
        shutil.copytree(lake, own, copy_function=os.link)  # what is made is put beside files that are only read
        made = {field: [_started("make", own, field) for _ in range(size.rounds)] for field in FIELDS}
        again = [_started("year", own, "amount") for _ in range(size.rounds)]
        looked = _started("look", own, "amount")
    rounds = [each for field in FIELDS for each in made[field]]
    return {
        "peak_memory_mb": max(each["peak_memory_mb"] for each in rounds),
        **{field: _figures(made[field]) for field in FIELDS},
        "the newest year again": _figures(again),
        "looked up": looked,
    }


def _figures(rounds: list[Figures]) -> Figures:
    times = Times([each["seconds"] for each in rounds], [each["cpu_seconds"] for each in rounds])
    return {**times.figures(), "years_made": rounds[0]["years_made"]}


def _started(*arguments: str | Path) -> Figures:
    command = [sys.executable, "-m", "bench.ranking_parts", *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: Figures = json.loads(done.stdout)
    return found
