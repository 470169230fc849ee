"""From a claimed block and its market to what is reported of each run. A combination that cannot be computed fails alone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import NamedTuple

import numpy as np

from datalake.errors import CorruptObjectError, Problem
from engine.evaluate import Cell, Result, Stopped, evaluate_as_it_comes
from engine.language import Program
from engine.market import Market
from engine.pulse import Checkpoint, Pulse
from engine.simulation import Interrupted, Reject, Tallies
from engine.simulation.rules import RULES_VERSION
from engine.statistics import sessions_of
from functions.jobs.failures import failure_of
from functions.jobs.ledger import ledger_files
from functions.jobs.records import BlockTask, Curve, Params, RunResult
from functions.jobs.results import Cells, Results
from functions.logs import log_failure, log_keys, logger
from functions.recorders import Recorder, Rules, recorder_of
from functions.reports.as_json import findings_json, statistics_json
from functions.reports.of_run import report_of
from functions.reports.run_page import render_run

FEW = 32
"""Fewer combinations are not worth a second thread."""

RECORDED = 0.2
"""The share of a run's time that recording it takes: the rest is told by how long that took, and by its events."""
PROVING = 3.5
"""How many times as long the proof takes: signals once more, and on four cuts (measured)."""
READING = 3e-6
"""Seconds that it takes to read and write an event once (measured)."""
LEDGER_READINGS, REPORT_READINGS = 6, 3
"""How many times the files of an account, and its report, read all events."""

TALLY_NAMES = (*Tallies._fields[:-1], *(f"refused_{reject.name.lower()}" for reject in Reject))


class _Work(NamedTuple):
    """What every combination of a block shares."""

    task: BlockTask
    recorder: Recorder
    market: Market
    engine_version: str
    threads: int
    is_as_it_was: Callable[[], bool]

    @property
    def program(self) -> Program:
        if not isinstance(self.recorder, Rules):
            raise TypeError("a table of signals has no combinations: it is recorded as one run")
        return self.recorder.program

    @property
    def initial_cash(self) -> int:
        """li"""
        return self.recorder.initial_cash

    def must_be_sound(self) -> None:
        """Before anything that was computed leaves, or is said to have failed."""
        if not self.is_as_it_was():
            raise CorruptObjectError(Problem("panel", "its file on this machine's disk was changed while it was computed on"))


class _Found(NamedTuple):
    """What became of combinations so far, by run."""

    cells: dict[str, Cell]
    failed: dict[str, RunResult]


class Unfinished(Interrupted):
    """The checkpoint said stop. Nothing of the block has been said yet; whoever wants what is finished asks for it."""

    def __init__(self, keep: Callable[[], list[RunResult]]) -> None:
        super().__init__()
        self.keep = keep
        """Stores what is finished and says what became of those runs, in order; of the others nothing is said. Errors as of `compute`."""


def compute(
    task: BlockTask,
    market: Market,
    results: Results,
    engine_version: str,
    checkpoint: Checkpoint,
    threads: int = 1,
    is_as_it_was: Callable[[], bool] = lambda: True,
) -> list[RunResult]:
    """Stores what the block leaves behind, and says what became of each run, in order. Unfinished when the checkpoint says stop;
    CorruptObjectError, and nothing is stored, where the market is not as it was when it was loaded."""
    work = _Work(task, recorder_of(task), market, engine_version, threads, is_as_it_was)
    return _cells(work, results, checkpoint) if task.kind == "cells" else _ledgers(work, results, checkpoint)


def _cells(work: _Work, results: Results, checkpoint: Checkpoint) -> list[RunResult]:
    found = _Found({}, {})
    try:
        _evaluate(work, checkpoint, found)
    except Interrupted as stop:
        raise Unfinished(lambda: _stored(work, results, found)) from stop
    return _stored(work, results, found)


