"""`lianghu run` and `lianghu grid`: a strategy file through the platform, or with --local in this process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

from datalake.versions import resolve
from engine.errors import StrategyError
from engine.language import compile_strategy
from functions.client import Client
from functions.commands.connection import client
from functions.commands.failures import OK, RUN_FAILED, CommandError
from functions.commands.inputs import Where, grid_spec, params, strategy_text
from functions.commands.screen import DISCLAIMER, SYNTHETIC, Row, bar, notes, output, runs_table, stats_table, write_json
from functions.settings import Settings
from functions.wiring import House


@dataclass(frozen=True)
class How:
    """How to compute and what to show."""

    local: bool = False
    as_json: bool = False
    report: Path | None = None
    sort: str = "return"
    top: int = 20
    order: tuple[str, ...] = ()
    """Parameters in the order in which they are shown."""


def run_file(file: Path, given: Sequence[str], where: Where, how: How, settings: Settings) -> int:
    """One run; the exit code."""
    strategy, wanted = {"code": strategy_text(file)}, params(given)
    _warn(strategy["code"])
    if how.local:
        from functions.commands import local  # noqa: PLC0415  loads polars and the engine

        plan = local.prepare(strategy, where.context(*_lake_days(settings, where)), {"mode": "single", "params": wanted}, settings)
        row = local.evaluate_all(plan, 1, "backtest")[0]
        page = local.report_page(plan, row.params).encode() if how.report else b""
        return _show_run(row, plan.context, page, how)
    with client(settings) as api:
        backtest_id = api.create_backtest(strategy, where.context(*_days(api, where)))
        context = api.backtest(backtest_id).context
        run_id = api.submit_single(backtest_id, wanted)
        with bar("backtest", 100) as progress:
            run = api.wait_run(backtest_id, run_id, lambda state: progress.at(state.progress, state.status))
        row = Row(run.params, run.stats, run.status, run.content_hash, run.run_id)
        if run.status != "succeeded":
            return _show_failure(row, run.error, how)
        page = api.artifact(run_id, "report") if how.report else b""
        return _show_run(row, context, page, how)


def run_grid(file: Path, given: Sequence[str], where: Where, how: How, settings: Settings, max_evals: int | None = None) -> int:
    """A grid, ranked; the exit code."""
    strategy, spec = {"code": strategy_text(file)}, grid_spec(given)
    _warn(strategy["code"])
    how = replace(how, order=tuple(spec))
    if how.local:
        from functions.commands import local  # noqa: PLC0415  loads polars and the engine

        wanted = {"mode": "grid", "gridSpec": spec} | ({"max_evals": max_evals} if max_evals else {})
        plan = local.prepare(strategy, where.context(*_lake_days(settings, where)), wanted, settings)
        rows = ranked(local.evaluate_all(plan, settings.workers, f"{len(plan.combinations)} combinations"), how.sort)
        page = local.report_page(plan, rows[0].params).encode() if how.report and rows else b""
        return show_grid(rows, plan.skipped, plan.context, page, how)
    with client(settings) as api:
        backtest_id = api.create_backtest(strategy, where.context(*_days(api, where)))
        context = api.backtest(backtest_id).context
        rows, skipped = grid_through(api, backtest_id, spec, max_evals)
        rows = ranked(rows, how.sort)
        best = rows[0].run_id if rows and rows[0].status == "succeeded" else None
        page = api.artifact(best, "report") if how.report and best else b""
        return show_grid(rows, skipped, context, page, how)


def _warn(text: str) -> None:
    """What can be run and is probably not meant. Errors are told later, together with those of the context."""
    try:
        warnings = compile_strategy(text).warnings
    except StrategyError:
        return
    for warning in warnings:
        notes.print(f"warning: {warning}", style="yellow", markup=False, soft_wrap=True)


def grid_through(api: Client, backtest_id: str, spec: Mapping[str, Any], max_evals: int | None = None) -> tuple[list[Row], int]:
    """Submits a grid and waits for it with a live bar: its runs in their order, and how many combinations `require` excluded."""
    submitted = api.submit_grid(backtest_id, spec, max_evals=max_evals)
    grid_id = str(submitted.grid_id)
    total = len(submitted.run_ids)
    try:
        with bar(f"{total} combinations", total) as progress:
            api.wait_grid(backtest_id, grid_id, lambda grid: progress.at(_done(grid.counts), f"{total} combinations, {grid.status}"))
    except KeyboardInterrupt:
        notes.print(f"not waiting any more; the grid goes on: lianghu runs --backtest {backtest_id}", soft_wrap=True)
        raise
    runs = api.runs(backtest_id, grid_id=grid_id)
    return [Row(run.params, run.stats, run.status, run.content_hash, run.run_id) for run in runs], submitted.skipped or 0


def ranked(rows: Sequence[Row], metric: str) -> list[Row]:
    """Best first; what has no figure, or did not succeed, last."""
    known = next((row.stats for row in rows if row.stats), None)
    if known is not None and metric not in known:
        raise CommandError(f"there is no metric {metric!r}", f"known: {', '.join(known)}")

    def place(row: Row) -> tuple[bool, float]:
        value = (row.stats or {}).get(metric)
        return row.status != "succeeded", -value if value is not None else inf

    return sorted(rows, key=place)


def show_grid(rows: Sequence[Row], skipped: int, context: Mapping[str, Any], page: bytes, how: How) -> int:
    failed = [row for row in rows if row.status != "succeeded"]
    if how.as_json:
        write_json({"context": dict(context), "skipped": skipped, "runs": [row.to_json() for row in rows], "sort": how.sort})
    else:
        _header(context)
        runs_table(rows, f"{len(rows)} runs by {how.sort}, {skipped} excluded by require", how.top, how.order)
        notes.print(DISCLAIMER, style="dim")
    _keep(page, how)
    if failed:
        notes.print(f"{len(failed)} of {len(rows)} runs did not succeed", style="yellow")
    return RUN_FAILED if failed else OK


def _show_run(row: Row, context: Mapping[str, Any], page: bytes, how: How) -> int:
    if how.as_json:
        write_json({"context": dict(context), **row.to_json()})
    else:
        _header(context)
        stats_table(row, ", ".join(f"{name} = {value}" for name, value in row.params.items()) or "no parameters")
        notes.print(DISCLAIMER, style="dim")
    _keep(page, how)
    return OK


def _show_failure(row: Row, error: Mapping[str, Any] | None, how: How) -> int:
    if how.as_json:
        write_json({**row.to_json(), "error": dict(error or {})})
    else:
        reason = (error or {}).get("message") or (error or {}).get("reason") or "no reason was given"
        notes.print(f"the run {row.status}: {reason}", style="red", markup=False)
    return RUN_FAILED


def _header(context: Mapping[str, Any]) -> None:
    window = context["window"]
    output.print(f"{context['datasource_version']} · {window['start']} – {window['end']} · {context['initial_cash']:,} CNY", markup=False)
    if str(context["datasource_version"]).startswith("sample:"):
        output.print(SYNTHETIC, style="yellow")


def _keep(page: bytes, how: How) -> None:
    if how.report and page:
        how.report.parent.mkdir(parents=True, exist_ok=True)
        how.report.write_bytes(page)
        notes.print(f"report: {how.report}", markup=False)


def _done(counts: Mapping[str, int]) -> int:
    return sum(number for status, number in counts.items() if status not in ("queued", "running"))


def _days(api: Client, where: Where) -> tuple[str, str]:
    """The first and the last day of the data's bars, where the window is not given."""
    if where.start and where.end:
        return where.start, where.end
    datasets = api.datasets()
    named = [row for row in datasets if where.dataset in (None, row.version, row.source)]
    bars = next((table for row in named[:1] for table in row.tables if table.name == f"bars_{where.frequency}"), None)
    if bars is None or bars.first is None or bars.last is None:
        raise CommandError("there is no such data to take the window from", "say --start and --end; `lianghu data status` lists the data")
    return bars.first, bars.last


def _lake_days(settings: Settings, where: Where) -> tuple[str, str]:
    if where.start and where.end:
        return where.start, where.end
    bars = resolve(House(settings).lake, where.dataset).catalog.bars.get(where.frequency)
    if bars is None:
        raise CommandError(f"the data have no {where.frequency} bars to take the window from", "say --start and --end")
    return tuple(f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}" for day in (bars.first, bars.last))  # type: ignore[return-value]
