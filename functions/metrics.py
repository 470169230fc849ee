"""What the platform measures of itself, and how it leaves: lines of the log of which CloudWatch makes metrics (its Embedded Metric Format).

Measuring is a note in memory, from whatever thread; the lines are written between two pieces of work. Nobody waits for CloudWatch.
"""

import json
import sys
import threading
from collections import defaultdict
from dataclasses import dataclass

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from functions.settings import settings

NAMESPACE = "LiangHu"
SERVICES = ("api", "responder", "planner", "worker", "aggregator", "sweeper", "archiver", "ingest")
"""The functions of template.yaml."""
MOST_VALUES = 99
"""Of one metric in one line; CloudWatch takes a hundred, and at the hundredth Powertools would write by itself."""


@dataclass(frozen=True)
class Metric:
    """A row of METRICS. Every metric has the dimensions `service` and `stage`."""

    name: str
    unit: MetricUnit
    meaning: str
    services: tuple[str, ...]
    """Who emits it."""
    by: str = ""
    """A third dimension. CloudWatch gets such a metric twice: with it, and without."""


QUEUE_WAIT = Metric("QueueWait", MetricUnit.Seconds, "that a block waited for a worker, since it could have been claimed", ("worker",))
BLOCK_TIME = Metric("BlockTime", MetricUnit.Seconds, "that a block took, its panel and storing included", ("worker",))
COMBINATIONS = Metric("Combinations", MetricUnit.Count, "that were computed, failed ones too", ("worker",))
RETRIES = Metric("Retries", MetricUnit.Count, "attempts at blocks after the first", ("worker",))
SECOND_ATTEMPTS = Metric("SecondAttempts", MetricUnit.Count, "blocks that two workers computed, because the first was late", ("worker",))
PANEL_LOADS = Metric(
    "PanelLoads", MetricUnit.Count, "panels asked for: found in memory, on disk, in the store, or lost", ("worker",), "layer"
)
PANEL_PLANS = Metric("PanelPlans", MetricUnit.Count, "panels of submissions: found in the store, or built", ("planner",), "panel")
EARLY_STOPS = Metric("EarlyStops", MetricUnit.Count, "combinations that an early stop left out", ("aggregator",))
DEAD_LETTERS = Metric("DeadLetters", MetricUnit.Count, "blocks that were given up and laid among the dead letters", ("sweeper",))
EVENTS_PUBLISHED = Metric("EventsPublished", MetricUnit.Count, "that the bus took", ("planner", "worker", "aggregator", "sweeper"))
RATE_LIMITED = Metric("RateLimited", MetricUnit.Count, "requests that were refused for their number", ("api", "responder"))
MESSAGES_REFUSED = Metric(
    "MessagesRefused", MetricUnit.Count, "calls by message that nobody is told the answer of", ("responder",), "reason"
)
REPLIES_LOST = Metric("RepliesLost", MetricUnit.Count, "answers whose queue is gone or closed", ("responder",))
INGEST_ROWS = Metric("IngestRows", MetricUnit.Count, "rows that came into the lake's tables", ("ingest",))
INGEST_LATE = Metric("IngestLate", MetricUnit.Count, "1: a session is over and not in the lake; 0: it is there, or none was", ("ingest",))
COMPILATIONS = Metric("Compilations", MetricUnit.Count, "kernels that the layer had not, and that were compiled on the way", ("worker",))
COLD_STARTS = Metric("ColdStart", MetricUnit.Count, "processes that began with the call of somebody who waited for it", SERVICES)

METRICS: tuple[Metric, ...] = (
    QUEUE_WAIT, BLOCK_TIME, COMBINATIONS, RETRIES, SECOND_ATTEMPTS, PANEL_LOADS, PANEL_PLANS, EARLY_STOPS, DEAD_LETTERS, EVENTS_PUBLISHED,
    RATE_LIMITED, MESSAGES_REFUSED, REPLIES_LOST, INGEST_ROWS, INGEST_LATE, COMPILATIONS, COLD_STARTS,
)  # fmt: skip
"""All there are: alarms, the dashboard and docs/operations.md name no other."""


class Notes:
    """What was measured and is not written yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._service = ""
        self._values: dict[tuple[Metric, str], list[float]] = defaultdict(list)

    def serve_as(self, service: str) -> None:
        """Whose metrics these are from now on. Before it is said, nothing is kept: a command line or a test measures nothing."""
        if service not in SERVICES:
            raise ValueError(f"there is no function {service!r}; known: {', '.join(SERVICES)}")
        self._service = service

    def measure(self, metric: Metric, value: float = 1, part: str = "") -> None:
        """`part`: of the metric's third dimension, for those that have one. ValueError where it is lacking, or too much."""
        if bool(part) != bool(metric.by):
            raise ValueError(f"{metric.name} is measured {f'by {metric.by}' if metric.by else 'as a whole'}")
        if self._service:
            with self._lock:
                values = self._values[metric, part]
                if metric.unit is MetricUnit.Count and values:
                    values[0] += value
                else:
                    values.append(value)

    def flush(self) -> None:
        """Writes what there is: one line, and one for each part of what is measured by parts."""
        if not self._values:
            return
        with self._lock:
            taken, self._values = self._values, defaultdict(list)
        whole = {metric: values for (metric, part), values in taken.items() if not part}
        while whole:
            self._write({metric: values[:MOST_VALUES] for metric, values in whole.items()})
            whole = {metric: values[MOST_VALUES:] for metric, values in whole.items() if len(values) > MOST_VALUES}
        for (metric, part), values in taken.items():
            if part:
                self._write({metric: values}, {metric.by: part})

    def _write(self, found: dict[Metric, list[float]], further: dict[str, str] | None = None) -> None:
        line = EphemeralMetrics(namespace=NAMESPACE, service=self._service)
        dimensions = {"service": self._service, "stage": settings().stage}
        for name, text in dimensions.items():
            line.add_dimension(name, text)
        if further:
            line.add_dimensions(**dimensions, **further)
        for metric, values in found.items():
            for value in values:
                line.add_metric(metric.name, metric.unit, value)
        # At once, because Powertools' own print writes the end of the line separately, and another thread's line may come between.
        sys.stdout.write(json.dumps(line.serialize_metric_set(), separators=(",", ":")) + "\n")
        sys.stdout.flush()


NOTES = Notes()
"""Of this process: a process is one function."""
serve_as, measure, flush = NOTES.serve_as, NOTES.measure, NOTES.flush
