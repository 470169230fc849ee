"""The texts of strategies, version by version, for whoever wrote them: what a result is recomputed from."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from functions.api.answers import StrategyVersionShown
from functions.api.parts import Caller, TheHouse, not_found
from functions.api.strict import StrictRoute

router = APIRouter(prefix="/api/strategies", tags=["strategies"], route_class=StrictRoute)

LARGEST_VERSION = 2**31 - 1


@router.get("/{strategy_id}/versions/{version}")
def get_version(
    strategy_id: UUID, version: Annotated[int, Path(ge=1, le=LARGEST_VERSION)], user: Caller, house: TheHouse
) -> StrategyVersionShown:
    """One immutable text, as a backtest pins it."""
    found = house.strategies.get_strategy_version(user.id, str(strategy_id), version)
    if found is None:
        raise not_found("strategy version", f"{strategy_id} {version}")
    return StrategyVersionShown(
        strategy_id=found.strategy_id, version=found.version, name=found.name, identity=found.identity, code=found.source
    )
