"""The first stocks of a session, from rankings that are stored; one that is not is asked for, and there a moment later."""

from dataclasses import replace
from threading import Lock
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from datalake.errors import ContextError, Problem, UnknownDatasetError
from datalake.rankings.ranking import Ranking
from datalake.rankings.spec import RankingSpec, check_ranking
from datalake.rankings.stored import find_ranking, index_key
from datalake.versions import Dataset
from functions.api.answers import RankedShown, RankingShown
from functions.api.context import known_dataset
from functions.api.models import Sent, SessionDate
from functions.api.parts import Caller, TheHouse, answer_bytes, json_response
from functions.api.strict import StrictRoute
from functions.api.wishing import BEING_MADE, wished
from functions.wiring import House
from functions.wishes.shapes import RankingWish

MOST_KEPT_BYTES = 64 * 2**20
"""Of rankings that this process holds, the last used ones."""

router = APIRouter(prefix="/api/market", tags=["market"], route_class=StrictRoute)


class RankingQuery(Sent):
    field: str = Field(
        max_length=64, description="amount, volume, close ..., a field of daily_basic, or return_1 to return_250", examples=["amount"]
    )
    date: SessionDate | None = Field(None, description="A session; omitted: the newest of the data", examples=["2024-06-03"])
    top: int = Field(30, ge=1, le=1000)
    order: Literal["highest", "lowest"] = "highest"
    boards: str = Field("", max_length=64, description="main,chinext,star,bse,fund; omitted: every stock, no funds", examples=["main,star"])
    datasource_version: str | None = Field(
        None, pattern=r"^[a-z][a-z0-9_-]{0,31}(:v[0-9]{1,9})?$", description="import:v3; import: its newest; omitted: the newest of all"
    )


@router.get("/rankings", response_model=RankingShown, responses=BEING_MADE)
def get_ranking(query: Annotated[RankingQuery, Query()], request: Request, user: Caller, house: TheHouse) -> Response:
    """The first stocks of a session by a stored figure or by the return of some sessions. Money and prices in CNY, returns as fractions."""
    dataset = _dataset(house, query.datasource_version)
    boards = [board.strip() for board in query.boards.split(",") if board.strip()]
    spec = RankingSpec.of(query.field, query.top, lowest=query.order == "lowest", boards=boards)
    problems = list(check_ranking(dataset, spec))
    if problems:
        raise ContextError(problems)
    day = _session(dataset, query.date)
    ranking = _kept(house, dataset, spec, day)
    if ranking is None:
        wish = RankingWish(datasource_version=dataset.version, **spec.to_json(), day=day, request_id=request.state.request_id)
        return wished(house, wish)
    names = dataset.catalog.by_code
    shown = RankingShown(
        datasource_version=dataset.version,
        field=spec.field,
        date=_iso(day),
        order=query.order,
        boards=list(spec.boards),
        ranked=[
            RankedShown(place=row.place, ts_code=row.ts_code, name=names[row.ts_code].name, value=row.value / spec.unit)
            for row in ranking.ranked(day, query.top)
        ],
    )
    return json_response(answer_bytes(shown))


def _dataset(house: House, name: str | None) -> Dataset:
    try:
        return known_dataset(house.lake, name)
    except UnknownDatasetError as error:
        raise ContextError([replace(problem, field="datasource_version") for problem in error.problems]) from error


def _session(dataset: Dataset, date: str | None) -> int:
    """The session that is meant, YYYYMMDD."""
    bars = dataset.catalog.bars.get("1d")
    sessions = [day for day in dataset.catalog.sessions if bars and bars.first <= day <= bars.last]
    if not sessions:
        raise ContextError(Problem("datasource_version", f"{dataset.version} has no daily bars to rank", "import bars_1d"))
    if date is None:
        return sessions[-1]
    day = int(date.replace("-", ""))
    if not sessions[0] <= day <= sessions[-1]:
        have = f"{dataset.version} has {_iso(sessions[0])} to {_iso(sessions[-1])}"
        raise ContextError(Problem("date", f"{date} lies {'before' if day < sessions[0] else 'beyond'} the data", have))
    before = max(session for session in sessions if session <= day)
    if day != before:
        raise ContextError(Problem("date", f"{date} is no session", f"the one before is {_iso(before)}"))
    return day


_KEPT: dict[tuple[str, int], Ranking] = {}
_TURN = Lock()


def _kept(house: House, dataset: Dataset, spec: RankingSpec, day: int) -> Ranking | None:
    """The ranking of the day's year: held in memory, else from the store; None where it has to be made."""
    name = index_key(dataset, spec), day // 10_000
    with _TURN:
        found = _KEPT.pop(name, None)
    found = found or find_ranking(house.lake, dataset, spec, (day, day))
    if found is not None:
        with _TURN:
            _KEPT[name] = found
            while len(_KEPT) > 1 and sum(each.nbytes for each in _KEPT.values()) > MOST_KEPT_BYTES:
                _KEPT.pop(next(iter(_KEPT)))
    return found


def _iso(day: int) -> str:
    return f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"
