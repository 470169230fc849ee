"""Brings values from the packed bars back to the panel's sessions: bits for decisions, numbers for the rank, prices for orders."""

import numpy as np

from engine.arrays import Bits, Floats, Integers, Prices
from engine.compiled import kernel
from engine.indicators import truths
from engine.indicators.bars import MOVED, OwnBars

WORD = truths.WORD


def words(stocks: int) -> int:
    """How many words hold one bit per stock."""
    return (stocks + WORD - 1) // WORD


def bits_by_session(bars: OwnBars, bits: Bits, out: Bits) -> None:
    """out (E, T, W) bits by stock of bits (E, all words) by bar; a session without a bar has 0."""
    layout = bars.layout
    truths.by_session(layout.bars_before, layout.has_bar, layout.words, bits, np.empty(WORD, np.uint64), out)


def numbers_by_session(bars: OwnBars, x: Floats) -> Floats:
    """(T, W * 64) numbers of x (B,); NaN on a session without a bar and beyond the last stock."""
    sessions, stocks = bars.market.shape
    out = np.full((sessions, words(stocks) * WORD), np.nan)
    for first, end in bars.pulse.stretches(stocks, MOVED * sessions):
        _scatter_numbers(bars.offsets, bars.rows, x, first, end, out)
    return out


def prices_by_session(bars: OwnBars, li: Prices) -> Prices:
    """(T, W * 64) int32 prices of li (B,); 0 on a session without a bar and beyond the last stock."""
    sessions, stocks = bars.market.shape
    out = np.zeros((sessions, words(stocks) * WORD), np.int32)
    for first, end in bars.pulse.stretches(stocks, MOVED * sessions):
        _scatter_numbers(bars.offsets, bars.rows, li, first, end, out)
    return out


@kernel
def _scatter_numbers(offsets: Integers, rows: Integers, x: Floats | Prices, first: int, end: int, out: Floats | Prices) -> None:
    """Of the stocks first to end - 1."""
    for i in range(first, end):
        for k in range(offsets[i], offsets[i + 1]):
            out[rows[k], i] = x[k]
