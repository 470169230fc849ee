"""What travels through queues and buses: with the kinds of wishes, the only description of their JSON."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel

from functions.wishes.shapes import AnyWish

QueueKind = Literal["plan", "block", "aggregate"]
Question = tuple[str, str, int, int]
"""Of the data vendor's: interface, part, the last day that the answer is to know, rows of the answer that it replaces."""


class Doorbell(BaseModel):
    """Something may be waiting. It names no work: Postgres says which block is next, so a lost or doubled bell changes nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    grid_id: UUID
    request_id: str = ""
    """The API request that led here, for the logs."""

    @property
    def log_keys(self) -> dict[str, object]:
        return {"request_id": self.request_id, "grid_id": self.grid_id}


class PlanMessage(RootModel[Doorbell | AnyWish]):
    """What the planner hears."""

    @property
    def log_keys(self) -> dict[str, object]:
        return self.root.log_keys


class FetchTasks(BaseModel):
    """Questions to the data vendor. Asking one twice, late or never changes nothing for long: the next round asks for what lacks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    round_id: str = Field(pattern=r"^\d{8}t\d{6}-[0-9a-f]{8}$")
    stage: int = Field(ge=0, le=9999)
    number: int = Field(ge=0, le=999_999)
    """Of the message in its stage. What is left of one comes again under the same number."""
    questions: tuple[Question, ...] = Field(max_length=100)
    tries: int = 0
    """How often it came back because the vendor refused or was in trouble."""

    @property
    def log_keys(self) -> dict[str, object]:
        return {"round_id": self.round_id, "stage": self.stage, "number": self.number}


RunStep = Literal["run.enqueued", "run.started", "run.progress", "run.succeeded", "run.failed", "run.cancelled"]


class _Event(BaseModel):
    """What happened, told at least once and under the same `id` each time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: UUID
    sequence: int
    """Rises from event to event of the same submission: buses promise no order."""
    at: datetime


class RunEvent(_Event):
    """A step in the life of runs. A grid's events name all runs of a block, up to 500 at once."""

    event: RunStep
    owner: UUID
    backtest_id: UUID
    grid_id: UUID
    run_ids: tuple[UUID, ...]
    details: dict[str, Any] = {}
    """progress: {"percent"}; failed: {"errors": {run_id: error}}, or {"left_out": true} where they are too large to be sent; cancelled:
    {"reason"}; succeeded: {"reused": true} where the owner had the result already."""


class BestRun(BaseModel):
    """The first of a grid by one metric."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    run_id: UUID
    params: dict[str, float | int]
    stats: dict[str, float | None]
    """return, sharpe and max_dd; the rest is read with the run."""


class GridFinished(_Event):
    """A grid was summed up: nothing of it changes any more. Told after all events of its runs."""

    event: Literal["grid.finished"]
    owner: UUID
    backtest_id: UUID
    grid_id: UUID
    status: Literal["finished", "cancelled", "incomplete"]
    counts: dict[str, int]
    """Runs by status."""
    skipped: int
    """Combinations that the strategy's `require` excludes."""
    reused: int
    best: dict[str, BestRun | None]
    """By return and by sharpe."""
    verdict: str | None
    """Of the diagnosis; null where there is none."""


class DatasetPublished(_Event):
    """The lake has a new version of data, however it came in. Of nobody in particular."""

    event: Literal["dataset.published"]
    version: str
    """As a backtest's datasource_version."""
    source: str
    number: int
    published_at: datetime
    """In the lake; `at` is when the platform noticed."""


class Published(RootModel[Annotated[RunEvent | GridFinished | DatasetPublished, Field(discriminator="event")]]):
    """Any event that is published: its name is the detail type on the bus, its JSON the detail."""


class DeadBlock(BaseModel):
    """A block that was given up, as it lies in the dead-letter queue."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    grid_id: UUID
    block_id: int
    error: dict[str, Any]
