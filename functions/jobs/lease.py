"""Keeps work while it is being done: a heartbeat in a thread of its own, so that a long step without a checkpoint loses nothing."""

import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from enum import Enum
from types import TracebackType
from typing import Self

from functions.logs import log_failure

GLANCE_SECONDS = 1.0
"""How soon a cancellation is noticed, at the latest; asking changes nothing in the database unless there is something to note."""


class Verdict(Enum):
    """What a heartbeat hears. True: go on."""

    KEPT = "kept"
    LOST = "lost"
    """Somebody else has the work, or nobody wants it: stop, and report nothing."""
    OVER_BUDGET = "budget"
    """Stop, and report what is finished: the lease is kept until then."""

    def __bool__(self) -> bool:
        return self is Verdict.KEPT


class Lease:
    """`beat(percent)` prolongs the lease and says whether the work is still wanted."""

    def __init__(self, beat: Callable[[int], Verdict], lease_seconds: float, heartbeat_seconds: float) -> None:
        self._beat, self._lease_seconds = beat, lease_seconds
        self._interval = min(GLANCE_SECONDS, heartbeat_seconds)
        self._percent = 0
        self._verdict = Verdict.KEPT
        self._over = threading.Event()
        # In a copy of its context, so that what it logs names the block.
        self._thread = threading.Thread(target=copy_context().run, args=(self._run,), name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def checkpoint(self, done: float) -> bool:
        """Notes the share that is done; False: stop, for the reason that `verdict` tells."""
        self._percent = max(self._percent, min(99, int(done * 100)))
        return bool(self._verdict)

    @property
    def verdict(self) -> Verdict:
        return self._verdict

    def _run(self) -> None:
        kept = time.monotonic()
        while self._verdict is not Verdict.LOST and not self._over.wait(self._interval):
            try:
                verdict = self._beat(self._percent)
                kept = time.monotonic()
                # Who was told to stop stays told, even where the budget has room again because somebody else's work was given up.
                self._verdict = self._verdict if verdict else verdict
            except Exception as error:  # noqa: BLE001  a thread that ends without a word would let the lease run out unnoticed
                log_failure("a heartbeat did not reach the database", error)
                if time.monotonic() - kept > self._lease_seconds:
                    self._verdict = Verdict.LOST
