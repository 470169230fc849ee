"""The returns that one session in twenty falls short of, and their mean: found without putting all of them in order.

Returns come in no order that a processor could guess, so that what is done with each is chosen without a branch.
"""

from math import inf, isnan

from engine.arrays import Floats, Integers
from engine.compiled import part

LIKELY = 1.7
"""Times the root of the mean square loss: of most curves about a tenth of the returns lie below minus that."""
LEAST = 5e-324
"""Minus that is the next number below 0."""
BUCKETS = 128


@part
def put_tail(returns: Floats, j: int, scratch: Floats, counts: Integers, moments: Floats) -> None:
    """Value at risk and shortfall of lane j, the last two of Moments, when the others are there; as they were if a return is none.

    returns (S, L) of at least one session; scratch (2, S + 1) and counts (BUCKETS,) are scratch. Ranks are integers, because a product with
    0.05 could be off by one. The returns below the rank's are added up in order of time, then the rank's own, as often as it is needed.
    """
    if isnan(moments[0]):
        return
    sessions = returns.shape[0]
    rank, past = (sessions - 1) // 20, (sessions - 1) % 20
    kept = scratch[0]
    count = _lowest(returns, j, min(rank + 2, sessions), moments, kept)
    at = _ranked(kept, count, rank, scratch[1], counts)
    less, below, up_to, total, after = scratch[1], 0, 0, 0.0, inf
    for k in range(count):
        less[below] = kept[k]
        below += 1 if kept[k] < at else 0
        up_to += 1 if kept[k] <= at else 0
    for k in range(below):
        total += less[k]
    if past and up_to == rank + 1:
        for k in range(count):
            if at < kept[k] < after:  # seldom: it is lower each time
                after = kept[k]
    else:
        after = at
    moments[9] = at + (after - at) * (past / 20.0) if past else at
    moments[10] = (total + float(rank + 1 - below) * at) / float(rank + 1)


@part
def _lowest(returns: Floats, j: int, wanted: int, moments: Floats, into: Floats) -> int:
    """So many of the lowest at least, mostly few more, in order of time; how many. Of those that are 0 no more than needed, at the end."""
    count = _gather(returns, j, -LIKELY * moments[2], into)
    if count >= wanted:
        return count
    count = _gather(returns, j, -LEAST, into)
    if returns.shape[0] - int(moments[7]) < wanted:
        return _gather(returns, j, inf, into)
    for k in range(count, wanted):
        into[k] = 0.0
    return max(count, wanted)


@part
def _gather(returns: Floats, j: int, limit: float, into: Floats) -> int:
    """Lane j's returns up to a limit, in order of time; how many. Each is written, and stays if it belongs."""
    count = 0
    for k in range(returns.shape[0]):
        earned = returns[k, j]
        into[count] = earned
        count += 1 if earned <= limit else 0
    return count


@part
def _ranked(values: Floats, count: int, rank: int, some: Floats, counts: Integers) -> float:
    """The value of that rank (0: the lowest) among the first `count`: again and again only those that share its bucket are left.

    The lowest and the highest never share one, so that fewer are left each time.
    """
    source = values
    while True:
        low, high = inf, -inf
        for k in range(count):
            low = source[k] if source[k] < low else low
            high = source[k] if source[k] > high else high
        if low == high:
            return low
        width = high - low
        for bucket in range(BUCKETS):
            counts[bucket] = 0
        for k in range(count):
            counts[int((source[k] - low) / width * (BUCKETS - 1.0))] += 1
        bucket = 0
        while rank >= counts[bucket]:
            rank -= counts[bucket]
            bucket += 1
        left = 0
        for k in range(count):
            each = source[k]
            some[left] = each
            left += 1 if int((each - low) / width * (BUCKETS - 1.0)) == bucket else 0
        source, count = some, left
