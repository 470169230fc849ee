"""Aggregator: sums up a submission whose runs have all ended, judges a grid, asks for the accounts of the best, publishes events."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from datalake.errors import StorageError
from functions import metrics
from functions.doorbells import Event, answer
from functions.invocations import serves
from functions.jobs.desk import AggregateTask, Summand
from functions.jobs.events import publish_events
from functions.jobs.lease import Lease, Verdict
from functions.jobs.summary import Tally
from functions.judging import diagnosis_of, page_of
from functions.logs import log_failure, log_keys, logger
from functions.messages import Doorbell
from functions.reports.grid_page import FIGURES
from functions.wiring import House, house

AGGREGATE_LEASE_SECONDS = 60.0


@serves("aggregator")
def handle(event: Event, context: Any) -> dict[str, Any]:
    return answer(event, context, lambda bell: aggregate(bell, house()))


def aggregate(bell: Doorbell, house: House) -> None:
    task = house.desk.claim_aggregate(str(bell.grid_id), AGGREGATE_LEASE_SECONDS)
    if task:
        with log_keys(request_id=task.request_id, user_id=task.owner, grid_id=task.grid_id):  # the sweeper's bells name no request
            _finish(task, house)
    publish_events(house.desk, house.bus)


def _finish(task: AggregateTask, house: House) -> None:
    # A single run has its full account already.
    tally = Tally(FIGURES, house.settings.prepared_accounts) if task.mode == "grid" else Tally()
    try:
        with Lease(partial(_beat, task, house), AGGREGATE_LEASE_SECONDS, AGGREGATE_LEASE_SECONDS / 3):
            for runs in house.desk.ended_runs(task.grid_id):
                tally.add(runs)
            summary = tally.summary(task.skipped)
            if task.mode == "grid":
                summary |= _judged(task, tally.runs, house)
    except StorageError as error:
        _give_back(task, error, house)
        return
    blocks = house.desk.finish_grid(task.grid_id, task.attempt, summary, tally.to_prepare())
    if blocks < 0:
        logger().info("not aggregated: the lease was lost, and somebody else sums up", extra={"attempt": task.attempt})
        return
    if tally.spared:
        metrics.measure(metrics.EARLY_STOPS, tally.spared)
    logger().info("aggregated", extra={"runs": len(tally.runs), "counts": summary["counts"], "ledgers": blocks})
    house.queue.ring("block", task.grid_id, blocks, request_id=task.request_id)


def _beat(task: AggregateTask, house: House, percent: int) -> Verdict:
    return house.desk.extend_aggregate(task.grid_id, task.attempt, AGGREGATE_LEASE_SECONDS)


def _judged(task: AggregateTask, runs: Sequence[Summand], house: House) -> dict[str, Any]:
    """What a grid's summary has besides. StorageError where trying again may help."""
    diagnosis = diagnosis_of(task, runs, house.results, house.desk)
    page = page_of(task, runs, diagnosis)
    try:
        path = house.results.put_grid_report(task.owner, task.grid_id, task.attempt, page) if page else None
    except StorageError as error:
        if task.attempts_left > 0:
            raise
        log_failure("the grid's report is left out: it cannot be stored", error)
        path = None
    return {"diagnosis": diagnosis, "report_path": path}


def _give_back(task: AggregateTask, error: Exception, house: House) -> None:
    log_failure("aggregating failed", error, attempt=task.attempt)
    release = house.desk.release_aggregate(task.grid_id, task.attempt)
    if release.outcome == "retry":
        house.queue.ring("aggregate", task.grid_id, delay=release.delay, request_id=task.request_id)
