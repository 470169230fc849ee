"""A text judged without a backtest, as an editor needs while somebody writes."""

from typing import Any

from fastapi import APIRouter

from functions.api.context import resolve_backtest
from functions.api.language_shapes import TextJudged, TextToJudge
from functions.api.models import LONGEST_TEXT, Context, NewBacktest, StrategyRef
from functions.api.parts import Caller, TheHouse
from functions.api.strict import StrictRoute
from functions.errors import ApiError
from functions.jobs.plan import overrides
from functions.judged_text import judged, refused

router = APIRouter(prefix="/api", tags=["language"], route_class=StrictRoute)

IN_THE_TEXT = "strategyRef.code"


@router.post("/strategies:validate")
def validate_strategy(request: TextToJudge, user: Caller, house: TheHouse) -> TextJudged:
    """Judges a text; nothing is kept. A wrong text is no error of the request: the answer lists all of its problems.

    With a context the problems are those that `POST /api/backtests` would find with both.
    """
    alone = judged(request.code)
    if request.context is None:
        return TextJudged.model_validate(alone)
    wrong = _together(request.code, request.context, house) if len(request.code.encode()) <= LONGEST_TEXT else alone["problems"]
    if wrong:
        return TextJudged.model_validate(refused(wrong))
    return TextJudged.model_validate(judged(request.code, overrides(request.context.model_dump())) | {"identity": alone["identity"]})


def _together(code: str, context: Context, house: TheHouse) -> list[dict[str, Any]]:
    """What is wrong with a text in its context: the same checks as a backtest meets."""
    strategy = StrategyRef.model_validate({"code": code})
    try:
        resolve_backtest(NewBacktest(strategyRef=strategy, context=context, notes=""), "", house)
    except ApiError as error:
        if error.code != "INVALID_INPUT":
            raise
        return [{**row, "field": row["field"].removeprefix(f"{IN_THE_TEXT}.")} for row in error.details["problems"]]
    return []
