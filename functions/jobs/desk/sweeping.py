"""Sweeping: what got stuck is healed, what was given up is buried (012_sweeping.sql)."""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.jobs.desk.calls import Calls
from functions.messages import DeadBlock, QueueKind


@dataclass(frozen=True)
class Due:
    """A bell that the sweeper has to ring."""

    queue: QueueKind
    grid_id: str
    count: int = 1
    delay: float = 0


class Sweeping(Calls):
    """What sweepers ask."""

    def sweep(self, engine_version: str) -> list[Due]:
        """Heals what got stuck (expired leases, lost bells, an engine that was replaced) and forgets what is old; the bells to ring."""
        rows = self._rows("select * from lianghu.sweep(%s)", engine_version)
        return [Due(row["queue"], str(row["grid_id"]), row["count"], row["delay"]) for row in rows]

    def dead_blocks(self, limit: int) -> list[DeadBlock]:
        """Blocks that were given up and are not buried yet."""
        return [DeadBlock.model_validate(row) for row in self._rows("select * from lianghu.dead_blocks(%s)", limit)]

    def mark_buried(self, block_ids: Sequence[int]) -> None:
        self._rows("select lianghu.mark_buried(%s::bigint[])", list(block_ids))
