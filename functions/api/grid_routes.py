"""Grids: how far a sweep of combinations is, and stopping it."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from functions.api.answers import BestShown, GridShown
from functions.api.parts import Caller, TheHouse, not_found
from functions.api.state_answers import STATE_RESPONSES, state_answer
from functions.api.strict import StrictRoute
from functions.errors import ApiError
from functions.jobs.pace import seconds_left
from functions.jobs.records import GridState
from functions.wiring import House

router = APIRouter(prefix="/api/backtests/{backtest_id}/grids", tags=["grids"], route_class=StrictRoute)


@router.get("/{grid_id}", response_model=GridShown, responses=STATE_RESPONSES)
def get_grid(backtest_id: UUID, grid_id: UUID, request: Request, user: Caller, house: TheHouse) -> Response:
    """Counts by status, progress, and the best run by return so far."""
    return state_answer(request, shown(grid_of(house, user.id, backtest_id, grid_id), user.id, house))


@router.post("/{grid_id}:cancel", status_code=204)
def cancel_grid(backtest_id: UUID, grid_id: UUID, user: Caller, house: TheHouse) -> Response:
    """Cancels what is not finished; what is finished stays. Again: 204 again."""
    grid = grid_of(house, user.id, backtest_id, grid_id)
    outcome = house.store.cancel_grid(user.id, grid.id) if grid.archived_at is None else "finished"
    if outcome == "unknown":
        raise not_found("grid", grid_id)
    if outcome == "finished":
        raise ApiError("CONFLICT", "this grid is finished, there is nothing left to cancel")
    house.queue.ring("aggregate", grid.id)
    return Response(status_code=204)


def shown(grid: GridState, user: str, house: House) -> GridShown:
    """The grid with its best run so far."""
    if grid.archived_at:
        return archived(grid)
    best = _best(grid, user, house)
    total = sum(grid.counts.values())
    left = grid.counts.get("queued", 0) + grid.counts.get("running", 0) - grid.underway
    return GridShown(
        grid_id=grid.id,
        backtest_id=grid.backtest_id,
        status=grid.status,
        progress=int(100 * (total - left) / total),
        eta_seconds=seconds_left(grid.course, left),
        total=total,
        counts=grid.counts,
        skipped=grid.skipped,
        reused=grid.reused,
        best=best,
        summary=grid.summary,
        created_at=grid.created_at,
        started_at=grid.started_at,
        finished_at=grid.finished_at,
    )


def archived(grid: GridState) -> GridShown:
    """A grid whose runs are away: what its summary says."""
    best = ((grid.summary or {}).get("best") or {}).get("return")
    return GridShown(
        grid_id=grid.id,
        backtest_id=grid.backtest_id,
        status=grid.status,
        progress=100,
        eta_seconds=0.0,
        total=sum(grid.counts.values()),
        counts=grid.counts,
        skipped=grid.skipped,
        reused=grid.reused,
        best=BestShown(**best) if best else None,
        summary=grid.summary,
        archived_at=grid.archived_at,
        created_at=grid.created_at,
        started_at=grid.started_at,
        finished_at=grid.finished_at,
    )


def _best(grid: GridState, user: str, house: House) -> BestShown | None:
    """By return; what the summary says, once there is one."""
    if grid.summary is not None:
        known = grid.summary["best"]["return"]
        return BestShown(**known) if known else None
    if not grid.counts.get("succeeded"):
        return None
    best, _ = house.store.list_runs(user, grid.backtest_id, grid_id=grid.id, status="succeeded", sort="-stats.return", limit=1)
    return BestShown(run_id=best[0].id, params=best[0].params, stats=best[0].stats) if best else None


def grid_of(house: House, user: str, backtest_id: UUID | None, grid_id: UUID) -> GridState:
    """A grid of the backtest, or of any (None)."""
    grid = house.store.get_grid(user, str(grid_id))
    if grid is None or backtest_id not in (None, UUID(grid.backtest_id)) or grid.mode != "grid":
        raise not_found("grid", grid_id)
    return grid
