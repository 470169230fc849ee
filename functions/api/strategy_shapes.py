"""Strategies on the wire: their texts, names, tags and versions."""

import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from functions.api.answers import Answered, Time
from functions.api.language_shapes import ParameterShown, ProblemShown
from functions.api.models import ListQuery, Sent, Text

MOST_TAGS = 20
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

CODE = """name: two-averages
params: {fast: {default: 5, min: 2, max: 60}, slow: {default: 20, min: 5, max: 250}}
require: [fast < slow]
entry: cross_above(sma(close, fast), sma(close, slow))
exit: cross_below(sma(close, fast), sma(close, slow))
"""
_ID, _IDENTITY = "33e2f744-288d-4e8c-8647-51bb73e4c9c6", "0c2a0a4d4a9e4d9d0a0f0b6f6f0c5b8e2f1d3c4b5a69788796a5b4c3d2e1f001"
_TIMES: dict[str, Any] = {"created_at": "2026-11-20T08:00:00.000Z", "changed_at": "2026-11-21T09:30:00.000Z"}
_SUMMARY: dict[str, Any] = {
    "versions": 2, "backtests": 3, "submissions": 4, "runs": 108, "last_submitted_at": "2026-11-21T09:31:00.000Z", "best_return": 0.347,
    "best_sharpe": 1.13,
}  # fmt: skip
_CARD: dict[str, Any] = {
    "strategy_id": _ID, "name": "two-averages", "tags": ["trend"], "version": 2, "identity": _IDENTITY, **_TIMES, "summary": _SUMMARY,
}  # fmt: skip
_PARAMETERS: list[dict[str, Any]] = [
    {"name": "fast", "default": 5, "min": 2, "max": 60, "whole": True},
    {"name": "slow", "default": 20, "min": 5, "max": 250, "whole": True},
]
_FULL: dict[str, Any] = {
    **_CARD, "code": CODE, "parameters": _PARAMETERS, "look_back": 250, "fields": [], "warnings": [], "problems": [],
}  # fmt: skip
_VERSION: dict[str, Any] = {"strategy_id": _ID, "version": 2, "identity": _IDENTITY, "created_at": "2026-11-21T09:30:00.000Z"}


def line_of_text(value: str) -> str:
    """A name or a tag: one line, with nothing that is not seen at its ends."""
    if _CONTROL.search(value):
        raise PydanticCustomError("one_line", "must be one line without control characters")
    if value != value.strip():
        raise PydanticCustomError("one_line", "begins or ends with a blank", {"hint": f"did you mean {value.strip()!r}?"})
    return value


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(line_of_text)]
Tag = Annotated[str, Field(min_length=1, max_length=50), AfterValidator(line_of_text)]


def _different(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS), AfterValidator(_different)]


class NewStrategy(Sent):
    model_config = ConfigDict(json_schema_extra={"examples": [{"code": CODE, "tags": ["trend"]}]})

    code: Text = Field(description="The strategy's YAML text")
    name: Name | None = Field(None, description="In lists; omitted: the one in the text")
    tags: Tags = Field(default_factory=list)


class ChangedStrategy(Sent):
    """What is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "two averages, weekly", "tags": ["trend", "weekly"]}]})

    name: Name | None = None
    tags: Tags | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.name is None and self.tags is None:
            raise PydanticCustomError("one_of", "changes nothing: say name or tags")
        return self


class NewVersion(Sent):
    model_config = ConfigDict(json_schema_extra={"examples": [{"code": CODE}]})

    code: Text = Field(description="The strategy's YAML text")


class StrategyQuery(ListQuery):
    name: str = Field("", max_length=200, description="Only those whose names begin like this")
    tag: str = Field("", max_length=50, description="Only those with this tag")


class SummaryShown(Answered):
    """What became of a strategy, all of its versions together."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SUMMARY]})

    versions: int
    backtests: int
    submissions: int
    runs: int
    """Combinations that were asked for."""
    last_submitted_at: Time | None
    best_return: float | None
    """Of all runs that have succeeded; null where there is none."""
    best_sharpe: float | None


class StrategyListed(Answered):
    """With its newest version, without the text."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CARD]})

    strategy_id: str
    name: str
    tags: list[str]
    version: int
    identity: str
    """Of what the newest text means: comments and spaces do not count."""
    created_at: Time
    changed_at: Time
    """When the newest version came."""
    summary: SummaryShown


class StrategyList(Answered):
    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_CARD], "next_cursor": None}]})

    items: list[StrategyListed]
    next_cursor: str | None


class StrategyFull(StrategyListed):
    """With its newest text, and what that comes to."""

    model_config = ConfigDict(json_schema_extra={"examples": [_FULL]})

    code: str
    parameters: list[ParameterShown]
    look_back: int | None
    """Bars of warm-up."""
    fields: list[str]
    """What the dataset must have beyond plain bars."""
    warnings: list[ProblemShown]
    problems: list[ProblemShown]
    """Of a text that an earlier version of the language took, and this one does not."""


class VersionListed(Answered):
    model_config = ConfigDict(json_schema_extra={"examples": [_VERSION]})

    strategy_id: str
    version: int
    identity: str
    created_at: Time


class VersionList(Answered):
    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_VERSION], "next_cursor": None}]})

    items: list[VersionListed]
    next_cursor: str | None
