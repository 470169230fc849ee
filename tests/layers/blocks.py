"""`python -m tests.layers.blocks`: a grid's block and a single run as a worker computes them, and as JSON what they had to compile."""

import json
import sys
from typing import Any

from numba.core import event
from obstore.store import MemoryStore

import engine
from functions.computing import compute
from functions.jobs.records import BlockTask
from functions.jobs.results import Results
from layers.bake import ROTATION, tiny_market
from tests.layers.compiling import STRATEGY, Compiled

CONTEXT: dict[str, Any] = {"initial_cash": 1_000_000.0, "frequency": "1d"}


def main() -> None:
    compiled, market, found = Compiled(), tiny_market(), {}
    event.register("numba:compile", compiled)
    for name, task in {
        "a grid": BlockTask(1, 1, "cells", "grid", "owner", "panel", ROTATION, CONTEXT, ("a", "b"), ({"n": 2}, {"n": 3})),
        "a single run": BlockTask(2, 1, "ledgers", "grid", "owner", "panel", STRATEGY, CONTEXT, ("c",), ({},)),
    }.items():
        results = compute(task, market, Results(MemoryStore()), "engine-1", lambda done: True, threads=2)
        found[name] = [result.error or sorted(result.artifacts) for result in results]
    sys.stdout.write(json.dumps({"engine": engine.__file__, "compiled": compiled.names, "found": found}))


if __name__ == "__main__":
    main()
