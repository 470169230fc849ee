"""Strategies: kept texts with immutable versions, for whoever wrote them. The newest version is what a strategy's id means."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from functions.api.answers import StrategyVersionShown
from functions.api.keeping import Together
from functions.api.models import ListQuery
from functions.api.parts import Caller, TheHouse, answer_bytes, json_response, not_found
from functions.api.strategy_shapes import (
    ChangedStrategy,
    NewStrategy,
    NewVersion,
    StrategyFull,
    StrategyList,
    StrategyListed,
    StrategyQuery,
    VersionList,
    VersionListed,
)
from functions.api.strict import StrictRoute
from functions.api.texts import compiled
from functions.jobs.records import StrategyVersion
from functions.judged_text import judged
from functions.stores.strategies import StrategyCard
from functions.wiring import House

router = APIRouter(prefix="/api/strategies", tags=["strategies"], route_class=StrictRoute)

LARGEST_VERSION = 2**31 - 1


@router.post("", status_code=201, response_model=StrategyFull)
def create_strategy(request: NewStrategy, user: Caller, house: TheHouse, together: Together) -> Response:
    """Keeps a text as the first version of a strategy. A wrong one is refused with every problem, its line and its column; the universe may
    be left to the context of its backtests. CONFLICT where you have a strategy of this name."""
    program = compiled(request.code, "code")
    with together() as keep:
        version = house.strategies.create_strategy(user.id, request.name or program.name, request.code, program.identity, request.tags)
        return keep(json_response(answer_bytes(_full(user.id, version.strategy_id, house)), 201))


@router.get("")
def list_strategies(query: Annotated[StrategyQuery, Query()], user: Caller, house: TheHouse) -> StrategyList:
    """Newest first, without their texts."""
    items, following = house.strategies.list_strategies(user.id, query.name, query.tag, query.limit, query.cursor)
    return StrategyList(items=[StrategyListed.model_validate(_card(item)) for item in items], next_cursor=following)


@router.get("/{strategy_id}")
def get_strategy(strategy_id: UUID, user: Caller, house: TheHouse) -> StrategyFull:
    """With its newest text, and what that comes to."""
    return _full(user.id, str(strategy_id), house)


@router.patch("/{strategy_id}", response_model=StrategyFull)
def change_strategy(strategy_id: UUID, request: ChangedStrategy, user: Caller, house: TheHouse, together: Together) -> Response:
    """Another name, other tags. Texts change by new versions only."""
    with together() as keep:
        house.strategies.change_strategy(user.id, str(strategy_id), request.name, request.tags)
        return keep(json_response(answer_bytes(_full(user.id, str(strategy_id), house))))


@router.delete("/{strategy_id}", status_code=204)
def delete_strategy(strategy_id: UUID, user: Caller, house: TheHouse, together: Together) -> Response:
    """Out of lists, and of no use to new backtests; again: 404. Its versions stay as long as results refer to one of them."""
    with together() as keep:
        house.strategies.delete_strategy(user.id, str(strategy_id))
        return keep(Response(status_code=204))


@router.post(
    "/{strategy_id}/versions",
    status_code=201,
    response_model=StrategyVersionShown,
    responses={200: {"model": StrategyVersionShown, "description": "The newest version says the same: nothing was added"}},
)
def create_version(strategy_id: UUID, request: NewVersion, user: Caller, house: TheHouse, together: Together) -> Response:
    """The newest text from now on. Where the newest version says the same (comments and spaces do not count), that one is the answer."""
    program = compiled(request.code, "code")
    with together() as keep:
        saved = house.strategies.add_version(user.id, str(strategy_id), request.code, program.identity)
        return keep(json_response(answer_bytes(_version(saved.version)), 201 if saved.is_new else 200))


@router.get("/{strategy_id}/versions")
def list_strategy_versions(strategy_id: UUID, query: Annotated[ListQuery, Query()], user: Caller, house: TheHouse) -> VersionList:
    """Newest first, without their texts."""
    found = house.strategies.list_versions(user.id, str(strategy_id), query.limit, query.cursor)
    if found is None:
        raise not_found("strategy", strategy_id)
    items = [
        VersionListed(strategy_id=row.strategy_id, version=row.version, identity=row.identity, created_at=row.created_at)
        for row in found[0]
    ]
    return VersionList(items=items, next_cursor=found[1])


@router.get("/{strategy_id}/versions/{version}")
def get_version(
    strategy_id: UUID, version: Annotated[int, Path(ge=1, le=LARGEST_VERSION)], user: Caller, house: TheHouse
) -> StrategyVersionShown:
    """One immutable text, as a backtest pins it; of a deleted strategy too, while results refer to it."""
    found = house.strategies.get_strategy_version(user.id, str(strategy_id), version)
    if found is None or found.kind != "rules":
        raise not_found("strategy version", f"{strategy_id} {version}")
    return _version(found)


def _full(user: str, strategy_id: str, house: House) -> StrategyFull:
    card, newest = house.strategies.get_card(user, strategy_id), house.strategies.get_strategy(user, strategy_id)
    if card is None or newest is None:
        raise not_found("strategy", strategy_id)
    # A text that this version of the language refuses is still its owner's to read.
    told = judged(newest.source)
    shown = {**_card(card), "version": newest.version, "identity": newest.identity, "code": newest.source, **_some(told)}
    return StrategyFull.model_validate(shown)


def _some(told: dict[str, Any]) -> dict[str, Any]:
    return {key: told[key] for key in ("problems", "parameters", "look_back", "fields", "warnings")}


def _card(card: StrategyCard) -> dict[str, Any]:
    return {
        "strategy_id": card.id,
        "name": card.name,
        "tags": list(card.tags),
        "version": card.version,
        "identity": card.identity,
        "created_at": card.created_at,
        "changed_at": card.changed_at,
        "summary": asdict(card.summary),
    }


def _version(found: StrategyVersion) -> StrategyVersionShown:
    return StrategyVersionShown(
        strategy_id=found.strategy_id, version=found.version, name=found.name, identity=found.identity, code=found.source
    )
