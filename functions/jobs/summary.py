"""What a submission came to: counts, the best runs, and whose full accounts to prepare. Pure, and page by page."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, islice, zip_longest
from typing import Any

from functions.jobs.desk import Summand

BEST_BY = ("return", "sharpe")
SHOWN_ERRORS = 5


class Tally:
    """Takes the runs of a submission as they come, in its order. It keeps the best of them whole, and of the others what is asked for."""

    def __init__(self, figures: Iterable[str] = (), prepared: int = 0) -> None:
        """`figures`: keys of `stats` that are kept of every run. `prepared`: so many full accounts are asked for."""
        self._figures = frozenset(figures)
        self._prepared = prepared
        self._counts: Counter[str] = Counter()
        self._best: dict[str, list[tuple[float, Summand]]] = {metric: [] for metric in BEST_BY}
        self._errors: Counter[tuple[str, str]] = Counter()
        self._same: dict[tuple[str, str], dict[str, Any]] = {}
        self.spared = 0
        """Combinations that an early stop left out."""
        self.runs: list[Summand] = []
        """All of them, in their order, with nothing but what is kept."""

    def add(self, runs: Sequence[Summand]) -> None:
        self._counts.update(run.status for run in runs)
        self.spared += sum(run.error["details"].get("reason") == "early_stop" for run in runs if run.error)
        for metric in BEST_BY:
            self._best[metric] = ranked(self._best[metric], runs, metric)[: max(1, self._prepared)]
        self.runs += map(self._kept, runs)

    def summary(self, skipped: int) -> dict[str, Any]:
        """Only succeeded runs are ranked; a metric that no run has is null. Of errors the different ones, most frequent first."""
        best = {metric: first[0][1] if first else None for metric, first in self._best.items()}
        told = [{"code": code, "message": message, "runs": count} for (code, message), count in self._errors.most_common(SHOWN_ERRORS)]
        return {
            "counts": dict(sorted(self._counts.items())),
            "skipped": skipped,
            "best": {metric: _shown(run) if run else None for metric, run in best.items()},
            "errors": told,
        }

    def to_prepare(self) -> list[str]:
        """Run ids of the first of each ranking, of the second of each, and so on: what a summary shows and people open."""
        return in_turn(([run.run_id for _, run in best] for best in self._best.values()), self._prepared)

    def _kept(self, run: Summand) -> Summand:
        stats = None if run.stats is None else {key: value for key, value in run.stats.items() if key in self._figures}
        if run.error is None:
            return run._replace(stats=stats)
        error = run.error["code"], run.error["message"]
        if run.status == "failed":
            self._errors[error] += 1
        # Thousands fail with the same words.
        return run._replace(stats=stats, error=self._same.setdefault(error, {"code": error[0], "message": error[1]}))


def ranked(best: Sequence[tuple[float, Summand]], runs: Sequence[Summand], metric: str) -> list[tuple[float, Summand]]:
    """The best so far and later runs together, best first, equals in grid order; only succeeded runs that have the metric."""
    known = [(run.stats[metric], run) for run in runs if run.status == "succeeded" and run.stats and run.stats.get(metric) is not None]
    return sorted([*best, *known], key=lambda pair: -pair[0])


def in_turn(rankings: Iterable[Sequence[str]], most: int) -> list[str]:
    """So many at most, each once."""
    found = chain.from_iterable(zip_longest(*rankings))
    return list(islice(dict.fromkeys(each for each in found if each is not None), most))


def _shown(run: Summand) -> dict[str, Any]:
    return {"run_id": run.run_id, "params": run.params, "stats": run.stats}
