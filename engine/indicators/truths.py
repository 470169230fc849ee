"""Truths as bits: one for each of a stock's own bars, 64 to a word, where a stock's bits begin with a word of their own.

Bits beyond a stock's last bar are 0. The functions are of one stock, unless they take offsets.
"""

from typing import Any

import numpy as np

from engine.arrays import Bits, Flags, Floats, Integers, Prices
from engine.compiled import first_bit, inlined, kernel

WORD = 64

FEW = 4
"""Holes among 64 sessions that are looked at one by one."""

GT, GE, EQ, NE = range(4)
AND, OR, NOT = range(3)


@kernel
def compare(operation: int, a: Floats, b: Floats, out: Bits) -> None:
    """A comparison with NaN is false, "not equal" included."""
    for w in range(out.size):
        x, y = a[WORD * w : WORD * w + WORD], b[WORD * w : WORD * w + WORD]
        if operation == GT:
            out[w] = _greater(x, y)
        elif operation == GE:
            out[w] = _at_least(x, y)
        elif operation == EQ:
            out[w] = _equal(x, y)
        else:
            out[w] = _greater(x, y) | _greater(y, x)


@kernel
def logic(operation: int, a: Bits, b: Bits, bars: int, out: Bits) -> None:
    """ "not" ignores b."""
    if operation == AND:
        for w in range(out.size):
            out[w] = a[w] & b[w]
    elif operation == OR:
        for w in range(out.size):
            out[w] = a[w] | b[w]
    else:
        for w in range(out.size):
            out[w] = ~a[w]
        if bars % WORD:
            out[out.size - 1] &= (np.uint64(1) << np.uint64(bars % WORD)) - np.uint64(1)


@kernel
def crosses(a: Floats, b: Floats, above: Bits, below: Bits) -> None:
    """Where a > b now and a <= b on the stock's previous bar, and the other way round; not on its first bar, or where a NaN takes part."""
    not_above, not_below = np.uint64(0), np.uint64(0)  # the bit of the previous bar
    one, last = np.uint64(1), np.uint64(WORD - 1)
    for w in range(above.size):
        x, y = a[WORD * w : WORD * w + WORD], b[WORD * w : WORD * w + WORD]
        greater, less = _greater(x, y), _greater(y, x)
        equal = np.uint64(0)
        if greater | less != ~np.uint64(0):  # rare
            equal = _equal(x, y)
        above[w] = greater & ((less | equal) << one | not_above)
        below[w] = less & ((greater | equal) << one | not_below)
        not_above, not_below = (less | equal) >> last, (greater | equal) >> last


@kernel
def choose(condition: Bits, a: Floats, b: Floats, out: Floats) -> None:
    """a where the condition holds, else b."""
    for w in range(condition.size):
        chosen, result = condition[w], out[WORD * w : WORD * w + WORD]
        x, y = a[WORD * w : WORD * w + WORD], b[WORD * w : WORD * w + WORD]
        for k in range(result.size):
            result[k] = x[k] if chosen >> np.uint64(k) & np.uint64(1) else y[k]


@kernel
def unpack(bits: Bits, out: Flags) -> None:
    """One byte for each bar, 0 or 1."""
    for w in range(bits.size):
        word, result = bits[w], out[WORD * w : WORD * w + WORD]
        for k in range(result.size):
            result[k] = np.uint8(word >> np.uint64(k) & np.uint64(1))


@kernel
def pack(flags: Flags, out: Bits) -> None:
    for w in range(out.size):
        out[w] = _set(flags[WORD * w : WORD * w + WORD])


@kernel
def unpack_all(offsets: Integers, words: Integers, bits: Bits, out: Flags) -> None:
    """offsets (N + 1,): stock i has the bars offsets[i] to offsets[i + 1]; words (N + 1,): and the words words[i] to words[i + 1]."""
    for i in range(offsets.size - 1):
        unpack(bits[words[i] : words[i + 1]], out[offsets[i] : offsets[i + 1]])


