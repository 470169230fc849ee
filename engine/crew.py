"""Threads that share out independent tasks; with one of them everything is done by the caller."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")
Item = TypeVar("Item")


class Crew:
    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def map(self, task: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """The results in order, while later ones are being made. The first error is raised, and what has not begun is dropped."""
        if self._pool is None:
            return map(task, items)
        return self._pool.map(task, items)

    def do(self, task: Callable[[Item], None], items: Iterable[Item]) -> None:
        """All of them, before it returns."""
        for _ in self.map(task, items):
            pass

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
