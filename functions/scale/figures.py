"""What the estimate stands on besides prices: each figure a row with its spread and its source, measured here or assumed of the cloud."""

from typing import NamedTuple


class Range(NamedTuple):
    """A figure, and between what it is expected to lie."""

    low: float
    typical: float
    high: float


class Figure(NamedTuple):
    key: str
    what: str
    unit: str
    low: float
    typical: float
    high: float
    source: str
    measured: bool = True
    """False: of the cloud, where nothing was measured; it is a guess until somebody looks."""


PERFORMANCE = "docs/performance.md, quiet machine, 21 and 22 November 2026"

FIGURES = (
    Figure("core", "a vCPU of Lambda, beside a core of the machine that measured: times as long", "times", 0.8, 1.2, 1.8, "assumed", False),
    Figure("init", "start of a worker until its handler is loaded", "s", 0.8, 1.5, 3.0, "0.7 s to the first result here (W4)", False),
    Figure("init_small", "the same of a function without kernels", "s", 0.5, 0.8, 2.0, "0.35 to 1.3 s here", False),
    Figure("around", "a worker's work around a combination: parameters, storing, telling", "s", 0.0003, 0.0006, 0.001, PERFORMANCE),
    Figure(
        "best",
        "a full account of one of the best, beside that of a run which trades much",
        "times",
        0.5,
        0.8,
        1.3,
        "python -m bench counted: 0.6",
    ),
    Figure("fetched", "a panel from S3 to a worker's disk, hashed", "MB a second", 150, 75, 40, "100 to 160 here, from a disk", False),
    Figure("object", "one object put or read", "s", 0.02, 0.04, 0.10, "assumed", False),
    Figure("planning", "a plan whose panel is there", "s", 0.03, 0.04, 0.2, PERFORMANCE),
    Figure("building", "a panel built, for each million bars by stocks", "s", 0.2, 0.27, 0.5, PERFORMANCE),
    Figure("summing", "a grid's summary and diagnosis", "s", 0.10, 0.12, 0.3, PERFORMANCE),
    Figure("summing_run", "of it, for each combination", "s", 0.00025, 0.0003, 0.0008, PERFORMANCE),
    Figure("submitting", "a submission in the API", "s", 0.02, 0.05, 0.2, PERFORMANCE),
    Figure("submitting_run", "of it, for each combination", "s", 0.00003, 0.00005, 0.0001, PERFORMANCE),
    Figure("asking", "another request to the API", "s", 0.005, 0.01, 0.03, PERFORMANCE),
    Figure("sweeping", "a sweep that finds nothing", "s", 0.03, 0.1, 0.5, "five transactions and a look into a queue"),
    Figure(
        "ingesting", "an evening's bars: all of an ingest's calls together", "s", 60, 200, 900, "the vendor's pace, docs/data.md", False
    ),
    Figure("claim", "Postgres: a claim", "ms", 2.2, 4.0, 9.9, PERFORMANCE),
    Figure("claim_run", "of it, for each run of the block", "ms", 0.03, 0.03, 0.05, PERFORMANCE),
    Figure("nothing", "Postgres: a claim that finds nothing", "ms", 0.3, 0.5, 1.0, "between a glance and a claim"),
    Figure("glance", "Postgres: a heartbeat, one a second and block", "ms", 0.2, 0.25, 0.5, PERFORMANCE),
    Figure("complete", "Postgres: a completion", "ms", 2.4, 2.5, 4.0, PERFORMANCE),
    Figure("complete_run", "of it, for each run of the block", "ms", 0.08, 0.10, 0.15, PERFORMANCE),
    Figure("submit_run", "Postgres: a run submitted", "ms", 0.02, 0.025, 0.05, PERFORMANCE),
    Figure("read_run", "Postgres: a run read for the summary", "ms", 0.01, 0.013, 0.03, PERFORMANCE),
    Figure("event", "Postgres: an event taken and marked", "ms", 0.1, 0.2, 0.8, PERFORMANCE),
    Figure("answer", "Postgres: a request of a reader", "ms", 0.5, 1.5, 5.0, PERFORMANCE),
    Figure(
        "run_bytes", "of a combination in Postgres, indexes and events included", "bytes", 2_500, 3_500, 5_000, "python -m bench counted"
    ),
    Figure(
        "account_rows",
        "of a full account in Postgres: its curve and the list of its files",
        "bytes",
        10_000,
        25_000,
        50_000,
        "python -m bench counted",
    ),
    Figure("log_bytes", "of one call of a function in the logs, its metrics included", "bytes", 800, 1_500, 3_000, "assumed", False),
    Figure("answer_bytes", "of an answer of the API", "bytes", 2_000, 20_000, 100_000, "assumed", False),
    Figure("cold", "submissions that meet workers which are not started", "share", 0.1, 0.4, 1.0, "assumed", False),
    Figure(
        "metrics",
        "metrics of our own that CloudWatch sees in a month",
        "metrics",
        4,
        15,
        40,
        "functions/metrics.py; billed by the hour",
        False,
    ),
    Figure("lake", "of bars, panels and their replaced versions in the lake", "GB", 1, 4, 20, "0.2 of daily bars, 0.7 a panel", False),
    Figure("image", "of the container image of planner and ingest", "GB", 0.6, 1, 2, "assumed", False),
    Figure("request_day", "requests of one user on a day of trading", "requests", 50, 200, 1_000, "assumed", False),
    Figure("local_trip", "there and back to a database in the same region", "s", 0.001, 0.002, 0.005, "assumed", False),
    Figure("far_trip", "there and back from Hong Kong to a database in Singapore", "s", 0.033, 0.038, 0.060, "assumed", False),
)


def figure(key: str) -> Range:
    row = _BY_KEY[key]
    return Range(row.low, row.typical, row.high)


_BY_KEY = {row.key: row for row in FIGURES}
