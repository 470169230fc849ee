"""A text, a market and combinations: compiled, evaluated on one thread and on two in turn, with the same bytes."""

from collections.abc import Callable, Sequence

from bench.measuring import THREADS, named, race, taken
from bench.strategies import INITIAL_CASH, Combination
from bench.workload import Figures, Size
from engine.evaluate import evaluate_grid
from engine.language import Program, compile_strategy
from engine.market import Market


def evaluated(text: str, market: Market, combinations: Sequence[Combination], size: Size) -> Figures:
    """Minima, medians and combinations a second by the number of threads; compiling the text is outside the clock."""
    program = compile_strategy(text)
    hashes = {_once(program, market, combinations[:2], threads) for threads in THREADS}  # loads the kernels, outside the clock
    found: dict[int, set[str]] = {threads: set() for threads in THREADS}

    def with_threads(threads: int) -> Callable[[], None]:
        return lambda: found[threads].add(_once(program, market, combinations, threads))

    times = race({named(threads): with_threads(threads) for threads in THREADS}, size)
    if len(hashes) > 1 or len(set.union(*found.values())) > 1:
        raise ValueError(f"the number of threads changes results: {hashes}, {found}")
    return {
        **{name: each.figures(len(combinations)) for name, each in times.items()},
        "combinations": len(combinations),
        "results": found[1].pop(),
    }


def _once(program: Program, market: Market, combinations: Sequence[Combination], threads: int) -> str:
    return taken(evaluate_grid(program, market, combinations, INITIAL_CASH, threads=threads))
