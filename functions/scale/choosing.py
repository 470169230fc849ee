"""The best size of a block, of a worker's memory, and number of workers: the model tried at each of some sizes. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from functions.jobs.plan import LARGEST_BLOCK
from functions.scale import deployment
from functions.scale.estimate import Case as At
from functions.scale.estimate import Estimate, Setting, block_seconds, estimate, panel_bytes
from functions.scale.figures import Range
from functions.scale.measured import measured
from functions.scale.work import Market

MEMORIES = (1024, 1769, 2048, 2560, 3008, 3538, 5307, 7076, 8845, 10_240)
WORKERS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
BLOCKS = (1, 2, 5, 10, 20, 40, 80, 160)
"""Seconds that a block is to take."""
OWN_MB, TIMES_THE_PANEL = 350, 2.0
"""Of memory that a worker needs (docs/performance.md: 393 MB for 44 of panel, 1,800 for 725)."""


class Tried(NamedTuple):
    """One size and what it brings, typically."""

    size: int
    usd: float
    wall_seconds: float
    """Until the summary."""
    block_seconds: float
    blocks: int
    fits: bool = True
    """Whether the market has room in the worker's memory, and the block in its time."""


class Choice(NamedTuple):
    """Of the sizes that fit."""

    tried: tuple[Tried, ...]
    cheapest: Tried
    fastest: Tried
    knee: Tried
    """Where money times time is least: beyond it the one grows faster than the other falls."""


def memory_needed(market: Market) -> float:
    """MB of one worker."""
    return OWN_MB + TIMES_THE_PANEL * panel_bytes(market) / 1e6


def memory_sizes(combinations: int, market: Market, setting: Setting, strategy: Range | None = None) -> Choice:
    def at(size: int) -> Tried:
        other = replace(setting, memory_mb=size)
        return _tried(size, estimate(combinations, market, other, strategy), other, size >= memory_needed(market))

    return _choice(map(at, MEMORIES))


def worker_counts(combinations: int, market: Market, setting: Setting, strategy: Range | None = None) -> Choice:
    def at(count: int) -> Tried:
        other = replace(setting, workers=count)
        return _tried(count, estimate(combinations, market, other, strategy), other)

    return _choice(map(at, WORKERS))


def block_sizes(combinations: int, market: Market, setting: Setting, strategy: Range | None = None) -> Choice:
    """Blocks of as many runs as take so many seconds; `size` is their runs."""
    times = (strategy or measured().strategies()).typical
    none = block_seconds(0, market, setting, times, At.TYPICAL)
    a_run = block_seconds(1, market, setting, times, At.TYPICAL) - none
    runs = dict.fromkeys(max(1, min(combinations, round((seconds - none) / a_run))) for seconds in BLOCKS)

    def at(size: int) -> Tried:
        found = estimate(combinations, market, setting, strategy, block_runs=size)
        return _tried(size, found, setting, size <= LARGEST_BLOCK and found.high.block_seconds < deployment.BLOCK_TIMEOUT_SECONDS)

    return _choice(map(at, runs))


def _tried(size: int, found: Estimate, setting: Setting, fits: bool = True) -> Tried:
    spent = found.typical
    return Tried(size, found.usd(setting.region).typical, spent.wall_seconds, spent.block_seconds, found.work.blocks, fits)


def _choice(found: Iterable[Tried]) -> Choice:
    tried: Sequence[Tried] = tuple(found)
    fitting = [each for each in tried if each.fits] or list(tried)

    def least(by: Callable[[Tried], float]) -> Tried:
        return min(fitting, key=by)

    return Choice(
        tuple(tried), least(lambda each: each.usd), least(lambda each: each.wall_seconds), least(lambda each: each.usd * each.wall_seconds)
    )
