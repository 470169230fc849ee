"""A backtest on one page: a strategy's graph becomes signals, signals become trades, trades become figures; one cell or a whole grid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Lock

import numpy as np

from engine.crew import Crew
from engine.indicators.bars import own_bars
from engine.indicators.compute import signals, wishes
from engine.language import Graph, Program
from engine.market import Market
from engine.results import Cell, Params, Result, cell_of, cells_of
from engine.simulation import Interrupted
from engine.simulation.run import Checkpoint, simulate, simulate_many
from engine.simulation.state import Wishes
from engine.simulation.tape import Tape, prepare
from engine.statistics import Sessions, sessions_of
from engine.terms import Conditions, Terms

__all__ = ["Cell", "Checkpoint", "Interrupted", "Result", "evaluate", "evaluate_block", "evaluate_grid"]

PLANNED = 512
"""Combinations whose nodes are planned together, at most: of many more the collector walks the nodes again and again."""
WAITING_BYTES = 256 * 2**20
"""What the equity curves of these may take: some may have to wait for earlier ones."""
BATCH = 64
"""Combinations that are traded side by side, so that a day's bars are read once for all of them; more where stocks are few."""
BATCH_CELLS = 4096
"""Stocks times combinations of a batch, at least."""


def evaluate(program: Program, market: Market, params: Params, initial_cash: int, checkpoint: Checkpoint | None = None) -> Result:
    """One combination with its ledger. initial_cash in li; ParameterError, MarketError or RulesError with all problems."""
    block = _plan(program, market, [params], initial_cash)
    graph = Graph()
    wanted = next(signals(own_bars(block.tape.decided_by), graph, [program.outputs(graph, block.params[0])]))
    outcome = simulate(block.tape, wanted, block.terms[0], record=True, checkpoint=checkpoint)
    cell = cell_of(block.params[0], outcome, block.sessions, initial_cash, market.benchmark)
    return Result(cell, outcome, market, block.terms[0])


def evaluate_block(
    program: Program,
    market: Market,
    combinations: Sequence[Params],
    initial_cash: int,
    checkpoint: Checkpoint | None = None,
    threads: int = 1,
) -> list[Cell]:
    """The cells of some combinations, in their order and with the same bytes as single runs, whatever the number of threads.

    `checkpoint` is told the share that is done, by one thread at a time; when it returns False, Interrupted is raised.
    """
    return list(evaluate_grid(program, market, combinations, initial_cash, checkpoint, threads))


def evaluate_grid(
    program: Program,
    market: Market,
    combinations: Sequence[Params],
    initial_cash: int,
    checkpoint: Checkpoint | None = None,
    threads: int = 1,
) -> Iterator[Cell]:
    """The same, a few cells at a time while they are taken, so that memory is bounded whatever their number.

    What is wrong with the parameters or the market's rules is told when it is called: ParameterError, MarketError or RulesError with all
    problems.
    """
    return _cells(_plan(program, market, combinations, initial_cash), checkpoint, threads)


@dataclass(frozen=True)
class _Block:
    """Some combinations, ready to be computed."""

    program: Program
    tape: Tape
    params: list[dict[str, float | int]]
    terms: list[Terms]
    sessions: Sessions
    initial_cash: int


def _plan(program: Program, market: Market, combinations: Sequence[Params], initial_cash: int) -> _Block:
    params = program.check_combinations(combinations)
    terms = program.terms_of(params, initial_cash)
    sessions = sessions_of(market.sessions[market.window_start :])
    return _Block(program, _tape(market, program.conditions), params, terms, sessions, initial_cash)


def _tape(market: Market, conditions: Conditions) -> Tape:
    """The market laid out for the loop, once for everybody who plays it in the same manner."""
    if conditions not in market.memo:
        market.memo[conditions] = prepare(market, conditions).bars
    return Tape(market, market.memo[conditions], conditions)


def _cells(block: _Block, checkpoint: Checkpoint | None, threads: int) -> Iterator[Cell]:
    """In the order of the combinations, though some are computed before earlier ones."""
    crew, progress = Crew(threads), _Progress(len(block.params), checkpoint)
    bars = own_bars(block.tape.decided_by)
    planned = max(1, min(PLANNED, WAITING_BYTES // (8 * max(1, block.tape.rows))))
    waiting: dict[int, Cell] = {}
    following = 0
    try:
        for first in range(0, len(block.params), planned):
            graph = Graph()
            outputs = block.program.outputs_of(graph, block.params[first : first + planned])
            for numbers, wanted in wishes(bars, graph, outputs, crew):
                progress.check()
                for number, cell in _traded(block, (first + numbers).tolist(), wanted, progress, crew):
                    waiting[number] = cell
                    while following in waiting:
                        yield waiting.pop(following)
                        following += 1
    finally:
        crew.close()


def _traded(block: _Block, numbers: list[int], wanted: Wishes, progress: "_Progress", crew: Crew) -> Iterator[tuple[int, Cell]]:
    """The cells of the combinations of these numbers, batch by batch."""
    count = len(numbers)
    most = crew.threads * max(BATCH, BATCH_CELLS // block.tape.stocks)
    batch = -(-count // (crew.threads * -(-count // most)))  # threads end together

    def work(low: int) -> list[Cell]:
        mine = numbers[low : low + batch]
        terms, params = [block.terms[k] for k in mine], [block.params[k] for k in mine]
        part = wanted._replace(addresses=wanted.addresses[low : low + batch])
        outcomes = simulate_many(block.tape, part, terms, progress.of(len(mine)))
        cash = np.full(len(mine), block.initial_cash, np.int64)
        return cells_of(params, outcomes, block.sessions, cash, block.tape.market.benchmark)

    yield from zip(numbers, chain.from_iterable(crew.map(work, range(0, count, batch))), strict=True)


class _Progress:
    """Adds up what the threads have done, and carries the caller's "stop" to all of them."""

    def __init__(self, count: int, checkpoint: Checkpoint | None) -> None:
        self._count, self._checkpoint = count, checkpoint
        self._done = 0.0
        self._going = True
        self._turn = Lock()

    def of(self, count: int) -> Checkpoint:
        """The checkpoint of a batch of so many combinations."""
        before = 0.0

        def report(share: float) -> bool:
            nonlocal before
            with self._turn:
                self._done += (share - before) * count
                before = share
                return self._ask()

        return report

    def check(self) -> None:
        with self._turn:
            if not self._ask():
                raise Interrupted

    def _ask(self) -> bool:
        if self._checkpoint is not None and self._going:
            self._going = self._checkpoint(min(self._done / self._count, 1.0))
        return self._going
