"""Submissions whose rows are archived: the archiver takes them away as a worker, their owner finds them and brings them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from functions.jobs.database import Database, is_uuid, one

Restored = Literal["restored", "present", "busy", "unknown"]


@dataclass(frozen=True)
class Owned:
    """A submission and whose it is."""

    grid_id: str
    owner: str


@dataclass(frozen=True)
class Due(Owned):
    """An archived submission whose runs' files are to be deleted."""

    path: str
    digest: str


@dataclass(frozen=True)
class Found:
    """Where a submission lies, as its owner sees it."""

    grid_id: str
    backtest_id: str
    mode: str
    archived_at: datetime | None
    """None: its rows are in their tables, and there is no object."""
    path: str
    digest: str


class Archive:
    """Each call one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # as a worker

    def to_archive(self, before: datetime, limit: int) -> list[Owned]:
        """Submissions that ended, or came back, before that time, the oldest first."""
        with self._database.as_worker() as connection:
            rows = connection.execute("select * from lianghu.grids_to_archive(%s, %s)", (before, limit)).fetchall()
        return [Owned(str(row["grid_id"]), str(row["owner"])) for row in rows]

    def rows_of(self, grid_id: str) -> str | None:
        """All rows as one text; None: there is no such submission, or it is archived."""
        with self._database.as_worker() as connection:
            row = connection.execute("select lianghu.read_to_archive(%s) as body", (grid_id,)).fetchone()
        return row["body"] if row else None

    def take_away(self, grid_id: str, path: str, digest: str, *, files_go: bool) -> bool:
        """False, and nothing changed: the rows are not those of the digest any more, or are in use."""
        with self._database.as_worker() as connection:
            return bool(one(connection, "select lianghu.archive_grid(%s, %s, %s, %s) as done", (grid_id, path, digest, files_go))["done"])

    def files_due(self, limit: int) -> list[Due]:
        with self._database.as_worker() as connection:
            rows = connection.execute("select * from lianghu.archive_files_due(%s)", (limit,)).fetchall()
        return [Due(str(row["grid_id"]), str(row["owner"]), row["archive_path"], row["archive_digest"]) for row in rows]

    def unneeded(self, grid_id: str, folders: Sequence[str]) -> list[str]:
        """Of these folders of runs' files, those that nobody names but runs of this archived submission."""
        with self._database.as_worker() as connection:
            rows = connection.execute("select * from lianghu.unneeded_folders(%s, %s) as folder", (grid_id, list(folders))).fetchall()
        return [row["folder"] for row in rows]

    def files_gone(self, grid_id: str) -> None:
        with self._database.as_worker() as connection:
            connection.execute("select lianghu.archive_files_gone(%s)", (grid_id,))

    # as a user

    def find(self, user: str, *, grid_id: str | None = None, run_id: str | None = None) -> Found | None:
        """By its own id, or by that of one of its runs. None: it is nobody's, or somebody else's."""
        if not is_uuid(grid_id or run_id or ""):
            return None
        with self._database.as_user(user) as connection:
            row = connection.execute("select * from lianghu.find_archive(%s, %s)", (grid_id, run_id)).fetchone()
        if row is None:
            return None
        at = row["archived_at"]
        return Found(str(row["grid_id"]), str(row["backtest_id"]), row["mode"], at, row["archive_path"] or "", row["archive_digest"] or "")

    def restore(self, user: str, grid_id: str, body: str) -> Restored:
        """Puts the rows back as they were. UPSTREAM_ERROR for any other text than the one that was archived."""
        with self._database.as_user(user) as connection:
            outcome: Restored = one(connection, "select lianghu.restore_grid(%s, %s) as outcome", (grid_id, body))["outcome"]
        return outcome

    def count_runs(self, user: str, backtest_id: str, grid_id: str | None = None) -> int:
        """Runs of a backtest, or of one of its submissions, that are archived."""
        with self._database.as_user(user) as connection:
            return int(
                one(
                    connection,
                    """select coalesce(sum(g.runs), 0) as runs from public.grids g
                    where g.backtest_id = %s and g.archived_at is not null and (%s::uuid is null or g.id = %s)""",
                    (backtest_id, grid_id, grid_id),
                )["runs"]
            )
