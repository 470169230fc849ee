"""Keeps work while it is being done: a heartbeat in a thread of its own, so that a long step without a checkpoint loses nothing."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from functions.logs import log_failure

GLANCE_SECONDS = 1.0
"""How soon a cancellation is noticed, at the latest; asking changes nothing in the database unless there is something to note."""


class Lease:
    """`beat(percent)` prolongs the lease and says whether the work is still wanted."""

    def __init__(self, beat: Callable[[int], bool], lease_seconds: float, heartbeat_seconds: float) -> None:
        self._beat, self._lease_seconds = beat, lease_seconds
        self._interval = min(GLANCE_SECONDS, heartbeat_seconds)
        self._percent = 0
        self._lost, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def checkpoint(self, done: float) -> bool:
        """Notes the share that is done; False: stop, somebody else has the work or nobody wants it."""
        self._percent = max(self._percent, min(99, int(done * 100)))
        return not self._lost.is_set()

    @property
    def lost(self) -> bool:
        return self._lost.is_set()

    def _run(self) -> None:
        kept = time.monotonic()
        while not self._over.wait(self._interval):
            try:
                if not self._beat(self._percent):
                    self._lost.set()
                    return
                kept = time.monotonic()
            except Exception as error:  # noqa: BLE001  a thread that ends without a word would let the lease run out unnoticed
                log_failure("a heartbeat did not reach the database", error)
                if time.monotonic() - kept > self._lease_seconds:
                    self._lost.set()
                    return
