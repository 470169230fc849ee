"""`lianghu run --orders` and `--weights`: tables of orders or target weights from anywhere, traded by our rules in this process."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from datalake.asked.benchmark import check_benchmark
from datalake.asked.caveats import caveats
from datalake.asked.context import check_actions, check_context
from datalake.asked.universe import read_universe
from datalake.frequencies import PERIODS
from datalake.panels.panel import PanelSpec
from datalake.versions import Dataset
from engine.errors import EngineError, Problem
from engine.language.scripted import Settings as Trading
from engine.language.scripted import compile_settings
from engine.orders.columns import ORDERS, WEIGHTS, unused
from engine.orders.lines import Orders, Table, Weights
from engine.orders.script import check_lines, check_prices, identity_of, script_for
from engine.orders.table import read_orders, read_weights
from engine.simulation.outcome import Reject
from engine.simulation.placed import orders
from engine.simulation.rules import RULES_VERSION, check_window
from engine.terms import Terms
from functions.api.context import actions_of, benchmark_of, known_dataset
from functions.api.models import Context
from functions.api.problems import invalid_request
from functions.commands.failures import CommandError
from functions.commands.inputs import Where, strategy_text
from functions.commands.kept import How, Kept, kept_of
from functions.commands.local import market_of, watched
from functions.commands.screen import notes
from functions.commands.submit import told_of
from functions.commands.tables import read_table
from functions.commands.telling import tell_run
from functions.errors import AnyProblem, invalid_input
from functions.reports.of_run import report_of
from functions.reports.run_page import render_run
from functions.settings import Settings
from functions.wiring import House

if TYPE_CHECKING:
    from engine.market import Market
    from engine.results import Result

Value = TypeVar("Value")


@dataclass(frozen=True)
class Outside:
    """What is to be traded, and how."""

    orders: Path | None
    """Exactly one of the two."""
    weights: Path | None
    settings: Path | None
    """A YAML of costs, execution, risk, rules."""

    @property
    def table(self) -> Path:
        found = self.orders or self.weights
        if found is None or (self.orders and self.weights):
            raise CommandError("say --orders FILE or --weights FILE, one of them")
        return found


def run_table(outside: Outside, where: Where, how: How, settings: Settings) -> int:
    """One run; the exit code."""
    if where.universe is not None:
        raise CommandError("--universe has no meaning here: the stocks are those of the table")
    table, text = read_table(outside.table), strategy_text(outside.settings) if outside.settings else None
    kind = ORDERS if outside.orders else WEIGHTS
    house = House(settings)
    plan = _plan(table, kind, text, where, house)
    for name in unused(table, kind):
        notes.print(f"the column {name!r} is not used", style="dim", markup=False)
    for warning in plan.trading.warnings:
        notes.print(f"warning: {warning}", style="yellow", markup=False, soft_wrap=True)
    result = _evaluated(plan, market_of(plan.panel, house))
    name = outside.table.name
    kept = _kept(result, plan, name, how, house)
    return tell_run(told_of(result, plan.context, name, _told(result, plan.lines)), kept, how)


@dataclass(frozen=True)
class _Plan:
    """A table that can be traded."""

    lines: Orders | Weights
    trading: Trading
    terms: Terms
    context: Mapping[str, Any]
    panel: PanelSpec


def _plan(table: Table, kind: tuple[str, ...], text: str | None, where: Where, house: House) -> _Plan:
    """Everything that is wrong with the table, the settings and the context is told at once."""
    problems: list[AnyProblem] = []
    trading = _collect(problems, lambda: compile_settings(text))
    lines: Orders | Weights | None = _collect(problems, lambda: read_orders(table) if kind is ORDERS else read_weights(table))
    dataset = known_dataset(house.lake, where.dataset)
    if lines is None or trading is None:
        raise invalid_input(problems)
    frequency = _frequency(trading, where, problems)
    context = _context(lines, replace(where, frequency=frequency), dataset, problems)
    problems += _against(dataset, lines, context, trading)
    if problems:
        raise invalid_input(problems)
    window = _window(context)
    terms = trading.terms(context["initial_cash"] * 1000)
    if trading.dividends == "auto":
        terms = replace(terms, conditions=replace(terms.conditions, actions=actions_of(dataset, window, terms.conditions)))
    context |= {"datasource_version": dataset.version, "dividends": terms.conditions.actions}
    context |= caveats(dataset, read_universe(context["universe"]), window, frequency, 0)
    panel = PanelSpec.of(dataset, context["universe"], window, 0, frequency).compared_with(context["benchmark"])
    return _Plan(lines, trading, terms, context, panel)


def _frequency(trading: Trading, where: Where, problems: list[AnyProblem]) -> str:
    """Of the bars that the orders meet."""
    if trading.execution_frequency and where.frequency not in ("1d", trading.execution_frequency):
        hint = "say one of the two"
        message = f"--frequency says {where.frequency}, execution.frequency of the settings {trading.execution_frequency}"
        problems.append(Problem("context.frequency", message, hint))
    elif where.frequency in PERIODS:
        message = f"--frequency says {where.frequency}: a table has no signals that weeks or months could decide on"
        problems.append(Problem("context.frequency", message, "orders meet days, 1d, or minutes"))
    return trading.execution_frequency or where.frequency


def _context(lines: Orders | Weights, where: Where, dataset: Dataset, problems: list[AnyProblem]) -> dict[str, Any]:
    """The options as the API reads them; the window is that of the table, the benchmark the dataset's, where they are not said."""
    first, last = (f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}" for day in (lines.days.min(), lines.days.max()))
    wanted = where.context(first, last)
    try:
        read = Context.model_validate(wanted)
    except ValidationError as error:
        problems += [
            Problem(**{**row, "field": f"context.{row['field']}"}) for row in invalid_request(error.errors(), Context).details["problems"]
        ]
        raise invalid_input(problems) from error
    return {
        "universe": sorted(lines.codes[k] for k in set(lines.stocks.tolist()) if k >= 0),
        "frequency": read.frequency,
        "window": {"start": read.window.start, "end": read.window.end},
        "initial_cash": read.initial_cash,
        "benchmark": benchmark_of(read, dataset),
    }


