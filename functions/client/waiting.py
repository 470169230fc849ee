"""Looking at runs and grids until they have ended."""

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from functions.api.answers import GridShown, RunShown
from functions.client.errors import ClientError
from functions.client.grids import GridCalls
from functions.client.runs import RunCalls

Seen = TypeVar("Seen", RunShown, GridShown)

ENDED = {"succeeded", "failed", "cancelled"}
GRID_ENDED = {"finished", "cancelled", "incomplete"}
SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 0.5
"""Seconds between two looks at something that goes on; a minute of them stays below the usual rate limit."""


class Waiting(RunCalls, GridCalls):
    """`on_progress` sees every look. `timeout_seconds` None: as long as it takes; beyond it ClientError with code "TIMED_OUT", and the
    work goes on. `cancel_on_interrupt`: Ctrl-C also ends the work, not only the waiting."""

    def wait_run(
        self,
        backtest_id: str,
        run_id: str,
        on_progress: Callable[[RunShown], None] = lambda run: None,
        *,
        timeout_seconds: float | None = None,
        cancel_on_interrupt: bool = False,
    ) -> RunShown:
        """Looks until the run has ended, less often the longer it takes."""

        def look() -> RunShown:
            return self.run(backtest_id, run_id)

        try:
            return self._watched(f"run {run_id}", look, ENDED, on_progress, timeout_seconds)
        except KeyboardInterrupt:
            if cancel_on_interrupt:
                self.cancel_run(backtest_id, run_id)
            raise

    def wait_grid(
        self,
        backtest_id: str,
        grid_id: str,
        on_progress: Callable[[GridShown], None] = lambda grid: None,
        *,
        timeout_seconds: float | None = None,
        cancel_on_interrupt: bool = False,
    ) -> GridShown:
        """Looks until the grid has ended and is summed up."""

        def look() -> GridShown:
            return self.grid(backtest_id, grid_id)

        try:
            return self._watched(f"grid {grid_id}", look, GRID_ENDED, on_progress, timeout_seconds)
        except KeyboardInterrupt:
            if cancel_on_interrupt:
                self.cancel_grid(backtest_id, grid_id)
            raise

    def _watched(
        self,
        what: str,
        look: Callable[[], Seen],
        ended: set[str],
        on_progress: Callable[[Seen], None],
        timeout_seconds: float | None,
    ) -> Seen:
        until = None if timeout_seconds is None else time.monotonic() + timeout_seconds
        pauses = _pauses()
        while True:
            seen = look()
            on_progress(seen)
            if seen.status in ended:
                return seen
            if until is not None and time.monotonic() > until:
                raise ClientError("TIMED_OUT", f"{what} has not ended after {timeout_seconds:g} s: {seen.status}, {seen.progress} %")
            self._sleep(next(pauses))


def _pauses() -> Iterator[float]:
    """A twelfth of what was waited so far: an end is seen soon after it has come, and few looks are made until then."""
    waited = 0.0
    while True:
        pause = min(LONGEST_PAUSE, max(SHORTEST_PAUSE, waited / 12))
        yield pause
        waited += pause
