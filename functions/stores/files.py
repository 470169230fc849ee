"""Runs beside what they were run on, and their files with sizes and hashes, as their owner sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from functions.jobs.database import Database, Row, is_uuid


@dataclass(frozen=True)
class KeptFile:
    """A file of a run that never changes."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Artifact:
    """One artifact of a run, and whether there is one."""

    run_id: str
    grid_id: str
    status: str
    content_hash: str | None
    has_account: bool
    """Whether the run's full account was made."""
    path: str | None
    """None: the run does not have it, or not yet."""
    file: KeptFile | None
    """None also of files that were stored before they were noted."""


@dataclass(frozen=True)
class ToldRun:
    """A run with the context and the strategy's name, so that it can be told without its backtest."""

    id: str
    backtest_id: str
    grid_id: str
    status: str
    strategy_name: str
    context: Mapping[str, Any]
    """The backtest's resolved one."""
    params: Mapping[str, float | int]
    stats: Mapping[str, float | int | None] | None
    artifacts: Mapping[str, str]
    content_hash: str | None


class Files:
    """Each call one transaction in the user's own role."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def artifact(self, user: str, run_id: str, key: str) -> Artifact | None:
        """`key`: as in the run's `artifacts`. None: the user has no such run."""
        if not is_uuid(run_id):
            return None
        with self._database.as_user(user) as connection:
            row = connection.execute(
                """select r.id, r.grid_id, r.status, r.content_hash, r.artifacts ? 'trades_path' as has_account,
                    r.artifacts ->> %(key)s as path, a.bytes, a.sha256
                from public.backtest_runs r
                left join public.artifacts a on a.run_id = r.id and a.key = %(key)s and a.path = r.artifacts ->> %(key)s
                where r.id = %(run)s""",
                {"key": key, "run": run_id},
            ).fetchone()
        if row is None:
            return None
        file = KeptFile(row["path"], row["bytes"], row["sha256"]) if row["sha256"] else None
        return Artifact(str(row["id"]), str(row["grid_id"]), row["status"], row["content_hash"], row["has_account"], row["path"], file)

    def runs(self, user: str, run_ids: Sequence[UUID]) -> dict[UUID, ToldRun]:
        """Those of the user's among them."""
        with self._database.as_user(user) as connection:
            rows = connection.execute(
                """select r.id, r.backtest_id, r.grid_id, r.status, r.params, r.stats, r.artifacts, r.content_hash, b.context, s.name
                from public.backtest_runs r
                join public.backtests b on b.id = r.backtest_id
                join public.strategy_versions v on v.id = b.strategy_version_id
                join public.strategies s on s.id = v.strategy_id
                where r.id = any (%s)""",
                (list(run_ids),),
            ).fetchall()
        return {row["id"]: _told(row) for row in rows}


def _told(row: Row) -> ToldRun:
    return ToldRun(
        id=str(row["id"]),
        backtest_id=str(row["backtest_id"]),
        grid_id=str(row["grid_id"]),
        status=row["status"],
        strategy_name=row["name"],
        context=row["context"],
        params=row["params"],
        stats=row["stats"],
        artifacts=row["artifacts"],
        content_hash=row["content_hash"],
    )
