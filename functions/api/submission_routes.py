"""Submissions: all that somebody asked to be computed, newest first."""

from typing import Annotated

from fastapi import APIRouter, Query

from functions.api import backtest_routes, grid_routes, run_routes
from functions.api.models import ListQuery
from functions.api.parts import Caller, TheHouse
from functions.api.strict import StrictRoute
from functions.api.submission_shapes import SubmissionList, SubmissionShown
from functions.stores.submissions import Submitted
from functions.wiring import House

router = APIRouter(prefix="/api/submissions", tags=["runs"], route_class=StrictRoute)


@router.get("")
def list_submissions(query: Annotated[ListQuery, Query()], user: Caller, house: TheHouse) -> SubmissionList:
    """Single runs and grids, newest first, each with its backtest, its state and its figures; archived ones, too.

    A grid comes without its summary, which is as large as all the rest: its own address has it.
    """
    items, following = house.submissions.newest_first(user.id, query.limit, query.cursor)
    return SubmissionList(items=[_shown(item, user.id, house) for item in items], next_cursor=following)


def _shown(submitted: Submitted, user: str, house: House) -> SubmissionShown:
    state, run = submitted.state, submitted.run
    is_grid = state.mode == "grid"
    return SubmissionShown(
        mode="grid" if is_grid else "single",
        backtest=backtest_routes.shown(submitted.backtest),
        run_id=submitted.run_id,
        run=run_routes.shown(run) if run else None,
        grid=grid_routes.shown(state, user, house).model_copy(update={"summary": None}) if is_grid else None,
        archived_at=state.archived_at,
        created_at=state.created_at,
    )
