"""Several runs on one time axis, with their figures side by side."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from functions.api.compare_shapes import MOST_RUNS, ComparedBenchmark, ComparedRun, ComparisonQuery, ComparisonShown, Thinning
from functions.api.parts import Caller, TheHouse, answer_bytes, json_response
from functions.api.strict import StrictRoute
from functions.errors import ApiError
from functions.jobs.comparison import axis_of, benchmarks_of, on_axis
from functions.jobs.curves import Curves
from functions.stores.files import ToldRun
from functions.wiring import House

router = APIRouter(prefix="/api", tags=["runs"], route_class=StrictRoute)


@router.get("/compare", response_model=ComparisonShown)
def compare_runs(query: Annotated[ComparisonQuery, Query()], user: Caller, house: TheHouse) -> Response:
    """Equity from 1 and drawdown of up to 20 of your finished runs, of any backtests, on the union of their sessions."""
    runs = _finished(house, user.id, _ids(query.run_ids))
    reader = Curves(house.results)
    curves = {run.id: reader.of_run(run.artifacts, run.content_hash, run.context) for run in runs}
    axis = axis_of(list(curves.values()), query.points)
    followed = benchmarks_of(axis, curves, {run.id: str(run.context.get("datasource_version", "")) for run in runs})
    shown = ComparisonShown(
        sessions=[f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}" for day in axis.sessions],
        runs=[
            ComparedRun(
                run_id=run.id,
                backtest_id=run.backtest_id,
                strategy_name=run.strategy_name,
                params=dict(run.params),
                context=dict(run.context),
                stats=dict(run.stats or {}),
                equity=on_axis(axis, curves[run.id].sessions, curves[run.id].equity),
                drawdown=on_axis(axis, curves[run.id].sessions, curves[run.id].drawdown),
            )
            for run in runs
        ],
        benchmarks=[ComparedBenchmark(code=row.code, run_ids=list(row.run_ids), values=list(row.values)) for row in followed],
        thinning=Thinning(method="every_nth", step=axis.step, sessions=axis.of),
    )
    return json_response(answer_bytes(shown))


def _ids(given: str) -> list[UUID]:
    """In their order; every problem with the place in the list."""
    texts = [text.strip() for text in given.split(",")]
    problems = []
    ids: list[UUID] = []
    for place, text in enumerate(texts):
        try:
            found = UUID(text)
        except ValueError:
            problems.append({"field": f"run_ids[{place}]", "message": "is no run id"})
            continue
        if found in ids:
            problems.append({"field": f"run_ids[{place}]", "message": "comes twice", "hint": "name each run once"})
        ids.append(found)
    if len(texts) > MOST_RUNS:
        problems.append({"field": "run_ids", "message": f"names {len(texts)} runs", "hint": f"at most {MOST_RUNS} are compared"})
    if problems:
        first = problems[0]
        raise ApiError("INVALID_INPUT", f"{first['field']}: {first['message']}", {"field": first["field"], "problems": problems})
    return ids


def _finished(house: House, user: str, ids: list[UUID]) -> list[ToldRun]:
    """The runs in the order of the request; an error that names every one that is not there, or has nothing to compare."""
    known = house.files.runs(user, ids)
    unknown = [
        {"field": f"run_ids[{place}]", "message": f"there is no run {run_id}"} for place, run_id in enumerate(ids) if run_id not in known
    ]
    for run_id in ids:
        if run_id not in known:
            house.store.get_run(user, None, str(run_id))  # CONFLICT where it is archived
    if unknown:
        raise ApiError("NOT_FOUND", unknown[0]["message"], {"field": unknown[0]["field"], "problems": unknown})
    runs = [known[run_id] for run_id in ids]
    early = [
        {"field": f"run_ids[{place}]", "message": f"the run {run.id} is {run.status} and has no curve"}
        for place, run in enumerate(runs)
        if run.status != "succeeded"
    ]
    if early:
        waits = any(run.status in ("queued", "running") for run in runs)
        details = {"field": early[0]["field"], "problems": early}
        raise ApiError("CONFLICT", early[0]["message"], details, headers={"Retry-After": "1"} if waits else {})
    return runs
