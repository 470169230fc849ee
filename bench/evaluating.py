"""A text, a market and combinations: compiled, evaluated on one thread and on two in turn, with the same bytes."""

from collections.abc import Callable, Sequence

from bench.measuring import THREADS, named, race, taken
from bench.strategies import INITIAL_CASH, Combination
from bench.workload import Figures, Size
from engine.evaluate import evaluate_grid
from engine.language import Program, compile_strategy
from engine.market import Market

SAMPLE = 20
"""Combinations of the grid, evenly chosen, whose fills are told: what a simulation costs follows its fills."""


def evaluated(
    text: str,
    market: Market,
    combinations: Sequence[Combination],
    size: Size,
    threads: Sequence[int] = THREADS,
    new_market: Callable[[], Market] | None = None,
) -> Figures:
    """Minima, medians and combinations a second by the number of threads; compiling the text is outside the clock.

    The market has been played before, as a worker's has that takes one block after the other; `new_market` gives one that has not,
    and is measured as a case of its own.
    """
    program = compile_strategy(text)
    fills = _fills(program, market, _sample(combinations))  # loads the kernels, too
    found: dict[int, set[str]] = {count: set() for count in threads}

    def on(count: int, played: Callable[[], Market]) -> Callable[[], None]:
        return lambda: found[count].add(taken(evaluate_grid(program, played(), combinations, INITIAL_CASH, threads=count)))

    ways = {named(count): on(count, lambda: market) for count in threads}
    if new_market is not None:
        ways[f"{named(threads[-1])}, a new market"] = on(threads[-1], new_market)
    times = race(ways, size)
    results = set.union(*found.values())
    if len(results) > 1:
        raise ValueError(f"the number of threads changes results: {found}")
    return {
        **{name: each.figures(len(combinations)) for name, each in times.items()},
        "combinations": len(combinations),
        "fills_a_session": fills,
        "results": results.pop(),
    }


def _sample(combinations: Sequence[Combination]) -> list[Combination]:
    """Some from all over the grid; the step has no factor in common with the usual lengths of its axes."""
    return [combinations[k * 37 % len(combinations)] for k in range(min(SAMPLE, len(combinations)))]


def _fills(program: Program, market: Market, combinations: Sequence[Combination]) -> float:
    """A combination's purchases and sales in a session, on average."""
    tallies = [cell.tallies for cell in evaluate_grid(program, market, combinations, INITIAL_CASH)]
    return round(sum(each.buys + each.sells for each in tallies) / len(tallies) / market.shape[0], 3)
