"""Brings values from the packed bars back to the panel's sessions: bits for decisions, numbers for the rank, prices for orders."""

import numpy as np

from engine.arrays import Bits, Flags, Floats, Integers, Prices
from engine.compiled import kernel
from engine.indicators.bars import OwnBars

WORD = 64


def words(stocks: int) -> int:
    """How many words hold one bit per stock."""
    return (stocks + WORD - 1) // WORD


def bits_by_session(bars: OwnBars, flags: Flags) -> Bits:
    """(T, W) bits of flags (B,); a session without a bar has 0."""
    sessions, stocks = bars.market.shape
    out = np.empty((sessions, words(stocks)), np.uint64)
    _scatter_bits(bars.rows, bars.runs, bars.stock_runs, flags, np.empty(sessions, np.uint64), out)
    return out


def numbers_by_session(bars: OwnBars, x: Floats) -> Floats:
    """(T, W * 64) numbers of x (B,); NaN on a session without a bar and beyond the last stock."""
    sessions, stocks = bars.market.shape
    out = np.full((sessions, words(stocks) * WORD), np.nan)
    _scatter_numbers(bars.offsets, bars.rows, x, out)
    return out


def prices_by_session(bars: OwnBars, li: Floats) -> Prices:
    """(T, W * 64) int32 prices of li (B,); 0 on a session without a bar and beyond the last stock."""
    sessions, stocks = bars.market.shape
    out = np.zeros((sessions, words(stocks) * WORD), np.int32)
    _scatter_numbers(bars.offsets, bars.rows, li, out)
    return out


@kernel
def _scatter_bits(rows: Integers, runs: Integers, stock_runs: Integers, flags: Flags, column: Bits, out: Bits) -> None:
    """Word by word: 64 stocks are gathered in one column of T words, a run of bars at a time."""
    stocks = stock_runs.size - 1
    for word in range(out.shape[1]):
        for t in range(column.size):
            column[t] = np.uint64(0)
        for i in range(WORD * word, min(WORD * word + WORD, stocks)):
            for run in range(stock_runs[i], stock_runs[i + 1]):
                low, high = runs[run], runs[run + 1]
                place = column[rows[low] :]
                shift = np.uint64(i - WORD * word)
                own = flags[low:high]
                for k in range(own.size):
                    place[k] |= np.uint64(own[k]) << shift
        for t in range(column.size):
            out[t, word] = column[t]


@kernel
def _scatter_numbers(offsets: Integers, rows: Integers, x: Floats, out: Floats | Prices) -> None:
    for i in range(offsets.size - 1):
        for k in range(offsets[i], offsets[i + 1]):
            out[rows[k], i] = x[k]
