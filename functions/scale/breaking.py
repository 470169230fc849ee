"""What breaks first as more and more people come: each limit that is reached is noted, lifted, and the load goes on growing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from functions.scale.model import Limits, Load, Scenario, Times
from functions.scale.outcome import Outcome
from functions.scale.simulate import simulate

USERS = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 3_000)
PROCESSORS = 1.7
"""Of a worker of 3,008 MB, for its two threads."""
PATIENCE_SECONDS = 30.0
"""Workers are too few where one of twenty submissions has not begun after so long."""


class Limit(NamedTuple):
    name: str
    """As in Outcome.use."""
    about: str
    there_is: str
    lifted: Callable[[Limits], Limits]
    remedy: str


LIMITS = (
    Limit(
        "api",
        "requests a second at the gateway",
        "100 (`ApiRequestsPerSecond`)",
        lambda limits: replace(limits, api_a_second=1e9),
        "raise it to 2,000; an account has 10,000, in some regions 2,500. Who is refused (429) asks again: nothing is lost",
    ),
    Limit(
        "postgres",
        "processor time of Postgres",
        "2 cores (Micro to Large)",
        lambda limits: replace(limits, postgres_cores=1_000),
        "XL has 4 cores, 2XL 8. A claim costs 15 us for each person who waits: at a thousand that is most of it",
    ),
    Limit(
        "pooler",
        "connections to the pooler",
        "200 (Micro)",
        lambda limits: replace(limits, pooler_clients=10**9),
        "Large has 800, XL 1,000, 2XL 1,500, 4XL 3,000; two for each environment, also for those that Lambda only keeps",
    ),
    Limit(
        "workers",
        "workers",
        "50 (`WorkerConcurrency`)",
        lambda limits: replace(limits, workers=1_000, account=1_000),
        "raise it to 1,000, which is the most that a queue's reader takes; the planner cuts grids for as many",
    ),
    Limit(
        "planners",
        "planners",
        "10 (`PlannerConcurrency`)",
        lambda limits: replace(limits, planners=1_000),
        "raise it",
    ),
    Limit(
        "aggregators",
        "aggregators",
        "10 (`AggregatorConcurrency`)",
        lambda limits: replace(limits, aggregators=1_000),
        "raise it",
    ),
    Limit(
        "account",
        "environments of the account",
        "1,000",
        lambda limits: replace(limits, account=10**6),
        "ask AWS for more (Service Quotas, Lambda, concurrent executions)",
    ),
    Limit(
        "writes",
        "objects put, a second and prefix",
        "3,500",
        lambda limits: replace(limits, writes_a_second=1e9),
        "S3 divides a busy prefix by itself within half an hour; ours begin with the owner",
    ),
    Limit(
        "reads",
        "objects read, a second and prefix",
        "5,500",
        lambda limits: replace(limits, reads_a_second=1e9),
        "as above; a worker reads a panel once",
    ),
)


class Broken(NamedTuple):
    limit: Limit
    users: int
    peak: float
    outcome: Outcome
    """Of the load that broke it, with what had broken before lifted."""


def same_moment(users: int) -> Load:
    """Everybody submits once, at once."""
    return Load(users)


def at_work(users: int) -> Load:
    """Everybody submits three times, and thinks for five minutes before."""
    return Load(users, think_seconds=300, submissions=3)


def breaking(load: Callable[[int], Load], users: Sequence[int] = USERS, seed: int = 1) -> Iterator[Broken]:
    """In the order in which limits are reached."""
    limits, left = Limits(), list(LIMITS)
    for count in users:
        while left:
            outcome = simulate(Scenario(load(count), limits, Times(processors=PROCESSORS), seed))
            full = [limit for limit in left if _is_broken(limit, outcome)]
            if not full:
                break
            worst = max(full, key=lambda limit: (limit.name != "workers", outcome.use[limit.name].share))
            yield Broken(worst, count, outcome.use[worst.name].peak, outcome)
            left.remove(worst)
            limits = worst.lifted(limits)


def _is_broken(limit: Limit, outcome: Outcome) -> bool:
    if limit.name in ("workers", "planners", "aggregators"):  # to be busy is no harm
        return outcome.use[limit.name].is_full and outcome.began["all"].p95 > PATIENCE_SECONDS
    return outcome.use[limit.name].is_full