def _against(dataset: Dataset, lines: Orders | Weights, context: Mapping[str, Any], trading: Trading) -> list[AnyProblem]:
    """What the dataset cannot serve."""
    boards = {row.ts_code: row.board for row in dataset.catalog.instruments}
    problems: list[AnyProblem] = list(check_lines(lines, boards, dataset.catalog.sessions))
    if isinstance(lines, Orders):
        problems += check_prices(lines, boards)
    problems += check_benchmark(dataset, context["benchmark"])
    window = _window(context)
    if trading.dividends == "cash":
        problems += check_actions(dataset, window)
    known = [code for code in context["universe"] if code in boards]
    if known:
        problems += check_context(dataset, known, window, context["frequency"])
        _collect(problems, lambda: check_window(window[0], {boards[code] for code in known}, trading.conditions))
    return problems


def _collect(problems: list[AnyProblem], attempt: Callable[[], Value]) -> Value | None:
    try:
        return attempt()
    except EngineError as error:
        problems += error.problems
        return None


def _window(context: Mapping[str, Any]) -> tuple[int, int]:
    start, end = (int(context["window"][name].replace("-", "")) for name in ("start", "end"))
    return start, end


def _evaluated(plan: _Plan, market: "Market") -> "Result":
    script = script_for(plan.lines, market)
    from engine.orders.evaluate import evaluate_script  # noqa: PLC0415  loads the compiled engine

    with watched("orders" if isinstance(plan.lines, Orders) else "weights") as checkpoint:
        return evaluate_script(plan.terms, market, script, checkpoint)


def _kept(result: "Result", plan: _Plan, name: str, how: How, house: House) -> Kept:
    identity = {
        "table": identity_of(plan.lines),
        "settings": plan.trading.identity,
        "engine version": house.engine_version,
        "rules version": RULES_VERSION,
    }
    page = render_run(report_of(result, name, plan.context, plan.terms.initial_cash, identity)) if how.report else ""
    return kept_of(result, page.encode(), {"table name": name, **identity}, how)


def _told(result: "Result", lines: Orders | Weights) -> dict[str, dict[str, int]]:
    """What became of the table."""
    ended = Counter(order.ended for order in orders(result.outcome, result.market))
    at_once = len(lines.rows) - ended.total() if isinstance(lines, Orders) else 0
    refused = {Reject(code).name.lower().replace("_", " "): times for code, times in enumerate(result.outcome.tallies.refusals) if times}
    placed = {"placed": ended.total(), **dict(ended.most_common()), **({"refused at once": at_once} if at_once else {})}
    return {"table": {"rows": len(lines.rows)}, "orders": placed, "refused": refused}
