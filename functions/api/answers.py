"""What is answered: the shapes of the product's contract. The client reads the same ones."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema


def _zulu(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Time = Annotated[datetime, PlainSerializer(_zulu, return_type=str), WithJsonSchema({"type": "string", "format": "date-time"})]
Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class Answered(BaseModel):
    """A later server may say more than this version knows."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class BacktestCreated(Answered):
    backtest_id: str


class StrategyShown(Answered):
    strategy_id: str
    """Of a table of signals: its signal_id."""
    version: int
    name: str
    identity: str
    kind: Literal["rules", "orders", "weights"] = "rules"
    """A text of rules, or a table of signals."""


class StrategyVersionShown(StrategyShown):
    """Only its owner sees it."""

    code: str


class BacktestShown(Answered):
    backtest_id: str
    strategy: StrategyShown
    context: dict[str, Any]
    notes: str
    created_at: Time


class RunsSubmitted(Answered):
    run_ids: list[str]
    grid_id: str | None = None
    """Of a grid."""
    skipped: int | None = None
    """Combinations of a grid that the strategy's `require` excludes."""
    reused: int = 0
    """Runs that have succeeded already, because you had computed the same before; a run says of which one its result is."""
    notices: list[str] | None = None
    """What of the request has no effect, if anything."""


class DryRun(Answered):
    combinations: int
    skipped: int
    reused: int = Field(0, description="Combinations that you have computed before; they cost nothing")
    blocks: int
    estimated_compute_seconds: float = Field(description="Of all workers together")
    estimated_wall_seconds: float = Field(description="With every worker free; waiting behind others and preparing data come on top")
    estimated_cost_usd: float = Field(description="Of the computing, in the cloud; on a machine of your own it costs nothing")
    price: str = Field(description="What the cost is reckoned with, and where that price stands")
    estimated_result_bytes: int = Field(description="Of the stored equity curves")


class RunShown(Answered):
    run_id: str
    backtest_id: str
    grid_id: str | None
    """null: it is a single run."""
    position: int
    status: Status
    progress: int
    eta_seconds: float | None
    """At the pace of this attempt; null: nobody computes it now, or nothing of it is done."""
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    params: dict[str, float | int]
    stats: dict[str, float | int | None] | None
    artifacts: dict[str, str]
    error: dict[str, Any] | None
    attempt: int
    content_hash: str | None
    engine_version: str
    rules_version: str
    reused_from: str | None = None
    """The run that this one was answered with; null: it was computed."""


class BestShown(Answered):
    run_id: str
    params: dict[str, float | int]
    stats: dict[str, float | int | None] | None


class GridShown(Answered):
    grid_id: str
    backtest_id: str
    status: str
    progress: int
    """Percent of `total` that needs no more computing: reused and cancelled ones too."""
    eta_seconds: float | None
    """For what is still to be computed, at the pace of the second half of the time so far; null: nothing is computed yet. With `early_stop`
    it is the longest that it can take."""
    total: int
    counts: dict[str, int]
    skipped: int
    reused: int = 0
    """Runs that were answered from what you had computed before; they are counted among the succeeded ones."""
    best: BestShown | None
    summary: dict[str, Any] | None
    archived_at: Time | None = None
    """Its runs are archived since then, and can be brought back; null: they are there."""
    created_at: Time
    started_at: Time | None
    finished_at: Time | None


class WordsShown(Answered):
    zh: str
    en: str


class TrialsShown(Answered):
    count: int
    variance: float | None
    """Of the trials' Sharpe ratios per session; null: the grid's own is taken."""
    scope: Literal["grid", "owner"]


Verdict = Literal["good", "doubtful", "bad", "unknown"]


class IndicatorShown(Answered):
    key: str
    label: WordsShown
    value: float | int | None
    """Null: it cannot be told; `meaning` says why."""
    unit: str
    verdict: Verdict
    meaning: WordsShown
    advice: WordsShown
    formula: str
    source: str


class DiagnosisShown(Answered):
    """Whether to believe the best of a grid."""

    combinations: int
    sessions: int
    trials: TrialsShown
    best: int | None
    """Which of those judged has the highest Sharpe ratio, from 0."""
    best_run_id: str | None
    verdict: Verdict
    summary: WordsShown
    indicators: list[IndicatorShown]


class AxisShown(Answered):
    name: str
    values: list[float | int]
    """Ascending."""


