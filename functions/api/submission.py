"""From a request for runs to a plan of combinations and blocks; every bad parameter is told at once."""

from engine.errors import ParameterError
from engine.language import compile_strategy
from engine.simulation.rules import RULES_VERSION
from functions.api.context import known_dataset
from functions.api.models import GridRun, SingleRun
from functions.errors import invalid_input
from functions.jobs.plan import Plan, Versions, Wanted, overrides, plan_submission
from functions.jobs.records import Backtest
from functions.wiring import House


def plan_runs(backtest: Backtest, request: SingleRun | GridRun, house: House) -> Plan:
    """The backtest was checked when it was made, so only what comes with this request can be wrong."""
    program = compile_strategy(backtest.strategy.source, overrides(backtest.context))
    dataset = known_dataset(house.lake, backtest.context["datasource_version"])
    versions = Versions(house.engine_version, RULES_VERSION)
    try:
        return plan_submission(backtest, program, dataset, _wanted(request), versions, house.settings.workers)
    except ParameterError as error:
        raise invalid_input(error.problems) from error


def _wanted(request: SingleRun | GridRun) -> Wanted:
    if isinstance(request, SingleRun):
        return Wanted("single", request.params, request.budget_ms, request.priority)
    early_stop = request.early_stop.model_dump() if request.early_stop else None
    return Wanted("grid", request.grid_spec, request.budget_ms, request.priority, request.max_evals, early_stop)
