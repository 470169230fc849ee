"""What a submission came to: counts, the best runs, and whose full accounts to prepare. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from functions.jobs.desk import AggregateTask, Summand

BEST_BY = ("return", "sharpe")
PREPARED = 20
SHOWN_ERRORS = 5


def summarise(task: AggregateTask) -> dict[str, Any]:
    """Only succeeded runs are ranked; a metric that no run has is null."""
    counts = Counter(run.status for run in task.runs)
    best = {metric: next(iter(ranked(task.runs, metric)), None) for metric in BEST_BY}
    return {
        "counts": dict(sorted(counts.items())),
        "skipped": task.skipped,
        "best": {metric: _shown(run) if run else None for metric, run in best.items()},
        "errors": _errors(task.runs),
    }


def to_prepare(task: AggregateTask) -> list[str]:
    """Run ids of the best by return; a single run has its full account already."""
    return [run.run_id for run in ranked(task.runs, BEST_BY[0])[:PREPARED]] if task.mode == "grid" else []


def ranked(runs: Sequence[Summand], metric: str) -> list[Summand]:
    """Succeeded runs that have the metric, best first; equals in grid order."""
    known = [run for run in runs if run.status == "succeeded" and run.stats and run.stats.get(metric) is not None]
    return sorted(known, key=lambda run: -(run.stats or {})[metric])


def _shown(run: Summand) -> dict[str, Any]:
    return {"run_id": run.run_id, "params": run.params, "stats": run.stats}


def _errors(runs: Sequence[Summand]) -> list[dict[str, Any]]:
    """Different messages with how many runs say them, most frequent first."""
    told = Counter((run.error["code"], run.error["message"]) for run in runs if run.status == "failed" and run.error)
    return [{"code": code, "message": message, "runs": count} for (code, message), count in told.most_common(SHOWN_ERRORS)]
