"""`python -m bench.panel_parts build|again|work ...`: what one process does with a panel, and how long that takes."""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.measuring import peak_megabytes, race
from bench.workload import Figures, Size

if TYPE_CHECKING:
    from datalake.lake import Lake
    from datalake.panels.panel import PanelSpec

WARM_UP = 60
"""Bars before the window of a daily panel, which begins on the 61st session; one of minutes has none."""


def build(folder: str, frequency: str) -> Figures:
    """From the name of a dataset to an object in the store. The panel is taken away before, if it is there."""
    began = time.perf_counter()
    from datalake.lake import Lake  # noqa: PLC0415  a worker loads none of these
    from datalake.objects import delete, size_of  # noqa: PLC0415
    from datalake.panels.ensure import ensured  # noqa: PLC0415
    from datalake.panels.panel import object_key  # noqa: PLC0415

    imports = time.perf_counter() - began
    lake = Lake(f"file://{folder}")
    key = _spec(lake, frequency).key
    delete(lake.store, [object_key(key)])
    times = race({"": lambda: _must(ensured(lake, _spec(lake, frequency)).where == "built")}, Size(0, 0, 0, 1))[""]
    megabytes = (size_of(lake.store, object_key(key)) or 0) / 1e6
    return {
        "seconds": times.wall[0],
        "cpu_seconds": times.cpu[0],
        "seconds_of_imports": round(imports, 3),
        "megabytes": round(megabytes, 1),
        "key": key,
        "peak_memory_mb": peak_megabytes(),
    }


def again(folder: str, frequency: str, rounds: str) -> Figures:
    """The first time in this process, and the quickest."""
    from datalake.lake import Lake  # noqa: PLC0415
    from datalake.panels.ensure import ensured  # noqa: PLC0415

    lake = Lake(f"file://{folder}")

    def ask() -> None:
        _must(ensured(lake, _spec(lake, frequency)).where == "found")

    first = race({"": ask}, Size(0, 0, 0, 1))[""]
    return {"seconds_of_the_first": round(first.wall[0], 5), **race({"": ask}, Size(0, 0, 0, int(rounds) + 1))[""].figures()}


def work(folder: str, key: str, rounds: str) -> Figures:
    """Fetched from the store and checked whole; then mapped from the disk by a cache that has it nowhere else; then found in memory.
    The panel is taken away at the end: it may be large, and the lake stays."""
    from datalake.objects import delete, open_store  # noqa: PLC0415
    from datalake.panels.cache import PanelCache  # noqa: PLC0415
    from datalake.panels.packing import check  # noqa: PLC0415
    from datalake.panels.panel import object_key  # noqa: PLC0415

    store = open_store(f"file://{folder}")
    with tempfile.TemporaryDirectory(dir=Path(folder).parent, prefix="cache-") as files:
        known = PanelCache(store, Path(files))
        fetched = race({"": lambda: _must(known.load(key).layer == "store")}, Size(0, 0, 0, 1))[""]
        size = Size(0, 0, 0, int(rounds) + 2)
        times = race(
            {
                "mapped": lambda: _must(PanelCache(store, Path(files)).load(key).layer == "disk"),
                "in memory": lambda: _must(known.load(key).layer == "memory"),
            },
            size,
        )
        memory = peak_megabytes()
        hashed = race({"": lambda: check(np.memmap(Path(files) / f"{key}.panel", np.uint8, "r"))}, size)[""]
    delete(store, [object_key(key)])
    told = {"fetched and checked": fetched, **times, "hash of all bytes": hashed}
    return {name: each.figures() for name, each in told.items()} | {"peak_memory_mb": memory}


def _spec(lake: "Lake", frequency: str) -> "PanelSpec":
    from datalake.panels.panel import PanelSpec  # noqa: PLC0415
    from datalake.versions import resolve  # noqa: PLC0415

    dataset = resolve(lake.store)
    sessions = dataset.catalog.sessions
    warm_up = min(WARM_UP, len(sessions) // 2) if frequency == "1d" else 0
    return PanelSpec.of(dataset, {"all": True}, (sessions[warm_up], sessions[-1]), warm_up, frequency)


def _must(there: bool) -> None:
    if not there:
        raise ValueError("the panel was not where it should have been")


if __name__ == "__main__":
    parts: dict[str, Callable[..., Figures]] = {"build": build, "again": again, "work": work}
    sys.stdout.write(json.dumps(parts[sys.argv[1]](*sys.argv[2:])))
