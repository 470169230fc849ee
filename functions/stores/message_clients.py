"""Message clients: programs that call by messages. Their keys are made anew for each message; no row holds one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from functions.jobs.database import Database, Row, one
from functions.jobs.paging import page
from functions.stores.keys import Admitted, Limits, admitted_of


@dataclass(frozen=True)
class MessageClient:
    """As its owner sees it."""

    id: str
    name: str
    scopes: tuple[str, ...]
    reply_queue: str
    window_seconds: int
    requests: int | None
    version: int
    previous_until: datetime | None
    created_at: datetime
    confirmed_at: datetime | None
    last_used_at: datetime | None
    """Within a minute; None: never."""


@dataclass(frozen=True)
class KnownClient:
    """What a message is checked against."""

    id: str
    owner: str
    reply_queue: str
    window_seconds: int
    version: int
    previous_until: datetime | None
    is_confirmed: bool
    read_at: datetime
    """The database's clock, which is the same for all who ask."""


class MessageClients:
    """Each call one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self, user: str, client_id: str, name: str, scopes: Sequence[str], reply_queue: str, window_seconds: int, requests: int | None
    ) -> MessageClient:
        """CONFLICT where the user has as many as one may have."""
        values = (client_id, name, list(scopes), reply_queue, window_seconds, requests)
        with self._database.as_user(user) as connection:
            row = one(connection, "select * from lianghu.create_message_client(%s, %s, %s, %s, %s, %s)", values)
        return _client(row)

    def list(self, user: str, limit: int, cursor: str | None) -> tuple[list[MessageClient], str | None]:
        """Newest first."""
        with self._database.as_user(user) as connection:
            rows, following = page(connection, _CLIENT, [], "-created_at", limit, cursor)
        return [_client(row) for row in rows], following

    def reply_queue(self, user: str, client_id: str) -> str | None:
        """None: there is no such client."""
        with self._database.as_user(user) as connection:
            row = connection.execute("select reply_queue from public.message_clients where id = %s", (client_id,)).fetchone()
        return row["reply_queue"] if row else None

    def confirm(self, user: str, client_id: str) -> bool:
        """False: there is no such client."""
        with self._database.as_user(user) as connection:
            return bool(one(connection, "select lianghu.confirm_message_client(%s) as confirmed", (client_id,))["confirmed"])

    def rotate(self, user: str, client_id: str, overlap_seconds: int) -> MessageClient | None:
        """With the next version; the one before stays good for so long. None: there is no such client."""
        with self._database.as_user(user) as connection:
            row = connection.execute("select * from lianghu.rotate_message_client(%s, %s)", (client_id, overlap_seconds)).fetchone()
        return _client(row) if row else None

    def revoke(self, user: str, client_id: str) -> bool:
        """At once: its next message is one of nobody. False: there is no such client."""
        with self._database.as_user(user) as connection:
            return bool(one(connection, "select lianghu.revoke_message_client(%s) as revoked", (client_id,))["revoked"])

    def find(self, client_id: str) -> KnownClient | None:
        """Whoever's it is: asked before anybody believes the message."""
        with self._database.as_worker() as connection:
            row = connection.execute("select * from lianghu.find_message_client(%s)", (client_id,)).fetchone()
        if row is None:
            return None
        return KnownClient(
            id=client_id,
            owner=str(row["owner"]),
            reply_queue=row["reply_queue"],
            window_seconds=row["window_seconds"],
            version=row["version"],
            previous_until=row["previous_until"],
            is_confirmed=row["is_confirmed"],
            read_at=row["read_at"],
        )

    def admit(self, client_id: str, limits: Limits) -> Admitted | None:
        """A call of a client, counted as a request with a key is; None: it was revoked meanwhile."""
        values = (client_id, limits.requests, limits.key_requests, limits.window_seconds)
        with self._database.as_worker() as connection:
            row = connection.execute("select * from lianghu.admit_message_client(%s, %s, %s, %s)", values).fetchone()
        return admitted_of(row) if row else None


_CLIENT = sql.SQL(
    "select c.id, c.name, c.scopes, c.reply_queue, c.window_seconds, c.requests, c.version, c.previous_until, c.created_at,"
    " c.confirmed_at, c.last_used_at, 0 as position from public.message_clients c"
)


def _client(row: Row) -> MessageClient:
    return MessageClient(
        id=str(row["id"]),
        name=row["name"],
        scopes=tuple(row["scopes"]),
        reply_queue=row["reply_queue"],
        window_seconds=row["window_seconds"],
        requests=row["requests"],
        version=row["version"],
        previous_until=row["previous_until"],
        created_at=row["created_at"],
        confirmed_at=row["confirmed_at"],
        last_used_at=row["last_used_at"],
    )
