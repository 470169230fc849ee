"""What planners, workers, aggregators and sweepers do in Postgres: functions that change states, and no table at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from psycopg.errors import DeadlockDetected
from psycopg.types.json import Json, Jsonb

from engine.diagnosis.answer import Trials
from functions.jobs.database import Connection, Database, Row
from functions.jobs.records import BlockTask, PlanTask, RunResult
from functions.messages import DeadBlock, QueueKind

DEADLOCKS = 3
"""Sweeps and failing blocks touch several submissions and may, rarely, meet crosswise."""


@dataclass(frozen=True)
class Completion:
    accepted: bool
    """False: the lease was lost or the block cancelled; nothing was changed."""
    ready_to_aggregate: bool
    over_budget: bool = False
    """The submission has computed for longer than it may: call enforce_budget."""


@dataclass(frozen=True)
class Release:
    """What became of work that was given back."""

    outcome: Literal["retry", "failed", "lost", "plan", "waiting"]
    """plan: a planner is to look at it; waiting: one does already."""
    delay: float = 0
    """Seconds until it may be claimed again."""
    ready_to_aggregate: bool = False


@dataclass(frozen=True)
class Summand:
    """One run as the aggregator sees it."""

    run_id: str
    position: int
    status: str
    params: dict[str, Any]
    stats: dict[str, Any] | None
    error: dict[str, Any] | None
    content_hash: str | None
    cells_path: str | None
    """The object that its equity is in; None: it did not succeed, or it is a single run."""


@dataclass(frozen=True)
class AggregateTask:
    """A submission whose runs have all ended, in grid order."""

    grid_id: str
    owner: str
    attempt: int
    attempts_left: int
    """After this one. Negative: judging the grid killed every aggregator so far, so only sum up."""
    mode: Literal["single", "grid"]
    skipped: int
    cancelled: bool
    spec: dict[str, Any]
    """The request as it came."""
    engine_version: str
    rules_version: str
    strategy_name: str
    strategy_identity: str
    context: dict[str, Any]
    universe: Any
    """As the panel has it: the context's, or where that says nothing the strategy's own."""
    runs: tuple[Summand, ...]


@dataclass(frozen=True)
class Due:
    """A bell that the sweeper has to ring."""

    queue: QueueKind
    grid_id: str
    count: int = 1
    delay: float = 0


@dataclass(frozen=True)
class Event:
    """A row of the outbox."""

    id: str
    body: dict[str, Any]
    """RunEvent's fields."""


