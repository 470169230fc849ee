"""The values that cross the border of the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from engine.grid import split
from functions.jobs.pace import Course

Params = Mapping[str, float | int]
Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]
StrategyKind = Literal["rules", "orders", "weights"]
"""A text of rules, or a table of signals from outside."""


@dataclass(frozen=True)
class StrategyVersion:
    """One immutable text of a strategy, or a table of signals."""

    id: str
    strategy_id: str
    name: str
    version: int
    source: str = field(repr=False)
    """Of a table: the document that functions.signals.document reads."""
    identity: str
    kind: StrategyKind = "rules"


@dataclass(frozen=True)
class Backtest:
    """A strategy version in a resolved context; runs are made of it."""

    id: str
    strategy: StrategyVersion
    context: dict[str, Any]
    """universe, frequency, window, datasource_version (resolved), initial_cash, benchmark, costs, execution."""
    notes: str
    created_at: datetime


@dataclass(frozen=True)
class Submission:
    """What is written in one transaction when runs are asked for."""

    backtest_id: str
    mode: Literal["single", "grid"]
    combinations: tuple[Params, ...]
    identities: tuple[str, ...]
    """One a combination: the hash of everything that decides its result."""
    block_runs: int
    """The most runs of a block: what one worker takes at a time."""
    skipped: int
    """Combinations that `require` excludes."""
    spec: dict[str, Any]
    """The request as it came: gridSpec or params."""
    panel: dict[str, Any]
    """The panel that the workers need, as the planner reads it (PanelSpec.to_json())."""
    engine_version: str
    rules_version: str
    family: str
    """Runs of one family, the same strategy on the same universe, are trials of one idea: the best of them is judged among all."""
    budget_ms: int | None = None
    priority: int = 5
    max_evals: int | None = None
    early_stop: dict[str, Any] | None = None
    request_id: str = ""
    """The API request that it came with, for the logs."""
    workers: int = 1
    """What is to be computed is cut into a block for each of them, where there are enough runs."""
    reuse: bool = True
    """Whether runs are answered from what the owner has. With early_stop none is."""

    @property
    def blocks(self) -> tuple[tuple[int, int], ...]:
        """First and last (exclusive) position of each block, where everything is computed."""
        return blocks_of(len(self.combinations), self.block_runs, self.workers)


def blocks_of(count: int, block_runs: int, workers: int) -> tuple[tuple[int, int], ...]:
    """So many runs cut as lianghu.submit cuts those that are to be computed."""
    return tuple(split(count, max(1, min(block_runs, count // workers))))


@dataclass(frozen=True)
class Submitted:
    grid_id: str
    run_ids: tuple[str, ...]
    reused: int = 0
    """Runs that were answered from what the owner had already."""

    @property
    def bell(self) -> Literal["plan", "aggregate"]:
        """What is to be rung: where nothing is left to compute, nothing is planned."""
        return "aggregate" if self.reused == len(self.run_ids) else "plan"


@dataclass(frozen=True)
class Run:
    """One run as its owner sees it."""

    id: str
    backtest_id: str
    grid_id: str
    """The submission that it belongs to; a single run has one of its own."""
    mode: str
    """single, grid."""
    position: int
    status: Status
    progress: int
    params: dict[str, Any]
    stats: dict[str, Any] | None
    artifacts: dict[str, str]
    error: dict[str, Any] | None
    attempt: int
    content_hash: str | None
    engine_version: str
    """The one that its submission asks for."""
    rules_version: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    reused_from: str | None = None
    """The run whose result this one was answered with."""
    computing: float | None = None
    """Seconds that somebody has computed it for, in this attempt; None: nobody does."""


@dataclass(frozen=True)
class GridState:
    """A submission's progress as its owner sees it."""

    id: str
    backtest_id: str
    mode: str
    status: str
    """queued, running, finished, cancelled; incomplete when the platform (not a combination) failed."""
    counts: dict[str, int]
    """Runs by status."""
    underway: float
    """What of the running ones is done already, in runs."""
    course: Course
    skipped: int
    summary: dict[str, Any] | None
    """Written once by the aggregator."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    archived_at: datetime | None = None
    """Its runs are archived."""
    reused: int = 0
    """Runs that were answered from what the owner had already."""


@dataclass(frozen=True)
class CellFigures:
    """A run of a grid with a few of its figures."""

    run_id: str
    params: dict[str, float | int]
    stats: dict[str, float | int | None] | None
    """None: it has not succeeded."""


@dataclass(frozen=True)
class PlanTask:
    """What a planner has to prepare."""

    grid_id: str
    owner: str
    request_id: str
    """The API request that asked for it, for the logs."""
    panel: dict[str, Any]
    attempt: int
    doubted: bool = False
    """A worker could not use the panel that is stored."""


@dataclass(frozen=True)
class BlockTask:
    """A block under lease: everything that a worker needs, and nothing of who asked."""

    block_id: int
    attempt: int
    kind: Literal["cells", "ledgers"]
    """cells: equity and statistics of each run; ledgers: the full account of each run as artifacts (single runs, best of a grid)."""
    grid_id: str
    owner: str
    panel_key: str
    source: str = field(repr=False)
    context: dict[str, Any] = field(default_factory=dict)
    run_ids: tuple[str, ...] = ()
    combinations: tuple[Params, ...] = ()
    request_id: str = ""
    """The API request that asked for it, for the logs."""
    strategy_kind: StrategyKind = "rules"
    waited: float = 0.0
    """Seconds since it could have been claimed."""
    second: bool = False
    """Somebody is at it already, and late: whoever is first decides it."""


@dataclass(frozen=True)
class Curve:
    """A run's equity, session by session."""

    sessions: tuple[int, ...]
    """YYYYMMDD."""
    equity: tuple[int, ...]
    """Li, at each session's last close."""
    initial_cash: int
    """Li."""


@dataclass(frozen=True)
class StoredFile:
    """A file of a run, once it is stored."""

    key: str
    """As in the run's `artifacts`."""
    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class RunResult:
    """What a worker reports of one run; `error` set means that this combination failed, alone."""

    run_id: str
    stats: dict[str, Any] | None
    content_hash: str | None
    artifacts: dict[str, str] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    curve: Curve | None = None
    """Of a run whose full account is kept."""
    files: tuple[StoredFile, ...] = ()
    """Those of its `artifacts` that are its alone."""
    partial: bool = False
    """An account as far as the run came before it was stopped: no stats, no content hash, and no error either."""
