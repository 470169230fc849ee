"""How often Tushare may be called: a sliding window shared by every thread and process of a machine, and an account's limits."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from datalake.errors import Problem, StorageError

MINUTE = 61.0
"""Seconds of the window. A second more than a minute: calls may reach the server closer together than they left."""


class Priced(Protocol):
    """What limits know of an interface. (datalake.interfaces has the rows; who plugs a throttle in loads no tables.)"""

    @property
    def name(self) -> str: ...
    @property
    def points(self) -> int: ...
    @property
    def per_minute(self) -> int: ...


class Throttle(Protocol):
    """Counts the calls of everybody who shares an account."""

    def take(self, interface: str, per_minute: int) -> float:
        """Seconds to wait before asking again; 0: go, the call is counted."""
        ...

    def hold(self, interface: str, seconds: float) -> None:
        """Nobody may call the interface for so long: Tushare has refused."""
        ...


@dataclass(frozen=True)
class Limits:
    """What the owner says of the account."""

    caps: Mapping[str, int] = field(default_factory=dict)
    """Calls a minute by interface; "*": of every interface that is not named. {}: the rows' own."""
    points: int = 0
    """Of the account; 0: unknown, everything is tried."""

    def per_minute(self, interface: Priced) -> int:
        return self.caps.get(interface.name, self.caps.get("*", interface.per_minute))

    def allows(self, interface: Priced) -> bool:
        """Whether the account's points are enough."""
        return not self.points or self.points >= interface.points


class SqliteThrottle:
    """A Throttle in one SQLite file: every call of the last minute is a row, so no minute, wherever it begins, has more than allowed.

    (A bucket that fills to `per_minute` would let twice as many through within one minute: those saved up, and those that drip in.)
    A file that cannot be read is made anew, and then nobody calls for a minute, because what was called is forgotten.
    """

    def __init__(self, path: Path, window: float = MINUTE, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` is one for the whole machine; the default never jumps while the machine runs. Seconds."""
        self._path, self._window, self._clock = path, window, clock

    def take(self, interface: str, per_minute: int) -> float:
        if per_minute < 1:
            raise ValueError(f"{interface}: {per_minute} calls a minute")
        return self._in_transaction(lambda file: self._take(file, interface, per_minute))

    def hold(self, interface: str, seconds: float) -> None:
        self._in_transaction(lambda file: self._hold(file, interface, seconds))

    def _take(self, file: sqlite3.Connection, interface: str, per_minute: int) -> float:
        now = self._clock()
        _forget_the_future(file, now)
        file.execute("DELETE FROM calls WHERE at <= ?", (now - self._window,))
        file.execute("DELETE FROM holds WHERE since + seconds <= ?", (now,))
        (until,) = file.execute("SELECT max(since + seconds) FROM holds WHERE interface IN (?, '*')", (interface,)).fetchone()
        if until is not None and until > now:
            return float(until - now)
        nth = file.execute(
            "SELECT at FROM calls WHERE interface = ? ORDER BY at DESC LIMIT 1 OFFSET ?", (interface, per_minute - 1)
        ).fetchone()
        if nth is not None and nth[0] + self._window > now:  # what was deleted above may differ by a rounding
            return float(nth[0] + self._window - now)
        file.execute("INSERT INTO calls VALUES (?, ?)", (interface, now))
        return 0.0

    def _hold(self, file: sqlite3.Connection, interface: str, seconds: float) -> float:
        now = self._clock()
        _forget_the_future(file, now)
        file.execute("INSERT INTO holds VALUES (?, ?, ?)", (interface, now, seconds))
        return 0.0

    def _in_transaction(self, work: Callable[[sqlite3.Connection], float]) -> float:
        """A connection for each: it may be in any thread, after any fork, and sees a file that another process has made anew."""
        for attempt in range(_ATTEMPTS):
            try:
                with closing(self._open()) as file, file:
                    file.execute("BEGIN IMMEDIATE")  # whoever is killed in between has done nothing
                    return work(file)
            except sqlite3.DatabaseError as error:
                moved = _name(error).startswith(("SQLITE_READONLY_DBMOVED", "SQLITE_IOERR"))  # somebody made it anew
                broken = _name(error).startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_ERROR"))
                if attempt + 1 == _ATTEMPTS or not (moved or broken):  # locked too long, a full disk, a folder that is not ours
                    raise StorageError(Problem("throttle", f"cannot use {self._path}: {error}")) from error
                if broken:
                    self._make_anew()
        raise AssertionError("unreachable")

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return _tables_of(self._path)

    def _make_anew(self) -> None:
        """Put in place at once, with the pause in it: nobody sees a file that has forgotten the calls and does not say so."""
        fresh = self._path.with_name(f"{self._path.name}.{uuid4().hex}")
        with closing(_tables_of(fresh)) as file:
            self._hold(file, "*", self._window)
        self._path.with_name(f"{self._path.name}-journal").unlink(missing_ok=True)  # the broken file's
        fresh.replace(self._path)


def _tables_of(path: Path) -> sqlite3.Connection:
    """The file, made if it is not there."""
    file = sqlite3.connect(path, timeout=60, isolation_level=None)
    try:
        file.execute("PRAGMA synchronous = OFF")  # a crash of the machine may spoil the file: it is made anew
        file.execute("CREATE TABLE IF NOT EXISTS calls (interface TEXT, at REAL)")
        file.execute("CREATE INDEX IF NOT EXISTS calls_by_time ON calls (interface, at)")
        file.execute("CREATE TABLE IF NOT EXISTS holds (interface TEXT, since REAL, seconds REAL)")
    except BaseException:
        file.close()
        raise
    return file


_ATTEMPTS = 4


def _name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", "")


def _forget_the_future(file: sqlite3.Connection, now: float) -> None:
    """The clock was set back (the machine was started anew): what lies ahead of it counts as now, so that nobody waits for ever."""
    file.execute("UPDATE calls SET at = ? WHERE at > ?", (now, now))
    file.execute("UPDATE holds SET since = ? WHERE since > ?", (now, now))
