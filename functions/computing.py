"""From a claimed block and its market to what is reported of each run. A combination that cannot be computed fails alone."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from datalake.errors import CorruptObjectError, Problem
from engine.evaluate import Cell, Result, evaluate_block
from engine.language import Program
from engine.market import Market
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

Checkpoint = Callable[[float], bool]

FEW = 32
"""Fewer combinations are not worth a second thread."""

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


def compute(
    task: BlockTask,
    market: Market,
    results: Results,
    engine_version: str,
    checkpoint: Checkpoint,
    threads: int = 1,
    is_as_it_was: Callable[[], bool] = lambda: True,
) -> list[RunResult]:
    """Stores what the block leaves behind, and says what became of each run, in order. Interrupted when the checkpoint says so;
    CorruptObjectError, and nothing is stored, where the market is not as it was when it was loaded."""
    work = _Work(task, recorder_of(task), market, engine_version, threads, is_as_it_was)
    return _cells(work, results, checkpoint) if task.kind == "cells" else _ledgers(work, results, checkpoint)


def _cells(work: _Work, results: Results, checkpoint: Checkpoint) -> list[RunResult]:
    cells, failed = _evaluate(work, checkpoint)
    work.must_be_sound()
    key = results.put_cells(work.task.owner, _packed(work.market, list(cells.values()))) if cells else ""
    return [
        failed.get(run_id) or RunResult(run_id, cells[run_id].stats, cells[run_id].content_hash, {"cells_path": key})
        for run_id in work.task.run_ids
    ]


def _evaluate(work: _Work, checkpoint: Checkpoint) -> tuple[dict[str, Cell], dict[str, RunResult]]:
    """All at once; if that fails, one by one, so that the others are not lost with the bad one."""
    task = work.task
    try:
        threads = work.threads if len(task.combinations) >= FEW else 1
        cells = evaluate_block(work.program, work.market, task.combinations, work.initial_cash, checkpoint, threads)
        return dict(zip(task.run_ids, cells, strict=True)), {}
    except Interrupted:
        raise
    except Exception as error:  # noqa: BLE001  computing is pure: it fails the same way each time, so there is nothing to retry
        logger().warning("the block fails as a whole, its combinations are computed one by one", extra={"reason": type(error).__name__})
    found: dict[str, Cell] = {}
    failed: dict[str, RunResult] = {}
    for number, (run_id, params) in enumerate(zip(task.run_ids, task.combinations, strict=True)):
        try:
            found[run_id] = evaluate_block(work.program, work.market, [params], work.initial_cash, _part(checkpoint, number, task))[0]
        except Interrupted:
            raise
        except Exception as error:  # noqa: BLE001  see above
            failed[run_id] = _failed(run_id, error)
    return found, failed


def _ledgers(work: _Work, results: Results, checkpoint: Checkpoint) -> list[RunResult]:
    reported = []
    for number, (run_id, params) in enumerate(zip(work.task.run_ids, work.task.combinations, strict=True)):
        try:
            files, cell = _ledger(work, run_id, params, _part(checkpoint, number, work.task))
        except Interrupted:
            raise
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
    result = work.recorder.record(work.market, params, checkpoint)
    versions = {"engine version": work.engine_version, "rules version": RULES_VERSION}
    identity = {"run": run_id, **work.recorder.identity, **versions}
    files = ledger_files(result, {**work.recorder.title, **identity})
    return files | _told(work, result, run_id, identity), result.cell


def _told(work: _Work, result: Result, run_id: str, identity: Mapping[str, str]) -> dict[str, bytes]:
    """The page about a run and what is behind it; nothing where it cannot be made, which must not cost the run its account."""
    try:
        recorder = work.recorder
        proof = recorder.proof(work.market, result.cell.params)
        report = report_of(result, recorder.name, recorder.told_context(), recorder.initial_cash, identity, proof)
        return {
            "report.html": render_run(report).encode(),
            "statistics.json": statistics_json(report),
            "findings.json": findings_json(report),
        }
    except Exception as error:  # noqa: BLE001  it follows from the result alone: it would fail again the same way
        with log_keys(run_id=run_id):
            log_failure("a run's report is left out: it cannot be made", error)
        return {}


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
    return lambda done: checkpoint((number + done) / count)


def _failed(run_id: str, error: Exception) -> RunResult:
    failure = failure_of(error)
    with log_keys(run_id=run_id):
        log_failure("a combination failed", error, code=failure.error["code"])
    return RunResult(run_id, None, None, error=failure.error)
