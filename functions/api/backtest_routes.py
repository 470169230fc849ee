"""Backtests: a strategy version in a resolved context."""

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from engine.errors import Problem
from functions.api.answers import BacktestCreated, BacktestList, BacktestShown, StrategyShown
from functions.api.context import resolve_backtest
from functions.api.keeping import Together
from functions.api.models import ListQuery, NewBacktest
from functions.api.parts import Caller, TheHouse, answer_bytes, json_response, not_found
from functions.api.signal_context import resolve_signals
from functions.api.signal_problems import told
from functions.api.strict import StrictRoute
from functions.jobs.records import Backtest, StrategyVersion
from functions.product_events import PlatformEvent
from functions.signals.document import Signals
from functions.wiring import House

router = APIRouter(prefix="/api/backtests", tags=["backtests"], route_class=StrictRoute)


@router.post("", status_code=201, response_model=BacktestCreated)
def create_backtest(request: NewBacktest, user: Caller, house: TheHouse, together: Together) -> Response:
    """Pins the strategy's version and the dataset's version (omitted: the newest), and checks that they fit together.

    A text that comes with it is kept once: as a version of your strategy with its name, or as a new strategy.
    """
    pin = _checked(request, user.id, house)
    with together() as keep:
        version, context = pin()
        backtest_id = house.strategies.create_backtest(user.id, version.id, context, request.notes)
        answer = keep(json_response(answer_bytes(BacktestCreated(backtest_id=backtest_id)), 201))
    if template := request.strategy_ref.template:
        house.people.count(PlatformEvent.TEMPLATE_USED, template)
    return answer


Pinned = tuple[StrategyVersion, dict[str, Any]]
"""The version, and the context."""


def _checked(request: NewBacktest, user: str, house: House) -> Callable[[], Pinned]:
    """What is wrong with the strategy or the context is told together; else what is called to pin the version, which may be a new one."""
    signals_id = request.strategy_ref.signals
    if signals_id is not None:
        stored = house.signals.get_stored(user, str(signals_id))
        if stored is None:
            raise not_found("table of signals", signals_id)
        signals = Signals.from_source(stored.source)

        def located(problems: Sequence[Problem]) -> Iterator[Problem]:
            return told(problems, signals, "strategyRef.signals")

        context = resolve_signals(signals.lines, signals.settings, request.context, house, located)
        return lambda: (stored, context)
    resolved = resolve_backtest(request, user, house)

    def pin() -> Pinned:
        name, source = resolved.program.name, resolved.source
        return resolved.stored or house.strategies.create_strategy_version(user, name, source, resolved.identity), resolved.context

    return pin


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
        strategy=StrategyShown(
            strategy_id=strategy.strategy_id,
            version=strategy.version,
            name=strategy.name,
            identity=strategy.identity,
            kind=strategy.kind,
        ),
        context=backtest.context,
        notes=backtest.notes,
        created_at=backtest.created_at,
    )
