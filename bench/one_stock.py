"""W1: one stock and a large grid of dual moving averages, all of its money in one position."""

from bench.evaluating import evaluated
from bench.stored import stored_market
from bench.strategies import dual_moving_average, many_pairs
from bench.workload import Figures, Size


def run(size: Size) -> Figures:
    return evaluated(dual_moving_average(slots=1), stored_market(size.stocks, size.bars), many_pairs(size.combinations), size)
