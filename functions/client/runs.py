"""Runs: asking for one or a grid of them, looking at them, cancelling one."""

from collections.abc import Iterator, Mapping
from typing import Any

from functions.api.answers import DryRun, MetricList, MetricShown, RunList, RunShown, RunsSubmitted
from functions.api.submission_shapes import SubmissionList, SubmissionShown
from functions.client.calls import Calls, new_key


class RunCalls(Calls):
    def submit_single(
        self, backtest_id: str, params: Mapping[str, float], *, budget_ms: int | None = None, priority: int = 5, reuse: bool = True
    ) -> str:
        """The run's id. `reuse`: where you have computed the same before, it has succeeded already."""
        body = {"mode": "single", "params": dict(params), "budget_ms": budget_ms, "priority": priority, "reuse": reuse}
        return self._write(RunsSubmitted, f"/api/backtests/{backtest_id}/runs", body).run_ids[0]

    def submit_grid(
        self,
        backtest_id: str,
        grid_spec: Mapping[str, Any],
        *,
        max_evals: int | None = None,
        budget_ms: int | None = None,
        priority: int = 5,
        early_stop: Mapping[str, Any] | None = None,
        reuse: bool = True,
    ) -> RunsSubmitted:
        """`grid_spec` names each parameter's candidates: a list, or {"start", "stop", "step"}.

        `early_stop`: {"metric", "mode": "max" or "min", "patience"}; `reuse`: only what you have not computed before is computed.
        """
        body = _grid(grid_spec, max_evals, early_stop) | {"budget_ms": budget_ms, "priority": priority, "reuse": reuse}
        return self._write(RunsSubmitted, f"/api/backtests/{backtest_id}/runs", body)

    def dry_run(
        self,
        backtest_id: str,
        grid_spec: Mapping[str, Any],
        *,
        max_evals: int | None = None,
        reuse: bool = True,
    ) -> DryRun:
        """What a grid would come to; nothing is computed or kept."""
        body = _grid(grid_spec, max_evals, None) | {"reuse": reuse}
        return self._write(DryRun, f"/api/backtests/{backtest_id}/runs", body, query={"dry_run": "true"})

    def run(self, backtest_id: str, run_id: str) -> RunShown:
        return self._read(RunShown, f"/api/backtests/{backtest_id}/runs/{run_id}")

    def run_by_id(self, run_id: str) -> RunShown:
        """Without knowing its backtest."""
        return self._read(RunShown, f"/api/runs/{run_id}")

    def runs(
        self, backtest_id: str, *, grid_id: str | None = None, status: str | None = None, sort: str = "position"
    ) -> Iterator[RunShown]:
        """All of them, page by page. `sort`: position, created_at, stats.<metric> or params.<name>; "-" first: descending."""
        query = {"sort": sort, "grid_id": grid_id, "status": status}
        for page in self._pages(RunList, f"/api/backtests/{backtest_id}/runs", query):
            yield from page.items

    def submissions(self) -> Iterator[SubmissionShown]:
        """Every run and grid that was asked for, from the newest to the first one, page by page."""
        for page in self._pages(SubmissionList, "/api/submissions"):
            yield from page.items

    def cancel_run(self, backtest_id: str, run_id: str) -> None:
        self._call("POST", f"/api/backtests/{backtest_id}/runs/{run_id}:cancel", headers=new_key())

    def metrics(self) -> list[MetricShown]:
        """What the keys of a run's stats mean."""
        return self._read(MetricList, "/api/metrics").items


def _grid(grid_spec: Mapping[str, Any], max_evals: int | None, early_stop: Mapping[str, Any] | None) -> dict[str, Any]:
    stop = dict(early_stop) if early_stop is not None else None
    return {"mode": "grid", "gridSpec": dict(grid_spec), "max_evals": max_evals, "early_stop": stop}
