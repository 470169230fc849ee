"""What somebody submitted, single runs and grids, as a list: what happened to each, and what it stands on."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from functions.jobs.database import Connection, Database
from functions.jobs.paging import page
from functions.jobs.records import Backtest, GridState, Run
from functions.jobs.store import GRIDS, RUNS, grid_of, run_of
from functions.stores.strategies import backtests_of


@dataclass(frozen=True)
class Submitted:
    """One submission with its backtest."""

    state: GridState
    backtest: Backtest
    run_id: str | None
    """Of a single run, also where it is archived."""
    run: Run | None
    """Of a single run that is there."""


class Submissions:
    """Each call one transaction in the user's own role."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest_first(self, user: str, limit: int = 50, cursor: str | None = None) -> tuple[list[Submitted], str | None]:
        """A page of them and the cursor of the next one."""
        with self._database.as_user(user) as connection:
            rows, following = page(connection, _PLACES, (), "-created_at", limit, cursor)
            return _submitted(connection, [str(row["id"]) for row in rows]), following


_PLACES = sql.SQL("select g.id, g.created_at, 0 as position from public.grids g")
"""A page is found by this alone; only what is on it is looked at closer."""
_SINGLES = """select r.id, r.grid_id from public.backtest_runs r where r.grid_id = any (%(ids)s)
    union all select a.run_id, a.grid_id from public.archived_runs a where a.grid_id = any (%(ids)s)"""


def _submitted(connection: Connection, ids: Sequence[str]) -> list[Submitted]:
    """In the order of `ids`."""
    rows = connection.execute(GRIDS + sql.SQL(" where g.id = any (%s)"), (list(ids),)).fetchall()
    states = {state.id: state for state in map(grid_of, rows)}
    singles = [state.id for state in states.values() if state.mode == "single"]
    names = {str(row["grid_id"]): str(row["id"]) for row in connection.execute(_SINGLES, {"ids": singles}).fetchall()}
    found = connection.execute(RUNS + sql.SQL(" where r.grid_id = any (%s)"), (singles,)).fetchall()
    runs = {run.grid_id: run for run in map(run_of, found)}
    backtests = backtests_of(connection, {state.backtest_id for state in states.values()})
    there = [states[each] for each in ids if each in states]
    return [Submitted(state, backtests[state.backtest_id], names.get(state.id), runs.get(state.id)) for state in there]
