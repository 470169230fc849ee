"""Threads that share out independent tasks; with one of them everything is done by the caller."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")
Item = TypeVar("Item")

AHEAD = 2
"""Tasks for each thread that may be done, or begun, before somebody takes their results."""


class Crew:
    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def map(self, task: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """The results in order, while a few later ones are being made. The first error is raised; what has not begun then is dropped."""
        if self._pool is None:
            yield from map(task, items)
            return
        begun: deque[Future[Result]] = deque()
        try:
            for item in items:
                begun.append(self._pool.submit(task, item))
                if len(begun) > AHEAD * self.threads:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for each in begun:
                each.cancel()

    def do(self, task: Callable[[Item], None], items: Iterable[Item]) -> None:
        """All of them, before it returns."""
        for _ in self.map(task, items):
            pass

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
