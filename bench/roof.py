"""The roof over W3: the bytes that a combination must move whatever the code, where they lie, and how long that takes at least.

Beside it stands what a combination takes: processor time of one thread. The table is of one thread, too.
"""

from typing import NamedTuple

from bench.bandwidth import bandwidth
from bench.evaluating import evaluated
from bench.stored import stored_market
from bench.strategies import dual_moving_average, hundred_pairs
from bench.workload import Figures, Size
from engine.market import Market, has_bar

NUMBER, PRICE, COUNT, BIT = 8, 4, 8, 1 / 8
"""Bytes of a value: float64, int32, int64, one bit."""
PRICES_READ = 5
"""Of a stock's bar on the way to a fill and to the account's worth: open, high, low, close and the reference price."""
BATCH = 64
"""Combinations that live a session side by side, so that its prices come from far away once for all of them."""
SLOTS = 50


class Moved(NamedTuple):
    """What one combination moves."""

    what: str
    megabytes: float
    place: str
    """The nearest memory that can hold what is read again."""
    operations: float
    """Additions, comparisons and divisions of numbers, in millions."""


def run(size: Size) -> Figures:
    machine = bandwidth(size)
    market = stored_market(size.stocks, size.bars)
    pairs = hundred_pairs(size.combinations)
    taken = evaluated(dual_moving_average(SLOTS), market, pairs, size, threads=(1,))
    rows = moved(market, pairs)
    least = {row.what: row.megabytes / 1e3 / machine[row.place]["1 thread, GB/s"] * 1e3 for row in rows}
    hashing = market.shape[0] * COUNT / 1e9 / machine["sha256, GB/s"] * 1e3
    measured = taken["1 thread"]["cpu_seconds_min"] / len(pairs) * 1e3
    return {
        "machine": machine,
        "a combination of W3": {
            row.what: {
                "megabytes": round(row.megabytes, 3),
                "from": row.place,
                "million_operations": round(row.operations, 3),
                "milliseconds_least": round(least[row.what], 4),
            }
            for row in rows
        },
        "milliseconds_least": round(sum(least.values()) + hashing, 4),
        "of these the hash": round(hashing, 4),
        "milliseconds_taken": round(measured, 4),
        "times the least": round(measured / (sum(least.values()) + hashing), 2),
    }


def moved(market: Market, pairs: list[dict[str, float | int]]) -> tuple[Moved, ...]:
    """Of one combination of the grid; what combinations share is divided by their number."""
    sessions, stocks = market.shape
    bars = int(has_bar(market).sum())
    shared = len({window for pair in pairs for window in pair.values()}) + 1  # and the rank's rate of change
    means = shared / len(pairs)
    held = SLOTS * sessions
    cells = sessions * (-(-stocks // 64) * 64)
    return (
        Moved("means and the rank: sums read, values written", means * bars * 2 * NUMBER / 1e6, "L2", means * bars * 2 / 1e6),
        Moved("two means compared, two truths written", bars * (2 * NUMBER + 2 * BIT) / 1e6, "L2", bars * 2 / 1e6),
        Moved("truths from bars to sessions", 2 * 2 * cells * BIT / 1e6, "L2", 0.0),
        Moved("truths read by the loop", 2 * cells * BIT / 1e6, "L3", 0.0),
        Moved("prices from far away", PRICES_READ * PRICE * sessions * stocks / BATCH / 1e6, "memory", 0.0),
        Moved("prices and positions of what is held", held * (PRICES_READ * PRICE + NUMBER) / 1e6, "L2", held * 3 / 1e6),
        Moved("equity written, measured, hashed", 4 * sessions * COUNT / 1e6, "L2", sessions * 10 / 1e6),
    )
