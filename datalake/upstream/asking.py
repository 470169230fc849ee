"""Questions put to Tushare by a few threads; it can be stopped at any time without losing an answer."""

import threading
from collections.abc import Collection, Generator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from datalake.lake import Lake
from datalake.storing.pieces import Piece
from datalake.upstream.ingest import SOURCE, Upstream, fetch_task
from datalake.upstream.wanted import GATE, Task

WAKE = 0.5
"""Seconds after which the main thread looks up: a Ctrl-C that the system gave to another thread does not wake it."""


class StoppedError(Exception):
    """Raised by a wait that was broken off."""


class Stop:
    """Ends a sync from outside: nothing new is asked, and waits are broken off."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        self._event.set()

    @property
    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> None:
        """Patience's way to wait."""
        if self._event.wait(seconds):
            raise StoppedError


class Outcome(NamedTuple):
    task: Task
    piece: Piece | None = None
    """None: the rows are not out, or there is an error."""
    error: Exception | None = None


@dataclass(frozen=True)
class Crew:
    """A few threads, and what they need to ask."""

    lake: Lake
    upstream: Upstream
    workers: int
    skip_bad: bool
    stop: Stop
    today: int
    barred: Collection[str]
    """Interfaces that are not asked; it may grow meanwhile."""

    def ask(self, lots: list[list[Task]]) -> Generator[Outcome]:
        """The outcomes as they come. When it is closed, calls that are under way are finished, and what they bring is staged."""
        rest = iter(lots)
        with ThreadPoolExecutor(self.workers, "tushare") as pool:
            running: set[Future[list[Outcome]]] = set()
            try:
                while True:
                    running |= {pool.submit(self._ask_lot, lot) for lot in islice(rest, 2 * self.workers - len(running))}
                    if not running:
                        return
                    finished, running = wait(running, WAKE, FIRST_COMPLETED)
                    for future in finished:
                        yield from future.result()
            except BaseException:
                self.stop.set()
                raise

    def _ask_lot(self, lot: list[Task]) -> list[Outcome]:
        """In a thread. Of a session whose daily bars are not out, or bad, nothing else is asked."""
        outcomes: list[Outcome] = []
        for task in lot:
            if self.stop.is_set:
                break
            if task.interface in self.barred:
                continue
            try:
                piece = fetch_task(self.lake, SOURCE, task, self.upstream, skip_bad=self.skip_bad, today=self.today)
                outcomes.append(Outcome(task, piece))
            except StoppedError:
                break
            except Exception as error:  # noqa: BLE001  told by the main thread
                outcomes.append(Outcome(task, error=error))
            if task.interface == GATE and not outcomes[-1].piece:
                break
        return outcomes
