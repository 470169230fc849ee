"""From a request for runs to a plan of combinations and blocks; every bad parameter is told at once."""

from engine.errors import ParameterError, Problem
from engine.language import compile_strategy
from engine.language.check import did_you_mean
from engine.simulation.rules import RULES_VERSION
from functions.api.context import known_dataset
from functions.api.models import GridRun, SingleRun
from functions.errors import invalid_input
from functions.jobs.metric_pages import KNOWN
from functions.jobs.plan import Plan, Versions, Wanted, overrides, plan_submission, plan_table
from functions.jobs.records import Backtest
from functions.signals.document import Signals, table_identity, trading_of
from functions.wiring import House


def plan_runs(backtest: Backtest, request: SingleRun | GridRun, house: House) -> Plan:
    """The backtest was checked when it was made, so only what comes with this request can be wrong."""
    dataset = known_dataset(house.lake, backtest.context["datasource_version"])
    versions = Versions(house.engine_version, RULES_VERSION)
    if backtest.strategy.kind != "rules":
        _check_single(request)
        return plan_table(backtest, _identity(backtest), dataset, _wanted(request), versions)
    _check_early_stop(request)
    program = compile_strategy(backtest.strategy.source, overrides(backtest.context))
    try:
        return plan_submission(backtest, program, dataset, _wanted(request), versions, house.settings.workers)
    except ParameterError as error:
        raise invalid_input(error.problems) from error


def _check_single(request: SingleRun | GridRun) -> None:
    """A table has no parameters that could differ."""
    if isinstance(request, GridRun):
        raise invalid_input([Problem("mode", "a table of orders or weights has no parameters, so there is no grid of it", "single")])
    if request.params:
        known = [Problem(f"params.{name}", "a table of orders or weights has no parameters", "leave it out") for name in request.params]
        raise invalid_input(known)


def _check_early_stop(request: SingleRun | GridRun) -> None:
    """A metric that no run has would never become better: the grid would stop after `patience` runs, whatever they are."""
    if isinstance(request, GridRun) and request.early_stop and request.early_stop.metric not in KNOWN:
        metric = request.early_stop.metric
        hint = did_you_mean(metric, KNOWN) or "see /api/metrics"
        raise invalid_input([Problem("early_stop.metric", f"there is no metric {metric!r}", hint)])


def _identity(backtest: Backtest) -> str:
    signals = Signals.from_source(backtest.strategy.source)
    return table_identity(signals.lines, trading_of(signals.settings, backtest.context))


def _wanted(request: SingleRun | GridRun) -> Wanted:
    if isinstance(request, SingleRun):
        return Wanted("single", request.params, request.budget_ms, request.priority, reuse=request.reuse)
    early_stop = request.early_stop.model_dump() if request.early_stop else None
    return Wanted("grid", request.grid_spec, request.budget_ms, request.priority, request.max_evals, early_stop, request.reuse)
