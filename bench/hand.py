"""Strategies written by hand as one compiled loop each: what the language's signals are measured against, on the same arrays."""

import numpy as np

from engine.arrays import Bits, Floats, Integers
from engine.compiled import first_bit, inlined, kernel

BARS_A_WORD = 64
TILE = 128
"""Bars of every stock that are looked at before the next ones, so that means and bits stay in the caches."""


@kernel
def crosses_of_means(
    offsets: Integers,
    rows: Integers,
    close: Floats,
    windows: Integers,
    pairs: Integers,
    room: tuple[Floats, Floats, Bits],
    found: tuple[Bits, Bits],
) -> None:
    """Bits (P, T, W) of P pairs: the shorter mean crosses above the longer, and below it. Each mean is made once for all pairs.

    close (B,) whole numbers, stock after stock; rows (B,) the session of each bar; windows (M,); pairs (P, 2) rows of means.
    room: sums (B + 1,), means (M, TILE), and what was not above and not below at the end of the last tile (2, N, P).
    """
    (sums, means, last), (entry, leave) = room, found
    longest = 0
    for i in range(offsets.size - 1):
        longest = max(longest, offsets[i + 1] - offsets[i])
    sums[0] = 0.0
    for k in range(close.size):
        sums[k + 1] = sums[k] + close[k]  # below 2^53, so exact over all stocks
    for begin in range(0, longest, TILE):
        for i in range(offsets.size - 1):
            low, high = offsets[i], offsets[i + 1]
            first, end = low + begin, min(low + begin + TILE, high)
            for m in range(windows.size if first < end else 0):
                _mean(sums, low, first, windows[m], means[m, : end - first])
            for p in range(pairs.shape[0] if first < end else 0):
                fast, slow = means[pairs[p, 0], : end - first], means[pairs[p, 1], : end - first]
                _crosses(fast, slow, rows[first:end], i, last[:, i, p], entry[p], leave[p])


@kernel
def dip_in_a_rise(offsets: Integers, rows: Integers, close: Floats, volume: Floats, window: int, entry: Bits, leave: Bits) -> None:
    """close > sma(close, window) and rsi(close, 14) < 45 and volume > 1.2 * sma(volume, 20) and close > highest(ref(close, 1), 20) * 0.9;
    the exit is the first of these the other way round. Bits (T, W); whole numbers; one pass over each stock."""
    for i in range(offsets.size - 1):
        low, high = offsets[i], offsets[i + 1]
        _dip(close[low:high], volume[low:high], window, rows[low:high], i, entry, leave)


@inlined
def _mean(sums: Floats, low: int, first: int, n: int, out: Floats) -> None:
    """Of the bars from `first` on; NaN for the first n - 1 from `low` on."""
    lead = min(max(low + n - 1 - first, 0), out.size)
    for k in range(lead):
        out[k] = np.nan
    newest, before = sums[first + lead + 1 :], sums[max(first + lead + 1 - n, 0) :]
    result = out[lead:]
    for k in range(result.size):
        result[k] = (newest[k] - before[k]) / n


@inlined
def _crosses(fast: Floats, slow: Floats, rows: Integers, stock: int, last: Bits, entry: Bits, leave: Bits) -> None:
    """64 bars become one word of each comparison, and only bits that are set are carried to their sessions."""
    not_above, not_below = last[0], last[1]
    word, bit = stock // 64, np.uint64(1) << np.uint64(stock % 64)
    for begin in range(0, rows.size, BARS_A_WORD):
        a, b = fast[begin : begin + BARS_A_WORD], slow[begin : begin + BARS_A_WORD]
        above, below, known = _compared(a, b)
        up = above & ((known & ~above) << np.uint64(1) | not_above)
        down = below & ((known & ~below) << np.uint64(1) | not_below)
        not_above, not_below = (known & ~above) >> np.uint64(63), (known & ~below) >> np.uint64(63)
        while up:
            entry[rows[begin + first_bit(up)], word] |= bit
            up &= up - np.uint64(1)
        while down:
            leave[rows[begin + first_bit(down)], word] |= bit
            down &= down - np.uint64(1)
    last[0], last[1] = not_above, not_below


@inlined
def _compared(a: Floats, b: Floats) -> tuple[np.uint64, np.uint64, np.uint64]:
    """A whole word in loops of a constant length, which the compiler turns into vectors; the rest of a stock bar by bar."""
    above, below, known = np.uint64(0), np.uint64(0), np.uint64(0)
    if a.size == BARS_A_WORD:
        for k in range(BARS_A_WORD):
            above |= np.uint64(a[k] > b[k]) << np.uint64(k)
        for k in range(BARS_A_WORD):
            below |= np.uint64(a[k] < b[k]) << np.uint64(k)
        for k in range(BARS_A_WORD):
            known |= np.uint64(a[k] == b[k]) << np.uint64(k)
    else:
        for k in range(a.size):
            above |= np.uint64(a[k] > b[k]) << np.uint64(k)
            below |= np.uint64(a[k] < b[k]) << np.uint64(k)
            known |= np.uint64(a[k] == b[k]) << np.uint64(k)
    return above, below, above | below | known


@inlined
def _dip(close: Floats, volume: Floats, window: int, rows: Integers, stock: int, entry: Bits, leave: Bits) -> None:
    word, bit = stock // 64, np.uint64(1) << np.uint64(stock % 64)
    total, traded, gain, loss = 0.0, 0.0, 0.0, 0.0
    at = -1
    for k in range(close.size):
        total += close[k] - (close[k - window] if k >= window else 0.0)  # whole numbers: a running sum is exact
        traded += volume[k] - (volume[k - 20] if k >= 20 else 0.0)
        if k > 0:
            change = close[k] - close[k - 1]
            up, down = max(change, 0.0), max(-change, 0.0)
            if k <= 14:
                gain, loss = gain + up, loss + down
                if k == 14:
                    gain, loss = gain / 14, loss / 14
            else:
                gain, loss = gain + (up - gain) / 14, loss + (down - loss) / 14
            at = k - 1 if at < 0 or close[k - 1] >= close[at] else at
            if at < k - 20:
                at = k - 20
                for back in range(k - 19, k):
                    at = back if close[back] >= close[at] else at
        if k < window - 1:
            continue
        mean = total / window
        if close[k] < mean:
            leave[rows[k], word] |= bit
        elif close[k] > mean and k >= 20:
            both = gain + loss
            strength = 100.0 * gain / both if both > 0.0 else 50.0
            if strength < 45.0 and volume[k] > 1.2 * (traded / 20) and close[k] > close[at] * 0.9:
                entry[rows[k], word] |= bit
