"""Worker: claims blocks, computes them, reports; until nothing is left or its time is short."""

import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

from datalake.errors import CorruptObjectError, MissingObjectError
from datalake.panels.cache import Layer, Loaded
from engine.simulation import Interrupted
from functions import metrics
from functions.computing import Unfinished, compute
from functions.doorbells import Event, answer
from functions.errors import ApiError
from functions.invocations import serves
from functions.jobs.desk import Reason, Release
from functions.jobs.failures import failure_of
from functions.jobs.lease import Lease, Verdict
from functions.jobs.records import BlockTask, RunResult
from functions.kernel_cache import tell_of_compiling
from functions.logs import log_failure, log_keys, logger
from functions.messages import QueueKind
from functions.tracing import traced
from functions.wiring import House, house

LAST_SECONDS = 10.0
"""Besides those that a block may take, for what is around it: with less time, none is begun."""

BELLS: dict[str, QueueKind] = {"retry": "block", "plan": "plan"}
"""Who is rung when a block was given back."""


class LostPanelError(Exception):
    """The store has no panel under the block's key, or not a whole one. Its cause says which."""


class TooSlowError(ApiError):
    """An attempt took longer than any may; whatever it does now, it is over."""

    def __init__(self, seconds: float) -> None:
        super().__init__("INTERNAL_ERROR", f"computing was given up after {seconds:g} seconds; ask for fewer stocks or a shorter window")


@dataclass(frozen=True)
class Report:
    """What a worker says of its block."""

    results: list[RunResult]
    panel: Layer
    seconds: float
    """That it took."""
    unfinished: Reason | None
    """Why some runs have no result, or a partial one."""


@serves("worker")
def handle(event: Event, context: Any) -> dict[str, Any]:
    begin()
    return answer(event, context, lambda bell: work(house(), lambda: _seconds_left(context)))


@cache
def begin() -> None:
    """Once for a process."""
    tell_of_compiling(_lacks)


def _lacks(kernel: str) -> None:
    """Before it is compiled, because that may take longer than this call has: the layer was not made for this engine."""
    logger().error("a kernel is not in the layer, so it is compiled now", extra={"kernel": kernel})
    metrics.measure(metrics.COMPILATIONS)
    metrics.flush()


def work(house: House, seconds_left: Callable[[], float]) -> None:
    """A bell says only that there is something: the next block may belong to somebody else."""
    settings = house.settings
    while task := house.desk.claim_block(_name(os.getpid()), house.engine_version, settings.lease_seconds, settings.speculation):
        house.publisher.poke()
        ids = _ids(task)
        with log_keys(**ids, attempt=task.attempt), traced("## block", **ids):
            _measure_claim(task)
            serve(task, house)
        metrics.flush()
        house.publisher.poke()
        if seconds_left() < settings.block_timeout_seconds + LAST_SECONDS:
            house.queue.ring("block", task.grid_id, request_id=task.request_id)
            break
    else:
        _come_again(house)
    house.publisher.settle()


@cache
def _name(process: int) -> str:
    """What people see; a lease is held by block and attempt. Environments of Lambda share addresses and numbers of processes."""
    return f"{platform.node()}-{process}-{uuid4().hex[:8]}"


def _come_again(house: House) -> None:
    """Who has nothing to do is rung for once a block that others compute may be late; see `speculation`."""
    if house.settings.speculation and (late := house.desk.next_straggler(house.engine_version, house.settings.speculation)):
        house.queue.ring("block", late.grid_id, delay=late.delay)


def _ids(task: BlockTask) -> dict[str, object]:
    """By which a block is found in logs and traces, whoever's bell it was that called."""
    run_id = task.run_ids[0] if len(task.run_ids) == 1 else ""
    return {"request_id": task.request_id, "user_id": task.owner, "grid_id": task.grid_id, "block_id": task.block_id, "run_id": run_id}


def _measure_claim(task: BlockTask) -> None:
    if task.second:
        metrics.measure(metrics.SECOND_ATTEMPTS)
        return
    if task.attempt > 1:
        metrics.measure(metrics.RETRIES)
    metrics.measure(metrics.QUEUE_WAIT, task.waited)


