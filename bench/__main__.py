"""`python -m bench`: each workload's figures as one JSON object, with the machine and the versions that they were taken on."""

import json
import os
import platform
import resource
import statistics
import sys
import time
from importlib.metadata import version
from itertools import product
from pathlib import Path

from bench.generated import generated_market
from engine.language import compile_strategy
from functions.compiler import compiler_environment

STRATEGY = """
name: dual-moving-average
params:
  ma_short: {default: 5, min: 2, max: 120}
  ma_long: {default: 20, min: 3, max: 250}
require: [ma_short < ma_long]
universe: {all: true}
let: {fast: "sma(close, ma_short)", slow: "sma(close, ma_long)"}
entry: cross_above(fast, slow)
exit: cross_below(fast, slow)
rank: roc(close, 20)
portfolio: {max_positions: 50}
execution: {slippage: {bps: 5}, volume_cap: 0.1}
"""


def main() -> None:
    os.environ.update(compiler_environment(Path(".lianghu")))
    from engine.evaluate import evaluate_block  # noqa: PLC0415  the compiler reads its environment when it is imported

    rounds = int(os.environ.get("BENCH_ROUNDS", "5"))
    combinations = [{"ma_short": short, "ma_long": long} for short, long in product(range(3, 23, 2), range(30, 130, 10))]
    program = compile_strategy(STRATEGY)
    market = generated_market(2_500, 300)
    evaluate_block(program, market, combinations[:2], 10_000_000_000)  # compile or load the kernels, outside the clock
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for threads, taken in seconds.items():
            began = time.perf_counter()
            evaluate_block(program, market, combinations, 10_000_000_000, threads=threads)
            taken.append(time.perf_counter() - began)
    figures = {
        f"{threads} thread{'s' * (threads > 1)}": {
            "seconds_min": round(min(taken), 4),
            "seconds_median": round(statistics.median(taken), 4),
            "combinations_per_second": round(len(combinations) / min(taken), 1),
        }
        for threads, taken in seconds.items()
    }
    json.dump(
        {"W3: 300 stocks x 2,500 bars x 100 combinations, from YAML": figures, "peak_memory_mb": _peak_memory_mb(), "machine": _machine()},
        sys.stdout,
        indent=2,
    )
    sys.stdout.write("\n")


def _peak_memory_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def _machine() -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "cpu": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "numba_cpu_name": os.environ.get("NUMBA_CPU_NAME", "host"),
        **{name: version(name) for name in ("numba", "numpy", "llvmlite")},
    }


if __name__ == "__main__":
    main()
