"""How time and memory grow with combinations, stocks and bars; curves are dropped as they come."""

from collections.abc import Sequence

from bench.evaluating import evaluated
from bench.measuring import peak_megabytes
from bench.stored import stored_market
from bench.strategies import Combination, dual_moving_average, hundred_pairs, many_pairs, wide_pairs
from bench.workload import Figures, Size


def run(size: Size) -> Figures:
    """Combinations first and ascending: the peak memory after each is then its own or an earlier one's."""
    hundred = hundred_pairs(size.combinations)
    counts = [size.combinations * times for times in (1, 10, 100)]
    text = dual_moving_average(slots=50)
    by_combinations = {f"{count:,}": _row(text, size, wide_pairs(count)) for count in counts}
    alone = size._replace(stocks=1)
    of_one_stock = {f"{10 * count:,}": _row(dual_moving_average(slots=1), alone, many_pairs(10 * count)) for count in counts}
    by_stocks = [size._replace(stocks=size.stocks * times // 4) for times in (1, 4, 16)]
    by_bars = [size._replace(bars=size.bars * times // 4) for times in (1, 4, 16)]
    return {
        "combinations": by_combinations,
        "combinations of one stock": of_one_stock,
        "stocks": {f"{each.stocks:,}": _row(text, each, hundred) for each in by_stocks},
        "bars": {f"{each.bars:,}": _row(text, each, hundred) for each in by_bars},
    }


def _row(text: str, size: Size, combinations: Sequence[Combination]) -> Figures:
    found = evaluated(text, stored_market(size.stocks, size.bars), combinations, size)
    return {**found, "peak_memory_mb_so_far": peak_megabytes()}
