"""API keys: made, listed and revoked by the person whose they are; a key can do none of it."""

from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from functions.api.keeping import Together
from functions.api.key_shapes import KeyCreated, KeyList, KeyScope, KeyShown, NewKey
from functions.api.key_text import new_key
from functions.api.models import ListQuery
from functions.api.parts import Caller, TheHouse, answer_bytes, json_response, not_found
from functions.api.strict import StrictRoute
from functions.errors import ApiError
from functions.stores.keys import ApiKey


def _persons_only(user: Caller) -> None:
    if user.key_id is not None:
        raise ApiError("FORBIDDEN", "only a person who signed in sees and changes API keys; this call came with one", {"scope": "account"})


router = APIRouter(prefix="/api/keys", tags=["keys"], route_class=StrictRoute, dependencies=[Depends(_persons_only)])


@router.post("", status_code=201, response_model=KeyCreated)
def create_key(wanted: NewKey, user: Caller, house: TheHouse, together: Together) -> Response:
    """A new key. `key` is shown in this answer and never again: the same request with the same Idempotency-Key is a CONFLICT.

    At most 20 live keys a person.
    """
    made = new_key()
    with together(shown_once=True) as keep:
        key = house.keys.create(user.id, made.key_id, made.key_hash, wanted.name, wanted.scopes, wanted.days, wanted.requests)
        return keep(json_response(answer_bytes(KeyCreated(**_shown(key).model_dump(), key=made.text)), 201))


@router.get("")
def list_keys(query: Annotated[ListQuery, Query()], user: Caller, house: TheHouse) -> KeyList:
    """Newest first; expired ones too, for 30 days and more."""
    items, following = house.keys.list(user.id, query.limit, query.cursor)
    return KeyList(items=[_shown(item) for item in items], next_cursor=following)


@router.delete("/{key_id}", status_code=204)
def revoke_key(key_id: UUID, user: Caller, house: TheHouse, together: Together) -> Response:
    """At once: the next request with it is refused. Again: 404, because it is gone."""
    with together() as keep:
        if not house.keys.revoke(user.id, str(key_id)):
            raise not_found("API key", key_id)
        return keep(Response(status_code=204))


def _shown(key: ApiKey) -> KeyShown:
    return KeyShown(
        key_id=key.id,
        name=key.name,
        scopes=list(cast("tuple[KeyScope, ...]", key.scopes)),
        requests=key.requests,
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
    )
