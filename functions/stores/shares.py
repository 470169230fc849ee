"""Shares in Postgres: made and taken away by the owner of a run, opened by whoever holds the token."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg import sql

from functions.jobs.database import Database, Row, is_uuid
from functions.jobs.paging import page

Part = Literal["trades", "report"]


@dataclass(frozen=True)
class NewShare:
    id: str
    run_id: str
    title: str
    includes: tuple[Part, ...]
    token_hash: bytes
    """sha256 of the token, which is not kept."""
    snapshot_path: str
    report_path: str | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Share:
    """As its owner sees it."""

    id: str
    run_id: str
    title: str
    includes: tuple[Part, ...]
    views: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class Opened:
    """As whoever holds the token sees it."""

    title: str
    includes: tuple[Part, ...]
    snapshot_path: str
    report_path: str | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Ended:
    """A share that ended a while ago, and its files."""

    id: str
    paths: tuple[str, ...]


class Shares:
    """Each call one transaction, in the role of whom it serves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, user: str, share: NewShare) -> None:
        """NOT_FOUND: the user has no such finished run; CONFLICT: a thousand live shares already."""
        values = (
            share.id, share.run_id, share.title, list(share.includes), share.token_hash, share.snapshot_path, share.report_path,
            share.created_at, share.expires_at,
        )  # fmt: skip
        with self._database.as_user(user) as connection:
            connection.execute("select lianghu.create_share(%s, %s, %s, %s, %s, %s, %s, %s, %s)", values)

    def list_shares(self, user: str, run_id: str, limit: int = 50, cursor: str | None = None) -> tuple[list[Share], str | None]:
        """Of one run, newest first: live ones, and for a month those that ended."""
        if not is_uuid(run_id):
            return [], None
        with self._database.as_user(user) as connection:
            rows, following = page(connection, _SHARE, [(sql.SQL("t.run_id = %s"), run_id)], "-created_at", limit, cursor)
        return [_share(row) for row in rows], following

    def revoke(self, user: str, run_id: str, share_id: str) -> tuple[str, ...] | None:
        """The paths of what was shared, to be deleted; None: the run has no such share. Again is the same."""
        if not is_uuid(run_id) or not is_uuid(share_id):
            return None
        with self._database.as_user(user) as connection:
            row = connection.execute("select * from lianghu.revoke_share(%s, %s)", (run_id, share_id)).fetchone()
        return _paths(row) if row else None

    def open(self, token_hash: bytes, *, counts: bool) -> Opened | None:
        """None: there is no such share, or no longer. `counts`: it is one more view."""
        with self._database.as_stranger() as connection:
            row = connection.execute("select * from lianghu.open_share(%s, %s)", (token_hash, counts)).fetchone()
        if row is None:
            return None
        return Opened(row["title"], tuple(row["includes"]), row["snapshot_path"], row["report_path"], row["created_at"], row["expires_at"])

    def ended(self, limit: int) -> list[Ended]:
        """Those whose files can be deleted."""
        with self._database.as_worker() as connection:
            rows = connection.execute("select * from lianghu.ended_shares(%s)", (limit,)).fetchall()
        return [Ended(str(row["share_id"]), _paths(row)) for row in rows]

    def forget(self, share_ids: Sequence[str]) -> None:
        """After their files are deleted."""
        with self._database.as_worker() as connection:
            connection.execute("select lianghu.forget_shares(%s)", ([UUID(share_id) for share_id in share_ids],))


_SHARE = sql.SQL("select s.*, 0 as position from public.shares s")


def _share(row: Row) -> Share:
    return Share(
        id=str(row["id"]),
        run_id=str(row["run_id"]),
        title=row["title"],
        includes=tuple(row["includes"]),
        views=row["views"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )


def _paths(row: Row) -> tuple[str, ...]:
    return tuple(path for path in (row["snapshot_path"], row["report_path"]) if path)