@kernel
def pack_all(offsets: Integers, words: Integers, flags: Flags, out: Bits) -> None:
    for i in range(offsets.size - 1):
        pack(flags[offsets[i] : offsets[i + 1]], out[words[i] : words[i + 1]])


@kernel
def by_session(bar_of: Prices, has_bar: Bits, words: Integers, truths: Bits, square: Bits, out: Bits) -> None:
    """Bits by stock and own bar become bits by session and stock; a session without a bar has 0.

    bar_of (N, S) int32: how many bars stock i has before its s-th word of 64 sessions; has_bar (N, S): on which of these it has one.
    truths (E, all words); out (E, T, W). Squares of 64 stocks by 64 sessions are turned over at once, in `square` (64,).
    """
    for e in range(out.shape[0]):
        for s in range(bar_of.shape[1]):
            rows = out[e, WORD * s : WORD * s + WORD]
            for w in range(out.shape[2]):
                some = np.uint64(0)
                for k in range(WORD):
                    i = WORD * w + k
                    square[k] = np.uint64(0)
                    if i < bar_of.shape[0] and has_bar[i, s]:
                        square[k] = _spread(truths[e, words[i] : words[i + 1]], bar_of[i, s], has_bar[i, s])
                    some |= square[k]
                if some:
                    _turn(square)
                for t in range(rows.shape[0]):
                    rows[t, w] = square[t]


@inlined
def _spread(own: Bits, first: int, places: Any) -> Any:
    """The bits from bar `first` on, one for each place that is set, put there."""
    w, shift = first >> 6, np.uint64(first & 63)
    bits = own[w] >> shift
    if shift and w + 1 < own.size:
        bits |= own[w + 1] << (np.uint64(WORD) - shift)
    holes = ~places
    if not holes or not bits:
        return bits
    moved = bits
    for _ in range(FEW):  # each hole moves what stands at it and above
        below = (holes & (np.uint64(0) - holes)) - np.uint64(1)
        moved = moved & below | (moved & ~below) << np.uint64(1)
        holes &= holes - np.uint64(1)
        if not holes:
            return moved
    return _spread_far(bits, places)


@inlined
def _spread_far(bits: Any, places: Any) -> Any:
    """Stretch of places by stretch, where there are many holes."""
    full = ~np.uint64(0)
    out, at = np.uint64(0), np.uint64(0)
    while places:
        gap = np.uint64(first_bit(places))
        places >>= gap
        at += gap
        long = np.uint64(WORD) if places == full else np.uint64(first_bit(~places))
        if long == np.uint64(WORD):
            return out | bits << at
        out |= (bits & ((np.uint64(1) << long) - np.uint64(1))) << at
        bits >>= long
        places >>= long
        at += long
    return out


@inlined
def _turn(square: Bits) -> None:
    """The 64 x 64 bits turned over at their diagonal, by halves (Warren 2012, Hacker's Delight, 7-3)."""
    width, mask = 32, np.uint64(0x00000000FFFFFFFF)
    while width:
        for low in range(0, WORD, 2 * width):
            for k in range(low, low + width):
                swapped = (square[k] >> np.uint64(width) ^ square[k + width]) & mask
                square[k] ^= swapped << np.uint64(width)
                square[k + width] ^= swapped
        width >>= 1
        mask ^= mask << np.uint64(width)


@inlined
def _greater(x: Floats, y: Floats) -> np.uint64:
    word = np.uint64(0)
    for k in range(x.size):
        word |= np.uint64(x[k] > y[k]) << np.uint64(k)
    return word


@inlined
def _at_least(x: Floats, y: Floats) -> np.uint64:
    word = np.uint64(0)
    for k in range(x.size):
        word |= np.uint64(x[k] >= y[k]) << np.uint64(k)
    return word


@inlined
def _equal(x: Floats, y: Floats) -> np.uint64:
    word = np.uint64(0)
    for k in range(x.size):
        word |= np.uint64(x[k] == y[k]) << np.uint64(k)
    return word


@inlined
def _set(flags: Flags) -> np.uint64:
    word = np.uint64(0)
    for k in range(flags.size):
        word |= np.uint64(flags[k] != 0) << np.uint64(k)
    return word
