"""W2: one combination over 500 stocks with one cash pool, as a cell of a grid and as a single run with every event."""

from bench.measuring import race
from bench.stored import stored_market
from bench.strategies import INITIAL_CASH, dual_moving_average, grid_of
from bench.workload import Figures, Size
from engine.evaluate import evaluate, evaluate_block
from engine.language import compile_strategy


def run(size: Size) -> Figures:
    program, market = compile_strategy(dual_moving_average(slots=50)), stored_market(size.stocks, size.bars)
    params = grid_of("W2", size.combinations)[0]
    cell = evaluate_block(program, market, [params], INITIAL_CASH)[0]
    result = evaluate(program, market, params, INITIAL_CASH)
    if result.cell.content_hash != cell.content_hash:
        raise ValueError("the cell of a grid is not the single run")
    ways = {
        "a cell": lambda: evaluate_block(program, market, [params], INITIAL_CASH),
        "a run with every event": lambda: evaluate(program, market, params, INITIAL_CASH),
    }
    times = race(ways, size)
    return {
        **{name: each.figures() for name, each in times.items()},
        "fills": cell.tallies.buys + cell.tallies.sells,
        "results": cell.content_hash[:16],
    }
