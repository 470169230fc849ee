"""The questions of one message, asked one after the other; what cannot be asked now is given back instead of waited for."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from datalake.errors import DataError, ForbiddenError, RateError, StorageError, TokenError, UnreachableError
from datalake.finding import Finding
from datalake.interfaces import INTERFACES
from datalake.upstream.throttle import Throttle
from datalake.upstream.wanted import GATE, Task
from functions.jobs.rounds import EVERYTHING

BRIEF_SECONDS = 5.0
"""What a function waits for itself; longer waits are the queue's."""
LONGEST_HOLD = 3700.0
"""The vendor counts some interfaces by the hour: worth coming back for. By the day is not."""
LAST_CALL_SECONDS = 120.0
"""With less time than this, no further question is asked."""

USED_UP = "account_used_up"
"""What an account cannot have now and could have another time; "not_allowed" is what it never had."""

Ask = Callable[[Task], object | None]
"""Asks and stages; None: the rows are not out yet."""


class LaterError(Exception):
    """Instead of a wait: so many seconds would have to go by."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds:.0f} seconds")
        self.seconds = seconds


def briefly(seconds: float) -> None:
    """How the vendor's client waits here."""
    if seconds > BRIEF_SECONDS:
        raise LaterError(seconds)
    time.sleep(seconds)


@dataclass
class RefusedThrottle:
    """A throttle that remembers whether the vendor has refused meanwhile."""

    throttle: Throttle
    refused: bool = False

    def take(self, interface: str, per_minute: int) -> float:
        return self.throttle.take(interface, per_minute)

    def hold(self, interface: str, seconds: float) -> None:
        self.refused = True
        self.throttle.hold(interface, seconds)


@dataclass
class Fetching:
    """Asks a message's questions, and holds what came of them. Those that end up nowhere here were answered, or need not be asked."""

    ask: Ask
    throttle: Throttle
    barred_before: Callable[[str], bool]
    seconds_left: Callable[[], float]
    waiting: list[Task] = field(default_factory=list)
    """To be asked again after `delay` seconds."""
    delay: float = 0.0
    troubled: bool = False
    """The vendor does not answer: coming back counts as a try."""
    answered: int = 0
    late: list[Task] = field(default_factory=list)
    """The rows are not out yet."""
    failed: dict[Task, Finding] = field(default_factory=dict)
    barred: dict[str, Finding] = field(default_factory=dict)
    """By interface, or EVERYTHING."""
    _held: set[str] = field(default_factory=set)

    def ask_all(self, tasks: Iterable[Task]) -> None:
        """Of a session whose daily bars are not out, or cannot be had, nothing else is asked; where they wait, the others do, too."""
        gates: dict[str, str] = {}
        for task in tasks:
            session = task.part if INTERFACES[task.interface].by == "day" else ""
            if self._is_barred(task.interface) or gates.get(session) == "hopeless":
                came = "hopeless"
            elif gates.get(session) == "waiting" or self._must_wait(task.interface):
                came = self._wait(task)
            else:
                came = self._asked(task)
            if task.interface == GATE:
                gates[session] = came

    def give_up(self, reason: str) -> None:
        """What waits has been tried often enough."""
        self.failed |= {task: unfetched(task, reason) for task in self.waiting}
        self.waiting, self.delay = [], 0.0

    def _is_barred(self, interface: str) -> bool:
        return self.barred_before(interface) or bool({interface, EVERYTHING} & self.barred.keys())

    def _must_wait(self, interface: str) -> bool:
        return self.troubled or interface in self._held or self.seconds_left() < LAST_CALL_SECONDS

    def _asked(self, task: Task) -> str:
        try:
            if self.ask(task) is not None:
                self.answered += 1
                return "answered"
            self.late.append(task)
        except LaterError as later:
            return self._wait(task, later.seconds)
        except UnreachableError:
            self.troubled = True
            return self._wait(task)
        except DataError as error:
            return self._refused(task, error)
        return "hopeless"

    def _refused(self, task: Task, error: DataError) -> str:
        told = (f"{task.interface} {task.part}: {error}"[:300],)
        table = INTERFACES[task.interface].table_of(task.part)
        match error:
            case StorageError():
                raise error
            case RateError() if error.seconds <= LONGEST_HOLD:
                self.throttle.hold(task.interface, error.seconds)
                return self._wait(task, error.seconds)
            case RateError():
                message = f"interface whose calls are used up: {task.interface}"
                self.barred[task.interface] = Finding(USED_UP, "warning", 1, message, told, table)
            case TokenError():
                self.barred[EVERYTHING] = Finding(USED_UP, "warning", 1, "account that is refused", told)
            case ForbiddenError():
                message = f"interface that the account may not use: {task.interface}"
                self.barred[task.interface] = Finding("not_allowed", "warning", 1, message, told, table)
            case _:
                self.failed[task] = unfetched(task, str(error))
        return "hopeless"

    def _wait(self, task: Task, seconds: float = 0.0) -> str:
        if seconds:
            self._held.add(task.interface)
            self.delay = max(self.delay, seconds)
        self.waiting.append(task)
        return "waiting"


def without_rows(task: Task) -> Finding | None:
    """Of an answer that is not out; None where that is nothing to tell."""
    row = INTERFACES[task.interface]
    if task.interface == GATE or row.allows_empty(task.part):
        return None
    message = "answer without rows, which will be asked for again"
    return Finding("no_rows", "warning", 1, message, (f"{task.interface} {task.part}",), row.table_of(task.part))


def unfetched(task: Task, reason: str) -> Finding:
    row = INTERFACES[task.interface]
    day = int(task.part) if row.by == "day" else 0
    message = "answer that could not be had; it is asked for again next time"
    return Finding(
        "not_fetched", "warning", 1, message, (f"{task.interface} {task.part}: {reason}"[:300],), row.table_of(task.part), day, day
    )
