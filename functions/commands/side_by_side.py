"""`lianghu compare`: runs side by side, figure by figure, and their curves as CSV."""

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from functions.api.compare_shapes import ComparedRun, ComparisonShown
from functions.commands.connection import client
from functions.commands.failures import OK, CommandError
from functions.commands.named import ended_run
from functions.commands.screen import said, show_table, write_json
from functions.reports.shown import STRIP, show
from functions.settings import Settings

MOST = 20
ALL_POINTS = 10_000


def compare(settings: Settings, given: Sequence[str], curves: Path | None, as_json: bool) -> int:
    """Waits for runs that go on. `curves`: a file for equity, drawdown and benchmark by session; - is standard output."""
    if not 2 <= len(given) <= MOST:
        raise CommandError(f"{len(given)} runs cannot be compared", f"name 2 to {MOST} of them")
    if curves and curves.is_dir():
        raise CommandError(f"--curves {curves} is a folder", f"name a file in it, as in {curves / 'curves.csv'}")
    with client(settings) as api:
        found = api.compare([ended_run(api, each).run_id for each in given], ALL_POINTS)
    if curves:
        _write(found, curves)
    if as_json:
        write_json(found.model_dump(mode="json"))
    elif curves != Path("-"):
        show_table(_table(found.runs))
    return OK


def _table(runs: Sequence[ComparedRun]) -> Table:
    """A column for each run; what differs among their parameters and contexts, then the figures."""
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column("")
    for run in runs:
        table.add_column(f"{escape(run.strategy_name)}\n{run.run_id[:8]}", justify="right", no_wrap=True)
    for name, cells in _different(runs):
        table.add_row(f"[dim]{escape(name)}[/]", *(f"[dim]{escape(cell)}[/]" for cell in cells))
    for key in STRIP:
        figures = [show(key, run.stats.get(key)) for run in runs]
        table.add_row(" ".join(said(figures[0].label)), *(figure.text for figure in figures))
    return table


def _different(runs: Sequence[ComparedRun]) -> Iterator[tuple[str, list[str]]]:
    for name in dict.fromkeys(name for run in runs for name in run.params):
        cells = [f"{run.params[name]:g}" if name in run.params else "—" for run in runs]
        if len(set(cells)) > 1:
            yield name, cells
    for name in ("datasource_version", "frequency", "benchmark", "initial_cash", "window"):
        values = [run.context.get(name) for run in runs]
        cells = [f"{value['start']} – {value['end']}" if isinstance(value, dict) else str(value) for value in values]
        if len(set(cells)) > 1:
            yield name, cells


def _write(found: ComparisonShown, file: Path) -> None:
    """Dates, numbers and ids: nothing that a spreadsheet could take for a formula."""
    columns: list[tuple[str, Sequence[str | float | None]]] = [("session", found.sessions)]
    for run in found.runs:
        columns += [(f"equity {run.run_id}", run.equity), (f"drawdown {run.run_id}", run.drawdown)]
    columns += [(f"benchmark {number} {row.code}", row.values) for number, row in enumerate(found.benchmarks, start=1)]
    rows = [[name for name, _ in columns], *zip(*(values for _, values in columns), strict=True)]
    if file == Path("-"):
        csv.writer(sys.stdout, lineterminator="\n").writerows(rows)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)
