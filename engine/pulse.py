"""The pulse of a computation: between stretches of work its caller is told what share is done, and may say stop. Free of numba."""

from collections.abc import Callable, Iterator
from threading import Lock

from engine.simulation.outcome import Interrupted

Checkpoint = Callable[[float], bool]
"""Told the share that is done; False interrupts."""

STRETCH = 10_000_000
"""The most work between two checkpoints, in steps of the machine that computes nodes: about a nanosecond each, so ten milliseconds where
costs are estimated well, and a quarter of a second where they are twenty times too low."""


class Pulse:
    """Without a checkpoint nobody is asked, and work is not cut into stretches. Threads may share one."""

    def __init__(self, checkpoint: Checkpoint | None = None) -> None:
        self._checkpoint = checkpoint
        self._going = True
        self._first, self._until = 0.0, 0.0
        """The shares between which what was begun last lies."""
        self._work, self._done = 0, 0
        self._turn = Lock()

    def begin(self, until: float, work: int) -> None:
        """What was begun before is done. From there to the share `until` of everything lie so many units of work, of any size."""
        with self._turn:
            self._first, self._until = self._until, until
            self._work, self._done = work, 0

    def did(self, work: int = 0) -> None:
        """So many units of what was begun. Interrupted where the caller says stop, or has said so to another thread."""
        if self._checkpoint is None:
            return
        with self._turn:
            self._done += work
            part = min(1.0, self._done / self._work) if self._work > 0 else 0.0
            self._going = self._going and self._checkpoint(self._first + (self._until - self._first) * part)
            if not self._going:
                raise Interrupted

    def stretches(self, count: int, cost: int, work: int = 0) -> Iterator[tuple[int, int]]:
        """(first, end) of stretches of `count` things, each of which costs so many steps; done when the next stretch is asked for.

        `work`: what all of them are of what was begun. Interrupted after each, as `did`.
        """
        length = max(1, count) if self._checkpoint is None else max(1, STRETCH // max(1, cost))
        for first in range(0, count, length):
            end = min(count, first + length)
            yield first, end
            self.did(work * end // count - work * first // count)


SILENT = Pulse()
"""Of those who are not to be interrupted."""