def _stored(work: _Work, results: Results, found: _Found) -> list[RunResult]:
    """One object for the cells that were found. What is said of runs is in the block's order."""
    work.must_be_sound()
    cells = {run_id: found.cells[run_id] for run_id in work.task.run_ids if run_id in found.cells}
    key = results.put_cells(work.task.owner, _packed(work.market, list(cells.values()))) if cells else ""
    said = {run_id: RunResult(run_id, cell.stats, cell.content_hash, {"cells_path": key}) for run_id, cell in cells.items()}
    said |= found.failed
    return [said[run_id] for run_id in work.task.run_ids if run_id in said]


def _evaluate(work: _Work, checkpoint: Checkpoint, found: _Found) -> None:
    """All at once; if that fails, one by one, so that the others are not lost with the bad one."""
    task = work.task
    try:
        threads = work.threads if len(task.combinations) >= FEW else 1
        for number, cell in evaluate_as_it_comes(work.program, work.market, task.combinations, work.initial_cash, checkpoint, threads):
            found.cells[task.run_ids[number]] = cell
        return
    except Interrupted:
        raise
    except Exception as error:  # noqa: BLE001  computing is pure: it fails the same way each time, so there is nothing to retry
        logger().warning("the block fails as a whole, its combinations are computed one by one", extra={"reason": type(error).__name__})
    for number, (run_id, params) in enumerate(zip(task.run_ids, task.combinations, strict=True)):
        try:
            if run_id not in found.cells:
                part = _part(checkpoint, number, task)
                for _, cell in evaluate_as_it_comes(work.program, work.market, [params], work.initial_cash, part):
                    found.cells[run_id] = cell
        except Interrupted:
            raise
        except Exception as error:  # noqa: BLE001  see above
            found.failed[run_id] = _failed(run_id, error)


def _ledgers(work: _Work, results: Results, checkpoint: Checkpoint) -> list[RunResult]:
    reported: list[RunResult] = []
    for number, (run_id, params) in enumerate(zip(work.task.run_ids, work.task.combinations, strict=True)):
        try:
            files, cell = _ledger(work, run_id, params, _part(checkpoint, number, work.task))
        except Interrupted as stop:
            raise Unfinished(partial(_kept, work, results, reported, run_id, stop)) from stop
        except Exception as error:  # noqa: BLE001  see _evaluate
            work.must_be_sound()
            reported.append(_failed(run_id, error))
            continue
        work.must_be_sound()
        stored = results.put_artifacts(work.task.owner, run_id, files)
        artifacts = {file.key: file.path for file in stored}
        reported.append(RunResult(run_id, cell.stats, cell.content_hash, artifacts, files=stored, curve=_curve(work, cell)))
    return reported


def _ledger(work: _Work, run_id: str, params: Params, checkpoint: Checkpoint) -> tuple[dict[str, bytes], Cell]:
    """Its files. Stopped, with the account as far as it came, wherever in this the checkpoint says stop after the first bars."""
    begun = perf_counter()
    result = work.recorder.record(work.market, params, _between(checkpoint, 0.0, RECORDED))
    shares = _shares(perf_counter() - begun, result)
    try:
        files = ledger_files(_read_by(result, checkpoint, *shares[:2], LEDGER_READINGS), {**work.recorder.title, **_identity(work, run_id)})
        return files | _told(work, result, run_id, checkpoint, shares[1:]), result.cell
    except Interrupted:
        raise Stopped(result) from None


def _kept(work: _Work, results: Results, reported: Sequence[RunResult], run_id: str, stop: Interrupted) -> list[RunResult]:
    """The runs before, and the account so far of the one that was stopped, stored; it has none before its first bars."""
    if not isinstance(stop, Stopped):
        return list(reported)
    work.must_be_sound()
    whole, lived = (market.shape[0] - market.window_start for market in (work.market, stop.result.market))
    title = {**work.recorder.title, **_identity(work, run_id), "stopped after": f"{lived} of {whole} bars"}
    nameless = replace(stop.result.cell, content_hash="")  # it is nobody's result
    files = ledger_files(replace(stop.result, cell=nameless), title)
    stored = results.put_partial(work.task.owner, run_id, work.task.attempt, files)
    return [*reported, RunResult(run_id, None, None, {file.key: file.path for file in stored}, files=stored, partial=True)]


