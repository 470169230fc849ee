"""What a month costs: what stands by itself, what people submit, and the database that bears it. Pure."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from engine.words import Words
from functions.scale import deployment
from functions.scale.estimate import API_TRANSACTIONS, GB, MESSAGES, Case, Estimate, Setting, of_work, trip
from functions.scale.figures import Range, figure
from functions.scale.prices import Line, Usage, added, bill, times, total
from functions.scale.work import NOTHING, Market, Work, single, sum_of, work_of

DAYS = 30.4
TRADING_DAYS = 21
YEAR = 12
"""Months that results are kept before the archiver comes (RETENTION_DAYS)."""
INCLUDED_DISK_GB, INCLUDED_OUT_GB = 8, 250
"""Of the database, in the plan."""


class Crew(NamedTuple):
    """Of fifty people: so many ask for a submission of so many combinations; 1: a single run."""

    people: int
    combinations: int


MIX = (Crew(20, 1), Crew(25, 36), Crew(4, 1_000), Crew(1, 10_000))
"""As in bench/rush.py: most try one setting or a small grid; five sweep. Here each does so once a day of trading."""


class Machine(NamedTuple):
    """Of the database. What it bears is a guess: cores that are shared are throttled after a while, and indexes want to be in memory."""

    meter: str
    name: str
    cores: float
    """For hours."""
    burst: float
    """For BURST_SECONDS a day."""
    data_gb: float


BURST_SECONDS = 1800
MACHINES = (
    Machine("", "Micro", 0.2, 2, 8),
    Machine("supabase.small", "Small", 0.4, 2, 16),
    Machine("supabase.medium", "Medium", 0.5, 2, 32),
    Machine("supabase.large", "Large", 2, 2, 64),
    Machine("supabase.xl", "XL", 4, 4, 128),
    Machine("supabase.2xl", "2XL", 8, 8, 256),
    Machine("supabase.4xl", "4XL", 16, 16, 512),
)


@dataclass(frozen=True)
class Scenario:
    """A month of the platform."""

    name: str
    about: Words
    users: int = 0
    """Who do on each day of trading what MIX says."""
    combinations: int = 0
    """Besides, in grids."""
    market: Market = field(default_factory=lambda: Market(300, 2500))
    days: int = TRADING_DAYS
    requests: float | None = None
    """Of one user on such a day; None: as many as are thought usual."""


SCENARIOS = (
    Scenario("idle", Words("空闲的一个月", "an idle month")),
    Scenario("small", Words("1,000 组", "1,000 combinations"), combinations=1_000),
    Scenario("medium", Words("10 万组", "100,000 combinations"), combinations=100_000),
    Scenario("large", Words("1,000 万组", "10 million combinations"), combinations=10_000_000),
    Scenario("fifty", Words("50 个用户", "fifty users"), users=50),
    Scenario("thousand", Words("1,000 个用户", "a thousand users"), users=1_000),
)


@dataclass(frozen=True)
class Month:
    """What a scenario comes to."""

    scenario: Scenario
    estimate: Estimate
    lines: tuple[tuple[Line, ...], tuple[Line, ...], tuple[Line, ...]]
    """The bill in each case, what is free taken off."""
    year: Range
    """A month's bill when a year of results is kept."""
    machine: Machine
    """That the database needs."""
    later: Machine
    """When a year of results is kept."""
    cores: float
    """Of Postgres, while every worker computes."""
    disk_gb: float
    """Of Postgres, after a month."""

    @property
    def usd(self) -> Range:
        return Range(*(total(lines) for lines in self.lines))


def month(scenario: Scenario, setting: Setting) -> Month:
    estimate = of_work(work_in(scenario, setting), scenario.market, setting, cold=figure("cold"))
    spent = estimate.typical
    busy = spent.worker_seconds / setting.workers
    cores = spent.postgres_seconds / busy if busy else 0.0
    disk = _rows_gb(estimate.work, Case.TYPICAL)
    machine, later = (machine_for(cores, busy / scenario.days, disk * months) for months in (1, YEAR))
    lines = tuple(bill(_month(scenario, setting, estimate, case, 1, machine), setting.region) for case in Case)
    year = (total(bill(_month(scenario, setting, estimate, case, YEAR, later), setting.region)) for case in Case)
    return Month(scenario, estimate, (lines[0], lines[1], lines[2]), Range(*year), machine, later, cores, disk)