class Desk:
    """Claims are leases with an attempt number; whatever carries an old number is ignored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # plans

    def claim_plan(self, grid_id: str, lease_seconds: float = 60) -> PlanTask | None:
        """None: somebody plans it, it is planned, cancelled or unknown."""
        row = self._row("select * from lianghu.claim_plan(%s, %s)", grid_id, lease_seconds)
        return PlanTask(str(row["grid_id"]), row["panel"], row["attempt"], row["doubted"]) if row else None

    def extend_plan(self, grid_id: str, attempt: int, lease_seconds: float) -> bool:
        return bool(self._value("select lianghu.extend_plan(%s, %s, %s) as value", grid_id, attempt, lease_seconds))

    def panel_ready(self, grid_id: str, panel_key: str) -> int:
        """Opens the submission's blocks to the workers: how many."""
        return int(self._value("select lianghu.panel_ready(%s, %s) as value", grid_id, panel_key))

    def plan_failed(self, grid_id: str, attempt: int, error: Mapping[str, Any], *, retriable: bool) -> Release:
        """Ends every run with the error; a retriable one only after the third attempt."""
        return _release(self._row("select * from lianghu.plan_failed(%s, %s, %s, %s)", grid_id, attempt, Jsonb(dict(error)), retriable))

    # blocks

    def claim_block(self, worker: str, engine_version: str, lease_seconds: float) -> BlockTask | None:
        """The next block: of the owner with the fewest running ones, by priority, by age. None: there is nothing for this engine."""
        row = self._row("select * from lianghu.claim_block(%s, %s, %s)", worker, engine_version, lease_seconds)
        if row is None:
            return None
        return BlockTask(
            block_id=row["block_id"],
            attempt=row["attempt"],
            kind=row["kind"],
            grid_id=str(row["grid_id"]),
            owner=str(row["owner"]),
            panel_key=row["panel_key"],
            source=row["source"],
            context=row["context"],
            run_ids=tuple(str(run_id) for run_id in row["run_ids"]),
            combinations=tuple(row["combinations"]),
            request_id=row["request_id"],
            strategy_kind=row["strategy_kind"],
        )

    def heartbeat(self, block_id: int, attempt: int, progress: int, lease_seconds: float) -> bool:
        """Keeps the lease and notes the percent done. False: the block was lost or cancelled, stop. Cheap enough for every second."""
        return bool(self._value("select lianghu.heartbeat(%s, %s, %s, %s) as value", block_id, attempt, progress, lease_seconds))

    def complete_block(self, block_id: int, attempt: int, results: Sequence[RunResult]) -> Completion:
        """Results, what is left and "ready to aggregate" in one statement."""
        rows = [
            {
                "run_id": result.run_id,
                "stats": result.stats,
                "content_hash": result.content_hash,
                "artifacts": result.artifacts,
                "error": result.error,
                "files": [vars(file) for file in result.files],
                "curve": vars(result.curve) if result.curve else None,
            }
            for result in results
        ]
        row = self._row("select * from lianghu.complete_block(%s, %s, %s)", block_id, attempt, Jsonb(rows))
        return Completion(row["accepted"], row["ready_to_aggregate"], row["over_budget"]) if row else Completion(False, False)

    def enforce_budget(self, grid_id: str) -> bool:
        """Cancels what a submission over its budget has not computed; True: it is ready to be aggregated."""
        return bool(self._value("select lianghu.enforce_budget(%s) as value", grid_id))

    def release_block(self, block_id: int, attempt: int, error: Mapping[str, Any], *, retriable: bool) -> Release:
        """Gives a block back: to be tried again after a while, or (not retriable, or the third time) its runs end failed."""
        return _release(self._row("select * from lianghu.release_block(%s, %s, %s, %s)", block_id, attempt, Jsonb(dict(error)), retriable))

    def panel_lost(self, block_id: int, attempt: int, error: Mapping[str, Any]) -> Release:
        """Gives back a block whose panel the store has not, or not whole: its submission is planned once more, a few times at most.

        Unless a planner is at it already ("waiting"), or was since the block was claimed ("retry").
        """
        return _release(self._row("select * from lianghu.panel_lost(%s, %s, %s)", block_id, attempt, Jsonb(dict(error))))

    # grids

    def claim_aggregate(self, grid_id: str, lease_seconds: float = 60) -> AggregateTask | None:
        """None: not every run has ended, somebody aggregates it, or it is done."""
        row = self._row("select * from lianghu.claim_aggregate(%s, %s)", grid_id, lease_seconds)
        if row is None:
            return None
        names = {"grid_id": str(row["grid_id"]), "owner": str(row["owner"])}
        return AggregateTask(**row | names | {"runs": tuple(Summand(**values) for values in row["runs"])})

    def extend_aggregate(self, grid_id: str, attempt: int, lease_seconds: float) -> bool:
        """Keeps the lease; False: somebody else has the grid, or it is done. Cheap enough for every second."""
        return bool(self._value("select lianghu.extend_aggregate(%s, %s, %s) as value", grid_id, attempt, lease_seconds))

    def release_aggregate(self, grid_id: str, attempt: int) -> Release:
        """Gives a grid back, to be tried again after a while."""
        delay = self._value("select lianghu.release_aggregate(%s, %s) as value", grid_id, attempt)
        return Release("lost") if delay is None else Release("retry", delay)

    def count_trials(self, grid_id: str) -> Trials:
        """Different combinations that this owner ever had succeed on the grid's strategy and universe, the grid's own among them."""
        row = self._row("select * from lianghu.count_trials(%s)", grid_id)
        return Trials(row["trials"], row["variance"], "owner") if row else Trials(0, None, "owner")

    def finish_grid(self, grid_id: str, attempt: int, summary: Mapping[str, Any], ledgers: Sequence[str]) -> int:
        """Writes the summary once and asks for the full accounts of `ledgers` (run ids): how many new blocks; -1: it was done before."""
        return int(self._value("select lianghu.finish_grid(%s, %s, %s, %s) as value", grid_id, attempt, Json(dict(summary)), list(ledgers)))

    def sweep(self, engine_version: str) -> list[Due]:
        """Heals what got stuck (expired leases, lost bells, an engine that was replaced) and forgets what is old; the bells to ring."""
        with self._database.as_worker() as connection:
            rows = connection.execute("select * from lianghu.sweep(%s)", (engine_version,)).fetchall()
        return [Due(row["queue"], str(row["grid_id"]), row["count"], row["delay"]) for row in rows]

    def dead_blocks(self, limit: int) -> list[DeadBlock]:
        """Blocks that were given up and are not buried yet."""
        with self._database.as_worker() as connection:
            rows = connection.execute("select * from lianghu.dead_blocks(%s)", (limit,)).fetchall()
        return [DeadBlock.model_validate(row) for row in rows]

    def mark_buried(self, block_ids: Sequence[int]) -> None:
        with self._database.as_worker() as connection:
            connection.execute("select lianghu.mark_buried(%s::bigint[])", (list(block_ids),))

    # events

    def take_events(self, limit: int) -> list[Event]:
        """Unpublished events in their order, taken for half a minute."""
        with self._database.as_worker() as connection:
            rows = connection.execute("select * from lianghu.take_events(%s)", (limit,)).fetchall()
        return [Event(str(row["id"]), row["body"]) for row in rows]

    def mark_published(self, ids: Sequence[str]) -> None:
        with self._database.as_worker() as connection:
            connection.execute("select lianghu.mark_published(%s::uuid[])", (list(ids),))

    def _row(self, query: str, *values: Any) -> Row | None:
        """One function, one transaction: after a deadlock, which undoes all of it, it is simply called again."""
        for _ in range(DEADLOCKS):
            try:
                with self._database.as_worker() as connection:
                    return _fetch(connection, query, values)
            except DeadlockDetected:
                continue
        with self._database.as_worker() as connection:
            return _fetch(connection, query, values)

    def _value(self, query: str, *values: Any) -> Any:
        row = self._row(query, *values)
        return row["value"] if row else None


def _fetch(connection: Connection, query: str, values: Sequence[Any]) -> Row | None:
    return connection.execute(query, values).fetchone()


def _release(row: Row | None) -> Release:
    return Release(row["outcome"], row["delay"], row["ready_to_aggregate"]) if row else Release("lost")