def _identity(work: _Work, run_id: str) -> dict[str, str]:
    return {"run": run_id, **work.recorder.identity, "engine version": work.engine_version, "rules version": RULES_VERSION}


def _told(work: _Work, result: Result, run_id: str, checkpoint: Checkpoint, shares: tuple[float, ...]) -> dict[str, bytes]:
    """The page about a run and what is behind it; nothing where it cannot be made, which must not cost the run its account."""
    try:
        recorder, (written, proven) = work.recorder, shares
        proof = recorder.proof(work.market, result.cell.params, _between(checkpoint, written, proven))
        read = _read_by(result, checkpoint, proven, 1.0, REPORT_READINGS)
        report = report_of(read, recorder.name, recorder.told_context(), recorder.initial_cash, _identity(work, run_id), proof)
        return {
            "report.html": render_run(report).encode(),
            "statistics.json": statistics_json(report),
            "findings.json": findings_json(report),
        }
    except Interrupted:
        raise
    except Exception as error:  # noqa: BLE001  it follows from the result alone: it would fail again the same way
        with log_keys(run_id=run_id):
            log_failure("a run's report is left out: it cannot be made", error)
        return {}


def _shares(seconds: float, result: Result) -> tuple[float, float, float]:
    """The shares of a run's time at which it is recorded, its files are written, and its proof is there; `seconds`: for recording it."""
    events = 0 if result.outcome.events is None else len(result.outcome.events)
    writing, proving, telling = LEDGER_READINGS * READING * events, PROVING * seconds, REPORT_READINGS * READING * events
    left = (1.0 - RECORDED) / max(writing + proving + telling, 1e-9)
    return RECORDED, RECORDED + left * writing, RECORDED + left * (writing + proving)


def _read_by(result: Result, checkpoint: Checkpoint, first: float, until: float, times: int) -> Result:
    """The result, whose events are read so many times between two shares of the work."""
    events = 0 if result.outcome.events is None else len(result.outcome.events)
    pulse = Pulse(_between(checkpoint, first, until))
    pulse.begin(1.0, times * events)
    return replace(result, outcome=replace(result.outcome, reading=pulse.did))


def _curve(work: _Work, cell: Cell) -> Curve:
    market = work.market
    sessions = sessions_of(market.sessions[market.window_start :]).dates
    return Curve(tuple(sessions.tolist()), tuple(cell.equity.tolist()), work.initial_cash)


def _packed(market: Market, cells: Sequence[Cell]) -> Cells:
    return Cells(
        sessions=sessions_of(market.sessions[market.window_start :]).dates,
        benchmark=market.benchmark.closes if market.benchmark else np.zeros(0),
        equity=np.stack([cell.equity for cell in cells]),
        tallies=np.array([[*cell.tallies[:-1], *cell.tallies.refusals] for cell in cells], np.int64),
        tally_names=TALLY_NAMES,
        params=tuple(cell.params for cell in cells),
        content_hashes=tuple(cell.content_hash for cell in cells),
    )


def _part(checkpoint: Checkpoint, number: int, task: BlockTask) -> Checkpoint:
    """The checkpoint of one run among the block's."""
    count = len(task.run_ids)
    return _between(checkpoint, number / count, (number + 1) / count)


def _between(checkpoint: Checkpoint, first: float, until: float) -> Checkpoint:
    """The checkpoint of what is done between two shares of the whole."""
    return lambda done: checkpoint(first + (until - first) * done)


def _failed(run_id: str, error: Exception) -> RunResult:
    failure = failure_of(error)
    with log_keys(run_id=run_id):
        log_failure("a combination failed", error, code=failure.error["code"])
    return RunResult(run_id, None, None, error=failure.error)
