"""What a submission will take: seconds of the workers and of the clock, dollars, bytes; an estimate before anything is computed. Pure."""

from dataclasses import dataclass
from math import ceil

from functions.jobs.plan import CELLS_PER_SECOND, Plan
from functions.jobs.records import blocks_of


@dataclass(frozen=True)
class Price:
    """What a second of computing costs where the platform runs in the cloud; a stack on one's own machine costs nothing."""

    usd_a_gb_second: float
    source: str
    memory_mb: int
    """Of one worker: WorkerFunction in template.yaml."""


PRICE = Price(
    0.0000166667,
    "AWS Lambda, duration on x86, first tier, US East (N. Virginia), aws.amazon.com/lambda/pricing; other regions cost more",
    3008,
)
BYTES_A_SESSION = 8
"""Of one combination's equity in a stored block; what else is kept of it is small beside that."""


@dataclass(frozen=True)
class Estimate:
    compute_seconds: float
    """Of all workers together, to the microsecond."""
    blocks: int
    wall_seconds: float
    """With all workers free: the rounds that they make times the largest block. Waiting behind others and making the panel come on top."""
    cost_usd: float
    result_bytes: int


def estimate(plan: Plan, workers: int, reused: int = 0) -> Estimate:
    """`workers` that may compute at the same time; `reused` combinations cost nothing."""
    submission = plan.submission
    count = len(submission.combinations) - reused
    blocks = blocks_of(count, submission.block_runs, submission.workers)
    largest = max((last - first for first, last in blocks), default=0)
    rounds = ceil(len(blocks) / max(1, workers))
    seconds = round(plan.estimated_seconds * count / len(submission.combinations), 6)
    return Estimate(
        compute_seconds=seconds,
        blocks=len(blocks),
        wall_seconds=round(rounds * largest * plan.cells / CELLS_PER_SECOND, 6),
        cost_usd=round(seconds * PRICE.memory_mb / 1024 * PRICE.usd_a_gb_second, 9),
        result_bytes=count * plan.sessions * BYTES_A_SESSION,
    )
