"""Aggregating: a submission whose runs have all ended is claimed, judged, summed up (011_aggregating.sql)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from psycopg.types.json import Json

from engine.diagnosis.answer import Trials
from functions.jobs.desk.calls import Calls, Release
from functions.jobs.lease import Verdict

PAGE = 500
"""Runs that are read at a time."""


class Summand(NamedTuple):
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
    """A submission whose runs have all ended."""

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
    request_id: str = ""
    """The API request that asked for it, for the logs."""


class Aggregating(Calls):
    """What aggregators ask and tell."""

    def claim_aggregate(self, grid_id: str, lease_seconds: float = 60) -> AggregateTask | None:
        """None: not every run has ended, somebody aggregates it, or it is done."""
        row = self._row("select * from lianghu.claim_aggregate(%s, %s)", grid_id, lease_seconds)
        if row is None:
            return None
        return AggregateTask(**row | {"grid_id": str(row["grid_id"]), "owner": str(row["owner"])})

    def ended_runs(self, grid_id: str) -> Iterator[list[Summand]]:
        """All of a submission, in its order, so many at a time: of ten thousand with all of their figures nobody has the room."""
        last = -1
        while rows := self._rows("select * from lianghu.ended_runs(%s, %s, %s)", grid_id, last, PAGE):
            last = rows[-1]["position"]
            yield [Summand(**row | {"run_id": str(row["run_id"])}) for row in rows]

    def extend_aggregate(self, grid_id: str, attempt: int, lease_seconds: float) -> Verdict:
        """Keeps the lease; lost: somebody else has the grid, or it is done. Cheap enough for every second."""
        kept = self._value("select lianghu.extend_aggregate(%s, %s, %s) as value", grid_id, attempt, lease_seconds)
        return Verdict.KEPT if kept else Verdict.LOST

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
