"""A backtest in this process: the API's own checks and plan, the workers' own engine, and so the same bytes as through the platform."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from datalake.lake import Lake
from datalake.panels.ensure import market_of as ready_market
from datalake.panels.panel import PanelSpec
from engine.arrays import Integers
from engine.language import Program, compile_strategy
from engine.simulation.rules import RULES_VERSION
from functions.api.context import resolve_backtest
from functions.api.models import GridRun, NewBacktest, NewRuns, SingleRun
from functions.api.problems import invalid_request
from functions.api.submission import plan_runs
from functions.commands.environment import COMPILING, kernels_are_new
from functions.commands.kept import How, Kept, kept_of
from functions.commands.screen import Row, bar, notes
from functions.jobs.plan import Plan, initial_cash_li, overrides, told_context
from functions.jobs.records import Backtest, Params, StrategyVersion
from functions.reports.grid_page import GridReport, GridRow, render_grid
from functions.reports.of_run import report_of
from functions.reports.run_page import render_run
from functions.settings import Settings
from functions.wiring import House

if TYPE_CHECKING:
    from engine.diagnosis.answer import Diagnosis
    from engine.market import Market
    from engine.prove import Proof
    from engine.results import Cell, Result

CURVES_AT_ONCE = 64
"""Equity curves that wait to be diagnosed together."""


@dataclass(frozen=True)
class LocalPlan:
    """What is to be evaluated."""

    program: Program
    market: "Market"
    combinations: tuple[Params, ...]
    skipped: int
    context: Mapping[str, Any]
    identity: Mapping[str, str]

    @property
    def initial_cash(self) -> int:
        """li"""
        return initial_cash_li(self.context)


def prepare(strategy: Mapping[str, str], context: Mapping[str, Any], runs: Mapping[str, Any], settings: Settings) -> LocalPlan:
    """The same requests as the API takes. Builds the panel if it was never built."""
    house = House(settings)
    return _ready(*planned(strategy, context, runs, house), house)


def prepare_pinned(strategy: StrategyVersion, context: Mapping[str, Any], params: Params, settings: Settings) -> LocalPlan:
    """One run of a backtest that the API has made: strategy and context as they were resolved then."""
    house = House(settings)
    backtest = _backtest(strategy, dict(context))
    return _ready(backtest, plan_runs(backtest, _read_runs({"mode": "single", "params": dict(params)}), house), house)


def planned(strategy: Mapping[str, str], context: Mapping[str, Any], runs: Mapping[str, Any], house: House) -> tuple[Backtest, Plan]:
    """The checks and the plan that the API would make."""
    resolved = resolve_backtest(_read_backtest(strategy, context), "", house)
    version = StrategyVersion("local", "local", resolved.program.name, 1, resolved.source, resolved.identity)
    backtest = _backtest(version, resolved.context)
    return backtest, plan_runs(backtest, _read_runs(runs), house)


def _ready(backtest: Backtest, plan: Plan, house: House) -> LocalPlan:
    market = market_of(PanelSpec.from_json(plan.submission.panel), house)
    program = compile_strategy(backtest.strategy.source, overrides(backtest.context))
    identity = {"strategy": program.identity, "engine version": house.engine_version, "rules version": RULES_VERSION}
    return LocalPlan(program, market, plan.submission.combinations, plan.submission.skipped, backtest.context, identity)


def market_of(spec: PanelSpec, house: House) -> "Market":
    """The market of a panel, which is built if it was never built."""
    with notes.status("preparing the panel"):
        return ready_market(Lake(house.settings.lake_url, house.object_options), spec, house.panels)


def panel_of(strategy: Mapping[str, str], context: Mapping[str, Any], runs: Mapping[str, Any], settings: Settings) -> PanelSpec:
    """The panel that these runs read."""
    return PanelSpec.from_json(planned(strategy, context, runs, House(settings))[1].submission.panel)


def evaluate_all(plan: LocalPlan, threads: int, title: str, take: "Callable[[Cell], None]" = lambda _: None) -> list[Row]:
    """Every combination, with a progress bar. `take` is given each cell as it comes; nobody keeps its curve."""
    from engine.evaluate import evaluate_grid  # noqa: PLC0415  loads the compiled engine, which the other commands do without

    if kernels_are_new():
        notes.print(COMPILING)
    count = len(plan.combinations)
    rows = []
    with bar(title, count) as progress:

        def checkpoint(share: float) -> bool:
            progress.at(share * count)
            return True

        for cell in evaluate_grid(plan.program, plan.market, plan.combinations, plan.initial_cash, checkpoint, threads):
            rows.append(Row(cell.params, cell.stats, "succeeded", cell.content_hash))
            take(cell)
        progress.at(count)
    return rows


def diagnosed(plan: LocalPlan, threads: int, title: str) -> "tuple[list[Row], Diagnosis]":
    """Every combination, and what all of them together say. This process knows of no earlier trials: those of the grid count."""
    from engine.diagnosis.collector import Collector  # noqa: PLC0415  the other commands do without
    from engine.diagnosis.diagnose import diagnose  # noqa: PLC0415

    collector = Collector(plan.initial_cash, plan.market.benchmark.closes if plan.market.benchmark else None)
    waiting: list[Integers] = []

    def take(cell: "Cell") -> None:
        waiting.append(cell.equity)
        if len(waiting) == CURVES_AT_ONCE:
            collector.add(np.stack(waiting))
            waiting.clear()

    rows = evaluate_all(plan, threads, title, take)
    if waiting:
        collector.add(np.stack(waiting))
    with notes.status("diagnosis"):
        return rows, diagnose(collector, [row.params for row in rows], None)


def record(plan: LocalPlan, params: Params, title: str = "") -> "Result":
    """One combination with its ledger; with a title also with a progress bar."""
    from engine.evaluate import evaluate  # noqa: PLC0415  see above

    with watched(title) as checkpoint:
        return evaluate(plan.program, plan.market, params, plan.initial_cash, checkpoint)


def proof_of(plan: LocalPlan, params: Params) -> "Proof | None":
    """Whether its signals know no future."""
    from engine.prove import proved  # noqa: PLC0415  see above

    return proved(plan.program, plan.market, params)


def report_page(plan: LocalPlan, result: "Result", proof: "Proof | None") -> bytes:
    """The report of one combination as HTML."""
    context = told_context(plan.context, plan.program)
    return render_run(report_of(result, plan.program.name, context, plan.initial_cash, plan.identity, proof)).encode()


def grid_page(plan: LocalPlan, spec: Mapping[str, Any], rows: Sequence[Row], diagnosis: "Diagnosis") -> bytes:
    """The page about a grid as HTML; rows in the grid's order."""
    shown = [GridRow(row.params, row.stats, row.status, row.content_hash, row.run_id) for row in rows]
    context = told_context(plan.context, plan.program)
    report = GridReport(plan.program.name, context, spec, shown, plan.skipped, diagnosis.to_json(), plan.identity)
    return render_grid(report).encode()


