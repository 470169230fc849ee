"""The first stocks of a session, from rankings that are stored; one that is not is asked for, and there a moment later."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from datalake.calendar import from_iso, iso
from datalake.errors import ContextError, Problem
from datalake.rankings.ranking import Ranking
from datalake.rankings.spec import RankingSpec, check_ranking
from datalake.rankings.stored import find_ranking, index_key
from datalake.versions import Dataset
from functions.api.answers import RankedShown, RankingShown
from functions.api.held import Held
from functions.api.market_asked import asked_dataset, listed
from functions.api.market_shapes import OfDataset
from functions.api.models import SessionDate
from functions.api.parts import Caller, TheHouse, answer_bytes, json_response
from functions.api.strict import StrictRoute
from functions.api.wishing import BEING_MADE, wished
from functions.wishes.shapes import RankingWish

HELD: Held[Ranking] = Held(64 * 2**20)
"""Rankings that this process holds, by year."""

router = APIRouter(prefix="/api/market", tags=["market"], route_class=StrictRoute)


class RankingQuery(OfDataset):
    field: str = Field(
        max_length=64, description="amount, volume, close ..., a field of daily_basic, or return_1 to return_250", examples=["amount"]
    )
    date: SessionDate | None = Field(None, description="A session; omitted: the newest of the data", examples=["2024-06-03"])
    top: int = Field(30, ge=1, le=1000, description="How many")
    order: Literal["highest", "lowest"] = Field("highest", description="Which come first")
    boards: str = Field("", max_length=64, description="main,chinext,star,bse,fund; omitted: every stock, no funds", examples=["main,star"])


@router.get("/rankings", response_model=RankingShown, responses=BEING_MADE)
def get_ranking(query: Annotated[RankingQuery, Query()], request: Request, user: Caller, house: TheHouse) -> Response:
    """The first stocks of a session by a stored figure or by the return of some sessions. Money and prices in CNY, returns as fractions."""
    dataset = asked_dataset(house, query.datasource_version)
    boards = listed(query.boards)
    spec = RankingSpec.of(query.field, query.top, lowest=query.order == "lowest", boards=boards)
    problems = list(check_ranking(dataset, spec))
    if problems:
        raise ContextError(problems)
    day = _session(dataset, query.date)
    ranking = HELD.get((index_key(dataset, spec), day // 10_000), lambda: find_ranking(house.lake, dataset, spec, (day, day)))
    if ranking is None:
        wish = RankingWish(datasource_version=dataset.version, **spec.to_json(), day=day, request_id=request.state.request_id)
        return wished(house, wish)
    names = dataset.catalog.by_code
    shown = RankingShown(
        datasource_version=dataset.version,
        field=spec.field,
        date=iso(day),
        order=query.order,
        boards=list(spec.boards),
        ranked=[
            RankedShown(place=row.place, ts_code=row.ts_code, name=names[row.ts_code].name, value=row.value / spec.unit)
            for row in ranking.ranked(day, query.top)
        ],
    )
    return json_response(answer_bytes(shown))


def _session(dataset: Dataset, date: str | None) -> int:
    """The session that is meant, YYYYMMDD."""
    bars = dataset.catalog.bars.get("1d")
    sessions = [day for day in dataset.catalog.sessions if bars and bars.first <= day <= bars.last]
    if not sessions:
        raise ContextError(Problem("datasource_version", f"{dataset.version} has no daily bars to rank", "import bars_1d"))
    if date is None:
        return sessions[-1]
    day = from_iso(date)
    if not sessions[0] <= day <= sessions[-1]:
        have = f"{dataset.version} has {iso(sessions[0])} to {iso(sessions[-1])}"
        raise ContextError(Problem("date", f"{date} lies {'before' if day < sessions[0] else 'beyond'} the data", have))
    before = max(session for session in sessions if session <= day)
    if day != before:
        raise ContextError(Problem("date", f"{date} is no session", f"the one before is {iso(before)}"))
    return day
