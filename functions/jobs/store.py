"""Submissions and what became of them, each call one transaction in the user's own role: row-level security decides what it sees."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID, uuid4

from psycopg import sql
from psycopg.types.json import Json, Jsonb

from functions.errors import ApiError
from functions.jobs.database import Database, Row, is_uuid, one
from functions.jobs.metric_pages import page_by_metric
from functions.jobs.pace import COURSE, Course
from functions.jobs.paging import page
from functions.jobs.records import CellFigures, GridState, Run, Submission, Submitted
from functions.stores.requests import finish

Cancelled = Literal["cancelled", "finished", "unknown"]


@dataclass(frozen=True)
class Answer:
    """The answer to store under an idempotency key, in the transaction of what it answers."""

    key: str
    status: int
    body: Callable[[Submitted], bytes]


class Store:
    """Runs and grids, as their owner sees them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def submit(self, user: str, submission: Submission, answer: Answer | None = None) -> Submitted:
        """Grid, runs, blocks, events and the idempotent answer: all of them or, after a failure, none. Ring its `bell` afterwards."""
        grid_id = str(uuid4())
        run_ids = tuple(str(uuid4()) for _ in submission.combinations)
        facts = {
            "mode": submission.mode,
            "skipped": submission.skipped,
            "spec": submission.spec,
            "panel": submission.panel,
            "engine_version": submission.engine_version,
            "rules_version": submission.rules_version,
            "family": submission.family,
            "budget_ms": submission.budget_ms,
            "priority": submission.priority,
            "max_evals": submission.max_evals,
            "early_stop": submission.early_stop,
            "request_id": submission.request_id,
            "block_runs": submission.block_runs,
            "workers": submission.workers,
            "reuse": submission.reuse,
        }
        with self.database.as_user(user) as connection:
            row = one(
                connection,
                "select lianghu.submit(%s, %s, %s, %s, %s, %s) as reused",
                (
                    grid_id,
                    submission.backtest_id,
                    Jsonb(facts),
                    [UUID(run_id) for run_id in run_ids],
                    Json([dict(params) for params in submission.combinations]),
                    list(submission.identities),
                ),
            )
            submitted = Submitted(grid_id, run_ids, row["reused"])
            if answer:
                finish(connection, answer.key, answer.status, answer.body(submitted))
        return submitted

    def count_known(self, user: str, submission: Submission) -> int:
        """How many of its runs would be answered from what the owner has, were it submitted now."""
        if not submission.reuse or submission.early_stop:
            return 0
        with self.database.as_user(user) as connection:
            values = (submission.mode, list(submission.identities))
            return int(one(connection, "select lianghu.count_known(%s, %s) as known", values)["known"])

    def get_run(self, user: str, backtest_id: str | None, run_id: str) -> Run | None:
        """A run of the backtest, or of any (None). CONFLICT where it is archived."""
        if not is_uuid(run_id) or (backtest_id is not None and not is_uuid(backtest_id)):
            return None
        with self.database.as_user(user) as connection:
            values = {"run": run_id, "backtest": backtest_id}
            row = connection.execute(
                RUNS + sql.SQL(" where r.id = %(run)s and (%(backtest)s::uuid is null or r.backtest_id = %(backtest)s)"), values
            ).fetchone()
            away = None if row else connection.execute(_ARCHIVED, values).fetchone()
        if away:
            told = {"archived_at": away["archived_at"].isoformat(), "grid_id": str(away["grid_id"])}
            raise ApiError("CONFLICT", f"this run is archived: POST /api/runs/{run_id}:restore brings it back", told)
        return run_of(row) if row else None

    def list_runs(
        self,
        user: str,
        backtest_id: str,
        *,
        grid_id: str | None = None,
        status: str | None = None,
        sort: str = "position",
        limit: int = 50,
        cursor: str | None = None,
    ) -> tuple[list[Run], str | None]:
        """Sorted by position, created_at, started_at, finished_at, stats.<metric> or params.<name>; descending with "-"; unknowns last."""
        if not is_uuid(backtest_id) or (grid_id is not None and not is_uuid(grid_id)):
            return [], None
        conditions: list[tuple[sql.SQL, Any]] = [(sql.SQL("t.backtest_id = %s"), backtest_id)]
        conditions += [(sql.SQL("t.grid_id = %s"), grid_id)] if grid_id else []
        with self.database.as_user(user) as connection:
            if sort.removeprefix("-").startswith("stats."):
                rows, following = page_by_metric(connection, RUNS, conditions, status, sort, limit, cursor)
            else:
                conditions += [(sql.SQL("t.status = %s"), status)] if status else []
                rows, following = page(connection, RUNS, conditions, sort, limit, cursor)
        return [run_of(row) for row in rows], following

    def get_grid(self, user: str, grid_id: str) -> GridState | None:
        if not is_uuid(grid_id):
            return None
        with self.database.as_user(user) as connection:
            row = connection.execute(GRIDS + sql.SQL(" where g.id = %s"), (grid_id,)).fetchone()
        return grid_of(row) if row else None

    def grid_figures(self, user: str, grid_id: str, metrics: Sequence[str]) -> list[CellFigures]:
        """A few figures of every run of a grid, in its order."""
        if not is_uuid(grid_id):
            return []
        figures = sql.SQL(", ").join(sql.SQL("r.stats -> {}").format(metric) for metric in metrics)
        with self.database.as_user(user) as connection:
            rows = connection.execute(_FIGURES.format(figures), (grid_id,)).fetchall()
        return [
            CellFigures(run_id, params, None if values is None else dict(zip(metrics, values, strict=True)))
            for row in rows
            for run_id, params, values in zip(row["ids"], row["params"], row["figures"], strict=True)
        ]

    def cancel_run(self, user: str, backtest_id: str, run_id: str) -> Cancelled:
        """Ring "aggregate" for its grid afterwards; where that is forgotten or lost, the sweeper does it."""
        if not is_uuid(run_id) or not is_uuid(backtest_id):
            return "unknown"
        with self.database.as_user(user) as connection:
            outcome: Cancelled = one(connection, "select lianghu.cancel_run(%s, %s) as outcome", (backtest_id, run_id))["outcome"]
        return outcome

    def cancel_grid(self, user: str, grid_id: str) -> Cancelled:
        """Cancels what is not finished; what is finished stays. Ring "aggregate" afterwards, as for a run."""
        if not is_uuid(grid_id):
            return "unknown"
        with self.database.as_user(user) as connection:
            outcome: Cancelled = one(connection, "select lianghu.cancel_grid(%s) as outcome", (grid_id,))["outcome"]
        return outcome

    def request_ledger(self, user: str, run_id: str) -> bool:
        """Asks for the full account of a finished grid cell. True: it is new, ring "block" once. An error if preparing it failed before."""
        if not is_uuid(run_id):
            return False
        with self.database.as_user(user) as connection:
            return bool(one(connection, "select lianghu.request_ledger(%s) as due", (run_id,))["due"])


