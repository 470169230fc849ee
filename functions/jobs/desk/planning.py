"""Planning: a submission's panel is claimed, made, lost (008_planning.sql)."""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from functions.jobs.desk.calls import Calls, Release
from functions.jobs.lease import Verdict
from functions.jobs.records import PlanTask


class Planning(Calls):
    """What planners ask, and what workers tell of a panel."""

    def claim_plan(self, grid_id: str, lease_seconds: float = 60) -> PlanTask | None:
        """None: somebody plans it, it is planned, cancelled or unknown."""
        row = self._row("select * from lianghu.claim_plan(%s, %s)", grid_id, lease_seconds)
        return PlanTask(**row | {"grid_id": str(row["grid_id"]), "owner": str(row["owner"])}) if row else None

    def extend_plan(self, grid_id: str, attempt: int, lease_seconds: float) -> Verdict:
        kept = self._value("select lianghu.extend_plan(%s, %s, %s) as value", grid_id, attempt, lease_seconds)
        return Verdict.KEPT if kept else Verdict.LOST

    def panel_ready(self, grid_id: str, panel_key: str) -> int:
        """Opens the submission's blocks to the workers: how many."""
        return int(self._value("select lianghu.panel_ready(%s, %s) as value", grid_id, panel_key))

    def plan_failed(self, grid_id: str, attempt: int, error: Mapping[str, Any], *, retriable: bool) -> Release:
        """Ends every run with the error; a retriable one only after the third attempt."""
        return self._released("select * from lianghu.plan_failed(%s, %s, %s, %s)", grid_id, attempt, Jsonb(dict(error)), retriable)

    def panel_lost(self, block_id: int, attempt: int, error: Mapping[str, Any]) -> Release:
        """Gives back a block whose panel the store has not, or not whole: its submission is planned once more, a few times at most.

        Unless a planner is at it already ("waiting"), or was since the block was claimed ("retry").
        """
        return self._released("select * from lianghu.panel_lost(%s, %s, %s)", block_id, attempt, Jsonb(dict(error)))
