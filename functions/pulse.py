"""Asks the parts of the platform how they are, and never waits long: a dead part must not make whoever asks for it slow."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from datalake.errors import DataError, UnknownDatasetError
from datalake.objects import Store as Objects
from datalake.versions import resolve
from functions.errors import ApiError
from functions.jobs.database import Database
from functions.jobs.queue import Queue

Answer = TypeVar("Answer")

PATIENCE_SECONDS = 2.0
FRESH_SECONDS = 1.0
"""So long an answer is given again: asking more often costs the part nothing."""
EMPTY = ""


@dataclass(frozen=True)
class Vital:
    """How the platform is; None: the part does not answer."""

    database: bool | None
    dataset: str | None
    """The newest version; EMPTY: the lake has none yet."""
    queued: int | None
    """Messages that wait for the planner, the workers and the aggregator."""


class Parts(Protocol):
    """What is asked; a part that cannot even be made does not answer."""

    @property
    def database(self) -> Database: ...
    @property
    def lake(self) -> Objects: ...
    @property
    def queue(self) -> Queue: ...


class Pulses:
    """Of the parts that the API needs; all are asked at once."""

    def __init__(self, parts: Parts, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._database = Pulse(lambda: _stands(parts))
        self._lake = Pulse(lambda: _newest(parts))
        self._queue = Pulse(lambda: parts.queue.waiting())  # noqa: PLW0108  a queue that cannot even be made is asked for in there

    def take(self) -> Vital:
        for pulse in (self._database, self._lake, self._queue):
            pulse.begin()
        until = time.monotonic() + self._patience
        return Vital(self._database.wait(until), self._lake.wait(until), self._queue.wait(until))


class Pulse(Generic[Answer]):
    """One question to one part. One at a time is under way, so a part that hangs holds one thread and not one for every request."""

    def __init__(self, ask: Callable[[], Answer]) -> None:
        self._ask = ask
        self._change = threading.Condition()
        self._is_asking = False
        self._answer: Answer | None = None
        self._answered = float("-inf")

    def begin(self) -> None:
        with self._change:
            if not self._is_asking and not self._is_fresh():
                self._is_asking = True
                threading.Thread(target=self._question, name="pulse", daemon=True).start()

    def wait(self, until: float) -> Answer | None:
        """None: the part refused, failed, or did not answer before time.monotonic() said `until`."""
        with self._change:
            self._change.wait_for(self._is_fresh, max(0.0, until - time.monotonic()))
            return self._answer if self._is_fresh() else None

    def _is_fresh(self) -> bool:
        return time.monotonic() - self._answered <= FRESH_SECONDS

    def _question(self) -> None:
        answer: Answer | None = None
        try:
            answer = self._ask()
        except (ApiError, DataError):
            answer = None  # That is the answer; whoever needs the part gets its error, and the log has it.
        finally:
            with self._change:
                self._answer, self._answered, self._is_asking = answer, time.monotonic(), False
                self._change.notify_all()


def _stands(parts: Parts) -> bool:
    parts.database.check()
    return True


def _newest(parts: Parts) -> str:
    try:
        return resolve(parts.lake).version
    except UnknownDatasetError:
        return EMPTY
