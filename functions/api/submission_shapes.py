"""Submissions on the wire."""

from typing import Literal

from functions.api.answers import Answered, BacktestShown, GridShown, RunShown, Time


class SubmissionShown(Answered):
    mode: Literal["single", "grid"]
    backtest: BacktestShown
    run_id: str | None
    """Of a single run; null: it is a grid."""
    run: RunShown | None
    """The single run; null: it is archived, or this is a grid."""
    grid: GridShown | None
    """Without its summary; null: it is a single run."""
    archived_at: Time | None
    """Its runs are archived since then, and can be brought back; null: they are there."""
    created_at: Time


class SubmissionList(Answered):
    items: list[SubmissionShown]
    next_cursor: str | None
