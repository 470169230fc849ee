"""`lianghu run` and `lianghu grid`: a strategy file through the platform, or with --local in this process."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datalake.calendar import iso
from datalake.frequencies import bars_of, finest_of, told
from datalake.versions import resolve
from engine.errors import StrategyError
from engine.language import compile_strategy
from engine.statistics.metrics import METRICS
from functions.api.answers import RunShown
from functions.client import Client, ClientError
from functions.commands.connection import client
from functions.commands.failures import CommandError
from functions.commands.grid_dry_run import tell_dry_run
from functions.commands.inputs import Where, grid_spec, params, strategy_text
from functions.commands.kept import LEDGER, How, Kept
from functions.commands.screen import Row, bar, notes
from functions.commands.telling import GridTold, RunTold, tell_failure, tell_grid, tell_run
from functions.jobs.plan import told_context
from functions.settings import Settings
from functions.wiring import House

if TYPE_CHECKING:
    from engine.results import Result


def run_file(file: Path, given: Sequence[str], where: Where, how: How, settings: Settings) -> int:
    """One run; the exit code."""
    strategy, wanted = {"code": strategy_text(file)}, params(given)
    _warn(strategy["code"])
    if how.local:
        from functions.commands import local  # noqa: PLC0415  loads polars and the engine

        context = where.context(*lake_days(settings, where, strategy["code"]))
        plan = local.prepare(strategy, context, {"mode": "single", "params": wanted}, settings)
        result = local.record(plan, plan.combinations[0], "backtest")
        proof = local.proof_of(plan, plan.combinations[0])
        told = told_of(result, told_context(plan.context, plan.program))
        told = told._replace(context=plan.context, proof=None if proof is None else proof.to_json())
        return tell_run(told, local.kept(plan, result, how, proof), how)
    with client(settings, or_local=True) as api:
        run, context = single_through(api, strategy, where.context(*_days(api, where, strategy["code"])), wanted, reuse=not how.anew)
        return tell_single(api, run, context, how)


def single_through(
    api: Client, strategy: Mapping[str, str], context: Mapping[str, Any], params: Mapping[str, Any], *, reuse: bool = True
) -> tuple[RunShown, dict[str, Any]]:
    """Submits one run and waits for it with a live bar: the run, and its resolved context."""
    backtest_id = api.create_backtest(strategy, context)
    resolved = api.backtest(backtest_id).context
    run_id = api.submit_single(backtest_id, params, reuse=reuse)
    with bar("backtest", 100) as progress:
        return api.wait_run(backtest_id, run_id, lambda state: progress.at(state.progress, state.status)), resolved


def tell_single(
    api: Client,
    run: RunShown,
    context: Mapping[str, Any],
    how: How,
    title: str = "",
    counts: Callable[[], Mapping[str, Mapping[str, int]]] = dict,
) -> int:
    """The exit code. `counts`: what else there is to say of a run that has succeeded."""
    if run.status != "succeeded":
        return tell_failure(_row(run), run.error, how)
    told = RunTold(_row(run), context, title=title, counts=counts(), **_judged(api, run))
    return tell_run(told, _artifacts(api, run.run_id, how), how)


def run_grid(file: Path, given: Sequence[str], where: Where, how: How, settings: Settings, max_evals: int | None = None) -> int:
    """A grid, ranked; the exit code."""
    strategy, spec = {"code": strategy_text(file)}, grid_spec(given)
    _warn(strategy["code"])
    how = replace(how, order=tuple(spec))
    if how.dry_run and how.local:
        raise CommandError("--dry-run asks the platform", "leave --local out; lianghu strategy explain estimates the time without it")
    if how.local:
        from functions.commands import local  # noqa: PLC0415  loads polars and the engine

        _check_metric(how.sort, [metric.key for metric in METRICS])
        wanted = {"mode": "grid", "gridSpec": spec} | ({"max_evals": max_evals} if max_evals else {})
        plan = local.prepare(strategy, where.context(*lake_days(settings, where, strategy["code"])), wanted, settings)
        found, diagnosis = local.diagnosed(plan, settings.workers, f"{len(plan.combinations)} combinations")
        rows = ranked(found, how.sort)
        kept = Kept()
        if rows and (how.report or how.account or how.ledger):
            proof = local.proof_of(plan, rows[0].params) if how.report else None
            kept = local.kept(plan, local.record(plan, rows[0].params), how, proof)
        if how.grid_report:
            kept = kept._replace(grid_page=local.grid_page(plan, spec, found, diagnosis))
        return tell_grid(GridTold(rows, plan.skipped, plan.context, diagnosis.to_json()), kept, how)
    with client(settings, or_local=not how.dry_run) as api:
        backtest_id = api.create_backtest(strategy, where.context(*_days(api, where, strategy["code"])))
        if how.dry_run:
            return tell_dry_run(api, backtest_id, spec, max_evals, how)
        told = grid_through(api, backtest_id, spec, max_evals, reuse=not how.anew)
        told = told._replace(rows=ranked(told.rows, how.sort))
        kept = _artifacts(api, best, how) if (best := best_of(told.rows)) else Kept()
        if how.grid_report:
            kept = kept._replace(grid_page=api.grid_report(backtest_id, str(told.grid_id)))
        return tell_grid(told, kept, how)


def told_of(
    result: "Result", context: Mapping[str, Any], title: str = "", counts: Mapping[str, Mapping[str, int]] | None = None
) -> RunTold:
    """What there is to tell of a run of this process."""
    from engine.doctor.examine import examine  # noqa: PLC0415  the other commands do without

    cell = result.cell
    findings = [finding.to_json() for finding in examine(result, context)]
    return RunTold(Row(cell.params, cell.stats, "succeeded", cell.content_hash), context, findings, title, counts or {})


def best_of(rows: Sequence[Row]) -> str | None:
    """The run at the top of a ranking, if it has succeeded."""
    return rows[0].run_id if rows and rows[0].status == "succeeded" else None


def _warn(text: str) -> None:
    """What can be run and is probably not meant. Errors are told later, together with those of the context."""
    try:
        warnings = compile_strategy(text).warnings
    except StrategyError:
        return
    for warning in warnings:
        notes.print(f"warning: {warning}", style="yellow", markup=False, soft_wrap=True)


def grid_through(api: Client, backtest_id: str, spec: Mapping[str, Any], max_evals: int | None = None, *, reuse: bool = True) -> GridTold:
    """Submits a grid and waits for it with a live bar; its runs are in their order."""
    submitted = api.submit_grid(backtest_id, spec, max_evals=max_evals, reuse=reuse)
    grid_id = str(submitted.grid_id)
    total = len(submitted.run_ids)
    try:
        with bar(f"{total} combinations", total) as progress:
            api.wait_grid(backtest_id, grid_id, lambda grid: progress.at(_done(grid.counts), f"{total} combinations, {grid.status}"))
    except KeyboardInterrupt:
        notes.print(f"not waiting any more; the grid goes on: lianghu runs --backtest {backtest_id}", soft_wrap=True)
        raise
    rows = [_row(run) for run in api.runs(backtest_id, grid_id=grid_id)]
    context, diagnosis = api.backtest(backtest_id).context, _diagnosis(api, backtest_id, grid_id)
    return GridTold(rows, submitted.skipped or 0, context, diagnosis, grid_id, submitted.reused)


def ranked(rows: Sequence[Row], metric: str) -> list[Row]:
    """Best first; what has no figure, or did not succeed, last."""
    known = next((row.stats for row in rows if row.stats), None)
    if known is not None:
        _check_metric(metric, known)

    def place(row: Row) -> tuple[bool, float]:
        value = (row.stats or {}).get(metric)
        return row.status != "succeeded", -value if value is not None else inf

    return sorted(rows, key=place)


def _check_metric(metric: str, known: Collection[str]) -> None:
    if metric not in known:
        raise CommandError(f"there is no metric {metric!r}", f"known: {', '.join(known)}")


def _row(run: RunShown) -> Row:
    return Row(run.params, run.stats, run.status, run.content_hash, run.run_id, run.reused_from)


def _diagnosis(api: Client, backtest_id: str, grid_id: str) -> Mapping[str, Any] | None:
    """None where the platform could not make one: of a grid without a single curve."""
    try:
        return api.diagnosis(backtest_id, grid_id)
    except ClientError as error:
        if error.code != "NOT_FOUND":
            raise
        notes.print(error.message, style="yellow", markup=False)
        return None


def _judged(api: Client, run: RunShown) -> dict[str, Any]:
    """Findings and proof; None where the platform could not make them, which is not the same as nothing suspicious."""
    try:
        found = json.loads(api.artifact(run.run_id, "findings"))
    except ClientError as error:
        if error.code != "NOT_FOUND":
            raise
        notes.print(error.message, style="yellow", markup=False)
        return {"findings": None}
    return {"findings": found["findings"], "proof": found["proof"]}


def _artifacts(api: Client, run_id: str, how: How) -> Kept:
    if not (how.report or how.account or how.ledger):
        return Kept()
    with notes.status("the run's account is being prepared"):
        ledger = {"log.txt" if kind == "logs" else f"{kind}.csv": api.artifact(run_id, kind) for kind in LEDGER} if how.ledger else {}
        return Kept(api.artifact(run_id, "report") if how.report else b"", api.artifact(run_id, "account") if how.account else b"", ledger)


def _done(counts: Mapping[str, int]) -> int:
    return sum(number for status, number in counts.items() if status not in ("queued", "running"))


def _days(api: Client, where: Where, text: str) -> tuple[str, str]:
    """The first and the last day of the data's bars, where the window is not given."""
    if where.start and where.end:
        return where.start, where.end
    datasets, frequency = api.datasets(), _traded(where, text)
    named = [row for row in datasets if where.dataset in (None, row.version, row.source)][:1]
    if not named:
        raise CommandError("there is no such data to take the window from", "say --start and --end; `lianghu data status` lists the data")
    bars = next((row for row in named[0].frequencies if row.frequency == frequency), None)
    if bars is None or bars.first is None or bars.last is None:
        known = ", ".join(row.frequency for row in named[0].frequencies) or "no bars at all"
        hint = f"say --start and --end; {named[0].version} has {known}"
        raise CommandError(f"the data have no {frequency} bars to take the window from", hint)
    return bars.first, bars.last


def lake_days(settings: Settings, where: Where, text: str) -> tuple[str, str]:
    """The same of the lake that this process reads."""
    if where.start and where.end:
        return where.start, where.end
    frequency, dataset = _traded(where, text), resolve(House(settings).lake, where.dataset)
    bars = bars_of(dataset, frequency)
    if bars is None:
        hint = f"say --start and --end; {dataset.version} has {told(dataset)}"
        raise CommandError(f"the data have no {frequency} bars to take the window from", hint)
    return iso(bars.first), iso(bars.last)


def _traded(where: Where, text: str) -> str:
    """The bars that orders meet: a strategy may name finer ones. What is wrong with it is told later."""
    try:
        return finest_of(where.frequency, compile_strategy(text).execution_frequency)
    except StrategyError:
        return finest_of(where.frequency)
