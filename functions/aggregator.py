"""Aggregator: writes the summary of a submission whose runs have all ended, asks for the accounts of the best, publishes events."""

from typing import Any

from functions.doorbells import Event, answer
from functions.jobs.events import publish_events
from functions.jobs.summary import summarise, to_prepare
from functions.logs import logger
from functions.messages import Doorbell
from functions.wiring import House, house


def handle(event: Event, context: Any) -> dict[str, Any]:
    return answer(event, context, lambda bell: aggregate(bell, house()))


def aggregate(bell: Doorbell, house: House) -> None:
    grid_id = str(bell.grid_id)
    task = house.desk.claim_aggregate(grid_id)
    if task:
        summary = summarise(task)
        blocks = house.desk.finish_grid(grid_id, task.attempt, summary, to_prepare(task))
        logger().info("aggregated", extra={"runs": len(task.runs), "counts": summary["counts"], "ledgers": blocks})
        house.queue.ring("block", grid_id, max(0, blocks), request_id=bell.request_id)
    publish_events(house.desk, house.bus)
