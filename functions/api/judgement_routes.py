"""What a grid comes to: whether to believe its best, its figures as a map, and its report."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from functions.api.answers import DiagnosisShown, HeatmapShown
from functions.api.grid_routes import grid_of
from functions.api.maps import figures_for, heatmap_of
from functions.api.models import HeatmapQuery
from functions.api.parts import REPORT_POLICY, Caller, TheHouse
from functions.api.strict import StrictRoute
from functions.errors import ApiError
from functions.jobs.records import GridState

router = APIRouter(prefix="/api/backtests/{backtest_id}/grids/{grid_id}", tags=["grids"], route_class=StrictRoute)


@router.get("/diagnosis")
def get_diagnosis(backtest_id: UUID, grid_id: UUID, user: Caller, house: TheHouse) -> DiagnosisShown:
    """Whether to believe the best run, knowing how many were tried. 409 while runs are under way."""
    found = _summary(grid_of(house, user.id, backtest_id, grid_id), "diagnosis").get("diagnosis")
    if found is None:
        raise ApiError("NOT_FOUND", "no diagnosis could be made of this grid; run it again")
    return DiagnosisShown.model_validate(found)


@router.get("/heatmap")
def get_heatmap(
    backtest_id: UUID, grid_id: UUID, query: Annotated[HeatmapQuery, Query()], request: Request, user: Caller, house: TheHouse
) -> HeatmapShown:
    """A metric over one or two parameters, of what has succeeded so far. `params.<name>=<value>` holds another parameter; those that are
    not held stay where the best run by return has them."""
    grid = grid_of(house, user.id, backtest_id, grid_id)
    if grid.archived_at:
        raise ApiError("CONFLICT", f"the runs of this grid are archived: POST {request.url.path.removesuffix('/heatmap')}:restore first")
    return heatmap_of(house.store.grid_figures(user.id, grid.id, figures_for(query)), query)


@router.get(
    "/report", response_class=Response, responses={200: {"content": {"text/html": {}}}, 304: {"description": "As the ETag that was sent"}}
)
def get_report(backtest_id: UUID, grid_id: UUID, request: Request, user: Caller, house: TheHouse) -> Response:
    """One page that says all of it, self-contained. 409 while runs are under way."""
    grid = grid_of(house, user.id, backtest_id, grid_id)
    path = _summary(grid, "report").get("report_path")
    if path is None:
        raise ApiError("NOT_FOUND", "no report could be made of this grid; run it again")
    headers = {"ETag": f'"{grid.id}-report"', "Cache-Control": "private, max-age=0, must-revalidate"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    headers |= {"Content-Disposition": f'inline; filename="report-{grid.id}.html"', "Content-Security-Policy": REPORT_POLICY}
    return Response(house.results.get_artifact(path), headers=headers, media_type="text/html; charset=utf-8")


def _summary(grid: GridState, wanted: str) -> dict[str, Any]:
    """Written when everything has ended."""
    if grid.summary is None:
        raise ApiError("CONFLICT", f"the grid is {grid.status}; its {wanted} comes when it has ended", headers={"Retry-After": "1"})
    return grid.summary
