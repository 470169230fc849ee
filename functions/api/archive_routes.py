"""Bringing archived submissions back: all rows of a grid or of a single run, as they were."""

from uuid import UUID

from fastapi import APIRouter, Response

from functions.api.parts import Caller, TheHouse, not_found
from functions.api.strict import StrictRoute
from functions.archives import read_archive
from functions.errors import ApiError
from functions.stores.archive import Found
from functions.wiring import House

BUSY_SECONDS = "30"

router = APIRouter(prefix="/api", route_class=StrictRoute)


@router.post("/backtests/{backtest_id}/grids/{grid_id}:restore", status_code=204, tags=["grids"])
def restore_grid(backtest_id: UUID, grid_id: UUID, user: Caller, house: TheHouse) -> Response:
    """Brings the runs of an archived grid back. 204 when they are there, also if they were never away. It is archived again when it was
    not asked for as long as at first."""
    found = house.archive.find(user.id, grid_id=str(grid_id))
    if found is None or found.backtest_id != str(backtest_id) or found.mode != "grid":
        raise not_found("grid", grid_id)
    return _restored(house, user.id, found)


@router.post("/runs/{run_id}:restore", status_code=204, tags=["runs"])
def restore_run(run_id: UUID, user: Caller, house: TheHouse) -> Response:
    """Brings an archived run back, of a grid with all its runs. 204 when it is there, also if it was never away."""
    found = house.archive.find(user.id, run_id=str(run_id))
    if found is None:
        raise not_found("run", run_id)
    return _restored(house, user.id, found)


def _restored(house: House, user: str, found: Found) -> Response:
    if found.archived_at is None:
        return Response(status_code=204)
    body = read_archive(house.result_objects, found.path, found.digest)
    outcome = house.archive.restore(user, found.grid_id, body)
    if outcome == "busy":
        message = "the files of these runs are just being deleted; try again when that is over"
        raise ApiError("CONFLICT", message, headers={"Retry-After": BUSY_SECONDS})
    if outcome == "unknown":
        raise not_found("submission", found.grid_id)
    return Response(status_code=204)
