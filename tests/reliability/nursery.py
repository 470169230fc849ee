"""A process that has loaded all that a worker needs, and has no threads: it forks real processes that claim, compute and die at once.

`python -m tests.reliability.nursery <folder>` reads orders, a line of JSON each, and answers each with a line. Its other end is
tests/reliability/children.py. Standard output and error of the children go to <folder>/nursery.log.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
import numpy as np

from datalake.panels.packing import unpack
from datalake.panels.panel import to_market
from functions.aggregator import aggregate
from functions.computing import compute
from functions.jobs import database
from functions.jobs.records import BlockTask
from functions.messages import Doorbell
from functions.settings import Settings
from functions.sweeper import sweep
from functions.wiring import House
from functions.worker import work
from tests.reliability.steps import Orders, Step, Steps


def _plan(house: House, grid_id: str) -> None:
    from functions.planner import plan  # its libraries start threads: loaded after the fork

    plan(Doorbell(grid_id=grid_id), house)


DOORS: Mapping[str, Callable[[House, str], object]] = {
    "worker": lambda house, grid_id: work(house, lambda: 300.0),
    "aggregator": lambda house, grid_id: aggregate(Doorbell(grid_id=grid_id), house),
    "sweeper": lambda house, grid_id: sweep(house),
    "planner": _plan,
}


class Nowhere:
    """Results that nobody keeps."""

    def put_cells(self, owner: str, cells: object) -> str:
        return ""

    def put_artifacts(self, owner: str, run_id: str, files: object) -> tuple[()]:
        return ()


def warm_up(panel: str, task: Mapping[str, Any]) -> None:
    """Loads the kernels by computing one block of each kind, and what clients of AWS are made from. A thread would not survive the fork, so
    the panel is read without the object store's library."""
    market = to_market(*unpack(np.fromfile(panel, np.uint8)))
    for kind in ("cells", "ledgers"):
        compute(BlockTask(kind=kind, **task), market, Nowhere(), "none", lambda done: True)  # type: ignore[arg-type]
    boto3.client("sqs", region_name="ap-east-1")
    if len(list(Path("/proc/self/task").iterdir())) != 1:
        raise RuntimeError("a nursery with threads cannot fork")


def start(order: Mapping[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            told = dict(order["orders"])
            orders = Orders(Step(*told.pop("at")) if told.get("at") else None, **{k: v for k, v in told.items() if k != "at"})
            if orders.clock:
                _move_the_clock(orders.clock)
            database.IDLE_TIMEOUT = orders.idle_timeout or database.IDLE_TIMEOUT
            house = House(Settings(**order["settings"]))
            Steps(Path(order["steps"]), orders).watch(house)
            DOORS[order["door"]](house, order["grid_id"])
            code = 0
        except BaseException:  # noqa: BLE001  it is told, and nothing of the parent's may run here
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(code)
    return pid


def _move_the_clock(seconds: float) -> None:
    """Of this process, as Python sees it."""
    real = time.time
    time.time = lambda: real() + seconds


def wait(pid: int) -> dict[str, Any]:
    """Until it has ended or was stopped."""
    _, status = os.waitpid(pid, os.WUNTRACED)
    return {"stopped": os.WIFSTOPPED(status), "code": None if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)}


def answer(order: Mapping[str, Any]) -> Any:
    if order["do"] == "warm_up":
        return warm_up(order["panel"], order["task"])
    if order["do"] == "start":
        return start(order)
    if order["do"] == "wait":
        return wait(order["pid"])
    os.kill(order["pid"], signal.Signals[order["do"]])  # SIGCONT, SIGSTOP, SIGKILL
    return None


def main(folder: Path) -> None:
    answers = os.fdopen(os.dup(1), "w")
    log = os.open(folder / "nursery.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
