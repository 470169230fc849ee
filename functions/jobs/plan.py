"""From a request for runs to what is written: combinations, their identities, blocks of a size that suits the workers. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from math import prod
from typing import Any, Literal

from datalake.asked.context import DAILY_BARS
from datalake.asked.universe_checks import on_boards, stocks_only
from datalake.calendar import from_iso
from datalake.frequencies import SESSIONS, bars_a_session
from datalake.panels.panel import PanelSpec
from datalake.versions import Dataset
from engine.grid import expand
from engine.language import Program
from engine.universe import Kind, Universe
from functions.identity import content_identity, run_identity
from functions.jobs.records import Backtest, Params, Submission

CELLS_PER_SECOND = 100_000_000
"""Bars x stocks x combinations that one worker computes in a second. Measured on one core: 70 million (limit orders that rest) to
400 million (moving averages); stated low, because blocks should rather end early than late."""
BLOCK_SECONDS = 10
LEAST_BLOCK_SECONDS = 1
"""What combinations share is computed once a block, and Postgres claims and completes each (docs/cost.md, the size of a block)."""
FEW_WORKERS = 2
"""Who share a grid that takes less, too, so that somebody who waits for it alone waits less."""
LARGEST_BLOCK = 1000
"""Runs: the events of a block name them all, and EventBridge takes 256 KB."""
LARGEST_EQUITY = 2_000_000
"""Runs x sessions: what a block leaves behind is one object, read whole by who needs one curve of it (16 MB)."""
LEAST_STOPPING = 20
"""Runs of a block that may be in vain: smaller ones cost more than they save, because what combinations share is computed in each."""

INDUSTRY_SHARE = 10
"""The largest of the first level has a tenth of the market."""

OVERRIDES = ("universe", "costs", "execution")


@dataclass(frozen=True)
class Wanted:
    """A request for runs as it came. `spec` is the gridSpec, or the params of a single run."""

    mode: Literal["single", "grid"]
    spec: Mapping[str, Any]
    budget_ms: int | None = None
    priority: int = 5
    max_evals: int | None = None
    early_stop: Mapping[str, Any] | None = None
    reuse: bool = True


@dataclass(frozen=True)
class Versions:
    """What results depend on besides strategy, parameters, context and data."""

    engine: str
    rules: str


@dataclass(frozen=True)
class Plan:
    submission: Submission
    estimated_seconds: float
    """Compute time of all workers together, to the microsecond: a small grid takes no millisecond."""
    cells: int
    """Bars by stocks of one combination."""
    sessions: int
    """Of the window."""
    left_out: int = 0
    """Combinations after the last one that runs, which `max_evals` leaves out. Nobody asked the strategy's `require` about them."""


def plan_submission(backtest: Backtest, program: Program, dataset: Dataset, wanted: Wanted, versions: Versions, workers: int) -> Plan:
    """`program` is the backtest's strategy compiled with its context. ParameterError with all problems of params or gridSpec."""
    combinations, skipped = _combinations(program, wanted)
    idea = _Idea(program.name, program.identity, panel_spec(backtest, program, dataset), combinations, skipped)
    plan = _planned(backtest, idea, dataset, wanted, versions, workers)
    asked_for = len(combinations) + skipped if wanted.max_evals is None else _asked_for(wanted.spec)
    return replace(plan, left_out=asked_for - len(combinations) - skipped)


def plan_table(backtest: Backtest, identity: str, dataset: Dataset, wanted: Wanted, versions: Versions) -> Plan:
    """The single run of a table of signals, which has no parameters; `identity` is that of the table and its settings."""
    idea = _Idea(backtest.strategy.name, identity, table_panel(backtest.context, dataset), ({},))
    return _planned(backtest, idea, dataset, wanted, versions, 1)


@dataclass(frozen=True)
class _Idea:
    """What is tried, and on which data."""

    name: str
    identity: str
    panel: PanelSpec
    combinations: tuple[Params, ...]
    skipped: int = 0


def _planned(backtest: Backtest, idea: _Idea, dataset: Dataset, wanted: Wanted, versions: Versions, workers: int) -> Plan:
    panel, combinations = idea.panel, idea.combinations
    cells = cells_of(panel, dataset)
    sessions = _inside(panel, dataset)
    deciding = _deciding(panel, backtest.context)
    identities = (run_identity(idea.identity, params, deciding, versions.rules, versions.engine) for params in combinations)
    submission = Submission(
        backtest_id=backtest.id,
        mode=wanted.mode,
        combinations=combinations,
        identities=tuple(identities),
        block_runs=block_runs(cells, sessions, _most_in_vain(wanted.early_stop, workers)),
        workers=cut_for(len(combinations), cells, workers),
        reuse=wanted.reuse,
        skipped=idea.skipped,
        spec=dict(wanted.spec),
        panel=panel.to_json(),
        engine_version=versions.engine,
        rules_version=versions.rules,
        family=_family(idea),
        budget_ms=wanted.budget_ms,
        priority=wanted.priority,
        max_evals=wanted.max_evals,
        early_stop=dict(wanted.early_stop) if wanted.early_stop else None,
    )
    return Plan(submission, round(len(combinations) * cells / CELLS_PER_SECOND, 6), cells, sessions)


