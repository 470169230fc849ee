"""What whoever runs the platform watches: the state of Postgres and of the queues as one value."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class Submissions(BaseModel):
    open: int
    to_plan: int
    to_aggregate: int


class Blocks(BaseModel):
    """Of submissions that have not ended, by status."""

    waiting: int
    """For their panel."""
    ready: int
    backing_off: int
    """Ready, but after a failure not before some time."""
    leased: int
    computed: int
    """Their runs wait for their turn in a grid with early_stop."""
    overdue: int
    """Of the leased ones: whose worker has fallen silent."""


class Owners(BaseModel):
    waiting: int
    computing: int


class Worker(BaseModel):
    """A block under lease."""

    worker: str | None
    block: int
    kind: str
    owner: str
    runs: int
    attempt: int
    progress: int
    seconds: float
    """Since it was claimed."""
    lease_seconds: float
    """That are left; below 0 its worker has fallen silent."""
    engine_version: str


class Engine(BaseModel):
    engine_version: str
    leased: int
    waiting: int


class LastMinute(BaseModel):
    blocks: int
    combinations: int


class LastHour(BaseModel):
    retries: int
    failed_runs: int
    failed_blocks: int
    dead_letters: int


class Outbox(BaseModel):
    waiting: int
    oldest_seconds: float | None
    published_last_minute: int


class PlatformStatus(BaseModel):
    """What `lianghu.status` says (022_status.sql)."""

    at: str
    submissions: Submissions
    blocks: Blocks
    combinations_waiting: int
    oldest_wait_seconds: float | None
    """Of blocks that a worker could take; None: none waits."""
    oldest_single_wait_seconds: float | None
    owners: Owners
    workers: list[Worker]
    engines: list[Engine]
    last_minute: LastMinute
    last_hour: LastHour
    outbox: Outbox
    queues: dict[str, int | None] = {}
    """Messages by queue, delayed ones and those that are being answered too; None: the queue does not answer."""


def depths(client: "SQSClient", urls: Mapping[str, str]) -> dict[str, int | None]:
    """By name. A queue that does not answer must not hide what Postgres says."""
    found: dict[str, int | None] = {}
    for name, url in urls.items():
        try:
            told = client.get_queue_attributes(
                QueueUrl=url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesDelayed",
                    "ApproximateNumberOfMessagesNotVisible",
                ],
            )
            found[name] = sum(map(int, told.get("Attributes", {}).values()))
        except (BotoCoreError, ClientError):
            found[name] = None
    return found
