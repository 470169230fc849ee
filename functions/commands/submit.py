"""`lianghu run` and `lianghu grid`: a strategy file through the platform, or with --local in this process."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from datalake.versions import resolve
from engine.errors import StrategyError
from engine.language import compile_strategy
from functions.client import Client
from functions.commands.connection import client
from functions.commands.failures import OK, RUN_FAILED, CommandError
from functions.commands.inputs import Where, grid_spec, params, strategy_text
from functions.commands.kept import LEDGER, How, Kept
from functions.commands.screen import DISCLAIMER, SYNTHETIC, Row, bar, notes, output, runs_table, stats_table, write_json
from functions.settings import Settings
from functions.wiring import House

if TYPE_CHECKING:
    from engine.results import Result


class More(NamedTuple):
    """What else there is to say of a run: its name, and counts by kind."""

    title: str = ""
    counts: Mapping[str, Mapping[str, int]] = MappingProxyType({})


def run_file(file: Path, given: Sequence[str], where: Where, how: How, settings: Settings) -> int:
    """One run; the exit code."""
    strategy, wanted = {"code": strategy_text(file)}, params(given)
    _warn(strategy["code"])
    if how.local:
        from functions.commands import local  # noqa: PLC0415  loads polars and the engine

        context = where.context(*_lake_days(settings, where, strategy["code"]))
        plan = local.prepare(strategy, context, {"mode": "single", "params": wanted}, settings)
        result = local.record(plan, plan.combinations[0], "backtest")
        return show_result(result, plan.context, local.kept(plan, result, how), how)
    with client(settings) as api:
        backtest_id = api.create_backtest(strategy, where.context(*_days(api, where, strategy["code"])))
        context = api.backtest(backtest_id).context
        run_id = api.submit_single(backtest_id, wanted)
        with bar("backtest", 100) as progress:
            run = api.wait_run(backtest_id, run_id, lambda state: progress.at(state.progress, state.status))
        row = Row(run.params, run.stats, run.status, run.content_hash, run.run_id)
        if run.status != "succeeded":
            return _show_failure(row, run.error, how)
        return _show_run(row, context, _artifacts(api, run_id, how), how)


def run_grid(file: Path, given: Sequence[str], where: Where, how: How, settings: Settings, max_evals: int | None = None) -> int:
    """A grid, ranked; the exit code."""
    strategy, spec = {"code": strategy_text(file)}, grid_spec(given)
    _warn(strategy["code"])
    how = replace(how, order=tuple(spec))
    if how.local:
        from engine.statistics import METRICS  # noqa: PLC0415  see below
        from functions.commands import local  # noqa: PLC0415  loads polars and the engine

        _check_metric(how.sort, [metric.key for metric in METRICS])
        wanted = {"mode": "grid", "gridSpec": spec} | ({"max_evals": max_evals} if max_evals else {})
        plan = local.prepare(strategy, where.context(*_lake_days(settings, where, strategy["code"])), wanted, settings)
        rows = ranked(local.evaluate_all(plan, settings.workers, f"{len(plan.combinations)} combinations"), how.sort)
        kept = Kept()
        if rows and (how.report or how.account or how.ledger):
            kept = local.kept(plan, local.record(plan, rows[0].params), how)
        return show_grid(rows, plan.skipped, plan.context, kept, how)
    with client(settings) as api:
        backtest_id = api.create_backtest(strategy, where.context(*_days(api, where, strategy["code"])))
        context = api.backtest(backtest_id).context
        rows, skipped = grid_through(api, backtest_id, spec, max_evals)
        rows = ranked(rows, how.sort)
        best = rows[0].run_id if rows and rows[0].status == "succeeded" else None
        return show_grid(rows, skipped, context, _artifacts(api, best, how) if best else Kept(), how)


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
    if known is not None:
        _check_metric(metric, known)

    def place(row: Row) -> tuple[bool, float]:
        value = (row.stats or {}).get(metric)
        return row.status != "succeeded", -value if value is not None else inf

    return sorted(rows, key=place)


def _check_metric(metric: str, known: Collection[str]) -> None:
    if metric not in known:
        raise CommandError(f"there is no metric {metric!r}", f"known: {', '.join(known)}")


def show_grid(rows: Sequence[Row], skipped: int, context: Mapping[str, Any], kept: Kept, how: How) -> int:
    failed = [row for row in rows if row.status != "succeeded"]
    if how.as_json:
        write_json({"context": dict(context), "skipped": skipped, "runs": [row.to_json() for row in rows], "sort": how.sort})
    else:
        _header(context)
        runs_table(rows, f"{len(rows)} runs by {how.sort}, {skipped} excluded by require", how.top, how.order)
        notes.print(DISCLAIMER, style="dim")
    _keep(kept, how)
    if failed:
        notes.print(f"{len(failed)} of {len(rows)} runs did not succeed", style="yellow")
    return RUN_FAILED if failed else OK


def show_result(result: "Result", context: Mapping[str, Any], kept: Kept, how: How, more: More = More()) -> int:  # noqa: B008  it is frozen
    """A run of this process; the exit code."""
    cell = result.cell
    row = Row(cell.params, cell.stats, "succeeded", cell.content_hash)
    return _show_run(row, context, kept, how, more)


def _show_run(row: Row, context: Mapping[str, Any], kept: Kept, how: How, more: More = More()) -> int:  # noqa: B008  see above
    if how.as_json:
        write_json({"context": dict(context), **row.to_json(), **more.counts})
    else:
        _header(context)
        stats_table(row, more.title or ", ".join(f"{name} = {value}" for name, value in row.params.items()) or "no parameters")
        for name, counts in more.counts.items():
            output.print(f"{name}: {', '.join(f'{count:,} {word}' for word, count in counts.items()) or 'none'}", markup=False)
        notes.print(DISCLAIMER, style="dim")
    _keep(kept, how)
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


def _artifacts(api: Client, run_id: str, how: How) -> Kept:
    ledger = {"log.txt" if kind == "logs" else f"{kind}.csv": api.artifact(run_id, kind) for kind in LEDGER} if how.ledger else {}
    return Kept(api.artifact(run_id, "report") if how.report else b"", api.artifact(run_id, "account") if how.account else b"", ledger)


def _keep(kept: Kept, how: How) -> None:
    for name, file, data in (("report", how.report, kept.page), ("account", how.account, kept.account)):
        if file and data:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            notes.print(f"{name}: {file}", markup=False)
    if how.ledger and kept.ledger:
        how.ledger.mkdir(parents=True, exist_ok=True)
        for name, data in kept.ledger.items():
            (how.ledger / name).write_bytes(data)
        notes.print(f"ledger: {how.ledger}: {', '.join(kept.ledger)}", markup=False)


def _done(counts: Mapping[str, int]) -> int:
    return sum(number for status, number in counts.items() if status not in ("queued", "running"))


def _days(api: Client, where: Where, text: str) -> tuple[str, str]:
    """The first and the last day of the data's bars, where the window is not given."""
    if where.start and where.end:
        return where.start, where.end
    datasets, frequency = api.datasets(), _traded(where, text)
    named = [row for row in datasets if where.dataset in (None, row.version, row.source)]
    bars = next((table for row in named[:1] for table in row.tables if table.name == f"bars_{frequency}"), None)
    if bars is None or bars.first is None or bars.last is None:
        raise CommandError("there is no such data to take the window from", "say --start and --end; `lianghu data status` lists the data")
    return bars.first, bars.last


def _lake_days(settings: Settings, where: Where, text: str) -> tuple[str, str]:
    if where.start and where.end:
        return where.start, where.end
    frequency = _traded(where, text)
    bars = resolve(House(settings).lake, where.dataset).catalog.bars.get(frequency)
    if bars is None:
        raise CommandError(f"the data have no {frequency} bars to take the window from", "say --start and --end")
    return tuple(f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}" for day in (bars.first, bars.last))  # type: ignore[return-value]


def _traded(where: Where, text: str) -> str:
    """The bars that orders meet: a strategy may name finer ones. What is wrong with it is told later."""
    try:
        return compile_strategy(text).execution_frequency or where.frequency
    except StrategyError:
        return where.frequency
