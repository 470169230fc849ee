"""From a request for a backtest to what is pinned: the strategy's text, its program, the dataset's version, the whole context."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from datalake.asked.benchmark import check_benchmark, usual_benchmark
from datalake.asked.caveats import caveats
from datalake.asked.context import check_actions, check_context, resolve_actions
from datalake.asked.universe import FIELD as UNIVERSE
from datalake.asked.universe import read_universe
from datalake.asked.universe_checks import boards_of
from datalake.calendar import from_iso
from datalake.errors import ContextError, UnknownDatasetError
from datalake.objects import Store
from datalake.versions import Catalog, Dataset, resolve
from engine.errors import EngineError
from engine.language import Program, compile_strategy
from engine.simulation.rules import check_window
from engine.terms import ActionMode, Conditions
from functions.api.models import Context, NewBacktest
from functions.api.parts import not_found
from functions.api.problems import Problem, did_you_mean
from functions.errors import AnyProblem, invalid_input
from functions.jobs.plan import overrides
from functions.jobs.records import StrategyVersion
from functions.templates import templates
from functions.wiring import House

Value = TypeVar("Value")

MOST_CATALOGS = 8


@dataclass(frozen=True)
class Resolved:
    """What a backtest pins."""

    source: str
    identity: str
    """Of the strategy alone, without the context's overrides."""
    program: Program
    context: dict[str, Any]
    stored: StrategyVersion | None
    """The version that was named, if one was."""


def resolve_backtest(request: NewBacktest, user: str, house: House) -> Resolved:
    """Raises INVALID_INPUT with every problem of the strategy and of the context together."""
    source, stored, place = _strategy(request, user, house)
    wanted = request.context
    overriding = overrides(wanted.model_dump())
    problems: list[AnyProblem] = []
    plain = _collect(problems, lambda: compile_strategy(source), prefix=place)
    program = _collect(problems, lambda: compile_strategy(source, overriding)) if plain and overriding else plain
    dataset = _collect(problems, lambda: known_dataset(house.lake, wanted.datasource_version))
    if dataset is not None:
        problems += _context_problems(request, program, dataset)
    if problems or plain is None or program is None or dataset is None:
        raise invalid_input(_once(problems))
    window = from_iso(wanted.window.start), from_iso(wanted.window.end)
    if program.dividends == "auto":
        costs = {**(overriding.get("costs") or {}), "dividends": actions_of(dataset, window, program.conditions)}
        overriding = {**overriding, "costs": costs}
        program = compile_strategy(source, overriding)
    context = {
        **overriding,
        "frequency": wanted.frequency,
        "window": {"start": wanted.window.start, "end": wanted.window.end},
        "datasource_version": dataset.version,
        "initial_cash": wanted.initial_cash,
        "benchmark": benchmark_of(wanted, dataset),
    }
    if program.universe:
        context |= caveats(dataset, program.universe, window, wanted.frequency, program.look_back)
    return Resolved(source, plain.identity, program, context, stored)


def actions_of(dataset: Dataset, window: tuple[int, int], conditions: Conditions) -> ActionMode:
    """What `dividends: auto` comes to: cash where dividend records cover the window and the rules of their tax hold, else reinvest."""
    mode = resolve_actions(dataset, window)
    try:
        check_window(window[0], (), replace(conditions, actions=mode))
    except EngineError:
        return "reinvest"
    return mode


def benchmark_of(wanted: Context, dataset: Dataset) -> str | None:
    """The benchmark that is named (null: none), or the dataset's usual one where nothing is said."""
    return wanted.benchmark if "benchmark" in wanted.model_fields_set else usual_benchmark(dataset)


def known_dataset(lake: Store, name: str | None) -> Dataset:
    """The dataset version of a name (None: the newest). Its catalog, which is large and named by its content, is read once."""
    dataset = resolve(lake, name)
    kept = _CATALOGS.get(dataset.catalog_key)
    if kept is None:
        kept = _CATALOGS[dataset.catalog_key] = dataset.catalog
        while len(_CATALOGS) > MOST_CATALOGS:
            _CATALOGS.pop(next(iter(_CATALOGS)))
    vars(dataset)["catalog"] = kept  # where its cached_property looks first
    return dataset


