"""A typed client of the REST API: what it sends and receives are the contract's own shapes."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx
from pydantic import BaseModel, ValidationError

from functions.api.answers import (
    BacktestCreated,
    BacktestList,
    BacktestShown,
    DatasetDetails,
    DatasetList,
    DatasetShown,
    DiagnosisShown,
    GridShown,
    Health,
    HeatmapShown,
    MetricList,
    MetricShown,
    RankingShown,
    RunList,
    RunShown,
    RunsSubmitted,
    StrategyVersionShown,
    TemplateList,
    TemplateShown,
)
from functions.api.language_shapes import Language, TextJudged

Answer = TypeVar("Answer", bound=BaseModel)

ENDED = {"succeeded", "failed", "cancelled"}
GRID_ENDED = {"finished", "cancelled", "incomplete"}
TIMEOUT_SECONDS = 30
SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 0.5
"""Seconds between two looks at something that goes on; a minute of them stays below the usual rate limit."""
HEADERS = {"Accept": "application/vnd.backtest.v1+json"}


class ClientError(Exception):
    """An answer that is an error, or none at all (code "UNREACHABLE")."""

    def __init__(self, code: str, message: str, problems: Sequence[Mapping[str, Any]] = (), request_id: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.problems, self.request_id = code, message, tuple(problems), request_id


class Client:
    """Calls the API as one user. Network failures, 5xx and 429 are tried again with growing pauses; writes carry an Idempotency-Key,
    so a repeated one happens once."""

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        transport: httpx.BaseTransport | None = None,
        attempts: int = 5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = httpx.Client(
            base_url=url, transport=transport, timeout=TIMEOUT_SECONDS, headers={"Accept": "application/vnd.backtest.v1+json"}
        )
        self._attempts, self._sleep, self._token = attempts, sleep, token
        self.url = url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def sign_in(self, email: str, password: str, *, auth_url: str = "", api_key: str = "") -> None:
        """Takes an access token from Supabase Auth (`auth_url`: https://<project>.supabase.co; empty: the API's own address)."""
        answer = self._call(
            "POST",
            f"{auth_url.rstrip('/')}/auth/v1/token?grant_type=password",
            json={"email": email, "password": password},
            headers={"apikey": api_key} if api_key else {},
        )
        self._token = str(answer.json()["access_token"])

    # asking for work

    def create_backtest(self, strategy: Mapping[str, str], context: Mapping[str, Any], notes: str = "") -> str:
        """`strategy` is {"code": text}, {"template": name} or {"strategy_id": id}."""
        body = {"strategyRef": dict(strategy), "context": dict(context), "notes": notes}
        return self._write(BacktestCreated, "/api/backtests", body).backtest_id

    def submit_single(self, backtest_id: str, params: Mapping[str, float], *, budget_ms: int | None = None, priority: int = 5) -> str:
        """The run's id."""
        body = {"mode": "single", "params": dict(params), "budget_ms": budget_ms, "priority": priority}
        return self._write(RunsSubmitted, f"/api/backtests/{backtest_id}/runs", body).run_ids[0]

    def submit_grid(
        self,
        backtest_id: str,
        grid_spec: Mapping[str, Any],
        *,
        max_evals: int | None = None,
        budget_ms: int | None = None,
        priority: int = 5,
    ) -> RunsSubmitted:
        """`grid_spec` names each parameter's candidates: a list, or {"start", "stop", "step"}."""
        body = {"mode": "grid", "gridSpec": dict(grid_spec), "max_evals": max_evals, "budget_ms": budget_ms, "priority": priority}
        return self._write(RunsSubmitted, f"/api/backtests/{backtest_id}/runs", body)

    def cancel_run(self, backtest_id: str, run_id: str) -> None:
        self._call("POST", f"/api/backtests/{backtest_id}/runs/{run_id}:cancel", headers=_key())

    def cancel_grid(self, backtest_id: str, grid_id: str) -> None:
        self._call("POST", f"/api/backtests/{backtest_id}/grids/{grid_id}:cancel", headers=_key())

    # looking

    def run(self, backtest_id: str, run_id: str) -> RunShown:
        return self._read(RunShown, f"/api/backtests/{backtest_id}/runs/{run_id}")

    def grid(self, backtest_id: str, grid_id: str) -> GridShown:
        return self._read(GridShown, f"/api/backtests/{backtest_id}/grids/{grid_id}")

    def run_by_id(self, run_id: str) -> RunShown:
        """Without knowing its backtest."""
        return self._read(RunShown, f"/api/runs/{run_id}")

    def grid_by_id(self, grid_id: str) -> GridShown:
        """Without knowing its backtest."""
        return self._read(GridShown, f"/api/grids/{grid_id}")

    def diagnosis(self, backtest_id: str, grid_id: str) -> dict[str, Any]:
        """Whether to believe the best of a grid that has ended; as engine.diagnosis says it, with best_run_id."""
        return self._read(DiagnosisShown, f"/api/backtests/{backtest_id}/grids/{grid_id}/diagnosis").model_dump()

    def heatmap(
        self,
        backtest_id: str,
        grid_id: str,
        x: str,
        y: str | None = None,
        *,
        metric: str = "return",
        held: Mapping[str, float] | None = None,
    ) -> HeatmapShown:
        """A metric over one or two parameters; the others are `held`, or stay where the best run by return has them."""
        query: dict[str, Any] = {"x": x, "metric": metric} | ({"y": y} if y else {})
        query |= {f"params.{name}": value for name, value in (held or {}).items()}
        return self._read(HeatmapShown, f"/api/backtests/{backtest_id}/grids/{grid_id}/heatmap", query)

    def grid_report(self, backtest_id: str, grid_id: str) -> bytes:
        """The page of a grid that has ended."""
        return self._call("GET", f"/api/backtests/{backtest_id}/grids/{grid_id}/report").content

    def metrics(self) -> list[MetricShown]:
        return self._read(MetricList, "/api/metrics").items

    def runs(
        self, backtest_id: str, *, grid_id: str | None = None, status: str | None = None, sort: str = "position"
    ) -> Iterator[RunShown]:
        """All of them, page by page. `sort`: position, created_at, stats.<metric> or params.<name>; "-" first: descending."""
        query: dict[str, Any] = {"sort": sort, "limit": 500}
        query |= {key: value for key, value in (("grid_id", grid_id), ("status", status)) if value}
        while True:
            page = self._read(RunList, f"/api/backtests/{backtest_id}/runs", query)
            yield from page.items
            if page.next_cursor is None:
                return
            query["cursor"] = page.next_cursor

    def backtests(self, limit: int = 20) -> list[BacktestShown]:
        """The newest ones."""
        return self._read(BacktestList, "/api/backtests", {"limit": limit}).items

    def backtest(self, backtest_id: str) -> BacktestShown:
        return self._read(BacktestShown, f"/api/backtests/{backtest_id}")

    def strategy_version(self, strategy_id: str, version: int) -> StrategyVersionShown:
        """With its text; one's own."""
        return self._read(StrategyVersionShown, f"/api/strategies/{strategy_id}/versions/{version}")

    def templates(self) -> list[TemplateShown]:
        return self._read(TemplateList, "/api/templates").items

    def functions(self) -> Language:
        """Everything that a strategy's text may say."""
        return self._read(Language, "/api/functions")

    def validate(self, code: str, context: Mapping[str, Any] | None = None) -> TextJudged:
        """What is wrong with a text, by itself or in a backtest's context; nothing is kept."""
        sent = {"code": code} | ({"context": dict(context)} if context is not None else {})
        return _understood(TextJudged, self._call("POST", "/api/strategies:validate", json=sent))

    def datasets(self) -> list[DatasetShown]:
        return self._read(DatasetList, "/api/market/datasets").items

    def dataset(self, version: str) -> DatasetDetails:
        """One version with its note and what was found; a source alone is its newest version."""
        return self._read(DatasetDetails, f"/api/market/datasets/{quote(version, safe=':')}")

    def ranking(self, field: str, date: str | None = None, *, timeout_seconds: float = 120, **more: str | int) -> RankingShown:
        """The first stocks of a session (omitted: the newest). `more`: top, order, boards, datasource_version. Waits until it is made."""
        query = {"field": field, **({"date": date} if date else {}), **more}
        until = time.monotonic() + timeout_seconds
        while True:
            answer = self._call("GET", "/api/market/rankings", params=query)
            if answer.status_code != 202:
                return _understood(RankingShown, answer)
            if time.monotonic() > until:
                raise ClientError("UNREACHABLE", f"the ranking by {field} was not ready after {timeout_seconds:g} s")
            self._sleep(float(answer.headers.get("Retry-After", 1)) / 2)

    def health(self) -> Health:
        return self._read(Health, "/api/health")

    def artifact(self, run_id: str, kind: str, format: str | None = None, *, timeout_seconds: float = 120) -> bytes:
        """Equity, account, trades, positions, orders, refusals, events, logs, report, statistics or findings.

        A grid cell's account is made on first request: waits for it.
        """
        until = time.monotonic() + timeout_seconds
        while True:
            answer = self._call("GET", f"/api/runs/{run_id}/artifacts/{kind}", params={"format": format} if format else None)
            if answer.status_code != 202:
                return answer.content
            if time.monotonic() > until:
                raise ClientError("UNREACHABLE", f"the {kind} of run {run_id} were not ready after {timeout_seconds:g} s")
            self._sleep(float(answer.headers.get("Retry-After", 1)) / 2)

    # waiting

    def wait_run(self, backtest_id: str, run_id: str, on_progress: Callable[[RunShown], None] = lambda run: None) -> RunShown:
        """Looks until the run has ended, less often the longer it takes."""
        for pause in _pauses():
            run = self.run(backtest_id, run_id)
            on_progress(run)
            if run.status in ENDED:
                return run
            self._sleep(pause)
        raise AssertionError("pauses never end")

    def wait_grid(self, backtest_id: str, grid_id: str, on_progress: Callable[[GridShown], None] = lambda grid: None) -> GridShown:
        """Looks until the grid has ended and is summed up."""
        for pause in _pauses():
            grid = self.grid(backtest_id, grid_id)
            on_progress(grid)
            if grid.status in GRID_ENDED:
                return grid
            self._sleep(pause)
        raise AssertionError("pauses never end")

    # calling

    def _read(self, model: type[Answer], path: str, query: Mapping[str, Any] | None = None) -> Answer:
        return _understood(model, self._call("GET", path, params=query))

    def _write(self, model: type[Answer], path: str, body: Mapping[str, Any]) -> Answer:
        sent = {key: value for key, value in body.items() if value is not None}
        return _understood(model, self._call("POST", path, json=sent, headers=_key()))

    def _call(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **content: Any) -> httpx.Response:
        all_headers = dict(headers or {}) | ({"Authorization": f"Bearer {self._token}"} if self._token else {})
        for attempt in range(1, self._attempts + 1):
            pause = min(10.0, 0.25 * 2**attempt) * random.uniform(0.5, 1)  # noqa: S311  jitter, not a secret
            try:
                answer = self._http.request(method, path, headers=all_headers, **content)
            except httpx.TransportError as error:
                if attempt == self._attempts:
                    raise ClientError("UNREACHABLE", f"{self.url} does not answer ({type(error).__name__})") from error
            except httpx.InvalidURL as error:
                raise ClientError("UNREACHABLE", f"{self.url!r} is no address of an API") from error
            else:
                if answer.is_success:
                    return answer
                again = answer.status_code >= 500 or "Retry-After" in answer.headers
                if not again or attempt == self._attempts:
                    raise _error(answer)
                pause = min(60.0, float(answer.headers.get("Retry-After", pause)))
            self._sleep(pause)
        raise AssertionError("the last attempt returns or raises")


def _key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def _pauses() -> Iterator[float]:
    """A twelfth of what was waited so far: an end is seen soon after it has come, and few looks are made until then."""
    waited = 0.0
    while True:
        pause = min(LONGEST_PAUSE, max(SHORTEST_PAUSE, waited / 12))
        yield pause
        waited += pause


def _understood(model: type[Answer], answer: httpx.Response) -> Answer:
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as error:
        raise ClientError("UNREACHABLE", f"{answer.url} answered something else than the API would") from error


def _error(answer: httpx.Response) -> ClientError:
    request_id = answer.headers.get("X-Request-Id", "")
    try:
        error = answer.json()["error"]
        return ClientError(error["code"], error["message"], error.get("details", {}).get("problems", ()), request_id)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ClientError("UNREACHABLE", f"{answer.url} answered {answer.status_code}", (), request_id)
