"""A strategy explained: what is computed, what a grid shares, and about how much time and memory that takes on the data."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from datalake.errors import DataError
from datalake.panels.panel import FLAGS, PRICES, WHOLES, PanelSpec
from engine.grid import expand
from engine.language import Program, compile_strategy
from engine.language.explain import Explanation, explain
from functions.api.context import known_dataset
from functions.commands.failures import OK, CommandError, failure
from functions.commands.inputs import Where, grid_spec, strategy_text
from functions.commands.local import planned
from functions.commands.screen import notes, output, show_table, write_json
from functions.commands.submit import lake_days
from functions.errors import ApiError
from functions.jobs.plan import cells_of
from functions.settings import Settings, settings
from functions.wiring import House

STEPS_SHOWN = 40
SERIES_BYTES = 8
"""A number of a series."""
VALUES_BYTES = 256 * 2**20
"""What the series of combinations that are computed together may take: as engine.indicators.compute, which loads the kernels, has it."""
PANEL_BYTES = 4 * len(PRICES) + 8 * len(WHOLES) + len(FLAGS)
"""A bar of a stock as the panel has it, without further fields."""


@dataclass(frozen=True)
class Estimate:
    """`cells`: bars by stocks, warm-up included; `seconds`: of one core."""

    dataset: str
    start: str
    end: str
    cells: int
    seconds: float
    workers: int
    memory_bytes: int


def show_plan(file: Path, given: Sequence[str], where: Where, as_json: bool) -> int:
    text = strategy_text(file)
    program = compile_strategy(text)
    spec = grid_spec(given)
    grid = expand(program, spec, None) if spec else None
    combinations = grid.combinations if grid else (program.check_params({}),)
    found = explain(program, combinations)
    estimate = _estimate(text, spec, where, program, found)
    if as_json:
        write_json(_as_json(program, combinations, grid.skipped if grid else 0, found, estimate))
    else:
        _tell(program, combinations, grid.skipped if grid else 0, found, estimate)
    return OK


def _estimate(text: str, spec: Mapping[str, Any], where: Where, program: Program, found: Explanation) -> Estimate | None:
    """None, and a word about it, where there are no data to compute on; what was named and is wrong is an error."""
    here = settings()
    try:
        return _on_data(text, spec, where, here, found)
    except (ApiError, CommandError, DataError) as error:
        if where != Where(frequency=where.frequency):
            raise
        notes.print(f"no estimate of time and memory: {' '.join(failure(error).lines())}", style="yellow", markup=False, soft_wrap=True)
        return None


def _on_data(text: str, spec: Mapping[str, Any], where: Where, here: Settings, found: Explanation) -> Estimate:
    house = House(here)
    runs = {"mode": "grid", "gridSpec": dict(spec)} if spec else {"mode": "single", "params": {}}
    backtest, plan = planned({"code": text}, where.context(*lake_days(here, where, text)), runs, house)
    panel = PanelSpec.from_json(plan.submission.panel)
    cells = cells_of(panel, known_dataset(house.lake, panel.dataset))
    series = max(SERIES_BYTES * cells * found.held_alone, min(SERIES_BYTES * cells * found.held, VALUES_BYTES))
    memory = cells * (PANEL_BYTES + 8 * len(panel.fields)) + series
    window = backtest.context["window"]
    return Estimate(panel.dataset, window["start"], window["end"], cells, plan.estimated_seconds, here.workers, memory)


def _as_json(
    program: Program, combinations: Sequence[Mapping[str, float | int]], skipped: int, found: Explanation, estimate: Estimate | None
) -> dict[str, Any]:
    return {
        "name": program.name,
        "combinations": len(combinations),
        "skipped": skipped,
        "outputs": [{"params": dict(params), "steps": dict(row)} for params, row in zip(combinations, found.outputs, strict=True)],
        "steps": [asdict(step) for step in found.steps],
        "steps_alone": found.alone,
        "series_at_once": found.held,
        "look_back": found.look_back,
        "further_look_back": found.further_look_back,
        "fields": list(found.fields),
        "estimate": asdict(estimate) if estimate else None,
    }


def _tell(
    program: Program, combinations: Sequence[Mapping[str, float | int]], skipped: int, found: Explanation, estimate: Estimate | None
) -> None:
    is_grid = len(combinations) > 1
    outputs = {number: name for row in reversed(found.outputs) for name, number in row.items()}
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    heads = ("#", "步骤\nstep", "回看\nlooks back", "所用\nbars", "组合\ncombinations", "输出\noutput")
    for head in heads:
        table.add_column(head, justify="right" if head == "#" else "left", no_wrap=head == "#")
    for step in found.steps[:STEPS_SHOWN]:
        cells = (Text(step.formula), str(step.look_back), step.place or "own", str(step.combinations) if is_grid else "")
        table.add_row(str(step.number), *cells, outputs.get(step.number, ""))
    if output.is_terminal:
        output.print(table)
    else:
        show_table(table)
    if len(found.steps) > STEPS_SHOWN:
        notes.print(f"the first {STEPS_SHOWN} of {len(found.steps):,} steps; --json shows all")
    for line in _summary(program, combinations, skipped, found, estimate):
        output.print(line, markup=False, soft_wrap=True)


def _summary(
    program: Program, combinations: Sequence[Mapping[str, float | int]], skipped: int, found: Explanation, estimate: Estimate | None
) -> list[str]:
    count = len(combinations)
    told = f"{program.name}: {len(found.steps):,} steps"
    if count > 1:
        share = f", {found.alone:,} if each were run by itself: {100 * found.shared // found.alone}% are shared"
        told += f" for {count:,} combinations{share}{f'; {skipped:,} break require' if skipped else ''}"
    further = f", and {found.further_look_back} sessions of other bars" if found.further_look_back else ""
    lines = [told, f"warm-up: {found.look_back} bars before the window, whatever the parameters{further}"]
    if found.fields:
        lines.append(f"the data must have: {', '.join(found.fields)}")
    if estimate:
        lines.append(
            f"on {estimate.dataset}, {estimate.start} to {estimate.end}: {estimate.cells:,} bars x stocks, "
            f"about {_seconds(estimate.seconds)} on one core ({_seconds(estimate.seconds / estimate.workers)} on {estimate.workers}), "
            f"{max(1, estimate.memory_bytes // 2**20):,} MiB; {found.held} series at once at most"
        )
    return lines


def _seconds(value: float) -> str:
    return f"{value:.2g} s" if value < 60 else f"{value / 60:.1f} min"
