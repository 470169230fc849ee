"""Backtests: a strategy version in a resolved context."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from functions.api.answers import BacktestCreated, BacktestList, BacktestShown, StrategyShown
from functions.api.context import resolve_backtest
from functions.api.models import ListQuery, NewBacktest
from functions.api.parts import Caller, TheHouse, answer_bytes, json_response, not_found
from functions.api.strict import StrictRoute
from functions.jobs.records import Backtest
from functions.product_events import PlatformEvent

router = APIRouter(prefix="/api/backtests", tags=["backtests"], route_class=StrictRoute)


@router.post("", status_code=201, response_model=BacktestCreated)
def create_backtest(request: NewBacktest, user: Caller, house: TheHouse) -> Response:
    """Pins the strategy's version and the dataset's version (omitted: the newest), and checks that they fit together."""
    resolved = resolve_backtest(request, user.id, house)
    strategies = house.strategies
    version = resolved.stored or strategies.create_strategy_version(user.id, resolved.program.name, resolved.source, resolved.identity)
    backtest_id = strategies.create_backtest(user.id, version.id, resolved.context, request.notes)
    if template := request.strategy_ref.template:
        house.people.count(PlatformEvent.TEMPLATE_USED, template)
    return json_response(answer_bytes(BacktestCreated(backtest_id=backtest_id)), 201)


@router.get("")
def list_backtests(query: Annotated[ListQuery, Query()], user: Caller, house: TheHouse) -> BacktestList:
    """Newest first."""
    items, following = house.strategies.list_backtests(user.id, query.limit, query.cursor)
    return BacktestList(items=[shown(item) for item in items], next_cursor=following)


@router.get("/{backtest_id}")
def get_backtest(backtest_id: UUID, user: Caller, house: TheHouse) -> BacktestShown:
    """The strategy's version, the context and the dataset's version that its runs stand on."""
    backtest = house.strategies.get_backtest(user.id, str(backtest_id))
    if backtest is None:
        raise not_found("backtest", backtest_id)
    return shown(backtest)


def shown(backtest: Backtest) -> BacktestShown:
    strategy = backtest.strategy
    return BacktestShown(
        backtest_id=backtest.id,
        strategy=StrategyShown(strategy_id=strategy.strategy_id, version=strategy.version, name=strategy.name, identity=strategy.identity),
        context=backtest.context,
        notes=backtest.notes,
        created_at=backtest.created_at,
    )
