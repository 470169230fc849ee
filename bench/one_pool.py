"""W3: a few hundred stocks share one cash pool of 50 slots, in a hundred combinations: the workload that the platform exists for."""

from bench.evaluating import evaluated
from bench.stored import stored_market
from bench.strategies import dual_moving_average, hundred_pairs
from bench.workload import Figures, Size


def run(size: Size) -> Figures:
    market = stored_market(size.stocks, size.bars)
    pairs = hundred_pairs(size.combinations)
    return evaluated(dual_moving_average(slots=50), market, pairs, size, new_market=lambda: stored_market(size.stocks, size.bars))