def panel_spec(backtest: Backtest, program: Program, dataset: Dataset) -> PanelSpec:
    """The panel that every combination of the backtest reads."""
    if program.universe is None:
        raise ValueError("a backtest without a universe cannot be planned; the context is checked before")
    window = backtest.context["window"]
    days = (from_iso(window["start"]), from_iso(window["end"]))
    frequency = backtest.context.get("frequency", "1d")
    spec = PanelSpec.of(
        dataset, program.universe.to_json(), days, program.look_back, frequency, program.fields, program.execution_frequency
    )
    return spec.reaching(program.further_look_back).compared_with(backtest.context.get("benchmark"))


def table_panel(context: Mapping[str, Any], dataset: Dataset) -> PanelSpec:
    """The panel that a table of signals is traded on; the context is the pinned one."""
    days = (from_iso(context["window"]["start"]), from_iso(context["window"]["end"]))
    return PanelSpec.of(dataset, context["universe"], days, 0, context["frequency"]).compared_with(context["benchmark"])


def overrides(context: Mapping[str, Any]) -> dict[str, Any]:
    """What a backtest's context says instead of the strategy's text: the second argument of compile_strategy."""
    return {key: context[key] for key in OVERRIDES if context.get(key) is not None}


def told_context(context: Mapping[str, Any], program: Program) -> dict[str, Any]:
    """The context as a report tells it: with the strategy's own universe where the context leaves it to the strategy."""
    own = {} if program.universe is None else {"universe": program.universe.to_json()}
    return {**context, **({} if context.get("universe") is not None else own)}


def initial_cash_li(context: Mapping[str, Any]) -> int:
    """The context's initial_cash is in yuan."""
    return int(context.get("initial_cash", 1_000_000)) * 1000


def _combinations(program: Program, wanted: Wanted) -> tuple[tuple[Params, ...], int]:
    if wanted.mode == "single":
        return (program.check_params(wanted.spec),), 0
    grid = expand(program, wanted.spec, wanted.max_evals)
    return tuple(grid.combinations), grid.skipped


def _asked_for(spec: Mapping[str, Any]) -> int:
    """Combinations of a gridSpec that is right, those that `require` excludes among them."""
    return prod(len(values) if isinstance(values, list | tuple) else _steps(values) for values in spec.values())


def _steps(values: Mapping[str, float | int]) -> int:
    """Of a range, its stop included; in the decimals that engine.grid walks in."""
    start, stop, step = (Decimal(repr(values[key])) for key in ("start", "stop", "step"))
    return int((stop - start) / step) + 1


def _most_in_vain(early_stop: Mapping[str, Any] | None, workers: int) -> int:
    """When a grid stops early, each worker may be in the middle of a block that nobody needs any more: as many runs as the grid's patience,
    all workers together, so that stopping costs about what finding out costs."""
    return LARGEST_BLOCK if early_stop is None else max(LEAST_STOPPING, early_stop["patience"] // workers)


def _deciding(panel: PanelSpec, context: Mapping[str, Any]) -> dict[str, Any]:
    """What of a context decides a result: the panel, by its content (the same name may mean another dataset in another lake), and the cash.

    The panel holds the benchmark, which decides figures of the result and no trade; the program's identity holds the overrides.
    """
    return {"panel": panel.key, "initial_cash": initial_cash_li(context)}


def _family(idea: _Idea) -> str:
    """The strategy by its name, because a text that was changed a little is another trial of the same idea."""
    return content_identity({"strategy": idea.name, "universe": idea.panel.universe.to_json()})


def _inside(panel: PanelSpec, dataset: Dataset) -> int:
    """Sessions of the window."""
    sessions = dataset.catalog.sessions
    return bisect_right(sessions, panel.end) - bisect_left(sessions, panel.start)


def cells_of(panel: PanelSpec, dataset: Dataset) -> int:
    """Bars by stocks of the panel, warm-up included; an estimate, never below 1."""
    inside = _inside(panel, dataset)
    finer = inside * bars_a_session(panel.execution_frequency) if panel.execution_frequency else 0
    beside = inside + panel.further if DAILY_BARS in panel.fields else 0
    own = inside * bars_a_session(panel.frequency) // SESSIONS.get(panel.frequency, 1)
    bars = own + panel.warm_up + finer + beside
    return max(1, bars * _stocks(panel.universe, dataset))


def _stocks(universe: Universe, dataset: Dataset) -> int:
    """Everybody who is in the universe at some time is in the panel, so an index or a ranking counts more than its size."""
    catalog = dataset.catalog
    everyone = len(stocks_only(catalog))
    sizes: dict[Kind, Callable[[], int]] = {
        "codes": lambda: len(universe.codes),
        "boards": lambda: len(on_boards(catalog, universe.boards)),
        "index": lambda: min(everyone, 600),
        "industry": lambda: min(everyone, everyone * len(universe.industries) // INDUSTRY_SHARE + 1),
        "rank": lambda: min(_stocks(universe.within, dataset) if universe.within else everyone, 3 * universe.top),
        "any": lambda: min(len(catalog.instruments), sum(_stocks(part, dataset) for part in universe.parts)),
    }
    return sizes.get(universe.kind, lambda: everyone)()


def cut_for(combinations: int, cells: int, workers: int) -> int:
    """How many of the workers a grid is cut for: as many as have a second's work each, but a few in any case."""
    return min(workers, max(FEW_WORKERS, combinations * cells // (LEAST_BLOCK_SECONDS * CELLS_PER_SECOND)))


def block_runs(cells: int, sessions: int, most: int = LARGEST_BLOCK) -> int:
    """The most runs that a worker takes at a time."""
    by_time = BLOCK_SECONDS * CELLS_PER_SECOND // cells
    by_room = LARGEST_EQUITY // max(1, sessions)
    return max(1, min(by_time, by_room, most, LARGEST_BLOCK))
