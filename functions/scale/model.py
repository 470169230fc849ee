"""What the simulation of the platform takes: who asks for what, how long each step takes, how much of everything there is."""

from dataclasses import dataclass, field
from typing import NamedTuple

from functions.scale.deployment import PREPARED_ACCOUNTS
from functions.scale.figures import figure


class Crew(NamedTuple):
    """People who want the same."""

    name: str
    share: float
    """Of everybody."""
    combinations: int
    """1: a single run, with its full account."""


MIX = (Crew("single", 0.40, 1), Crew("small grid", 0.50, 36), Crew("grid", 0.08, 1_000), Crew("large grid", 0.02, 10_000))
"""Of `python -m bench rush`: most try one setting or the grid of the tutorial; one of ten sweeps, one of fifty as much as one may."""


@dataclass(frozen=True)
class Load:
    """Who submits what."""

    users: int = 1
    crews: tuple[Crew, ...] = MIX
    submissions: int = 1
    """Of each user, one after the other."""
    think_seconds: float = 0.0
    """Until the first one, and after each answer: exponential, this on average. 0: everybody in the same moment."""
    stocks: int = 300
    sessions: int = 2_500
    panels: int = 1
    """Different ones among the submissions."""
    accounts: int | None = None
    """So many share the submissions, for whose turn it is; None: each user has an account."""

    @property
    def cells(self) -> int:
        """Of one combination."""
        return self.stocks * self.sessions


class Ramp(NamedTuple):
    """How fast a queue's messages are given to more and more environments."""

    first: float
    a_minute: float
    most: float


STANDARD_RAMP = Ramp(5, 300, 1_250)
"""Lambda reads a standard queue with five at first and up to 300 more a minute (AWS, "Configuring scaling behavior for SQS event source
mappings", 2026; the most was 1,000 before)."""
PROVISIONED_RAMP = Ramp(20, 1_000, 20_000)
"""The same in provisioned mode, from two pollers of ten calls each. It excludes MaximumConcurrency."""
AT_ONCE = Ramp(1e9, 0, 1e9)
"""The stack on one machine: its workers all listen."""
ENVIRONMENTS_A_SECOND = 100.0
"""A function gets at most 1,000 more environments in ten seconds, refilled all the time, not saved up (AWS, "Lambda scaling behavior")."""


@dataclass(frozen=True)
class Limits:
    """How much there is of everything; the defaults are those of template.yaml and of accounts in which nothing was asked for."""

    workers: int = 50
    """WorkerConcurrency; the planner cuts submissions for as many."""
    ramp: Ramp = STANDARD_RAMP
    environments_a_second: float = ENVIRONMENTS_A_SECOND
    account: int = 1_000
    """Environments of all functions together."""
    planners: int = 10
    aggregators: int = 10
    postgres_cores: float = 2
    pooler_clients: int = 200
    """Of Supabase's pooler on its Micro computer (Supabase, "Compute add-ons")."""
    api_a_second: float = 100
    """ApiRequestsPerSecond."""
    reads_a_second: float = 5_500
    writes_a_second: float = 3_500
    """Of S3 for a prefix ("Organizing objects using prefixes")."""
    speculation: float = 0.0
    """As the setting."""


def _typical(key: str) -> float:
    return figure(key).typical


@dataclass(frozen=True)
class Times:
    """Seconds where nothing else is said."""

    block: float = 0.10
    """Of a block whose panel is in memory, whatever is in it: what its combinations share, and storing their curves."""
    run: float = 0.0016
    """A combination on 750,000 cells, on one core: W6's engine alone, 0.82 s for 1,000 of them on two."""
    run_cells: float = 750_000.0
    account: float = 1.4
    """A run with its full account and report (rush)."""
    spread: float = 0.15
    """Of the logarithm of a block's time."""
    late: float = 0.005
    """Attempts that take several times as long, a share; assumed: nobody has measured it in the cloud."""
    late_times: float = 3.0
    """At least so many; more by a power law."""
    late_power: float = 1.5
    silent: float = 0.0005
    """Attempts whose worker dies without a word; assumed."""
    loud: float = 0.001
    """Attempts that fail and are given back; assumed."""

    processors: float = 1.0
    """Of a worker, as far as it has threads for them."""
    core: float = field(default_factory=lambda: _typical("core"))
    """Of the cloud beside the machine that measured: times as long."""
    start: float = field(default_factory=lambda: _typical("init"))
    """Of an environment, until its handler is loaded."""
    start_spread: float = 0.3
    small_start: float = field(default_factory=lambda: _typical("init_small"))
    panel_megabytes: float = 26.0
    """Of 750,000 cells."""
    megabytes_a_second: float = field(default_factory=lambda: _typical("fetched"))
    object: float = field(default_factory=lambda: _typical("object"))
    plan: float = field(default_factory=lambda: _typical("planning"))
    build: float = field(default_factory=lambda: _typical("building"))
    """A panel, for each million cells."""
    sum: float = field(default_factory=lambda: _typical("summing"))
    sum_run: float = field(default_factory=lambda: _typical("summing_run"))
    submit: float = field(default_factory=lambda: _typical("submitting"))
    submit_run: float = field(default_factory=lambda: _typical("submitting_run"))
    poll: float = 0.5
    """Between two looks of somebody who waits (functions/client/waiting.py)."""
    bell: float = 0.02
    """Until a message that was sent is received."""
    call: float = 0.005
    """Of a call of a function, besides what it does."""
    send: float = 0.01
    """Ten bells."""
    trip: float = field(default_factory=lambda: _typical("local_trip"))

    # Of Postgres, processor time
    claim: float = 0.0022
    claim_run: float = field(default_factory=lambda: _typical("claim_run") / 1000)
    claim_person: float = 0.000015
    """For each person who waits."""
    nothing: float = field(default_factory=lambda: _typical("nothing") / 1000)
    glance: float = field(default_factory=lambda: _typical("glance") / 1000)
    complete: float = field(default_factory=lambda: _typical("complete") / 1000)
    complete_run: float = field(default_factory=lambda: _typical("complete_run") / 1000)
    store_run: float = field(default_factory=lambda: _typical("submit_run") / 1000)
    read_run: float = field(default_factory=lambda: _typical("read_run") / 1000)
    answer: float = field(default_factory=lambda: _typical("answer") / 1000)
    """One look of somebody who waits."""


LEASE_SECONDS, HEARTBEAT_SECONDS, SWEEP_SECONDS = 30.0, 10.0, 60.0
BLOCK_TIMEOUT_SECONDS, LAST_SECONDS, CALL_SECONDS = 240.0, 10.0, 300.0
ATTEMPTS = 3
KEPT_SECONDS = 600.0
"""That Lambda keeps an environment in which nothing happens; AWS promises nothing, and this is what others saw."""
CONNECTIONS = 2
"""To Postgres, of an environment: who computes, and its heartbeat."""
LATE_SHARE, LATE_LEAST_SECONDS = 0.75, 2.0
"""As lianghu.stragglers has them."""


@dataclass(frozen=True)
class Scenario:
    load: Load
    limits: Limits = field(default_factory=Limits)
    times: Times = field(default_factory=Times)
    seed: int = 1
    block_runs: int | None = None
    """Instead of what the planner would choose."""
    prepared: int = PREPARED_ACCOUNTS
    """Full accounts of the best of each grid, which nobody waits for."""
    warm: int = 0
    """Workers that are started when the first one asks, and have panel 0 in memory."""
    most_blocks: int = 50_000
    """More are simulated several at a time, which one worker takes one after the other."""
    seconds: float = 86_400.0
    """Of the platform's clock, at most."""
