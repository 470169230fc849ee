"""What a submission will take: seconds of the workers and of the clock, dollars, bytes; an estimate before anything is computed. Pure."""

from dataclasses import dataclass
from math import ceil

from functions.jobs.plan import CELLS_PER_SECOND, Plan


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
    wall_seconds: float
    """With all workers free: the rounds that they make times the largest block. Waiting behind others and making the panel come on top."""
    cost_usd: float
    result_bytes: int


def estimate(plan: Plan, workers: int) -> Estimate:
    """`workers` that may compute at the same time."""
    blocks = plan.submission.blocks
    largest = max(last - first for first, last in blocks)
    rounds = ceil(len(blocks) / max(1, workers))
    seconds = plan.estimated_seconds
    return Estimate(
        compute_seconds=seconds,
        wall_seconds=round(rounds * largest * plan.cells / CELLS_PER_SECOND, 6),
        cost_usd=round(seconds * PRICE.memory_mb / 1024 * PRICE.usd_a_gb_second, 9),
        result_bytes=len(plan.submission.combinations) * plan.sessions * BYTES_A_SESSION,
    )
