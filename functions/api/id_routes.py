"""Runs and grids by their id alone, for whoever has nothing else in hand."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from functions.api import grid_routes, run_routes
from functions.api.answers import GridShown, RunShown
from functions.api.parts import Caller, TheHouse, not_found
from functions.api.state_answers import STATE_RESPONSES, state_answer
from functions.api.strict import StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute)


@router.get("/runs/{run_id}", tags=["runs"], response_model=RunShown, responses=STATE_RESPONSES)
def get_run_by_id(run_id: UUID, request: Request, user: Caller, house: TheHouse) -> Response:
    """A run, for whoever knows nothing but its id."""
    run = house.store.get_run(user.id, None, str(run_id))
    if run is None:
        raise not_found("run", run_id)
    return state_answer(request, run_routes.shown(run))


@router.get("/grids/{grid_id}", tags=["grids"], response_model=GridShown, responses=STATE_RESPONSES)
def get_grid_by_id(grid_id: UUID, request: Request, user: Caller, house: TheHouse) -> Response:
    """A grid, for whoever knows nothing but its id."""
    return state_answer(request, grid_routes.shown(grid_routes.grid_of(house, user.id, None, grid_id), user.id, house))
