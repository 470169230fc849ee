"""Worker: claims blocks, computes them, reports; until nothing is left or its time is short."""

import os
import platform
from collections.abc import Callable
from typing import Any

from datalake.errors import CorruptObjectError, MissingObjectError
from datalake.panels.cache import Layer, Loaded
from engine.simulation import Interrupted
from functions.computing import compute
from functions.doorbells import Event, answer
from functions.jobs.failures import failure_of
from functions.jobs.lease import Lease
from functions.jobs.records import BlockTask, RunResult
from functions.logs import log_count, log_failure, log_keys, logger
from functions.wiring import House, house

LAST_CALL_SECONDS = 60.0
"""With less time than this, no further block is begun. Whatever is cut off anyway is computed again by another worker."""


class LostPanelError(Exception):
    """The store has no panel under the block's key, or not a whole one. Its cause says which."""


def handle(event: Event, context: Any) -> dict[str, Any]:
    return answer(event, context, lambda bell: work(house(), lambda: _seconds_left(context)))


def work(house: House, seconds_left: Callable[[], float]) -> None:
    """A bell says only that there is something: the next block may belong to somebody else."""
    name, lease_seconds = f"{platform.node()}-{os.getpid()}", house.settings.lease_seconds
    while task := house.desk.claim_block(name, house.engine_version, lease_seconds):
        run_id = task.run_ids[0] if len(task.run_ids) == 1 else ""
        with log_keys(request_id=task.request_id, grid_id=task.grid_id, block_id=task.block_id, run_id=run_id, attempt=task.attempt):
            serve(task, house)
        if seconds_left() < LAST_CALL_SECONDS:
            house.queue.ring("block", task.grid_id, request_id=task.request_id)
            return


def serve(task: BlockTask, house: House) -> None:
    """One block, from the claim to its end, whichever it is."""
    try:
        results, layer = _results(task, house)
    except Interrupted:
        logger().info("stopped: the block was cancelled, or another worker has it")
        house.queue.ring("aggregate", task.grid_id, request_id=task.request_id)  # should it have been the last one
        return
    except LostPanelError as error:
        _plan_again(task, error, house)
        return
    except Exception as error:  # noqa: BLE001  whatever it is, the runs must hear of it
        _give_back(task, error, house)
        return
    completion = house.desk.complete_block(task.block_id, task.attempt, results)
    failed = sum(result.error is not None for result in results)
    told = {"kind": task.kind, "runs": len(results), "failed": failed, "accepted": completion.accepted, "panel": layer}
    logger().info("block done", extra=told)
    log_count("PanelLoads", layer=layer)
    over = completion.over_budget and house.desk.enforce_budget(task.grid_id)
    if completion.ready_to_aggregate or over:
        house.queue.ring("aggregate", task.grid_id, request_id=task.request_id)


def _results(task: BlockTask, house: House) -> tuple[list[RunResult], Layer]:
    settings = house.settings

    def beat(percent: int) -> bool:
        return house.desk.heartbeat(task.block_id, task.attempt, percent, settings.lease_seconds)

    with Lease(beat, settings.lease_seconds, settings.heartbeat_seconds) as lease:
        panel = _panel(task, house)
        told = house.engine_version, lease.checkpoint, settings.worker_threads, panel.is_as_it_was
        computed = compute(task, panel.market, house.results, *told)
        return computed, panel.layer


def _panel(task: BlockTask, house: House) -> Loaded:
    try:
        return house.panels.load(task.panel_key)
    except (MissingObjectError, CorruptObjectError) as error:
        raise LostPanelError(str(error)) from error


def _plan_again(task: BlockTask, error: LostPanelError, house: House) -> None:
    """The panel is made anew, and the block waits for it: nothing that was computed is lost."""
    failure = failure_of(error.__cause__ if isinstance(error.__cause__, Exception) else error)
    release = house.desk.panel_lost(task.block_id, task.attempt, failure.error)
    log_failure("the panel is not whole", error, panel_key=task.panel_key, outcome=release.outcome)
    log_count("PanelLoads", layer="lost")
    if release.outcome == "plan":
        house.queue.ring("plan", task.grid_id, request_id=task.request_id)
    if release.outcome == "retry":
        house.queue.ring("block", task.grid_id, request_id=task.request_id)
    if release.ready_to_aggregate:
        house.queue.ring("aggregate", task.grid_id, request_id=task.request_id)


def _give_back(task: BlockTask, error: Exception, house: House) -> None:
    failure = failure_of(error)
    log_failure("a block failed", error, code=failure.error["code"], retriable=failure.retriable)
    release = house.desk.release_block(task.block_id, task.attempt, failure.error, retriable=failure.retriable)
    if release.outcome == "retry":
        house.queue.ring("block", task.grid_id, delay=release.delay, request_id=task.request_id)
    if release.ready_to_aggregate:
        house.queue.ring("aggregate", task.grid_id, request_id=task.request_id)


def _seconds_left(context: Any) -> float:
    return float(context.get_remaining_time_in_millis()) / 1000
