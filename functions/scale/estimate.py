"""From a number of combinations to seconds, bytes, load of Postgres and a bill. Pure; each figure has a low, a typical and a high value."""

from dataclasses import dataclass, replace
from enum import IntEnum
from math import ceil, sqrt

from functions.scale import deployment
from functions.scale.figures import Range, figure
from functions.scale.measured import measured
from functions.scale.prices import HONG_KONG, SINGAPORE, Usage, bill, total
from functions.scale.work import Market, Work, work_of

PANEL_BYTES = 58
"""Of a bar of a stock in a panel (docs/performance.md: 43.6 MB of 300 stocks and 2,500 sessions)."""
MESSAGES = 3
"""There and back for each transaction: its beginning with the role, the call, its end."""
BLOCK_TRANSACTIONS = 2
"""That a worker waits for around a block: the claim and the completion. Events leave beside the work."""
CALL_TRANSACTIONS = 3
"""At the end of each call of a worker: the claim that finds nothing, and the last events."""
API_TRANSACTIONS = 2
POLLS_A_SUBMISSION = 12
"""Requests of whoever waits for a grid; they look less often the longer it takes."""
READS_A_SUBMISSION = 8
"""Strategy, backtest, submission, then pages, maps and reports that are looked at."""
TRACED = 0.05
"""X-Ray records one call a second, and one in twenty of the others (its own rule, unless somebody changes it)."""
GB = 1e9


class Case(IntEnum):
    """Place in a Range: all figures low, typical or high at the same time."""

    LOW = 0
    TYPICAL = 1
    HIGH = 2


@dataclass(frozen=True)
class Setting:
    """How the platform is deployed."""

    workers: int = deployment.WORKERS
    memory_mb: int = deployment.WORKER.memory_mb
    region: str = SINGAPORE
    arm: bool = False
    accounts: int = deployment.PREPARED_ACCOUNTS
    """Of the best of each grid, prepared before anybody asks."""

    @property
    def processors(self) -> float:
        return self.memory_mb / deployment.ONE_PROCESSOR_MB

    @property
    def threads(self) -> int:
        """As many as find a processor, at most the six that a function has."""
        return max(1, min(6, ceil(self.processors - 0.25)))

    @property
    def far(self) -> bool:
        """Whether the database stands in another region: Supabase has none in Hong Kong."""
        return self.region == HONG_KONG


@dataclass(frozen=True)
class Spent:
    """What some work takes, in one case."""

    cells_seconds: float
    """Of all workers together, blocks that decide."""
    accounts_seconds: float
    """Of all workers together, accounts of the best."""
    cold_seconds: float
    """Of workers that start and fetch their panel."""
    cold_starts: int
    wall_seconds: float
    """From the request to the summary, with all workers free."""
    accounts_wall_seconds: float
    """After it, until the last account is there."""
    block_seconds: float
    postgres_seconds: float
    """Of its processors."""
    postgres_cores: float
    """On average until the summary."""
    transactions: int
    panel_bytes: float
    account_bytes: float
    usage: Usage

    @property
    def worker_seconds(self) -> float:
        return self.cells_seconds + self.accounts_seconds + self.cold_seconds


@dataclass(frozen=True)
class Estimate:
    work: Work
    low: Spent
    typical: Spent
    high: Spent

    def cases(self) -> tuple[Spent, Spent, Spent]:
        return self.low, self.typical, self.high

    def usd(self, region: str) -> Range:
        """Of everything, without what is free."""
        return Range(*(total(bill(spent.usage, region, free=False)) for spent in self.cases()))


def estimate(combinations: int, market: Market, setting: Setting, strategy: Range | None = None, block_runs: int | None = None) -> Estimate:
    """Of a submission of its own (or several, one after the other). `strategy`: how many times as long as the dual moving average."""
    return of_work(work_of(combinations, market, setting.workers, block_runs, setting.accounts), market, setting, strategy)


def of_work(work: Work, market: Market, setting: Setting, strategy: Range | None = None, cold: Range | None = None) -> Estimate:
    """`cold`: the share of submissions whose workers must start; as a rule the first one's must, and the others' are warm."""
    times = strategy or measured().strategies()
    first = 1 / max(1, work.submissions)
    shares = cold or Range(first, first, first)
    return Estimate(work, *(_spent(work, market, setting, times[case], shares[case], case) for case in Case))


def trip(setting: Setting, case: Case) -> float:
    """Seconds to the database and back."""
    return figure("far_trip" if setting.far else "local_trip")[case]


def block_seconds(runs: float, market: Market, setting: Setting, strategy: float, case: Case) -> float:
    """Of one block of cells in a warm worker: what its combinations share, the combinations, the store, the database."""
    known = measured()
    core = figure("core")[case]
    speed = known.speed(min(setting.processors, setting.threads))
    computing = core * (known.besides(market) + runs * known.run(market) * strategy) / speed
    around = core * runs * figure("around")[case] / min(1.0, setting.processors)
    return computing + around + figure("object")[case] + BLOCK_TRANSACTIONS * MESSAGES * trip(setting, case)


