"""What a function's first caller waits for: each function of the template in a process of its own, called with what really comes to it."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import httpx

from bench.homes import new_home
from bench.messages import LOCAL, registered
from bench.workload import Figures, Size
from datalake.sample import build_sample
from functions.client import Client
from functions.client.messages import MessageClient
from functions.commands.connection import client_of
from infra.local.gateway import event_of
from infra.local.packages import HERE, python_of
from infra.local.queues import record
from infra.local.runtime import Environment
from infra.local.stack import RunningStack, run_stack

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

PACKAGES = Path("out/packages").absolute()
"""Measured too, where `make build` has made them."""
CONTEXT = {"window": {"start": "2019-01-02", "end": "2020-12-31"}, "datasource_version": "sample:v1"}
STRATEGY = {"template": "dual-moving-average"}
GRID = {"ma_short": [3, 5, 8, 10, 13, 15], "ma_long": [20, 25, 30, 40, 50, 60]}
SCHEDULED = {"source": "aws.events", "detail-type": "Scheduled Event"}
TODAY = {"source": "lianghu", "detail-type": "Is today there"}
WAIT_SECONDS = 20
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def run(size: Size) -> Figures:
    """`rounds` processes of each function; of each figure the least is told. `combinations` 0: from the sources alone."""
    found = {"sources": _started(size.rounds, None)}
    if size.combinations and PACKAGES.exists():
        wanted = python_of(PACKAGES)
        found["packages"] = (
            _started(size.rounds, PACKAGES)
            if wanted == HERE
            else {"not measured": f"they are for Python {wanted}: .lianghu/packer/bin/python -m bench cold"}
        )
    return found


def _started(rounds: int, packages: Path | None) -> Figures:
    with new_home("cold", WORKERS=1) as (settings, folder):
        build_sample((folder / "lake").as_uri())
        with run_stack(settings, packages, listens=False) as stack, client_of(stack) as api:
            sqs = boto3.client("sqs", region_name="ap-east-1", endpoint_url=stack.aws_url, **LOCAL)  # type: ignore[call-overload]
            visits = _Visits(stack, api, registered(api), sqs)
            told = [dict(visits.all(number)) for number in range(rounds)]
    return {
        name: {figure: min(each[name][figure] for each in told) for figure in told[0][name]}  # of a busy machine, the quietest moments
        for name in told[0]
    }


@dataclass(frozen=True)
class _Visits:
    """Calls of every function by who calls it on the platform, from a submission to its result."""

    stack: RunningStack
    api: Client
    messages: MessageClient
    sqs: "SQSClient"

    def all(self, number: int) -> Iterator[tuple[str, Figures]]:
        """By the function's name. `number` makes the grids of each round new ones."""
        signed_in = {"authorization": f"Bearer {_token(self.stack)}"}
        yield "ApiFunction, health", self._twice("ApiFunction", lambda: _request("/api/health", {}))
        yield (
            "ApiFunction, a read",
            self._twice("ApiFunction", lambda: _request("/api/backtests", signed_in)),
        )
        yield "ResponderFunction", self._twice("ResponderFunction", self._command)
        with (
            self._fresh("PlannerFunction") as planner,
            self._fresh("WorkerFunction") as worker,
            self._fresh("AggregatorFunction") as summing,
        ):
            grids = []
            for cash in (10_000_000 + 2 * number, 10_000_001 + 2 * number):
                backtest_id = self.api.create_backtest(STRATEGY, {**CONTEXT, "initial_cash": cash})
                grids.append(str(self.api.submit_grid(backtest_id, GRID).grid_id))
                planner.call(self._message("PlanQueue"))
                worker.call(self._message("BlockQueue"))
            for grid in grids:  # not before: it asks workers for the accounts of the best, which they would do with the second grid
                summing.call(self._message("AggregateQueue"))
                state = self.api.grid_by_id(grid)
                if state.status != "finished" or state.counts.get("succeeded") != 36:
                    raise ValueError(f"the grid is {state.status} ({state.counts}) when all were called")
            yield from ((each.name, each.figures()) for each in (planner, worker, summing))
        yield "SweeperFunction", self._twice("SweeperFunction", lambda: SCHEDULED)
        yield "ArchiverFunction", self._twice("ArchiverFunction", lambda: SCHEDULED)
        yield "IngestFunction", self._twice("IngestFunction", lambda: TODAY)

    def _twice(self, name: str, event: Any) -> Figures:
        with self._fresh(name) as visited:
            visited.call(event())
            visited.call(event())
            return visited.figures()

    @contextmanager
    def _fresh(self, name: str) -> "Iterator[_Visited]":
        environment = self.stack.environment(name)
        try:
            yield _Visited(name, environment)
        finally:
            environment.stop()

    def _command(self) -> Mapping[str, Any]:
        self.messages.send("list_backtests", query={"limit": 1})
        return self._message("CommandQueue")

    def _message(self, queue: str) -> Mapping[str, Any]:
        """What waits in it, as the function's event."""
        url = self.stack.queues[queue]
        found = self.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=WAIT_SECONDS, AttributeNames=["All"])["Messages"]
        self.sqs.delete_message(QueueUrl=url, ReceiptHandle=found[0]["ReceiptHandle"])
        return {"Records": [record(found[0], f"arn:aws:sqs:ap-east-1:000000000000:{queue}")]}


class _Visited:
    """A function's process, from its start on."""

    def __init__(self, name: str, environment: Environment) -> None:
        self.name, self._environment = name, environment
        self._seconds: list[float] = []
        began = time.perf_counter()
        environment.warm_up()
        self._ready, self._cpu_ready = time.perf_counter() - began, self._cpu_seconds()
        self._cpu_first = 0.0

    def call(self, event: Mapping[str, Any]) -> None:
        began = time.perf_counter()
        done = self._environment.invoke(event)
        self._seconds.append(time.perf_counter() - began)
        if done.error is not None or done.cold or (isinstance(done.payload, dict) and done.payload.get("statusCode", 200) != 200):
            raise ValueError(f"{self.name} did not answer its event: {done}")
        self._cpu_first = self._cpu_first or self._cpu_seconds()

    def figures(self) -> Figures:
        """Processor time of the whole process, which a busy machine changes less than the clock."""
        first, second = self._seconds
        return {
            "start_to_handler_seconds": round(self._ready, 3),
            "first_call_seconds": round(first, 3),
            "start_to_first_answer_seconds": round(self._ready + first, 3),
            "second_call_seconds": round(second, 4),
            "start_to_handler_cpu_seconds": self._cpu_ready,
            "start_to_first_answer_cpu_seconds": self._cpu_first,
            "peak_mb": round(self._status("VmHWM") / 1024),
        }

    def _cpu_seconds(self) -> float:
        words = Path(f"/proc/{self._environment.process_id}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / TICKS_A_SECOND

    def _status(self, name: str) -> int:
        rows = Path(f"/proc/{self._environment.process_id}/status").read_text().splitlines()
        return int(next(row for row in rows if row.startswith(name)).split()[1])


def _token(stack: RunningStack) -> str:
    answer = httpx.post(
        f"{stack.url}/auth/v1/token", params={"grant_type": "password"}, json={"email": stack.email, "password": stack.password}
    )
    return str(answer.raise_for_status().json()["access_token"])


def _request(path: str, headers: Mapping[str, str]) -> Mapping[str, Any]:
    """As the gateway before the API makes it."""
    return event_of(
        {
            "type": "http",
            "method": "GET",
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "http_version": "1.1",
            "scheme": "http",
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        },
        b"",
    )
