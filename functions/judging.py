"""From a grid whose runs have all ended to what is said of it: whether to believe its best, and a page about all of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from datalake.errors import CorruptObjectError, MissingObjectError, Problem, StorageError
from engine.arrays import Floats, Integers
from engine.diagnosis.answer import Diagnosis, Trials
from engine.diagnosis.collector import Collector
from engine.diagnosis.diagnose import diagnose
from engine.words import Words
from functions.errors import ApiError
from functions.jobs.desk import AggregateTask, Desk, Summand
from functions.jobs.plan import initial_cash_li
from functions.jobs.results import Results
from functions.logs import log_failure, logger
from functions.reports.grid_page import GridReport, GridRow, render_grid

DEAD = Words("无法判断：诊断几次都没有做完。", "Cannot be told: the diagnosis was begun several times and never came to its end.")
LOST = Words("无法判断：有的净值曲线读不出来。", "Cannot be told: some of the equity curves could not be read.")
BROKEN = Words("无法判断：诊断自己出了错。", "Cannot be told: the diagnosis itself failed.")


class Block(NamedTuple):
    """The succeeded runs that lie in one object, in grid order."""

    runs: Sequence[Summand]
    equity: Integers
    """(P, S) li."""
    benchmark: Floats
    """(S + 1,), or empty."""


def diagnosis_of(task: AggregateTask, runs: Sequence[Summand], results: Results, desk: Desk) -> dict[str, Any]:
    """Diagnosis.to_json() with `best_run_id`. An object that is missing or corrupt, or a diagnosis that fails however, makes it unknown,
    because nothing of that heals by trying again. StorageError where the store does not answer and there are attempts left: that may heal.
    """
    runs = [run for run in runs if run.status == "succeeded" and run.cells_path]
    if task.attempts_left < 0:
        logger().error("the diagnosis is left out: every aggregator that tried it died", extra={"attempts": task.attempt - 1})
        return _unknown(runs, DEAD)
    trials = _trials(task, desk)
    try:
        return _judged(runs, _blocks(runs, results), initial_cash_li(task.context), trials)
    except StorageError as error:
        if task.attempts_left > 0 and not isinstance(error, MissingObjectError | CorruptObjectError):
            raise
        log_failure("the diagnosis is left out: an equity curve cannot be read", error)
        return _unknown(runs, LOST, trials)
    except Exception as error:  # noqa: BLE001  it is pure, so it would fail again the same way, and cost the summary and the best accounts
        log_failure("the diagnosis is left out: it failed", error)
        return _unknown(runs, BROKEN, trials)


def page_of(task: AggregateTask, runs: Sequence[Summand], diagnosis: Mapping[str, Any]) -> bytes | None:
    """None where the page cannot be made; the log says why."""
    rows = [GridRow(run.params, run.stats, run.status, run.content_hash, run.run_id, (run.error or {}).get("message", "")) for run in runs]
    identity = {
        "grid": task.grid_id,
        "strategy": task.strategy_identity,
        "engine version": task.engine_version,
        "rules version": task.rules_version,
    }
    context = task.context if task.context.get("universe") is not None else {**task.context, "universe": task.universe}
    try:
        return render_grid(GridReport(task.strategy_name, context, task.spec, rows, task.skipped, diagnosis, identity)).encode()
    except Exception as error:  # noqa: BLE001  a page that cannot be drawn must not cost the summary; it would fail again the same way
        log_failure("the grid's report is left out: it cannot be drawn", error)
        return None


def _judged(runs: Sequence[Summand], blocks: Iterator[Block], initial_cash: int, trials: Trials | None) -> dict[str, Any]:
    """`runs` in grid order, `blocks` of them as they come: one at a time is in memory."""
    collector: Collector | None = None
    judged: list[Summand] = []
    for block in blocks:
        collector = collector or Collector(initial_cash, block.benchmark)
        collector.add(block.equity)
        judged += block.runs
    diagnosis = diagnose(collector or Collector(initial_cash), [run.params for run in judged], trials)
    return diagnosis.to_json() | {"best_run_id": None if diagnosis.best is None else judged[diagnosis.best].run_id}


def _blocks(runs: Sequence[Summand], results: Results) -> Iterator[Block]:
    """Each object once. It may hold more than the runs: those that were cancelled while they were computed."""
    by_path: dict[str, list[Summand]] = {}
    for run in runs:
        by_path.setdefault(run.cells_path or "", []).append(run)
    for path, some in by_path.items():
        cells = results.get_cells(path)
        rows = {content_hash: row for row, content_hash in enumerate(cells.content_hashes)}
        missing = [run.content_hash for run in some if run.content_hash not in rows]
        if missing:
            raise MissingObjectError(Problem("results", f"{path} holds no run {missing[0]}"))
        yield Block(some, cells.equity[[rows[run.content_hash or ""] for run in some]], cells.benchmark)


def _trials(task: AggregateTask, desk: Desk) -> Trials | None:
    """None where they cannot be counted: only the grid's own are known then, and the diagnosis says so."""
    try:
        return desk.count_trials(task.grid_id)
    except ApiError as error:
        log_failure("earlier trials could not be counted", error)
        return None


def _unknown(runs: Sequence[Summand], why: Words, trials: Trials | None = None) -> dict[str, Any]:
    found = Diagnosis(
        combinations=len(runs),
        sessions=0,
        trials=trials or Trials(len(runs), None, "grid"),
        best=None,
        verdict="unknown",
        summary=why,
        indicators=(),
    )
    return found.to_json() | {"best_run_id": None}
