"""Message clients: made, confirmed, given new keys and revoked by the person whose they are; a key or a message can do none of it."""

import hmac
from typing import Annotated, cast
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Response

from engine.errors import Problem
from functions.api.keeping import Together
from functions.api.key_shapes import KeyScope
from functions.api.message_client_shapes import (
    Confirmation,
    MessageClientKeyed,
    MessageClientList,
    MessageClientShown,
    NewMessageClient,
    Rotation,
)
from functions.api.models import ListQuery
from functions.api.parts import Caller, TheHouse, answer_bytes, json_response, not_found
from functions.api.strict import StrictRoute
from functions.errors import ApiError, invalid_input
from functions.messaging.envelope import Hello
from functions.messaging.queues import LostQueueError
from functions.stores.message_clients import MessageClient
from functions.wiring import House


def _persons_only(user: Caller) -> None:
    if user.key_id is not None:
        raise ApiError("FORBIDDEN", "only a person who signed in sees and changes message clients", {"scope": "account"})


router = APIRouter(prefix="/api/message-clients", tags=["message clients"], route_class=StrictRoute, dependencies=[Depends(_persons_only)])


@router.post("", status_code=201, response_model=MessageClientKeyed)
def create_message_client(wanted: NewMessageClient, user: Caller, house: TheHouse, together: Together) -> Response:
    """A new client. `key` is shown in this answer and never again. A code goes to the reply queue: nothing is answered until it is told.

    At most 20 clients a person.
    """
    client_id = str(uuid4())
    key = house.keyring.key(client_id, 1)
    _greet(house, client_id, wanted.reply_queue)
    with together(shown_once=True) as keep:
        client = house.message_clients.create(
            user.id, client_id, wanted.name, wanted.scopes, wanted.reply_queue, wanted.window_seconds, wanted.requests
        )
        return keep(json_response(answer_bytes(_keyed(client, key, house)), 201))


@router.get("")
def list_message_clients(query: Annotated[ListQuery, Query()], user: Caller, house: TheHouse) -> MessageClientList:
    """Newest first."""
    items, following = house.message_clients.list(user.id, query.limit, query.cursor)
    commands = house.settings.command_queue_url
    return MessageClientList(items=[_shown(item) for item in items], next_cursor=following, command_queue=commands)


@router.post("/{client_id}:confirm", status_code=204)
def confirm_message_client(client_id: UUID, told: Confirmation, user: Caller, house: TheHouse, together: Together) -> Response:
    """Shows that the reply queue is read by its client; from now on messages are answered. Again: 204."""
    reply_queue = house.message_clients.reply_queue(user.id, str(client_id))
    if reply_queue is None:
        raise not_found("message client", client_id)
    if not hmac.compare_digest(told.code.encode(), house.keyring.code(str(client_id), reply_queue).encode()):
        raise invalid_input([Problem("code", "is not the one that was sent to the reply queue")])
    with together() as keep:
        if not house.message_clients.confirm(user.id, str(client_id)):
            raise not_found("message client", client_id)
        return keep(Response(status_code=204))


@router.post("/{client_id}:rotate", response_model=MessageClientKeyed)
def rotate_message_client(client_id: UUID, wanted: Rotation, user: Caller, house: TheHouse, together: Together) -> Response:
    """The next key, shown in this answer and never again; the one before stays good for a while."""
    with together(shown_once=True) as keep:
        client = house.message_clients.rotate(user.id, str(client_id), wanted.overlap_seconds)
        if client is None:
            raise not_found("message client", client_id)
        key = house.keyring.key(client.id, client.version)
        return keep(json_response(answer_bytes(_keyed(client, key, house))))


@router.delete("/{client_id}", status_code=204)
def revoke_message_client(client_id: UUID, user: Caller, house: TheHouse, together: Together) -> Response:
    """At once: its next message is one of nobody. Again: 404, because it is gone."""
    with together() as keep:
        if not house.message_clients.revoke(user.id, str(client_id)):
            raise not_found("message client", client_id)
        return keep(Response(status_code=204))


def _greet(house: House, client_id: str, reply_queue: str) -> None:
    """Sends the code that only a reader of the queue can tell: nobody has answers sent into somebody else's queue."""
    if not house.reply_queues.serves(reply_queue):
        region = house.settings.aws_region
        raise invalid_input([Problem("reply_queue", f"must be a queue of the region {region}")])
    hello = Hello(client_id=UUID(client_id), code=house.keyring.code(client_id, reply_queue))
    try:
        house.reply_queues.send(reply_queue, [hello.model_dump_json()])
    except LostQueueError:
        hint = "make it first, and let the platform's role send messages to it"
        raise invalid_input([Problem("reply_queue", "there is no such queue, or the platform may not send to it", hint)]) from None


def _shown(client: MessageClient) -> MessageClientShown:
    return MessageClientShown(
        client_id=client.id,
        name=client.name,
        scopes=list(cast("tuple[KeyScope, ...]", client.scopes)),
        reply_queue=client.reply_queue,
        window_seconds=client.window_seconds,
        requests=client.requests,
        version=client.version,
        previous_until=client.previous_until,
        created_at=client.created_at,
        confirmed_at=client.confirmed_at,
        last_used_at=client.last_used_at,
    )


def _keyed(client: MessageClient, key: str, house: House) -> MessageClientKeyed:
    return MessageClientKeyed(**_shown(client).model_dump(), key=key, command_queue=house.settings.command_queue_url)
