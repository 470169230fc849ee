"""`lianghu demo-real`: real bars through the whole platform, measured, and compared with the engine alone."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from datalake.files.imports import import_table
from datalake.lake import Lake
from datalake.panels.build import build_panel
from functions.client import Client
from functions.commands import local
from functions.commands.connection import client_of
from functions.commands.demo import some_stack
from functions.commands.failures import OK, PLATFORM, RUN_FAILED, CommandError
from functions.commands.kept import How, Kept
from functions.commands.screen import Row, notes, output, write_json
from functions.commands.submit import grid_through, ranked
from functions.commands.telling import GridTold, tell_grid
from functions.jobs.summary import BEST_BY, in_turn
from functions.settings import Settings
from functions.wiring import House
from infra.local.home import StackInfo

FILES = {"trade_cal": "trade_cal_xshg.parquet", "index_1d": "index_1d.parquet", "bars_1d": "bars_1d_market_2018_2020.parquet"}
WINDOW = {"start": "2018-12-17", "end": "2020-04-03"}
STOCKS, FIRST_SESSIONS = 300, 20
GRID = {"ma_short": {"start": 2, "stop": 20, "step": 2}, "ma_long": {"start": 21, "stop": 66, "step": 5}}
RUNS = {"mode": "grid", "gridSpec": GRID}
STRATEGY = """
name: dual-moving-average
params:
  ma_short: {default: 5, min: 2, max: 20}
  ma_long: {default: 21, min: 21, max: 66}
require: [ma_short < ma_long]
let: {fast: "sma(close, ma_short)", slow: "sma(close, ma_long)"}
entry: cross_above(fast, slow)
exit: cross_below(fast, slow)
rank: roc(close, 20)
portfolio: {max_positions: 20, cash_reserve: 0.02}
execution: {slippage: {bps: 5}, volume_cap: 0.1}
costs: {commission: 0.00025, minimum: 5}
"""


@dataclass
class Figures:
    """Name to (value, unit), in the order in which they were taken."""

    taken: dict[str, tuple[float, str]] = field(default_factory=dict)

    @contextmanager
    def clock(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.taken[name] = (time.perf_counter() - began, "s")

    def seconds(self, name: str) -> float:
        return self.taken[name][0]


def demo_real(settings: Settings, folder: Path | None, as_json: bool) -> int:
    """Imports, runs the grid twice (workers cold, then warm), computes it once more in this process, and compares the bytes."""
    files = _files(folder)
    figures = Figures()
    with some_stack(settings) as stack, client_of(stack) as api:
        dataset = _import(settings, files, figures)
        context = {"universe": most_traded(files["bars_1d"]), "window": WINDOW, "datasource_version": dataset}
        _panel(settings, context, figures)
        told = _through(api, context, "the whole path, workers cold", figures)
        for run_id in _prepared(told.rows, settings):
            api.artifact(run_id, "report")  # the workers are busy with the accounts of the best
        _through(api, context | {"initial_cash": 1_000_001}, "the whole path, workers warm", figures)
        memory = peak_memory(stack)
        if memory:
            figures.taken["peak memory of a worker"] = (memory / 1e6, "MB")
    plan = local.prepare({"code": STRATEGY}, context, RUNS, settings)
    threads = settings.workers
    alone = _alone(plan, threads, figures)
    same = [row.content_hash for row in told.rows] == [row.content_hash for row in alone]
    engine = figures.seconds(f"the engine alone, {threads} threads")
    for name in ("cold", "warm"):
        figures.taken[f"whole path over engine, workers {name}"] = (figures.seconds(f"the whole path, workers {name}") / engine, "x")
    return _show(told, same, figures, as_json)


def most_traded(bars: Path) -> list[str]:
    """The codes with the largest amount in the file's first sessions."""
    frame = pl.scan_parquet(bars)
    days = frame.select(pl.col("trade_date").unique().sort().head(FIRST_SESSIONS)).collect()["trade_date"]
    traded = frame.filter(pl.col("trade_date").is_in(days.implode())).group_by("ts_code").agg(pl.col("amount").sum())
    found = traded.sort(["amount", "ts_code"], descending=[True, False]).head(STOCKS).collect()
    return sorted(found["ts_code"].to_list())