_CATALOGS: dict[str, Catalog] = {}


def _strategy(request: NewBacktest, user: str, house: House) -> tuple[str, StrategyVersion | None, str]:
    """The text, its stored version if there is one, and the JSON path where it was given."""
    ref = request.strategy_ref
    if ref.code is not None:
        return ref.code, None, "strategyRef.code"
    if ref.template is not None:
        known = templates()
        if ref.template not in known:
            hint = did_you_mean(ref.template, list(known)) or f"known: {', '.join(known)}"
            raise invalid_input([Problem("strategyRef.template", f"there is no template {ref.template!r}", hint)])
        return known[ref.template], None, "strategyRef.template"
    stored = house.strategies.get_strategy(user, str(ref.strategy_id))
    if stored is None:
        raise not_found("strategy", ref.strategy_id)
    return stored.source, stored, "strategyRef.strategy_id"


def _context_problems(request: NewBacktest, program: Program | None, dataset: Dataset) -> Iterator[AnyProblem]:
    wanted = request.context
    window = from_iso(wanted.window.start), from_iso(wanted.window.end)
    universe = program.universe.to_json() if program and program.universe else wanted.universe
    if universe is None:
        if program is not None:
            hint = 'name codes, {"index": ...}, {"boards": [...]}, {"all": true} or {"rank": ..., "top": ...}'
            yield Problem("context.universe", "neither the context nor the strategy names a universe", hint)
        universe = {"all": True}
    finer = program.execution_frequency if program else ""
    yield from check_context(dataset, universe, window, wanted.frequency, program.fields if program else (), finer)
    if program and program.dividends == "cash":
        yield from check_actions(dataset, window)
    yield from _industries(program, dataset)
    try:
        conditions = program.conditions if program else Conditions()
        check_window(window[0], _boards(dataset.catalog, universe, window[1]), conditions)
    except EngineError as error:
        yield from (Problem(f"context.{problem.field}", problem.message, problem.hint) for problem in error.problems)
    yield from check_benchmark(dataset, wanted.benchmark)


def _industries(program: Program | None, dataset: Dataset) -> Iterator[AnyProblem]:
    """A cap per industry needs to know them."""
    known = "industries" in dataset.tables or any(row.industry for row in dataset.catalog.instruments)
    if program and "risk.max_industry_weight" in program.settings and not known:
        message = f"the strategy caps industries, and {dataset.version} does not know any"
        yield Problem(
            "strategy.max_industry_weight", message, "import industries, or instruments with the column industry, or remove the cap"
        )


def _boards(catalog: Catalog, universe: object, last: int) -> set[str]:
    try:
        return boards_of(catalog, read_universe(universe), last)
    except ContextError:
        return set()


def _collect(problems: list[AnyProblem], attempt: Callable[[], Value], prefix: str = "") -> Value | None:
    try:
        return attempt()
    except (EngineError, ContextError, UnknownDatasetError) as error:
        problems += _prefixed(error.problems, prefix)
        return None


def _prefixed(problems: Any, prefix: str) -> Iterator[AnyProblem]:
    for problem in problems:
        field = f"{prefix}.{problem.field}" if prefix and problem.field else prefix or problem.field
        yield Placed(field, problem.message, problem.hint, getattr(problem, "line", None), getattr(problem, "column", None))


@dataclass(frozen=True)
class Placed(Problem):
    """A problem inside a text."""

    line: int | None = None
    column: int | None = None


def _once(problems: list[AnyProblem]) -> list[AnyProblem]:
    """The strategy language and the lake both read the universe: where the language refuses it, the lake says the same in other words."""
    refused = any(isinstance(problem, Placed) and problem.field.startswith(UNIVERSE) for problem in problems)
    found: dict[tuple[str, str], AnyProblem] = {}
    for problem in problems:
        if not (refused and problem.field.startswith(UNIVERSE) and not isinstance(problem, Placed)):
            found.setdefault((problem.field, problem.message), problem)
    return list(found.values())
