"""The language's signals against loops written by hand, on the same arrays in one run, with the same bits; nothing is traded."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from bench.hand import TILE, crosses_of_means, dip_in_a_rise
from bench.measuring import race
from bench.stored import stored_market
from bench.strategies import Combination, dual_moving_average, hundred_pairs
from bench.workload import Figures, Size
from engine.arrays import Bits
from engine.crew import Crew
from engine.indicators.bars import OwnBars, own_bars
from engine.indicators.compute import signals, wishes
from engine.language import Graph, Outputs, compile_strategy

PAIR = dual_moving_average(slots=50).replace("rank: roc(close, 20)\n", "")
"""Of W3, without the rank: entry and exit alone."""

CONDITION = """
name: dip-in-a-rise
params: {window: {default: 60, min: 2, max: 250}}
universe: {all: true}
entry: close > sma(close, window) and rsi(close, 14) < 45 and volume > 1.2 * sma(volume, 20) and close > highest(ref(close, 1), 20) * 0.9
exit: close < sma(close, window)
"""
"""Ten operators and functions in the entry beside its comparisons' fields."""

Found = list[tuple[Bits, Bits]]


class Language(NamedTuple):
    """Two ways to the same bits: for a whole grid as the engine takes them, and one by one as they can be looked at."""

    compute: Callable[[], object]
    found: Callable[[], Found]


def run(size: Size) -> Figures:
    bars = own_bars(stored_market(size.stocks, size.bars))
    pairs = hundred_pairs(size.combinations)
    window: list[Combination] = [{"window": 60}]
    return {
        f"{len(pairs)} pairs of means that cross": _against(_by_language(bars, PAIR, pairs), _pairs_by_hand(bars, pairs), size),
        "a condition of ten operators": _against(_by_language(bars, CONDITION, window), _condition_by_hand(bars, 60), size),
    }


def _against(language: Language, hand: Callable[[], Found], size: Size) -> Figures:
    for (entry, leave), (own_entry, own_leave) in zip(language.found(), hand(), strict=True):
        if not (np.array_equal(entry, own_entry) and np.array_equal(leave, own_leave)):
            raise ValueError("the loop by hand finds other signals")
    times = race({"language": language.compute, "by hand": hand}, size)
    return {
        **{name: each.figures() for name, each in times.items()},
        "times the loop by hand": round(min(times["language"].cpu) / min(times["by hand"].cpu), 2),
    }


def _by_language(bars: OwnBars, text: str, combinations: Sequence[Combination]) -> Language:
    """The graph is built outside the clock, as the loop by hand is written outside it."""
    program, graph = compile_strategy(text), Graph()
    outputs = program.outputs_of(graph, program.check_combinations(combinations))
    single = [Outputs(*(int(node) for node in row)) for row in outputs]
    return Language(
        lambda: [None for _ in wishes(bars, graph, outputs, Crew(1))],
        lambda: [(each.entry, each.exit) for each in signals(bars, graph, single)],
    )


def _pairs_by_hand(bars: OwnBars, pairs: Sequence[Combination]) -> Callable[[], Found]:
    windows = np.array(sorted({int(window) for pair in pairs for window in pair.values()}))
    wanted = np.array([[np.searchsorted(windows, pair[name]) for name in ("ma_short", "ma_long")] for pair in pairs])

    def compute() -> Found:
        entry, leave = _room(bars, len(pairs)), _room(bars, len(pairs))
        last = np.zeros((2, bars.market.shape[1], len(pairs)), np.uint64)
        room = np.empty(bars.count + 1), np.empty((windows.size, TILE)), last
        crosses_of_means(bars.offsets, bars.rows, bars.numbers("close"), windows, wanted, room, (entry, leave))
        return list(zip(entry, leave, strict=True))

    return compute


def _condition_by_hand(bars: OwnBars, window: int) -> Callable[[], Found]:
    def compute() -> Found:
        entry, leave = _room(bars, 1), _room(bars, 1)
        dip_in_a_rise(bars.offsets, bars.rows, bars.numbers("close"), bars.numbers("volume"), window, entry[0], leave[0])
        return [(entry[0], leave[0])]

    return compute


def _room(bars: OwnBars, count: int) -> Bits:
    """(count, T, W) without a bit."""
    sessions, stocks = bars.market.shape
    return np.zeros((count, sessions, -(-stocks // 64)), np.uint64)
