"""A Postgres of a test's own, which is stopped, killed and started again behind the same address."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from infra.local import guard, postgres
from infra.local.migrate import migrate

SMART, FAST, IMMEDIATE = signal.SIGTERM, signal.SIGINT, signal.SIGQUIT
"""https://www.postgresql.org/docs/current/server-shutdown.html"""


class OwnPostgres:
    """With our schema. What was committed counts, so nothing of its care for the disk is turned off."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = postgres.start(folder)
        migrate(self.admin)

    @property
    def admin(self) -> str:
        return self._server.url_admin

    @property
    def login(self) -> str:
        return self._server.url_login

    @property
    def runs(self) -> bool:
        return guard.birth(self._server.pid) is not None

    def connected(self, seconds: float = 30) -> psycopg.Connection[Any]:
        """As the superuser, as soon as Postgres lets anybody in."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return psycopg.connect(self.admin, autocommit=True)
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, "Postgres does not come back"
                time.sleep(0.05)

    def ask_to_stop(self, how: signal.Signals) -> None:
        os.kill(self._server.pid, how)

    def wait_until_stopped(self, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while self.runs:
            assert time.monotonic() < deadline, "Postgres does not stop"
            time.sleep(0.02)

    def start_again(self) -> None:
        port = self._server.port
        self._server.stop()  # what is left of the former one: its lock and its guard
        self._server = postgres.start(self._folder, port)

    def restart(self, how: signal.Signals) -> None:
        self.ask_to_stop(how)
        self.wait_until_stopped()
        self.start_again()

    def kill(self) -> None:
        """All of its processes at once, as a machine does that loses its power (but for what the disk had not written)."""
        os.kill(self._server.pid, signal.SIGSTOP)  # it makes no more of them
        pids = [self._server.pid, *_children(self._server.pid)]
        for how in (signal.SIGSTOP, signal.SIGKILL):  # stood still, none of them learns of the others' end
            for pid in pids:
                with suppress(ProcessLookupError):  # a server of one connection ends when that is closed
                    os.kill(pid, how)
        self.wait_until_stopped()

    def kill_one_backend(self) -> None:
        """Postgres then ends all the others, and recovers by itself."""
        with self.connected() as connection:
            row = connection.execute("select pid from pg_stat_activity where usename = 'lianghu_login' limit 1").fetchone()
        if row:
            os.kill(row[0], signal.SIGKILL)

    def cut_connections(self) -> int:
        with self.connected() as connection:
            ended = connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'lianghu_login'")
            return len(ended.fetchall())

    def new_user(self) -> str:
        user = str(uuid4())
        with self.connected() as connection:
            connection.execute("insert into auth.users (id, email, encrypted_password) values (%s, %s, '')", (user, f"{user}@example.com"))
        return user

    def stop(self) -> None:
        self._server.stop()


def _children(pid: int) -> list[int]:
    return [int(child) for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()]
