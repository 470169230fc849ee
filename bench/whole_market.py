"""W5: every stock of the market shares one cash pool, in a thousand combinations. Time and memory, once."""

from bench.evaluating import evaluated
from bench.stored import stored_market
from bench.strategies import dual_moving_average, wide_pairs
from bench.workload import Figures, Size


def run(size: Size) -> Figures:
    market = stored_market(size.stocks, size.bars)
    return evaluated(dual_moving_average(slots=50), market, wide_pairs(size.combinations), size, threads=(2,))
