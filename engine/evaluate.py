"""A backtest on one page: a strategy's graph becomes signals, signals become trades, trades become figures; one cell or a whole grid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from engine.crew import Crew
from engine.indicators.bars import own_bars
from engine.indicators.compute import signals, wishes
from engine.language import Graph, Program
from engine.market import Market
from engine.pulse import Checkpoint, Pulse
from engine.results import Cell, Params, Result, Stopped, cell_of, cells_of, stopped
from engine.simulation import Interrupted
from engine.simulation.run import simulate, simulate_many
from engine.simulation.state import Wishes
from engine.simulation.tape import Tape, prepare
from engine.statistics import Sessions, sessions_of
from engine.terms import Conditions, Terms

__all__ = ["Cell", "Checkpoint", "Interrupted", "Result", "Stopped", "evaluate", "evaluate_as_it_comes", "evaluate_block", "evaluate_grid"]

PLANNED = 512
"""Combinations whose nodes are planned together, at most: of many more the collector walks the nodes again and again."""
WAITING_BYTES = 256 * 2**20
"""What the equity curves of these may take: some may have to wait for earlier ones."""
BATCH = 64
"""Combinations that are traded side by side, so that a day's bars are read once for all of them; more where stocks are few."""
BATCH_CELLS = 4096
"""Stocks times combinations of a batch, at least."""
TRADED = 4
"""What a bar of a stock is to a combination that is traded beside others, in steps of the machine that computes nodes (measured)."""


def evaluate(program: Program, market: Market, params: Params, initial_cash: int, checkpoint: Checkpoint | None = None) -> Result:
    """One combination with its ledger. initial_cash in li; ParameterError, MarketError or RulesError with all problems.

    `checkpoint` is told the share that is done; where it returns False, Stopped is raised with the account so far, or, before the first
    bars were traded, Interrupted.
    """
    pulse = Pulse(checkpoint)
    block = _plan(program, market, [params], initial_cash, pulse)
    bars, graph = own_bars(block.tape.decided_by, pulse), Graph()
    outputs = [program.outputs(graph, block.params[0])]
    wanted = next(signals(bars, graph, outputs, lambda _, work: pulse.begin(work / (work + TRADED * bars.count + 1), work)))
    pulse.begin(1.0, 1000)
    try:
        outcome = simulate(block.tape, wanted, block.terms[0], record=True, checkpoint=_told(pulse, 1000))
    except Interrupted as stop:
        raise stopped(stop, block.params[0], market, block.terms[0]) from None
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
    return _in_order(evaluate_as_it_comes(program, market, combinations, initial_cash, checkpoint, threads))


def evaluate_as_it_comes(
    program: Program,
    market: Market,
    combinations: Sequence[Params],
    initial_cash: int,
    checkpoint: Checkpoint | None = None,
    threads: int = 1,
) -> Iterator[tuple[int, Cell]]:
    """The same, each with the number of its combination: some are computed before earlier ones, and none waits for them."""
    pulse = Pulse(checkpoint)
    return _cells(_plan(program, market, combinations, initial_cash, pulse), pulse, threads)


def _in_order(numbered: Iterator[tuple[int, Cell]]) -> Iterator[Cell]:
    waiting: dict[int, Cell] = {}
    following = 0
    for number, cell in numbered:
        waiting[number] = cell
        while following in waiting:
            yield waiting.pop(following)
            following += 1


@dataclass(frozen=True)
class _Block:
    """Some combinations, ready to be computed."""

    program: Program
    tape: Tape
    params: list[dict[str, float | int]]
    terms: list[Terms]
    sessions: Sessions
    initial_cash: int


def _plan(program: Program, market: Market, combinations: Sequence[Params], initial_cash: int, pulse: Pulse) -> _Block:
    params = program.check_combinations(combinations)
    pulse.did()
    terms = program.terms_of(params, initial_cash)
    sessions = sessions_of(market.sessions[market.window_start :])
    return _Block(program, _tape(market, program.conditions, pulse), params, terms, sessions, initial_cash)


def _tape(market: Market, conditions: Conditions, pulse: Pulse) -> Tape:
    """The market laid out for the loop, once for everybody who plays it in the same manner."""
    if conditions not in market.memo:
        market.memo[conditions] = prepare(market, conditions, pulse).bars
    return Tape(market, market.memo[conditions], conditions)


def _cells(block: _Block, pulse: Pulse, threads: int) -> Iterator[tuple[int, Cell]]:
    """With their numbers, in the order in which they are computed."""
    crew, bars, count = Crew(threads), own_bars(block.tape.decided_by, pulse), len(block.params)
    planned = max(1, min(PLANNED, WAITING_BYTES // (8 * max(1, block.tape.rows))))
    each, begun = _trading(block), 0

    def before(combinations: int, work: int) -> None:
        nonlocal begun
        begun += combinations
        pulse.begin(begun / count, work + combinations * each)

    try:
        for first in range(0, count, planned):
            graph = Graph()
            outputs = block.program.outputs_of(graph, block.params[first : first + planned])
            pulse.did()
            for numbers, wanted in wishes(bars, graph, outputs, crew, before):
                yield from _traded(block, (first + numbers).tolist(), wanted, pulse, crew)
    finally:
        crew.close()


def _traded(block: _Block, numbers: list[int], wanted: Wishes, pulse: Pulse, crew: Crew) -> Iterator[tuple[int, Cell]]:
    """The cells of the combinations of these numbers, batch by batch."""
    count = len(numbers)
    most = crew.threads * max(BATCH, BATCH_CELLS // block.tape.stocks)
    batch = -(-count // (crew.threads * -(-count // most)))  # threads end together

    def work(low: int) -> list[Cell]:
        mine = numbers[low : low + batch]
        terms, params = [block.terms[k] for k in mine], [block.params[k] for k in mine]
        part = wanted._replace(addresses=wanted.addresses[low : low + batch])
        outcomes = simulate_many(block.tape, part, terms, _told(pulse, len(mine) * _trading(block)))
        cash = np.full(len(mine), block.initial_cash, np.int64)
        return cells_of(params, outcomes, block.sessions, cash, block.tape.market.benchmark)

    yield from zip(numbers, chain.from_iterable(crew.map(work, range(0, count, batch))), strict=True)


def _trading(block: _Block) -> int:
    """The work of one combination."""
    return TRADED * block.tape.rows * block.tape.stocks


def _told(pulse: Pulse, work: int) -> Checkpoint:
    """A checkpoint of combinations that are so much work together: it has the pulse told."""
    before = 0

    def told(share: float) -> bool:
        nonlocal before
        done = int(share * work)
        newly, before = done - before, done
        try:
            pulse.did(newly)
        except Interrupted:
            return False
        return True

    return told
