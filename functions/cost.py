"""What a submission will take: seconds of the workers and of the clock, dollars, bytes; an estimate before anything is computed. Pure."""

from dataclasses import dataclass
from math import ceil

from functions.jobs.plan import CELLS_PER_SECOND, Plan
from functions.jobs.records import blocks_of
from functions.scale.deployment import WORKER
from functions.scale.prices import HONG_KONG, REGIONS, price_of


@dataclass(frozen=True)
class Price:
    """What a second of computing costs where the platform runs in the cloud; a stack on one's own machine costs nothing."""

    usd_a_gb_second: float
    source: str
    memory_mb: int = WORKER.memory_mb
    """Of one worker, as template.yaml has it unless somebody says otherwise."""

    @property
    def told(self) -> str:
        return f"{self.usd_a_gb_second:.10f} USD a GB-second, {self.memory_mb} MB a worker: {self.source}"


def price_in(region: str) -> Price:
    """Of the functions there; of a region whose prices nobody wrote down, that of Hong Kong, which is among the dear ones."""
    known = region if region in REGIONS else HONG_KONG
    found = price_of("lambda.x86", known)
    return Price(found.usd, f"AWS Lambda on x86, {REGIONS[known]}; {found.source}")


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


def estimate(plan: Plan, workers: int, price: Price, reused: int = 0) -> Estimate:
    """`workers` that may compute at the same time; `reused` combinations cost nothing. The accounts of the best are not in it."""
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
        cost_usd=round(seconds * price.memory_mb / 1024 * price.usd_a_gb_second, 9),
        result_bytes=count * plan.sessions * BYTES_A_SESSION,
    )