def serve(task: BlockTask, house: House) -> None:
    """One block, from the claim to its end, whichever it is."""
    try:
        report = _report(task, house)
    except Interrupted:
        logger().info("stopped: the block was cancelled, took too long, or another worker has it")
        house.queue.ring("aggregate", task.grid_id, request_id=task.request_id)  # should it have been the last one
    except LostPanelError as error:
        _plan_again(task, error, house)
    except Exception as error:  # noqa: BLE001  whatever it is, the runs must hear of it
        _give_back(task, error, house)
    else:
        _complete(task, report, house)


def _report(task: BlockTask, house: House) -> Report:
    """Computes under a lease: what is finished when the budget is used up is kept, anything else that stops it is Interrupted."""
    settings, began = house.settings, time.monotonic()

    def beat(percent: int) -> Verdict:
        spent = time.monotonic() - began
        if spent > settings.block_timeout_seconds:
            # From here, because a kernel that hangs never comes back to be asked.
            _give_back(task, TooSlowError(settings.block_timeout_seconds), house)
            return Verdict.LOST
        verdict = house.desk.heartbeat(task.block_id, task.attempt, percent, settings.lease_seconds, spent)
        if task.kind == "ledgers":  # of cells no progress is told
            house.publisher.poke()
        return verdict

    with Lease(beat, settings.lease_seconds, settings.heartbeat_seconds) as lease:
        panel = _panel(task, house)
        told = house.engine_version, lease.checkpoint, settings.worker_threads, panel.is_as_it_was
        unfinished: Reason | None = None
        try:
            results = compute(task, panel.market, house.results, *told)
        except Unfinished as stopped:
            if lease.verdict is not Verdict.OVER_BUDGET:
                raise
            results, unfinished = stopped.keep(), "budget"
        return Report(results, panel.layer, time.monotonic() - began, unfinished)


def _panel(task: BlockTask, house: House) -> Loaded:
    try:
        return house.panels.load(task.panel_key)
    except (MissingObjectError, CorruptObjectError) as error:
        raise LostPanelError(str(error)) from error


def _complete(task: BlockTask, report: Report, house: House) -> None:
    """Reports; then, each in its own transaction, what that means for the rest of the submission."""
    completion = house.desk.complete_block(task.block_id, task.attempt, report.results, report.seconds, report.unfinished)
    failed = sum(result.error is not None for result in report.results)
    told = {"kind": task.kind, "runs": len(report.results), "failed": failed, "panel": report.panel}
    told |= {"accepted": completion.accepted, "second": task.second}
    logger().info("block done", extra=told)
    metrics.measure(metrics.PANEL_LOADS, part=report.panel)
    if completion.accepted:  # of two who computed it, one
        metrics.measure(metrics.BLOCK_TIME, report.seconds)
        metrics.measure(metrics.COMBINATIONS, len(report.results))
    ready = completion.ready_to_aggregate
    if completion.held:
        ready = house.desk.advance_frontier(task.grid_id)
    if completion.over_budget:
        ready = house.desk.enforce_budget(task.grid_id)
    if ready:
        house.queue.ring("aggregate", task.grid_id, request_id=task.request_id)


def _plan_again(task: BlockTask, error: LostPanelError, house: House) -> None:
    """The panel is made anew, and the block waits for it: nothing that was computed is lost."""
    failure = failure_of(error.__cause__ if isinstance(error.__cause__, Exception) else error)
    release = house.desk.panel_lost(task.block_id, task.attempt, failure.error)
    log_failure("the panel is not whole", error, panel_key=task.panel_key, outcome=release.outcome)
    metrics.measure(metrics.PANEL_LOADS, part="lost")
    _ring(task, release, house)


def _give_back(task: BlockTask, error: Exception, house: House) -> None:
    failure = failure_of(error)
    log_failure("a block failed", error, code=failure.error["code"], retriable=failure.retriable)
    _ring(task, house.desk.release_block(task.block_id, task.attempt, failure.error, retriable=failure.retriable), house)


def _ring(task: BlockTask, release: Release, house: House) -> None:
    """Whoever is next, after a block was given back or given up."""
    if bell := BELLS.get(release.outcome):
        house.queue.ring(bell, task.grid_id, delay=release.delay, request_id=task.request_id)
    if release.ready_to_aggregate or (release.outcome == "failed" and house.desk.advance_frontier(task.grid_id)):
        house.queue.ring("aggregate", task.grid_id, request_id=task.request_id)


def _seconds_left(context: Any) -> float:
    return float(context.get_remaining_time_in_millis()) / 1000
