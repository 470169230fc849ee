"""Planner: makes sure that the panel of a submission exists, then opens its blocks to the workers; makes what was wished for."""

from typing import Any

from datalake.lake import Lake
from datalake.panels.ensure import Ensured, ensured
from datalake.panels.panel import PanelSpec
from functions import metrics
from functions.doorbells import Event, answer_messages
from functions.invocations import serves
from functions.jobs.failures import failure_of
from functions.jobs.lease import Lease, Verdict
from functions.jobs.records import PlanTask
from functions.logs import log_failure, log_keys, logger
from functions.messages import Doorbell, PlanMessage
from functions.wiring import House, house
from functions.wishes.makers import make
from functions.wishes.shapes import AnyWish

PLAN_LEASE_SECONDS = 60.0


@serves("planner")
def handle(event: Event, context: Any) -> dict[str, Any]:
    return answer_messages(event, context, PlanMessage, lambda message, receives: serve(message.root, house()))


def serve(message: Doorbell | AnyWish, house: House) -> None:
    if isinstance(message, Doorbell):
        plan(message, house)
    else:
        make(message, house)


def plan(bell: Doorbell, house: House) -> None:
    house.publisher.poke()  # of what was submitted nobody has told yet
    _plan(bell, house)
    house.publisher.settle()


def _plan(bell: Doorbell, house: House) -> None:
    task = house.desk.claim_plan(str(bell.grid_id), PLAN_LEASE_SECONDS)
    if task is None:
        return
    with log_keys(request_id=task.request_id, user_id=task.owner, grid_id=task.grid_id):  # the sweeper's bells name no request
        try:
            panel = _prepare(task, house)
        except Exception as error:  # noqa: BLE001  whatever it is, the submission must hear of it
            _give_back(task, error, house)
            return
        house.panels.count(panel.where)
        blocks = house.desk.panel_ready(task.grid_id, panel.key)
        metrics.measure(metrics.PANEL_PLANS, part=panel.where)
        logger().info("planned", extra={"panel_key": panel.key, "panel": panel.where, "doubted": task.doubted, "blocks": blocks})
        house.queue.ring("block", task.grid_id, blocks, request_id=task.request_id)


def _prepare(task: PlanTask, house: House) -> Ensured:
    lake = Lake(house.settings.lake_url, house.object_options)

    def beat(percent: int) -> Verdict:
        return house.desk.extend_plan(task.grid_id, task.attempt, PLAN_LEASE_SECONDS)

    with Lease(beat, PLAN_LEASE_SECONDS, PLAN_LEASE_SECONDS / 3):
        return ensured(lake, PanelSpec.from_json(task.panel), doubted=task.doubted)


def _give_back(task: PlanTask, error: Exception, house: House) -> None:
    failure = failure_of(error)
    log_failure("planning failed", error, code=failure.error["code"], attempt=task.attempt, retriable=failure.retriable)
    release = house.desk.plan_failed(task.grid_id, task.attempt, failure.error, retriable=failure.retriable)
    if release.outcome == "retry":
        house.queue.ring("plan", task.grid_id, delay=release.delay, request_id=task.request_id)
    if release.ready_to_aggregate:
        house.queue.ring("aggregate", task.grid_id, request_id=task.request_id)
