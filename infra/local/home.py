"""LIANGHU_HOME, the one folder where the local stack keeps everything: who uses it, what runs in it, whether there is room."""

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from infra.local import guard
from infra.local.errors import StackError

LEAST_FREE_BYTES = 500 * 2**20
LARGEST_LOG_BYTES = 10 * 2**20


@dataclass(frozen=True)
class StackInfo:
    """A running stack, as those who use it need to know it."""

    url: str
    email: str
    password: str
    """Of the demo user, on this machine only."""
    home: Path
    pid: int
    """The supervisor: SIGTERM stops the stack."""
    database_port: int
    """Of Postgres on 127.0.0.1; its passwords are in the folder."""
    aws_url: str
    """Of SQS and EventBridge."""
    queues: dict[str, str]
    """Addresses of the queues, by the names of the template."""


def running_stack(home: Path) -> StackInfo | None:
    """The stack that runs in a folder; None if there is none (also when a state file of a killed one lies there)."""
    try:
        state: dict[str, Any] = json.loads((home / "stack.json").read_text())
        if guard.birth(state["pid"]) != state.pop("birth"):
            return None
        return StackInfo(**state | {"home": Path(state["home"])})
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError, KeyError, TypeError):
        return None


@contextmanager
def occupied(home: Path) -> Iterator[None]:
    """Holds a folder for one stack. StackError: another one has it, or the disk is full."""
    try:
        home.mkdir(mode=0o711, parents=True, exist_ok=True)
        lock = (home / "lock").open("a+")
    except OSError as error:
        raise StackError(f"{home} cannot be used: {error.strerror}", "choose another LIANGHU_HOME") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = running_stack(home)
            where = f" at {other.url} (process {other.pid})" if other else ""
            raise StackError(
                f"a stack is running in {home} already{where}", "use that one, stop it, or choose another LIANGHU_HOME"
            ) from None
        free = shutil.disk_usage(home).free
        if free < LEAST_FREE_BYTES:
            raise StackError(
                f"the disk of {home} is nearly full: {free // 2**20} MB are free, {LEAST_FREE_BYTES // 2**20} MB are needed",
                "free some space, or choose another LIANGHU_HOME",
            )
        try:
            yield
        finally:
            (home / "stack.json").unlink(missing_ok=True)


def publish(info: StackInfo) -> None:
    """Writes the state file, whole or not at all."""
    unfinished = info.home / "stack.json.new"
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps({**asdict(info), "home": str(info.home), "birth": guard.birth(info.pid)}))
    unfinished.replace(info.home / "stack.json")


def make_room_for_logs(logs: Path) -> None:
    """One older file of each log is kept."""
    logs.mkdir(exist_ok=True)
    for file in logs.glob("*.log"):
        if file.stat().st_size > LARGEST_LOG_BYTES:
            file.replace(file.with_suffix(".log.old"))
