"""What template.yaml has, as far as it costs something: functions, queues, alarms, secrets. A test holds it equal to the template."""

from typing import NamedTuple


class Function(NamedTuple):
    """Of the template."""

    name: str
    memory_mb: int
    timeout_seconds: int


API = Function("ApiFunction", 1024, 30)
PLANNER = Function("PlannerFunction", 3008, 300)
WORKER = Function("WorkerFunction", 3008, 300)
AGGREGATOR = Function("AggregatorFunction", 1769, 300)
SWEEPER = Function("SweeperFunction", 512, 50)
ARCHIVER = Function("ArchiverFunction", 1769, 900)
INGEST = Function("IngestFunction", 3008, 600)
FUNCTIONS = (API, PLANNER, WORKER, AGGREGATOR, SWEEPER, ARCHIVER, INGEST)

WORKERS = 50
"""WorkerConcurrency."""
WORKER_THREADS = 2
PREPARED_ACCOUNTS = 3
"""PreparedAccounts."""
WORKER_DISK_MB = 5120
FREE_DISK_MB = 512
ONE_PROCESSOR_MB = 1769
"""So much memory comes with one vCPU, more or less of it with more or less (AWS, "Configuring function memory")."""
LEAST_MB, MOST_MB = 128, 10_240

QUEUES_POLLED = 5
"""By Lambda for its functions, whether anything is in them or not."""
POLLERS = 5
POLL_SECONDS = 20
"""Of each queue, as AWS tells of event source mappings: so many long polls at the same time, each so long."""
SWEEPS_A_DAY = 24 * 60
INGEST_CALLS = 2
"""Rounds of the ingest on a day of trading."""
SCHEDULED_A_TRADING_DAY = 3
ALARM_METRICS = 38
PAID_DASHBOARDS = 1
FREE_DASHBOARD_METRICS = 50
"""Of one dashboard; ours shows more."""
LAST_SECONDS = 10
"""A worker begins no block with less time left than a block may take and this much."""
BLOCK_TIMEOUT_SECONDS = 240
SECRETS = 4
"""Groups of infra/secrets.py, a secret each."""