# Only running runs look for their block, and (being subqueries) only those that are on the page look for anything.
RUNS = sql.SQL("""select r.*,
        (select g.mode from public.grids g where g.id = r.grid_id) as mode,
        (select g.engine_version from public.grids g where g.id = r.grid_id) as engine_version,
        (select g.rules_version from public.grids g where g.id = r.grid_id) as rules_version,
        case when r.status = 'running' then (
        select array[b.progress, case when b.status = 'leased' then extract(epoch from now() - b.claimed_at) end]::float8[]
        from public.run_blocks b
        where b.grid_id = r.grid_id and b.decides and b.first_position <= r.position and r.position < b.last_position
    ) end as block
    from public.backtest_runs r""")
"""Rows for `run_of`; a condition on `r` comes after it."""


GRIDS = sql.SQL("""select g.*, c.*, coalesce(g.archive_counts, (
        select jsonb_object_agg(c.status, c.runs) from (
            select r.status, count(*) as runs from public.backtest_runs r where r.grid_id = g.id group by r.status
        ) c
    )) as counts, (
        select coalesce(sum(b.progress) / 100.0, 0)::float8
        from public.run_blocks b
        join public.backtest_runs r
            on r.grid_id = b.grid_id and r.position >= b.first_position and r.position < b.last_position
        where b.grid_id = g.id and b.decides and b.status in ('leased', 'computed') and r.status = 'running'
    ) as underway
    from public.grids g cross join lateral ({}) c""").format(COURSE)
"""Rows for `grid_of`; a condition on `g` comes after it."""


# Three lists in one row: ten thousand rows of their own take four times as long.
_FIGURES = sql.SQL("""select
        coalesce(json_agg(r.id order by r.position), '[]') as ids,
        coalesce(json_agg(r.params order by r.position), '[]') as params,
        coalesce(json_agg(case when r.status = 'succeeded' then jsonb_build_array({}) end order by r.position), '[]') as figures
    from public.backtest_runs r where r.grid_id = %s""")


_ARCHIVED = """select a.grid_id, g.archived_at from public.archived_runs a join public.grids g on g.id = a.grid_id
    where a.run_id = %(run)s and (%(backtest)s::uuid is null or a.backtest_id = %(backtest)s)"""


def run_of(row: Row) -> Run:
    done, seconds = row["block"] or (0, None)
    progress = {"running": int(done), "succeeded": 100}.get(row["status"], 0)
    return Run(
        id=str(row["id"]),
        backtest_id=str(row["backtest_id"]),
        grid_id=str(row["grid_id"]),
        mode=row["mode"],
        position=row["position"],
        status=row["status"],
        progress=progress,
        params=row["params"],
        stats=row["stats"],
        artifacts=row["artifacts"],
        error=row["error"],
        attempt=row["attempt"],
        content_hash=row["content_hash"],
        engine_version=row["engine_version"],
        rules_version=row["rules_version"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        reused_from=str(row["reused_from"]) if row["reused_from"] else None,
        computing=seconds,
    )


def grid_of(row: Row) -> GridState:
    return GridState(
        id=str(row["id"]),
        backtest_id=str(row["backtest_id"]),
        mode=row["mode"],
        status=row["status"],
        counts=row["counts"] or {},
        underway=row["underway"],
        course=Course(row["seconds"], row["computed"], row["lately"], row["slowest"]),
        skipped=row["skipped"],
        summary=row["summary"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        archived_at=row["archived_at"],
        reused=row["reused"],
    )
