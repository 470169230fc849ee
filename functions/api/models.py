"""What may be sent: the shapes of requests. Unknown keys are errors, because a misspelt key must not be a silent default."""

import math
import re
from calendar import monthrange
from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

LONGEST_TEXT = 64 * 1024


class Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=False, validate_by_alias=True)


def _number(value: Any) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "must be a number")
    if isinstance(value, float) and not math.isfinite(value):
        raise PydanticCustomError("number", "must be a finite number")
    return value


def _candidates(value: Any) -> Any:
    """A list of numbers, or a range; which values and how many of them are checked with the strategy."""
    if isinstance(value, list):
        return [_number(item) for item in value]
    if isinstance(value, dict) and set(value) == {"start", "stop", "step"}:
        return {key: _number(item) for key, item in value.items()}
    raise PydanticCustomError("candidates", "must be a list of numbers or {start, stop, step}")


def _session(value: Any) -> str:
    parts = _DAY.fullmatch(value) if isinstance(value, str) else None
    if parts is None or not (parts["between"] or len(parts[0]) == 8):
        raise PydanticCustomError("session", "must be a date like 2024-12-31")
    year, month, day = (int(parts[name]) for name in ("year", "month", "day"))
    try:
        meant = date(year, month, day).isoformat()
    except ValueError as error:
        hint = f"{year:04d}-{month:02d} has {monthrange(year, month)[1]} days" if year and 1 <= month <= 12 else None
        raise PydanticCustomError("session", "there is no such date", {"hint": hint}) from error
    if meant != parts[0]:
        raise PydanticCustomError("session", "must be a date like 2024-12-31", {"hint": f"did you mean {meant!r}?"})
    return meant


_DAY = re.compile(r"(?P<year>\d{4})(?P<between>[-/.]?)(?P<month>\d{1,2})(?P=between)(?P<day>\d{1,2})", re.ASCII)


def _bytes_bounded(value: str) -> str:
    if len(value.encode()) > LONGEST_TEXT:
        raise PydanticCustomError("text", "is longer than 64 KiB")
    return value


Number = Annotated[Any, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
Candidates = Annotated[
    Any,
    BeforeValidator(_candidates),
    WithJsonSchema(
        {
            "oneOf": [
                {"type": "array", "items": {"type": "number"}},
                {
                    "type": "object",
                    "properties": {key: {"type": "number"} for key in ("start", "stop", "step")},
                    "required": ["start", "stop", "step"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
SessionDate = Annotated[str, BeforeValidator(_session), WithJsonSchema({"type": "string", "format": "date"})]
Text = Annotated[str, AfterValidator(_bytes_bounded)]
Universe = Annotated[
    Any,
    WithJsonSchema(
        {
            "oneOf": [{"type": "array", "items": {"type": "string"}}, {"type": "object"}, {"type": "null"}],
            "description": (
                'Codes, or {"index": "000300.SH"}, {"industry": ["银行"]}, {"boards": ["main", "star"]}, {"all": true}, '
                '{"rank": "amount", "top": 300, "lag": 1}, {"any": [...]}; with a condition {"from": ..., "where": "not is_st"}'
            ),
        }
    ),
]


class StrategyRef(Sent):
    """Which strategy: exactly one of the keys."""

    strategy_id: UUID | None = None
    template: str | None = Field(None, max_length=100)
    code: Text | None = Field(None, description="The strategy's YAML text")
    signals: UUID | None = Field(None, description="A table of orders or weights that was uploaded: single runs only, on its own stocks")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1 or all(value is None for value in (self.strategy_id, self.template, self.code, self.signals)):
            raise PydanticCustomError("one_of", "needs exactly one of strategy_id, template, code, signals")
        return self


class Window(Sent):
    start: SessionDate
    end: SessionDate

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.start > self.end:
            raise PydanticCustomError("window", "starts after it ends", {"hint": f"swap {self.start} and {self.end}?"})
        return self


class Context(Sent):
    """Where and when the strategy trades. It overrides the strategy's own universe, costs and execution."""

    universe: Universe = None
    frequency: str = Field(
        "1d", max_length=10, description="Of the bars that signals are made on: 1d, 1m to 60m, 1w, 1mo; a dataset lists what it has"
    )
    window: Window
    datasource_version: str | None = Field(None, max_length=100, description="Omitted: the newest")
    initial_cash: int = Field(1_000_000, ge=1_000, le=10_000_000_000, strict=True, description="CNY; what the simulation takes")
    benchmark: str | None = Field(
        None,
        min_length=1,
        max_length=20,
        description="An index, stock or fund of the dataset; null: none. Omitted: 000300.SH, or the dataset's first index",
    )
    costs: dict[str, Any] | None = None
    execution: dict[str, Any] | None = None


class NewBacktest(Sent):
    strategy_ref: StrategyRef = Field(alias="strategyRef")
    context: Context
    notes: str = Field("", max_length=10_000)


class EarlyStop(Sent):
    metric: str = Field(max_length=64)
    mode: Literal["max", "min"]
    patience: int = Field(ge=1, le=10_000, strict=True)


class _Runs(Sent):
    budget_ms: int | None = Field(None, ge=1, le=86_400_000, strict=True, description="Compute time of all runs together")
    priority: int = Field(5, ge=0, le=9, strict=True, description="0 first, 9 last")
    reuse: bool = Field(
        True, strict=True, description="Answer what you have computed already from its results, at once; false: compute all anew"
    )


class SingleRun(_Runs):
    mode: Literal["single"]
    params: dict[str, Number] = Field(default_factory=dict)


class GridRun(_Runs):
    mode: Literal["grid"]
    grid_spec: dict[str, Candidates] = Field(alias="gridSpec")
    max_evals: int | None = Field(None, ge=1, le=10_000, strict=True, description="The first so many valid combinations")
    early_stop: EarlyStop | None = None


NewRuns = Annotated[SingleRun | GridRun, Field(discriminator="mode")]


class ListQuery(Sent):
    limit: int = Field(50, ge=1, le=1000)
    cursor: str | None = Field(None, max_length=1000)


class RunQuery(ListQuery):
    sort: str = Field("position", max_length=100, description="position, created_at, stats.<metric>, params.<name>; '-' first: descending")
    status: Literal["queued", "running", "succeeded", "failed", "cancelled"] | None = None
    grid_id: UUID | None = None


class HeatmapQuery(Sent):
    """Beside these, `params.<name>=<value>` holds a parameter that is no axis; left out, it stays where the best run by return has it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    x: str = Field(max_length=100, description="A parameter")
    y: str | None = Field(None, max_length=100, description="Another parameter; omitted: a map of one row")
    metric: str = Field("return", max_length=64, description="As in a run's stats; see /api/metrics")
