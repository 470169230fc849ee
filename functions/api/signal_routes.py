"""Tables of orders and target weights from outside: uploaded, checked, kept, and traded by single runs."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ValidationError

from datalake.calendar import iso
from engine.errors import EngineError
from engine.language.scripted import Settings
from functions.api.keeping import Together
from functions.api.parts import Caller, TheHouse, answer_bytes, json_response, not_found
from functions.api.problems import Problem, invalid_request
from functions.api.signal_problems import told
from functions.api.signal_shapes import (
    CSV,
    NewSignals,
    SignalsCreated,
    SignalsList,
    SignalsListed,
    SignalsQuery,
    SignalsTable,
    UploadQuery,
)
from functions.api.strict import StrictRoute
from functions.errors import ApiError, invalid_input
from functions.judged_text import problem_row
from functions.signals.document import Lines, Signals, checked, table_identity
from functions.signals.tables import decoded
from functions.stores.signals import SignalsCard

router = APIRouter(prefix="/api/signals", tags=["signals"], route_class=StrictRoute)

CSV_TYPES = ("text/csv", "text/plain", "application/csv", "application/vnd.ms-excel")
BODIES = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": NewSignals.model_json_schema()},
            "text/csv": {"schema": {"type": "string"}, "example": CSV},
        },
    }
}


async def _sent(request: Request, query: Annotated[UploadQuery, Query()]) -> NewSignals:
    """The body, whichever of the two it is."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in CSV_TYPES:
        return await _sent_json(request, query)
    if query.kind is None:
        raise invalid_input([Problem("kind", "is missing", "a body that is a CSV says ?kind=orders or ?kind=weights")])
    try:
        text = decoded(await request.body())
    except EngineError as error:
        raise invalid_input(error.problems) from error
    return NewSignals.model_validate({"kind": query.kind, "name": query.name, "csv": text})


async def _sent_json(request: Request, query: UploadQuery) -> NewSignals:
    said = [name for name in ("kind", "name") if getattr(query, name) is not None]
    if said:
        raise invalid_input([Problem(name, "is said beside a JSON body", f"say it inside the body, {name!r}") for name in said])
    try:
        return NewSignals.model_validate(await request.json())
    except json.JSONDecodeError as error:
        raise ApiError("INVALID_INPUT", f"the body is no JSON: {error.msg}", {"field": ""}, status=400) from error
    except ValidationError as error:
        raise invalid_request(error.errors(), NewSignals) from error


@router.post(
    "",
    status_code=201,
    response_model=SignalsCreated,
    responses={200: {"model": SignalsCreated, "description": "The same table is there under this name: nothing was added"}},
    openapi_extra=BODIES,
)
def create_signals(sent: Annotated[NewSignals, Depends(_sent)], user: Caller, house: TheHouse, together: Together) -> Response:
    """Keeps a table: JSON rows, or a CSV, in JSON or as a body of text/csv (UTF-8 or GB 18030) with ?kind=.

    Everything that is wrong with it and with its settings is told at once, with row and column; what a dataset cannot serve is told when a
    backtest is made of it.
    """
    signals = Signals(sent.kind, sent.name or "", sent.settings, sent.csv, sent.rows)
    lines, trading = _checked(signals)
    facts = _facts(lines) | {"has_settings": sent.settings is not None}
    name = sent.name or f"{sent.kind} {facts['first']} - {facts['last']}"
    kept = Signals(sent.kind, name, sent.settings, sent.csv, sent.rows)
    identity = table_identity(lines, trading)
    with together() as keep:
        signal_id, is_new = house.signals.create(user.id, sent.kind, name, kept.to_source(), identity, facts)
        card = house.signals.get_card(user.id, signal_id)
        if card is None:
            raise not_found("table of signals", signal_id)
        answer = SignalsCreated.model_validate(
            {**_shown(card), "unused": signals.unused, "warnings": [problem_row(warning) for warning in trading.warnings]}
        )
        return keep(json_response(answer_bytes(answer), 201 if is_new else 200))


@router.get("")
def list_signals(query: Annotated[SignalsQuery, Query()], user: Caller, house: TheHouse) -> SignalsList:
    """Newest first, without their rows."""
    items, following = house.signals.list_tables(user.id, query.name, query.limit, query.cursor)
    return SignalsList(items=[SignalsListed(**_shown(item)) for item in items], next_cursor=following)


@router.get("/{signal_id}")
def get_signals(signal_id: UUID, user: Caller, house: TheHouse) -> SignalsListed:
    """What a table comes to, without its rows."""
    card = house.signals.get_card(user.id, str(signal_id))
    if card is None:
        raise not_found("table of signals", signal_id)
    return SignalsListed(**_shown(card))


@router.get("/{signal_id}/table")
def get_signals_table(signal_id: UUID, user: Caller, house: TheHouse) -> SignalsTable:
    """The rows and the settings as they were uploaded; of a deleted table too, while results refer to it."""
    stored = house.signals.get_stored(user.id, str(signal_id), deleted=True)
    if stored is None:
        raise not_found("table of signals", signal_id)
    signals = Signals.from_source(stored.source)
    rows = None if signals.rows is None else [dict(row) for row in signals.rows]
    return SignalsTable(
        signal_id=stored.strategy_id, kind=signals.kind, name=signals.name, settings=signals.settings, rows=rows, csv=signals.csv
    )


@router.delete("/{signal_id}", status_code=204)
def delete_signals(signal_id: UUID, user: Caller, house: TheHouse, together: Together) -> Response:
    """Out of lists, and of no use to new backtests; again: 404. The rows stay as long as results refer to them."""
    with together() as keep:
        house.signals.delete(user.id, str(signal_id))
        return keep(Response(status_code=204))


def _checked(signals: Signals) -> tuple[Lines, Settings]:
    try:
        return checked(lambda: signals.lines, signals.settings)
    except EngineError as error:
        raise invalid_input(list(told(error.problems, signals))) from error


def _facts(lines: Lines) -> dict[str, Any]:
    codes = {int(k) for k in set(lines.stocks.tolist()) if k >= 0}
    return {"rows": len(lines.rows), "codes": len(codes), "first": iso(int(lines.days.min())), "last": iso(int(lines.days.max()))}


def _shown(card: SignalsCard) -> dict[str, Any]:
    return {
        "signal_id": card.id,
        "kind": card.kind,
        "name": card.name,
        "identity": card.identity,
        "created_at": card.created_at,
        **card.facts,
    }