def account_seconds(market: Market, setting: Setting, strategy: float, case: Case) -> float:
    """Of one full account: nothing of it has a second thread, so more than one processor is paid for in vain."""
    work = measured().account(market) * figure("core")[case] * figure("best")[case] * max(1.0, sqrt(strategy))
    storing = 11 * figure("object")[case] + BLOCK_TRANSACTIONS * MESSAGES * trip(setting, case)
    return work / min(1.0, setting.processors) + storing


def cold_seconds(market: Market, setting: Setting, case: Case) -> float:
    """Until a worker that was not there has its handler and its panel; paid for, the start too (since August 2025)."""
    return figure("init")[case] + panel_bytes(market) / 1e6 / figure("fetched")[case]


def panel_bytes(market: Market) -> float:
    return market.cells * PANEL_BYTES


def _spent(work: Work, market: Market, setting: Setting, strategy: float, cold: float, case: Case) -> Spent:
    known = measured()
    a_block = block_seconds(work.combinations / max(1, work.blocks), market, setting, strategy, case)
    largest = block_seconds(work.largest_block, market, setting, strategy, case)
    an_account = account_seconds(market, setting, strategy, case)
    cells, accounts = work.blocks * a_block, work.accounts * an_account
    at_once = max(1, min(setting.workers, ceil(max(work.blocks, work.accounts) / max(1, work.submissions))))
    starts = ceil(at_once * work.submissions * cold)
    starting = cold_seconds(market, setting, case)
    rounds = work.submissions * ceil(ceil(work.blocks / max(1, work.submissions)) / setting.workers)
    summing = figure("summing")[case] * work.submissions + figure("summing_run")[case] * work.combinations
    planning = figure("planning")[case] * work.submissions + figure("building")[case] * market.cells / 1e6
    postgres, transactions = _postgres(work, cells + accounts, case)
    wall = planning + (starting if cold > 0 else 0.0) + rounds * largest + summing + figure("submitting")[case]
    accounts_wall = ceil(work.accounts / setting.workers) * an_account
    found = Spent(
        cells_seconds=cells,
        accounts_seconds=accounts,
        cold_seconds=starts * starting,
        cold_starts=starts,
        wall_seconds=wall,
        accounts_wall_seconds=accounts_wall,
        block_seconds=largest,
        postgres_seconds=postgres,
        postgres_cores=postgres / max(1.0, wall + accounts_wall),
        transactions=transactions,
        panel_bytes=panel_bytes(market),
        account_bytes=work.accounts * known.account_bytes(market),
        usage={},
    )
    return replace(found, usage=_usage(work, found, setting, planning, summing, case))


def _postgres(work: Work, seconds: float, case: Case) -> tuple[float, int]:
    """Seconds of its processors, and transactions. A worker asks every second whether it is still wanted."""
    milliseconds = (
        work.claims * figure("claim")[case]
        + work.idle_claims * figure("nothing")[case]
        + work.completions * figure("complete")[case]
        + work.combinations * sum(figure(name)[case] for name in ("claim_run", "complete_run", "submit_run", "read_run"))
        + seconds * figure("glance")[case]
        + work.events * figure("event")[case]
        + _requests(work) * figure("answer")[case]
    )
    asked = work.claims + work.idle_claims + work.completions + work.readings + 3 * work.submissions + 2 * work.events
    return milliseconds / 1000, round(asked + seconds + API_TRANSACTIONS * _requests(work))


def _requests(work: Work) -> int:
    return work.submissions * (POLLS_A_SUBMISSION + READS_A_SUBMISSION)


def _usage(work: Work, spent: Spent, setting: Setting, planning: float, summing: float, case: Case) -> dict[str, float]:
    worker = spent.worker_seconds + work.idle_claims * CALL_TRANSACTIONS * MESSAGES * trip(setting, case)
    requests = _requests(work)
    api = figure("submitting_run")[case] * work.combinations + requests * (
        figure("asking")[case] + API_TRANSACTIONS * MESSAGES * trip(setting, case)
    )
    seconds = {
        setting.memory_mb: worker,
        deployment.PLANNER.memory_mb + 0.1: planning,  # beside a worker of the same size
        deployment.AGGREGATOR.memory_mb + 0.2: summing,
        deployment.API.memory_mb + 0.3: api,
    }
    calls = work.bells + requests
    stored = work.curve_bytes + spent.account_bytes
    return {
        "lambda.arm" if setting.arm else "lambda.x86": sum(memory / 1024 * each for memory, each in seconds.items()),
        "lambda.requests": calls,
        "lambda.disk": worker * (deployment.WORKER_DISK_MB - deployment.FREE_DISK_MB) / 1024,
        "sqs.requests": work.sends + 2 * work.bells,
        "events.published": work.events,
        "api.requests": requests,
        "s3.put": work.objects + work.submissions,
        "s3.get": spent.cold_starts + work.blocks + work.submissions * READS_A_SUBMISSION,
        "s3.stored": stored / GB,
        "logs.ingested": calls * figure("log_bytes")[case] / GB,
        "logs.stored": calls * figure("log_bytes")[case] / GB,
        "xray.recorded": TRACED * calls + min(calls, spent.wall_seconds + spent.accounts_wall_seconds),
        "cloudfront.requests": requests,
        "cloudfront.out": requests * figure("answer_bytes")[case] / GB,
        "out": work.combinations * figure("run_bytes")[case] / 2 / GB,
    }
