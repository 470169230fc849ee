"""A backtest on one page: a strategy's graph becomes signals, signals become trades, trades become figures; one cell or a whole grid."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from engine.indicators.bars import own_bars
from engine.indicators.compute import signals
from engine.language import Graph, Program
from engine.market import Market
from engine.results import Cell, Params, Result, cell_of
from engine.simulation import Interrupted, Outcome
from engine.simulation.run import Checkpoint, Signals, simulate, simulate_block
from engine.simulation.tape import Tape, prepare
from engine.statistics import Sessions, sessions_of
from engine.terms import Terms

__all__ = ["Cell", "Checkpoint", "Interrupted", "Result", "evaluate", "evaluate_block", "evaluate_grid"]

BATCH = 16
"""Combinations that are traded side by side, so that a day's bars are in the cache for all of them."""
MOST_WAITING = 8
"""Batches that are done and wait for an earlier one, until it is."""
BATCH_BYTES = 256 * 2**20
"""What the signals of a batch may take: a rotation over the whole market has large ranks."""


def evaluate(program: Program, market: Market, params: Params, initial_cash: int, checkpoint: Checkpoint | None = None) -> Result:
    """One combination with its ledger. initial_cash in li; ParameterError, MarketError or RulesError with all problems."""
    block = _plan(program, market, [params], initial_cash)
    outcome = simulate(block.tape, next(block.signals), block.terms[0], record=True, checkpoint=checkpoint)
    return Result(_cell(block, 0, outcome), outcome, market, block.terms[0])


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

    What is wrong is told when it is called: ParameterError, MarketError or RulesError with all problems.
    """
    block = _plan(program, market, combinations, initial_cash)
    progress = _Progress(len(combinations), checkpoint)
    batches = _batches(block, progress, -(-len(combinations) // threads))
    turn = Lock()

    def work() -> _Part | None:
        """Signals are computed by one thread at a time, because combinations share them; meanwhile the others trade."""
        with turn:
            batch = next(batches, None)
        if batch is None:
            return None
        first, wanted = batch
        outcomes = simulate_block(block.tape, wanted, block.terms[first : first + len(wanted)], progress.of(first, len(wanted)))
        return _Part(first, [_cell(block, first + k, outcome) for k, outcome in enumerate(outcomes)])

    return _in_order(work, threads)


class _Part(NamedTuple):
    """The cells of one batch; `first` is the number of its first combination."""

    first: int
    cells: list[Cell]


def _in_order(work: Callable[[], _Part | None], threads: int) -> Iterator[Cell]:
    """Lets threads work until there is nothing left. Parts that are done before an earlier one wait, and only a few may."""
    if threads == 1:
        while (part := work()) is not None:
            yield from part.cells
        return
    with ThreadPoolExecutor(threads) as pool:
        running = {pool.submit(work) for _ in range(threads)}
        waiting: dict[int, list[Cell]] = {}
        following, is_over = 0, False
        while running:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for each in finished:
                part = each.result()
                is_over = is_over or part is None
                if part is not None:
                    waiting[part.first] = part.cells
            while (cells := waiting.pop(following, None)) is not None:
                yield from cells
                following += len(cells)
            free = 0 if is_over or len(waiting) > MOST_WAITING else threads - len(running)
            running |= {pool.submit(work) for _ in range(free)}


@dataclass(frozen=True)
class _Block:
    """Some combinations, ready to be traded."""

    params: list[dict[str, float | int]]
    terms: list[Terms]
    signals: Iterator[Signals]
    """Of each combination in turn, computed when asked for."""
    tape: Tape
    sessions: Sessions


def _plan(program: Program, market: Market, combinations: Sequence[Params], initial_cash: int) -> _Block:
    params = [program.check_params(each) for each in combinations]
    terms = [program.terms(each, initial_cash) for each in params]
    tape = prepare(market, program.conditions)
    graph = Graph()
    outputs = [program.outputs(graph, each) for each in params]
    decided = signals(own_bars(tape.decided_by), graph, outputs)
    return _Block(params, terms, decided, tape, sessions_of(market.sessions[market.window_start :]))


def _cell(block: _Block, k: int, outcome: Outcome) -> Cell:
    return cell_of(block.params[k], outcome, block.sessions, block.terms[k].initial_cash, block.tape.market.benchmark)


def _batches(block: _Block, progress: "_Progress", most: int) -> Iterator[tuple[int, list[Signals]]]:
    """The number of the first combination, and the signals of a few in a row."""
    first = 0
    batch: list[Signals] = []
    for each in block.signals:
        batch.append(each)
        progress.check()
        if len(batch) >= min(BATCH, most) or _bytes(batch) > BATCH_BYTES:
            yield first, batch
            first, batch = first + len(batch), []
    if batch:
        yield first, batch


def _bytes(batch: list[Signals]) -> int:
    """Arrays that combinations share count once."""
    return sum(array.nbytes for array in {id(array): array for each in batch for array in each}.values())


class _Progress:
    """Adds up what the threads have done, and carries the caller's "stop" to all of them."""

    def __init__(self, count: int, checkpoint: Checkpoint | None) -> None:
        self._count, self._checkpoint = count, checkpoint
        self._done: dict[int, float] = {}
        self._going = True
        self._turn = Lock()

    def of(self, first: int, count: int) -> Checkpoint:
        """The checkpoint of one batch."""

        def report(share: float) -> bool:
            with self._turn:
                self._done[first] = share * count
                return self._ask()

        return report

    def check(self) -> None:
        with self._turn:
            if not self._ask():
                raise Interrupted

    def _ask(self) -> bool:
        if self._checkpoint is not None and self._going:
            self._going = self._checkpoint(sum(self._done.values()) / self._count)
        return self._going
