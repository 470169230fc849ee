"""The steps of a process, told from outside: every call that it makes to a part of the house, and what shall happen to it there."""

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

from functions.wiring import House

PARTS = ("desk", "queue", "panels", "results")
"""Of the house: who calls nothing of these changes nothing that anybody else sees."""

When = Literal["before", "inside", "after"]
"""inside: the transaction has done its work and was not committed."""


class Step(NamedTuple):
    call: str
    """desk.claim_block, say."""
    nth: int
    """Of this call in the process, from 1."""
    when: When


class Orders(NamedTuple):
    """What happens to a process."""

    at: Step | None = None
    signal: int = signal.SIGKILL
    """What the process gets there."""
    pauses: Mapping[str, float] = {}
    """Seconds before each such call, so that heartbeats come in between."""
    clock: float = 0
    """Seconds that the process' clock is ahead."""
    idle_timeout: str = ""
    """How long Postgres bears a transaction of the process in which nothing comes; empty: as long as the product says."""


UNHARMED = Orders()
PAUSES = {"panels.load": 0.12, "results.put_cells": 0.06, "results.put_artifacts": 0.06}
"""Seconds, while which a heartbeat comes."""


class Steps:
    """Notes each step in a file, a line each, before anything happens there."""

    def __init__(self, file: Path, orders: Orders) -> None:
        self._file, self._orders = file.open("a"), orders
        self._counts: Counter[str] = Counter()
        self._now = threading.local()

    def watch(self, house: House) -> None:
        vars(house)["database"] = _Inside(house.database, self)
        for name in PARTS:
            vars(house)[name] = _Watched(name, getattr(house, name), self)

    @contextmanager
    def call(self, name: str) -> Iterator[None]:
        time.sleep(self._orders.pauses.get(name, 0))
        self._counts[name] += 1
        self._now.call = name, self._counts[name]
        self.reached("before")
        try:
            yield
        finally:
            self._now.call = None
        self._now.call = name, self._counts[name]
        self.reached("after")
        self._now.call = None

    def reached(self, when: When) -> None:
        call = getattr(self._now, "call", None)
        if call is None:
            return
        step = Step(*call, when)
        self._file.write(json.dumps(step) + "\n")
        self._file.flush()
        if step == self._orders.at:
            os.kill(os.getpid(), self._orders.signal)


BEATS = ("desk.heartbeat", "desk.extend_plan", "desk.extend_aggregate")
"""Calls of a thread that comes when it is time: whether and how often is chance."""


def steps_of(steps: Sequence[Step]) -> list[Step]:
    """Each once: of calls that come again and again the first two, of heartbeats the first."""
    return [step for step in dict.fromkeys(steps) if step.nth == 1 or (step.nth == 2 and step.call not in BEATS)]


def read_steps(file: Path) -> list[Step]:
    return [Step(*json.loads(line)) for line in file.read_text().splitlines()]


class _Watched:
    """A part of the house; each call of a method is a step."""

    def __init__(self, name: str, part: Any, steps: Steps) -> None:
        self._name, self._part, self._steps = name, part, steps

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._part, name)
        return self._watched(name, value) if callable(value) and not name.startswith("_") else value

    def _watched(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def called(*values: Any, **named: Any) -> Any:
            with self._steps.call(f"{self._name}.{name}"):
                return method(*values, **named)

        return called


class _Inside:
    """The database; the end of a worker's transaction is a step of whatever call it belongs to."""

    def __init__(self, database: Any, steps: Steps) -> None:
        self._database, self._steps = database, steps

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @contextmanager
    def as_worker(self) -> Iterator[Any]:
        with self._database.as_worker() as connection:
            yield connection
            self._steps.reached("inside")
