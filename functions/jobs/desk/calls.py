"""How a step of a job's life is asked of Postgres: one function, one transaction, as a worker."""

from dataclasses import dataclass
from typing import Any, Literal

from psycopg.errors import DeadlockDetected

from functions.jobs.database import CutError, Database, Row

TRIES = 3
"""Before the last one. Sweeps and failing blocks touch several submissions and may, rarely, meet crosswise; and Postgres restarts."""


@dataclass(frozen=True)
class Release:
    """What became of work that was given back."""

    outcome: Literal["retry", "failed", "lost", "plan", "waiting"]
    """plan: a planner is to look at it; waiting: one does already."""
    delay: float = 0
    """Seconds until it may be claimed again."""
    ready_to_aggregate: bool = False


class Calls:
    """After a deadlock, which undoes all of it, and where the connection was cut, a function is simply called again: what did happen is not
    done twice, because the attempt that it carries is over then, and the bell that nobody rang for it is the sweeper's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _rows(self, query: str, *values: Any) -> list[Row]:
        for _ in range(TRIES):
            try:
                return self._ask(query, values)
            except (DeadlockDetected, CutError):
                continue
        return self._ask(query, values)

    def _row(self, query: str, *values: Any) -> Row | None:
        rows = self._rows(query, *values)
        return rows[0] if rows else None

    def _value(self, query: str, *values: Any) -> Any:
        """Of the column `value`; None where there is no row."""
        row = self._row(query, *values)
        return row["value"] if row else None

    def _released(self, query: str, *values: Any) -> Release:
        row = self._row(query, *values)
        return Release(row["outcome"], row["delay"], row["ready_to_aggregate"]) if row else Release("lost")

    def _ask(self, query: str, values: tuple[Any, ...]) -> list[Row]:
        with self._database.as_worker() as connection:
            return connection.execute(query, values).fetchall()
