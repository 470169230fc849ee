"""`lianghu report`: the page of a run or of a grid, whichever the id names."""

import webbrowser
from pathlib import Path

from functions.api.answers import GridShown
from functions.client import Client
from functions.commands.connection import client
from functions.commands.failures import OK, CommandError
from functions.commands.named import ended_run, named
from functions.commands.screen import bar, notes, output, write_json
from functions.settings import Settings


def save_report(settings: Settings, given: str, file: Path | None, is_opened: bool, as_json: bool) -> int:
    """Waits for what goes on or is being prepared; the exit code."""
    if file is not None and file.is_dir():
        raise CommandError(f"--output {file} is a folder", f"name a file in it, as in {file / 'report.html'}")
    with client(settings) as api:
        found = named(api, given)
        kind, identity = ("grid", found.grid_id) if isinstance(found, GridShown) else ("run", found.run_id)
        page = _of_grid(api, found) if isinstance(found, GridShown) else _of_run(api, given)
    file = file or Path(f"report-{identity[:8]}.html")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(page)
    if as_json:
        write_json({"kind": kind, "id": identity, "file": str(file.absolute())})
    else:
        output.print(f"report of the {kind} {identity}: {file.absolute()}", markup=False, soft_wrap=True)
    if is_opened and not webbrowser.open(file.absolute().as_uri()):
        notes.print("no browser was found to open it", style="yellow")
    return OK


def _of_run(api: Client, given: str) -> bytes:
    run = ended_run(api, given)
    with notes.status("the report is being prepared"):
        return api.artifact(run.run_id, "report")


def _of_grid(api: Client, grid: GridShown) -> bytes:
    with bar("grid", 100) as progress:
        api.wait_grid(grid.backtest_id, grid.grid_id, lambda state: progress.at(state.progress, state.status))
    return api.grid_report(grid.backtest_id, grid.grid_id)
