"""Our side of the race: the text compiled, every rule on, two threads."""

from pathlib import Path
from typing import Any

from bench.measuring import THREADS
from bench.peers.turns import Way, take_turns
from bench.stored import mapped
from bench.strategies import INITIAL_CASH, dual_moving_average, grid_of
from engine.evaluate import evaluate_grid
from engine.language import compile_strategy


def prepare(workload: str, folder: Path, combinations: int) -> Way:
    market = mapped(folder / "market.panel")
    text, grid = dual_moving_average(slots=1 if workload == "W1" else 50), grid_of(workload, combinations)

    def way() -> dict[str, Any]:
        program = compile_strategy(text)
        first = None
        for cell in evaluate_grid(program, market, grid, INITIAL_CASH, threads=min(THREADS[-1], len(grid))):
            first = first or cell
        assert first is not None
        return {"return": first.stats["return"], "trades": first.tallies.sells}

    way()  # the kernels are loaded
    return way


if __name__ == "__main__":
    take_turns(prepare)
