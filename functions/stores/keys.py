"""API keys, and admission: who makes a request, what they may, and how many more of them they may make."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from psycopg import sql

from functions.jobs.database import Database, Row, one
from functions.jobs.paging import page


@dataclass(frozen=True)
class Limits:
    """How many requests a window takes: of one user, and of one key of theirs (which may have a smaller number of its own)."""

    requests: int
    key_requests: int
    window_seconds: int


@dataclass(frozen=True)
class Admitted:
    """What is known of a request before anything else happens."""

    owner: str
    key_id: str | None
    """None: a person who signed in."""
    scopes: tuple[str, ...] | None
    """Of the key."""
    read_only: bool
    limit: int
    remaining: int
    """Of the user's limit or the key's, whichever leaves less; negative: too many."""
    reset_at: datetime


@dataclass(frozen=True)
class ApiKey:
    """Everything of a key but its secret, which nobody knows any more."""

    id: str
    name: str
    scopes: tuple[str, ...]
    requests: int | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    """Within a minute; None: never."""


class Keys:
    """Each call one transaction, and admission one message. Only hashes of keys come here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def admit(self, user: str, limits: Limits) -> Admitted:
        """A signed-in user's request, counted. UNAUTHORIZED: the account does not exist any more."""
        row = self._database.ask(user, _ADMIT.format(limits.requests, limits.window_seconds))
        if row is None:
            raise RuntimeError("the database admits nobody, and does not say why")
        return admitted_of(row)

    def admit_key(self, key_id: str, key_hash: bytes, limits: Limits) -> Admitted | None:
        """A request with a key, counted; None: there is no such key (any more), or it has expired."""
        question = _ADMIT_KEY.format(key_id, key_hash, limits.requests, limits.key_requests, limits.window_seconds)
        row = self._database.ask(None, question)
        return admitted_of(row) if row else None

    def create(
        self, user: str, key_id: str, key_hash: bytes, name: str, scopes: Sequence[str], days: int | None, requests: int | None
    ) -> ApiKey:
        """CONFLICT where the user has as many keys as one may have."""
        values = (key_id, key_hash, name, list(scopes), days, requests)
        with self._database.as_user(user) as connection:
            row = one(connection, "select * from lianghu.create_key(%s, %s, %s, %s, %s, %s)", values)
        return _key(row)

    def list(self, user: str, limit: int, cursor: str | None) -> tuple[list[ApiKey], str | None]:
        """Newest first, expired ones too."""
        with self._database.as_user(user) as connection:
            rows, following = page(connection, _KEY, [], "-created_at", limit, cursor)
        return [_key(row) for row in rows], following

    def revoke(self, user: str, key_id: str) -> bool:
        """At once: the next request with it is refused. False: there is no such key."""
        with self._database.as_user(user) as connection:
            return bool(one(connection, "select lianghu.revoke_key(%s) as revoked", (key_id,))["revoked"])


_ADMIT = sql.SQL("select * from lianghu.admit({}, {})")
_ADMIT_KEY = sql.SQL("select * from lianghu.admit_key({}, {}, {}, {}, {})")
_KEY = sql.SQL(
    "select k.id, k.name, k.scopes, k.requests, k.created_at, k.expires_at, k.last_used_at, 0 as position from public.api_keys k"
)


def admitted_of(row: Row) -> Admitted:
    scopes = cast("list[str] | None", row["scopes"])
    return Admitted(
        owner=str(row["owner"]),
        key_id=str(row["key_id"]) if row["key_id"] else None,
        scopes=tuple(scopes) if scopes is not None else None,
        read_only=row["read_only"],
        limit=row["requests"],
        remaining=row["remaining"],
        reset_at=row["reset_at"],
    )


def _key(row: Row) -> ApiKey:
    return ApiKey(
        id=str(row["id"]),
        name=row["name"],
        scopes=tuple(row["scopes"]),
        requests=row["requests"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        last_used_at=row["last_used_at"],
    )
