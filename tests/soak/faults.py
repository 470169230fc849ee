"""What is done to a stack while people use it: a row for each fault, how often it is drawn, and what it does."""

import ctypes
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psycopg

from tests.soak.stack import Stack

FUNCTIONS = ("WorkerFunction", "PlannerFunction", "AggregatorFunction", "SweeperFunction")
PAUSE_SECONDS = 7.0
"""Longer than the leases of the soak."""
AWAY_SECONDS = 3.0


class Fault(NamedTuple):
    name: str
    weight: int
    strike: Callable[[Stack, random.Random], None]


def _kill_a_function(stack: Stack, chance: random.Random) -> None:
    _send(_a_function(stack, chance), signal.SIGKILL)


def _pause_a_function(stack: Stack, chance: random.Random) -> None:
    """It holds a lease and says nothing; somebody else has its work when it goes on."""
    pid = _a_function(stack, chance)
    _send(pid, signal.SIGSTOP)
    threading.Timer(PAUSE_SECONDS, _send, (pid, signal.SIGCONT)).start()


def _empty_the_queues(stack: Stack, chance: random.Random) -> None:
    """Whatever comes there for a while (what is under way goes on); the dead letters stay."""
    queues, until = stack.queues(), time.monotonic() + AWAY_SECONDS
    urls = [url for url in queues.list_queues().get("QueueUrls", []) if not url.endswith("DeadLetters")]
    while time.monotonic() < until:
        for url in urls:
            for message in queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _kill_a_backend(stack: Stack, chance: random.Random) -> None:
    """Postgres then ends all the others, recovers from its log, and goes on: an immediate restart."""
    with stack.database() as connection:
        rows = connection.execute("select pid from pg_stat_activity where usename = 'lianghu_login'").fetchall()
    if rows:
        _send(int(chance.choice(rows)[0]), signal.SIGKILL)


def _cut_connections(stack: Stack, chance: random.Random) -> None:
    with stack.database() as connection:
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'lianghu_login'")


def _take_the_results_away(stack: Stack, chance: random.Random) -> None:
    """A file stands where the folder was: whoever reads or writes fails."""
    folder, other = stack.home / "results", stack.home / "results-away"
    folder.mkdir(exist_ok=True)
    other.touch()
    _exchange(folder, other)
    try:
        time.sleep(AWAY_SECONDS)
    finally:
        _exchange(folder, other)
        other.unlink()


def _kill_the_stack(stack: Stack, chance: random.Random) -> None:
    stack.kill()
    stack.start()


FAULTS = (
    Fault("a function is killed", 6, _kill_a_function),
    Fault("a function stands still for longer than its lease", 2, _pause_a_function),
    Fault("the queues are emptied", 3, _empty_the_queues),
    Fault("Postgres recovers from a crash", 2, _kill_a_backend),
    Fault("every connection to Postgres is cut", 2, _cut_connections),
    Fault("the store is away", 2, _take_the_results_away),
    Fault("all is killed at once", 1, _kill_the_stack),
)


def strike(stack: Stack, chance: random.Random) -> str:
    """One of them, drawn; its name. Where Postgres or a process is away just then, nothing happens and it says so."""
    fault = chance.choices(FAULTS, [fault.weight for fault in FAULTS])[0]
    try:
        fault.strike(stack, chance)
    except (psycopg.OperationalError, StopIteration, IndexError):
        return "missed"
    return fault.name


def _a_function(stack: Stack, chance: random.Random) -> int:
    return chance.choice(sorted(pid for pid, name in stack.processes().items() if name in FUNCTIONS))


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _exchange(one: Path, other: Path) -> None:
    """Both names in one instant: renameat2 with RENAME_EXCHANGE, https://man7.org/linux/man-pages/man2/rename.2.html"""
    here, exchange = -100, 2
    if ctypes.CDLL(None, use_errno=True).renameat2(here, bytes(one), here, bytes(other), exchange) != 0:
        raise OSError(ctypes.get_errno(), f"cannot exchange {one} and {other}")