def kept(plan: LocalPlan, result: "Result", how: How, proof: "Proof | None") -> Kept:
    """What is to be written of one combination."""
    page = report_page(plan, result, proof) if how.report else b""
    return kept_of(result, page, {"strategy name": plan.program.name, **plan.identity}, how)


@contextmanager
def watched(title: str) -> Iterator[Callable[[float], bool] | None]:
    """The checkpoint of a progress bar; none without a title."""
    if not title:
        yield None
        return
    if kernels_are_new():
        notes.print(COMPILING)
    with bar(title, 100) as progress:

        def checkpoint(share: float) -> bool:
            progress.at(100 * share)
            return True

        yield checkpoint


def _read_backtest(strategy: Mapping[str, str], context: Mapping[str, Any]) -> NewBacktest:
    try:
        return NewBacktest.model_validate({"strategyRef": dict(strategy), "context": dict(context)})
    except ValidationError as error:
        raise invalid_request(error.errors(), NewBacktest) from error


def _read_runs(runs: Mapping[str, Any]) -> SingleRun | GridRun:
    try:
        found: SingleRun | GridRun = TypeAdapter(NewRuns).validate_python(dict(runs))
    except ValidationError as error:
        raise invalid_request(error.errors(), NewRuns) from error
    return found


def _backtest(version: StrategyVersion, context: dict[str, Any]) -> Backtest:
    return Backtest("local", version, context, "", datetime.now(UTC))
