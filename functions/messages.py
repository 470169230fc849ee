"""What travels through queues and buses: the only description of their JSON."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

QueueKind = Literal["plan", "block", "aggregate"]


class Doorbell(BaseModel):
    """Something may be waiting. It names no work: Postgres says which block is next, so a lost or doubled bell changes nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    grid_id: UUID
    request_id: str = ""
    """The API request that led here, for the logs."""


class RunEvent(BaseModel):
    """A step in the life of runs, published at least once under a stable `id`. A grid's events name all runs of a block."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: UUID
    event: Literal["enqueued", "started", "progress", "succeeded", "failed", "cancelled"]
    at: datetime
    owner: UUID
    backtest_id: UUID
    grid_id: UUID
    run_ids: tuple[UUID, ...]
    details: dict[str, Any] = {}
    """progress: {"percent"}; failed: {"errors": {run_id: error}}; cancelled: {"reason"}."""


class DeadBlock(BaseModel):
    """A block that was given up, as it lies in the dead-letter queue."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    grid_id: UUID
    block_id: int
    error: dict[str, Any]
