"""`lianghu demo`: the main job on the sample market, from nothing to a ranked grid, its diagnosis and two reports."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from datalake.sample import build_sample
from functions.client import Client
from functions.commands.connection import client_of
from functions.commands.environment import COMPILING, kernels_are_new
from functions.commands.failures import RUN_FAILED
from functions.commands.kept import How, Kept
from functions.commands.screen import notes, output
from functions.commands.stack import stay_up, web_address
from functions.commands.submit import best_of, grid_through, ranked
from functions.commands.telling import tell_grid
from functions.settings import Settings
from functions.wiring import House
from infra.local.stack import RunningStack, StackError, StackInfo, run_stack, running_stack

TEMPLATE = "dual-moving-average"
WINDOW = {"start": "2019-01-02", "end": "2024-12-31"}
GRID = {"ma_short": [5, 10, 15, 20, 25, 30], "ma_long": [40, 60, 80, 100, 120, 150]}
REPORT = Path("out/demo-report.html")
GRID_REPORT = Path("out/demo-grid.html")


def demo(settings: Settings, keep: bool, as_json: bool, packages: Path | None = None) -> int:
    """Uses the stack that runs already, or starts one and stops it at the end; `keep`: after Ctrl-C. `packages`: it runs from these."""
    began = time.perf_counter()

    def sample() -> str:
        return build_sample(settings.lake_url, House(settings).object_options).version

    with some_stack(settings, sample, packages) as stack:
        dataset = sample()
        notes.print(f"platform and sample market ready after {time.perf_counter() - began:.1f} s: {stack.url}, {dataset}")
        notes.print(
            f"web terminal, while the platform runs (`make up` lets it run): {web_address(stack.url)}", markup=False, soft_wrap=True
        )
        with client_of(stack) as api:
            code = _run_grid(api, dataset, as_json)
        notes.print(f"done after {time.perf_counter() - began:.1f} s")
        if keep and isinstance(stack, RunningStack):
            stay_up(stack)
    return code


@contextmanager
def some_stack(settings: Settings, meanwhile: Callable[[], object] = lambda: None, packages: Path | None = None) -> Iterator[StackInfo]:
    """The one that runs already, which stays; or an own one, which ends with the block and does `meanwhile` while it starts."""
    found = running_stack(settings.lianghu_home)
    if found is not None and packages is not None:
        raise StackError(f"a platform runs at {found.url}, whatever it runs from", "stop it first, or choose another LIANGHU_HOME")
    if found is not None:
        notes.print(f"using the platform that runs at {found.url}")
        meanwhile()
        yield found
        return
    if packages is None and kernels_are_new():
        notes.print(COMPILING)
    status = notes.status("starting the platform")
    with ThreadPoolExecutor(1) as pool, status:
        other = pool.submit(meanwhile)
        with run_stack(settings, packages) as stack:
            other.result()
            status.stop()
            yield stack


def _run_grid(api: Client, dataset: str, as_json: bool) -> int:
    backtest_id = api.create_backtest({"template": TEMPLATE}, {"window": WINDOW, "datasource_version": dataset}, "lianghu demo")
    told = grid_through(api, backtest_id, GRID)
    told = told._replace(rows=ranked(told.rows, "return"))
    code = tell_grid(told, Kept(), How(as_json=as_json, top=len(told.rows), order=tuple(GRID)))
    best = best_of(told.rows)
    if best is None:
        return RUN_FAILED
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    with notes.status("the best run's account is being prepared"):
        best_page = api.artifact(best, "report")
    grid_page = api.grid_report(backtest_id, str(told.grid_id))
    for words, file, page in (("the best run", REPORT, best_page), ("the grid", GRID_REPORT, grid_page)):
        file.write_bytes(page)
        (notes if as_json else output).print(f"report of {words}: {file.absolute()}", markup=False, soft_wrap=True)
    return code