def peak_memory(stack: StackInfo) -> int:
    """The largest resident memory that a worker process has had, in bytes; 0 where the system does not tell (only Linux does)."""
    peaks = [0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if b"functions.worker.handle" in (status.parent / "environ").read_bytes() and _descends(int(status.parent.name), stack.pid):
                rows = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
                peaks.append(int(rows["VmHWM"].split()[0]) * 1024)
        except (OSError, KeyError, ValueError):
            continue  # it has ended, or belongs to somebody else
    return max(peaks)


def _descends(pid: int, ancestor: int) -> bool:
    while pid > 1:
        if pid == ancestor:
            return True
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return False


def _files(folder: Path | None) -> dict[str, Path]:
    if folder is None:
        hint = "LIANGHU_REAL_DATA=folder lianghu demo-real, or make demo-real REAL_DATA=folder; `lianghu demo` needs none"
        raise CommandError("LIANGHU_REAL_DATA names no folder of real bars", hint)
    files = {table: folder / name for table, name in FILES.items()}
    missing = [path.name for path in files.values() if not path.is_file()]
    if missing:
        raise CommandError(f"{folder} does not hold {', '.join(missing)}", "LIANGHU_REAL_DATA must name a folder that does")
    return files


def _import(settings: Settings, files: Mapping[str, Path], figures: Figures) -> str:
    dataset = ""
    with figures.clock("import"):
        for table, path in files.items():
            with notes.status(f"importing {path.name}"):
                report = import_table(settings.lake_url, table, [path], options=House(settings).object_options)
            dataset = report.dataset
            notes.print(f"{dataset}: {report.rows_written:,} rows of {table} from {path.name}")
            for finding in report.findings:
                notes.print(f"  {finding}", style="dim", markup=False)
    return dataset


def _panel(settings: Settings, context: Mapping[str, Any], figures: Figures) -> None:
    """Built here only to be measured; the planner of the stack builds and keeps its own."""
    spec = local.panel_of({"code": STRATEGY}, context, RUNS, settings)
    with notes.status("building the panel"), figures.clock("panel"):
        data = build_panel(Lake(settings.lake_url, House(settings).object_options), spec)
    figures.taken["panel size"] = (len(data) / 1e6, "MB")


def _through(api: Client, context: Mapping[str, Any], name: str, figures: Figures) -> GridTold:
    """From the submission to the last run's success."""
    backtest_id = api.create_backtest({"code": STRATEGY}, context, "lianghu demo-real")
    with figures.clock(name):
        return grid_through(api, backtest_id, GRID)


def _prepared(rows: Sequence[Row], settings: Settings) -> list[str]:
    """Runs whose full accounts the aggregator asks for."""
    return in_turn(([str(row.run_id) for row in ranked(rows, metric)] for metric in BEST_BY), settings.prepared_accounts)


def _alone(plan: local.LocalPlan, threads: int, figures: Figures) -> list[Row]:
    """The same combinations in this process, kernels loaded before the clock starts."""
    from engine.evaluate import evaluate_block  # noqa: PLC0415  loads the compiled engine

    evaluate_block(plan.program, plan.market, plan.combinations[:1], plan.initial_cash)
    with figures.clock("the engine alone, 1 thread"):
        evaluate_block(plan.program, plan.market, plan.combinations, plan.initial_cash)
    with figures.clock(f"the engine alone, {threads} threads"):
        cells = evaluate_block(plan.program, plan.market, plan.combinations, plan.initial_cash, threads=threads)
    return [Row(cell.params, cell.stats, "succeeded", cell.content_hash) for cell in cells]


def _show(told: GridTold, same: bool, figures: Figures, as_json: bool) -> int:
    rows = told.rows
    done = sum(row.status == "succeeded" for row in rows)
    if as_json:
        taken = {name: {"value": round(value, 3), "unit": unit} for name, (value, unit) in figures.taken.items()}
        write_json({"runs": len(rows), "succeeded": done, "same_bytes": same, "cores": os.cpu_count(), "figures": taken})
    else:
        tell_grid(told._replace(rows=ranked(rows, "return")), Kept(), How(top=10, order=tuple(GRID)))
        for name, (value, unit) in figures.taken.items():
            output.print(f"{name:<45}{value:10.2f} {unit}", markup=False)
        output.print(f"{done} of {len(rows)} runs succeeded; the same bytes in this process: {'yes' if same else 'NO'}")
    if done < len(rows):
        return RUN_FAILED
    return OK if same else PLATFORM