def work_in(scenario: Scenario, setting: Setting) -> Work:
    """Of all users on all days, and besides."""
    many = scenario.users * scenario.days
    fifty = 50

    def some(combinations: int) -> Work:
        return work_of(combinations, scenario.market, setting.workers, prepared=setting.accounts)

    def asked(crew: Crew) -> Work:
        one = single(scenario.market) if crew.combinations == 1 else some(crew.combinations)
        return one.times(round(many * crew.people / fifty))

    besides = some(scenario.combinations) if scenario.combinations else NOTHING
    return sum_of([*(asked(crew) for crew in MIX), besides])


def idle(setting: Setting, case: Case) -> Usage:
    """Of a month in which nobody does anything, bars of each day included."""
    sweeps = deployment.SWEEPS_A_DAY * DAYS
    calls = sweeps + DAYS + TRADING_DAYS * (deployment.SCHEDULED_A_TRADING_DAY + 20)
    sweeping = figure("sweeping")[case] + 5 * MESSAGES * trip(setting, case)
    seconds = sweeps * sweeping * deployment.SWEEPER.memory_mb + TRADING_DAYS * figure("ingesting")[case] * deployment.INGEST.memory_mb
    polls = deployment.QUEUES_POLLED * deployment.POLLERS * DAYS * 86_400 / deployment.POLL_SECONDS
    logs = calls * figure("log_bytes")[case] / GB
    return {
        "lambda.arm" if setting.arm else "lambda.x86": seconds / 1024,
        "lambda.requests": calls,
        "sqs.requests": polls + sweeps,
        "scheduler.calls": sweeps + DAYS + TRADING_DAYS * deployment.SCHEDULED_A_TRADING_DAY,
        "s3.stored": figure("lake")[case],
        "s3.put": TRADING_DAYS * 400,
        "s3.get": sweeps * 2 + TRADING_DAYS * 2_000,
        "logs.ingested": logs,
        "logs.stored": logs,
        "metrics.custom": figure("metrics")[case],
        "alarms.metrics": deployment.ALARM_METRICS,
        "dashboards": deployment.PAID_DASHBOARDS,
        "secrets.kept": deployment.SECRETS,
        "secrets.calls": 2_000,
        "xray.recorded": calls,
        "ecr.stored": figure("image")[case],
        "supabase.plan": 1,
    }


def machine_for(cores: float, busy: float, data_gb: float) -> Machine:
    """The smallest that bears so many cores for so many seconds a day, and so much data; the largest where none does."""

    def bears(machine: Machine) -> bool:
        return (machine.burst if busy <= BURST_SECONDS else machine.cores) >= cores and machine.data_gb >= data_gb

    return next((machine for machine in MACHINES if bears(machine)), MACHINES[-1])


def _month(scenario: Scenario, setting: Setting, estimate: Estimate, case: Case, kept: int, machine: Machine) -> dict[str, float]:
    spent, work = estimate.cases()[case], estimate.work
    rows = _rows_gb(work, case)
    beyond = {"supabase.disk": max(0.0, rows * kept - INCLUDED_DISK_GB), "supabase.out": max(0.0, rows - INCLUDED_OUT_GB)}
    usage = added(
        idle(setting, case), spent.usage, _readers(scenario, setting, case), beyond, {machine.meter: 1.0} if machine.meter else {}
    )
    usage["s3.stored"] += spent.usage["s3.stored"] * (kept - 1)
    return usage


def _rows_gb(work: Work, case: Case) -> float:
    """That the database grows by."""
    return (figure("run_bytes")[case] * work.combinations + figure("account_rows")[case] * work.accounts) / GB


def _readers(scenario: Scenario, setting: Setting, case: Case) -> Usage:
    """Whoever looks around, beside submitting."""
    a_day = figure("request_day")[case] if scenario.requests is None else scenario.requests
    count = scenario.users * scenario.days * a_day
    seconds = figure("asking")[case] + API_TRANSACTIONS * MESSAGES * trip(setting, case)
    logs = 1.5 * figure("log_bytes")[case] / GB  # the gateway writes its own line
    one = {
        "lambda.arm" if setting.arm else "lambda.x86": seconds * deployment.API.memory_mb / 1024,
        "lambda.requests": 1.0,
        "api.requests": 1.0,
        "cloudfront.requests": 1.5,
        "cloudfront.function": 0.5,
        "cloudfront.out": figure("answer_bytes")[case] / GB,
        "logs.ingested": logs,
        "logs.stored": logs,
        "xray.recorded": 0.3,
    }
    return times(one, count)


def asked_month(users: int, combinations: int, market: Market, days: int, requests: float | None) -> Scenario:
    """One of one's own."""
    own = Scenario("own", Words("自定义", "your own"), users, combinations, market, days)
    return replace(own, requests=requests)
