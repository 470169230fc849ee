"""What a number of combinations makes the platform do, in whole numbers: blocks, bells, events, claims, objects. Pure, and exact.

Counted as the code and the SQL do it when nothing fails and nothing is answered from before; a test lets a real grid through and compares.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from math import ceil

from functions.jobs.desk.aggregating import PAGE
from functions.jobs.plan import block_runs as planned_block_runs
from functions.jobs.plan import cut_for
from functions.jobs.queue import BATCH
from functions.jobs.records import blocks_of
from functions.jobs.results import FILES
from functions.scale import deployment

LARGEST_GRID = 10_000
"""Combinations of one submission, as lianghu.submit takes them; more are several grids."""
RUNS_AN_EVENT = 500
"""As lianghu.emit cuts them."""
CELL_BYTES = 8
"""Of a combination's equity, a session."""
BESIDES_BYTES = 260
"""Of a combination in a block's object: its parameters, hash and tallies."""
DAY_BYTES, HEADER_BYTES = 4, 1200
"""Of a block's object itself, for each session and besides."""


@dataclass(frozen=True)
class Market:
    """What each combination reads, daily bars."""

    stocks: int
    sessions: int

    @property
    def cells(self) -> int:
        return max(1, self.stocks * self.sessions)


@dataclass(frozen=True)
class Work:
    """Of some submissions together."""

    submissions: int
    combinations: int
    blocks: int
    """That decide results."""
    largest_block: int
    accounts: int
    """Full accounts of the best runs of grids, a block each that nobody waits for; of a single run it is its one block."""
    bells: int
    """Messages: to the planner, for each block, to the aggregator."""
    sends: int
    """Requests that put bells into queues, ten at most in each."""
    events: int
    claims: int
    """With a block."""
    idle_claims: int
    """Each call of a worker ends with one, as long as it is not its time that ends it."""
    completions: int
    readings: int
    """Pages of ended runs that aggregators read."""
    objects: int
    """Put: a block's curves, a grid's page, the files of accounts."""
    curve_bytes: int

    def __add__(self, other: "Work") -> "Work":
        mine = {each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        return Work(**mine | {"largest_block": max(self.largest_block, other.largest_block)})

    def times(self, count: int) -> "Work":
        return Work(**{each.name: getattr(self, each.name) * count for each in fields(self)} | {"largest_block": self.largest_block})


NOTHING = Work(*(0 for _ in fields(Work)))


def work_of(
    combinations: int, market: Market, workers: int, block_runs: int | None = None, prepared: int = deployment.PREPARED_ACCOUNTS
) -> Work:
    """Grids of at most LARGEST_GRID. `block_runs` instead of what the planner would choose."""
    whole, rest = divmod(combinations, LARGEST_GRID)
    wholes = [grid(LARGEST_GRID, market, workers, block_runs, prepared).times(whole)] if whole else []
    return sum_of([*wholes, *([grid(rest, market, workers, block_runs, prepared)] if rest else [])])


def sum_of(works: Iterable[Work]) -> Work:
    return sum(works, NOTHING)


def grid(count: int, market: Market, workers: int, block_runs: int | None = None, prepared: int = deployment.PREPARED_ACCOUNTS) -> Work:
    """One submission of so many combinations that all succeed."""
    most = planned_block_runs(market.cells, market.sessions) if block_runs is None else block_runs
    blocks = blocks_of(count, most, cut_for(count, market.cells, workers) if block_runs is None else 1)
    return grid_of([last - first for first, last in blocks], market, prepared)


def grid_of(blocks: Sequence[int], market: Market, prepared: int = deployment.PREPARED_ACCOUNTS) -> Work:
    """One submission that is cut into blocks of so many runs."""
    count = sum(blocks)
    accounts = min(prepared, count)
    return Work(
        submissions=1,
        combinations=count,
        blocks=len(blocks),
        largest_block=max(blocks),
        accounts=accounts,
        bells=1 + len(blocks) + 1 + accounts,
        sends=1 + ceil(len(blocks) / BATCH) + 1 + ceil(accounts / BATCH),
        events=3 * sum(ceil(runs / RUNS_AN_EVENT) for runs in blocks) + 1,
        claims=len(blocks) + accounts,
        idle_claims=len(blocks) + accounts,
        completions=len(blocks) + accounts,
        readings=ceil(count / PAGE) + 1,
        objects=len(blocks) + 1 + len(FILES) * accounts,
        curve_bytes=count * (CELL_BYTES * market.sessions + BESIDES_BYTES) + len(blocks) * (DAY_BYTES * market.sessions + HEADER_BYTES),
    )


def single(market: Market) -> Work:
    """One run with its full account. Events of its progress are not counted: they follow the clock."""
    return Work(
        submissions=1,
        combinations=1,
        blocks=0,
        largest_block=0,
        accounts=1,
        bells=3,
        sends=3,
        events=3,
        claims=1,
        idle_claims=1,
        completions=1,
        readings=2,
        objects=len(FILES),
        curve_bytes=0,
    )
