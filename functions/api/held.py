"""What this process holds of immutable objects: the last used ones, up to so many bytes."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    @property
    def nbytes(self) -> int: ...


Value = TypeVar("Value", bound=Sized)


class Held(Generic[Value]):
    """Threads may share it. Two who want the same at once may read it twice."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._kept: dict[Hashable, Value] = {}
        self._turn = Lock()

    def get(self, name: Hashable, read: Callable[[], Value | None]) -> Value | None:
        """As `read` gives it; None is not remembered."""
        with self._turn:
            found = self._kept.pop(name, None)
        found = read() if found is None else found
        if found is not None:
            with self._turn:
                self._kept[name] = found
                while len(self._kept) > 1 and sum(each.nbytes for each in self._kept.values()) > self.most_bytes:
                    self._kept.pop(next(iter(self._kept)))
        return found

    def clear(self) -> None:
        with self._turn:
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)