class HeatmapShown(Answered):
    metric: str
    x: AxisShown
    y: AxisShown | None
    """Null: of a map over one parameter, which has one row."""
    fixed: dict[str, float | int]
    """The value of every parameter that is no axis."""
    values: list[list[float | int | None]]
    """A row for each y, in it a figure for each x; null: no such combination, or it has not succeeded, or the figure does not exist."""
    run_ids: list[list[str | None]]


class MetricShown(Answered):
    key: str
    """As in a run's stats."""
    label: WordsShown
    unit: str
    """yuan, rate (a fraction), ratio, sessions, count, date (YYYYMMDD), per year."""
    formula: str
    source: str
    least: int
    """Of fewer than this many `of_what`, the figure says little."""
    of_what: str
    """sessions, trades, or empty."""
    differs: str
    """Where a well-known library's figure of that name is another one."""


class MetricList(Answered):
    items: list[MetricShown]


class BacktestList(Answered):
    items: list[BacktestShown]
    next_cursor: str | None


class RunList(Answered):
    items: list[RunShown]
    next_cursor: str | None
    archived: int = 0
    """That are archived and so not on the list, of the backtest or of the grid that was asked for."""


class ArtifactRows(Answered):
    items: list[dict[str, Any]]
    next_cursor: str | None


class TemplateParameter(Answered):
    name: str
    default: float | int
    min: float | int
    max: float | int


class TemplateShown(Answered):
    name: str
    code: str
    parameters: list[TemplateParameter]
    look_back: int


class TemplateList(Answered):
    items: list[TemplateShown]


class TableShown(Answered):
    name: str
    rows: int
    first: str | None
    last: str | None


class FrequencyShown(Answered):
    """Bars that a backtest may run on."""

    frequency: str
    """1d, 1m to 60m, 1w, 1mo."""
    made_from: str | None
    """The stored frequency that they are made of; null: they are stored."""
    first: str | None
    last: str | None


class FindingShown(Answered):
    """One kind of rows of one table that something is wrong with, or may be."""

    kind: str
    """As docs/data.md lists them."""
    severity: Literal["error", "warning"]
    count: int
    message: str
    examples: list[str]
    table: str
    first: str | None
    """The range of the dates concerned; null where none is known."""
    last: str | None


class FindingCounts(Answered):
    """Kinds of findings by severity."""

    errors: int
    """Of rows that were left out when the version came in."""
    warnings: int


class DatasetShown(Answered):
    version: str
    source: str
    title: str
    synthetic: bool
    published_at: str
    tables: list[TableShown]
    frequencies: list[FrequencyShown]
    """What backtests may run on: stored, or made of what is."""
    finding_counts: FindingCounts
    findings: list[FindingShown]
    """Of the checks when the version came in."""


class ExaminationShown(Answered):
    """What all rows of a version said when `lianghu data check` last looked."""

    examined_at: str
    finding_counts: FindingCounts
    findings: list[FindingShown]


class DatasetDetails(DatasetShown):
    note: dict[str, Any]
    """What came in: files, interfaces, counts."""
    examination: ExaminationShown | None
    """Null: nobody has looked."""


class DatasetList(Answered):
    items: list[DatasetShown]
    next_cursor: str | None = None


class RankedShown(Answered):
    place: int
    """From 1."""
    ts_code: str
    name: str
    value: float
    """CNY, shares, a fraction, or as the vendor gives it."""


class RankingShown(Answered):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "datasource_version": "sample:v1",
                    "field": "amount",
                    "date": "2024-12-31",
                    "order": "highest",
                    "boards": [],
                    "ranked": [{"place": 1, "ts_code": "689912.SH", "name": "样本076", "value": 1624178199.24}],
                }
            ]
        }
    )

    datasource_version: str
    field: str
    date: str
    order: Literal["highest", "lowest"]
    boards: list[str]
    """Empty: every stock, no funds."""
    ranked: list[RankedShown]
    """The first one first; ties by code. Who has no value that day is not in it."""


class Preparing(Answered):
    """Not there yet: it is being made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "preparing"}]})

    status: Literal["preparing"]


class Health(Answered):
    status: Literal["ok", "degraded"]
    build: str
    engine_version: str
    dataset: str | None
    database: bool
    lake: bool
    queued: int | None
    """Messages that wait, roughly; null: the queue does not answer."""


class ErrorDetails(BaseModel):
    model_config = ConfigDict(extra="allow")
    field: str | None = None
    problems: list[dict[str, Any]] | None = None


class ErrorShown(BaseModel):
    code: str
    message: str
    details: ErrorDetails


class ErrorAnswer(BaseModel):
    """Every error has this shape."""

    error: ErrorShown
