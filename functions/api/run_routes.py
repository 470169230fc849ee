"""Runs: asking for one or a grid of them, reading them, cancelling one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from functions.api.answers import DryRun, RunList, RunShown, RunsSubmitted
from functions.api.models import NewRuns, RunQuery
from functions.api.parts import Caller, TheHouse, answer_bytes, json_response, not_found
from functions.api.state_answers import STATE_RESPONSES, state_answer
from functions.api.strict import StrictRoute
from functions.api.submission import plan_runs
from functions.cost import Price, estimate, price_in
from functions.errors import ApiError
from functions.jobs.pace import seconds_left_of_one
from functions.jobs.plan import Plan
from functions.jobs.records import Run, Submission, Submitted
from functions.jobs.store import Answer

router = APIRouter(prefix="/api/backtests/{backtest_id}/runs", tags=["runs"], route_class=StrictRoute)


@router.post("", status_code=202, response_model=RunsSubmitted, responses={200: {"model": DryRun, "description": "Of a dry run"}})
def submit_runs(
    backtest_id: UUID,
    wanted: NewRuns,
    request: Request,
    user: Caller,
    house: TheHouse,
    dry_run: Annotated[bool, Query(description="Only say what would run")] = False,
) -> Response:
    """One run, or a grid in the order of the strategy's parameters, the last one fastest. Written in one transaction, then queued."""
    backtest = house.strategies.get_backtest(user.id, str(backtest_id))
    if backtest is None:
        raise not_found("backtest", backtest_id)
    plan = plan_runs(backtest, wanted, house)
    if dry_run:
        known = house.store.count_known(user.id, plan.submission)
        return json_response(answer_bytes(_dry_run(plan, house.settings.workers, price_in(house.settings.aws_region), known)))
    key: str | None = getattr(request.state, "idempotency_key", None)
    submission = replace(plan.submission, request_id=request.state.request_id)
    hints = [*_notices(plan), *house.people.allowance(user.id).hints(len(submission.combinations))]
    stored = Answer(key, 202, lambda submitted: _submitted_bytes(submission, submitted, hints)) if key else None
    submitted = house.store.submit(user.id, submission, stored)
    request.state.answer_stored = key is not None
    house.queue.ring(submitted.bell, submitted.grid_id, request_id=submission.request_id)
    return json_response(_submitted_bytes(submission, submitted, hints), 202)


@router.get("", response_model=RunList)
def list_runs(backtest_id: UUID, query: Annotated[RunQuery, Query()], user: Caller, house: TheHouse) -> Response:
    """The comparison table."""
    items, following = house.store.list_runs(
        user.id,
        str(backtest_id),
        grid_id=str(query.grid_id) if query.grid_id else None,
        status=query.status,
        sort=query.sort,
        limit=query.limit,
        cursor=query.cursor,
    )
    if not items and house.strategies.get_backtest(user.id, str(backtest_id)) is None:
        raise not_found("backtest", backtest_id)
    archived = house.archive.count_runs(user.id, str(backtest_id), str(query.grid_id) if query.grid_id else None)
    return json_response(answer_bytes(RunList(items=[shown(item) for item in items], next_cursor=following, archived=archived)))


@router.get("/{run_id}", response_model=RunShown, responses=STATE_RESPONSES)
def get_run(backtest_id: UUID, run_id: UUID, request: Request, user: Caller, house: TheHouse) -> Response:
    """How far it is; when it has ended, its figures and files."""
    run = house.store.get_run(user.id, str(backtest_id), str(run_id))
    if run is None:
        raise not_found("run", run_id)
    return state_answer(request, shown(run))


@router.post("/{run_id}:cancel", status_code=204)
def cancel_run(backtest_id: UUID, run_id: UUID, user: Caller, house: TheHouse) -> Response:
    """Again: 204 again. A run that has succeeded or failed cannot be cancelled any more: 409."""
    run = house.store.get_run(user.id, str(backtest_id), str(run_id))
    outcome = house.store.cancel_run(user.id, str(backtest_id), str(run_id)) if run else "unknown"
    if run is None or outcome == "unknown":
        raise not_found("run", run_id)
    if outcome == "finished":
        raise ApiError("CONFLICT", "this run has ended and cannot be cancelled any more")
    house.queue.ring("aggregate", run.grid_id)
    return Response(status_code=204)


def _notices(plan: Plan) -> list[str]:
    """What of the request does less than one might think."""
    if not plan.left_out:
        return []
    taken = len(plan.submission.combinations)
    return [f"max_evals: the first {taken:,} valid combinations run, in the grid's order; {plan.left_out:,} after them are left out"]


def _dry_run(plan: Plan, workers: int, price: Price, reused: int) -> DryRun:
    found = estimate(plan, workers, price, reused)
    return DryRun(
        combinations=len(plan.submission.combinations),
        skipped=plan.submission.skipped,
        reused=reused,
        blocks=found.blocks,
        estimated_compute_seconds=found.compute_seconds,
        estimated_wall_seconds=found.wall_seconds,
        estimated_cost_usd=found.cost_usd,
        price=price.told,
        estimated_result_bytes=found.result_bytes,
    )


def shown(run: Run) -> RunShown:
    ended = run.status in ("succeeded", "failed", "cancelled")
    return RunShown(
        run_id=run.id,
        backtest_id=run.backtest_id,
        grid_id=run.grid_id if run.mode == "grid" else None,
        position=run.position,
        status=run.status,
        progress=run.progress,
        eta_seconds=0.0 if ended else seconds_left_of_one(run.progress / 100, run.computing),
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        params=run.params,
        stats=run.stats,
        artifacts=run.artifacts,
        error=run.error,
        attempt=run.attempt,
        content_hash=run.content_hash,
        engine_version=run.engine_version,
        rules_version=run.rules_version,
        reused_from=run.reused_from,
    )


def _submitted_bytes(submission: Submission, submitted: Submitted, hints: Sequence[str]) -> bytes:
    is_grid = submission.mode == "grid"
    answer = RunsSubmitted(
        run_ids=list(submitted.run_ids),
        grid_id=submitted.grid_id if is_grid else None,
        skipped=submission.skipped if is_grid else None,
        reused=submitted.reused,
        notices=list(hints) or None,
    )
    return answer_bytes(answer, leave_out_none=True)
