"""Blocks: claimed, kept, completed, given back (009_claiming.sql, 010_ending_blocks.sql, 025_speculating.sql)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from psycopg.types.json import Jsonb

from functions.jobs.desk.calls import Calls, Release
from functions.jobs.lease import Verdict
from functions.jobs.records import BlockTask, RunResult

Reason = Literal["budget"]
"""Why a worker leaves runs of its block unfinished."""


@dataclass(frozen=True)
class Completion:
    accepted: bool
    """False: the lease was lost or the block cancelled; nothing was changed."""
    ready_to_aggregate: bool
    held: bool = False
    """The runs end in the order of their grid: call advance_frontier."""
    over_budget: bool = False
    """The submission has computed for longer than it may: call enforce_budget."""


class Straggler(NamedTuple):
    """A block that may have a second attempt in a while."""

    grid_id: str
    delay: float
    """Seconds."""


class Blocks(Calls):
    """What workers ask and tell. Claims are leases with an attempt number; whatever carries an old number is ignored."""

    def claim_block(self, worker: str, engine_version: str, lease_seconds: float, speculation: float = 0) -> BlockTask | None:
        """The next block: by share between people, then priority, kind and age. None: there is nothing for this engine.

        `speculation`, where it is not 0: if nothing waits, a block that takes so many times as long as others of its grid may be had twice.
        """
        row = self._row("select * from lianghu.claim_block(%s, %s, %s, %s)", worker, engine_version, lease_seconds, speculation)
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
            waited=row["waited"],
            second=row["second"],
        )

    def next_straggler(self, engine_version: str, speculation: float) -> Straggler | None:
        """The next block that will be late, if it has not ended by then. None: no block can become late."""
        row = self._row("select * from lianghu.next_straggler(%s, %s)", engine_version, speculation)
        return Straggler(str(row["grid_id"]), row["delay"]) if row else None

    def heartbeat(self, block_id: int, attempt: int, progress: int, lease_seconds: float, spent_seconds: float = 0) -> Verdict:
        """Keeps the lease, notes the percent done and the time that this attempt has computed. Cheap enough for every second."""
        told = block_id, attempt, progress, lease_seconds, round(spent_seconds * 1000)
        return Verdict(self._value("select lianghu.heartbeat(%s, %s, %s, %s, %s) as value", *told))

    def complete_block(
        self, block_id: int, attempt: int, results: Sequence[RunResult], spent_seconds: float = 0, unfinished: Reason | None = None
    ) -> Completion:
        """Results, what is left and "ready to aggregate" in one statement.

        Runs without a result, or with a partial one, are cancelled for the reason `unfinished`; where there is none, they were forgotten
        and fail.
        """
        told = block_id, attempt, Jsonb([_told(result) for result in results]), round(spent_seconds * 1000), unfinished
        row = self._row("select * from lianghu.complete_block(%s, %s, %s, %s, %s)", *told)
        return Completion(**row) if row else Completion(False, False)

    def advance_frontier(self, grid_id: str) -> bool:
        """Ends, in a grid with early_stop, the runs whose turn has come, or all that are left; True: it is ready to be aggregated."""
        return bool(self._value("select lianghu.advance_frontier(%s) as value", grid_id))

    def enforce_budget(self, grid_id: str) -> bool:
        """Cancels what a submission over its budget has not begun; True: it is ready to be aggregated."""
        return bool(self._value("select lianghu.enforce_budget(%s) as value", grid_id))

    def release_block(self, block_id: int, attempt: int, error: Mapping[str, Any], *, retriable: bool) -> Release:
        """Gives a block back: to be tried again after a while, or (not retriable, or the third time) its runs end failed."""
        return self._released("select * from lianghu.release_block(%s, %s, %s, %s)", block_id, attempt, Jsonb(dict(error)), retriable)


def _told(result: RunResult) -> dict[str, Any]:
    return {
        "run_id": result.run_id,
        "stats": result.stats,
        "content_hash": result.content_hash,
        "artifacts": result.artifacts,
        "error": result.error,
        "partial": result.partial,
        "files": [vars(file) for file in result.files],
        "curve": vars(result.curve) if result.curve else None,
    }
