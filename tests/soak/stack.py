"""`lianghu up` in a process of its own, seen from outside: its processes, its queues, its Postgres, and how all of it is killed at once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import psycopg

from infra.local import guard, postgres
from infra.local.home import running_stack

START_SECONDS = 240.0


class Stack:
    """In a folder, always at the same port."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.url = home, f"http://127.0.0.1:{port}"
        kernels = ("PATH", "HOME", "NUMBA_CACHE_DIR", "NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES")
        self._environment = {name: os.environ[name] for name in kernels if name in os.environ} | {
            "LIANGHU_HOME": str(home),
            "LIANGHU_PORT": str(port),
            "WORKERS": "2",
            "LEASE_SECONDS": "5",
            "HEARTBEAT_SECONDS": "1",
            "RATE_LIMIT_REQUESTS": "1000000",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.home.parent / "up.txt").open("ab") as screen:
            command = [sys.executable, "-m", "functions.cli", "up"]
            self._process = subprocess.Popen(command, env=self._environment, stdout=screen, stderr=screen, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        while running_stack(self.home) is None:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.home.parent / "up.txt").read_text()[-2000:])
            time.sleep(0.1)

    @property
    def lives(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def processes(self) -> dict[int, str]:
        """Names of the living ones that the stack has noted, and of the supervisor, by process id."""
        rows = [json.loads(line) for ledger in self._ledgers() for line in ledger.read_text().splitlines() if line.endswith("}")]
        named = {row["pid"]: str(row["name"]) for row in rows if guard.birth(row["pid"]) == row["birth"]}
        return named | ({self._process.pid: "supervisor"} if self.lives and self._process else {})

    def kill(self) -> None:
        """Everything at once, Postgres and the guards as well, so that nobody cleans up after anybody."""
        pids = self._all()
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
        if self._process is not None:
            self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self.lives:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()

    def database(self) -> "psycopg.Connection[Any]":
        """As the superuser."""
        return psycopg.connect(self.database_url("supabase_admin"), autocommit=True)

    def database_url(self, role: str) -> str:
        info = running_stack(self.home)
        if info is None:
            raise RuntimeError("the stack does not run")
        return postgres.url(self.home / "postgres", role, info.database_port)

    def aws(self) -> dict[str, str]:
        """How the queues are reached, as the API's process knows it."""
        pid = next(pid for pid, name in self.processes().items() if name == "api")
        words = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
        return dict(word.split("=", 1) for word in words if "=" in word)

    def queues(self) -> Any:
        told = self.aws()
        return boto3.client(
            "sqs",
            endpoint_url=told["AWS_ENDPOINT_URL"],
            region_name=told["AWS_REGION"],
            aws_access_key_id=told["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"],
        )

    def _ledgers(self) -> Iterator[Path]:
        yield from (file for file in (self.home / "processes", self.home / "postgres" / "processes") if file.exists())

    def _all(self) -> list[int]:
        """Of the stack's folder or noted by it, and their children."""
        found = set(self.processes())
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and str(self.home) in guard.command(int(entry.name)):
                found.add(int(entry.name))
        return sorted(found | {child for pid in found for child in children(pid)} - {os.getpid()})


def children(pid: int) -> list[int]:
    try:
        return [int(child) for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
