"""Ends the processes of a stack that died: nothing may outlive its supervisor, however that ended.

The stack runs this file as a process of its own (standard library only, so that it is there at once) and keeps the other end of its
standard input open. When that end closes, whoever held it is gone, and every process of the ledger that still lives is ended.
"""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

PATIENCE_SECONDS = 5.0
PROC = Path("/proc/self/stat")
"""Linux says what we ask for in files; slim images have no ps."""


def birth(pid: int) -> str | None:
    """When a living process was started, as an opaque text; None when there is none. It tells a process from a later one of the same id."""
    if not PROC.exists():
        return _ask_ps(pid, "lstart=") or None
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # A zombie has ended; only its parent can take it away.
    return None if fields[0] in "ZX" else f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}/{fields[19]}"


def command(pid: int) -> str:
    """The words of a living process; empty when there is none."""
    if not PROC.exists():
        return _ask_ps(pid, "args=")
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def record(ledger: Path, name: str, pid: int, stop_signal: int) -> None:
    """Notes a process that must be ended with the stack."""
    with ledger.open("a") as file:
        file.write(json.dumps({"name": name, "pid": pid, "birth": birth(pid), "signal": stop_signal}) + "\n")


def end_recorded(ledger: Path) -> list[str]:
    """Ends every process of the ledger that still lives, newest first; returns their names. Never touches a process of the same id."""
    if not ledger.exists():
        return []
    rows = [json.loads(line) for line in ledger.read_text().splitlines() if line.endswith("}")]
    alive = [row for row in reversed(rows) if row["birth"] is not None and birth(row["pid"]) == row["birth"]]
    for row in alive:
        _send(row["pid"], row["signal"])
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(birth(row["pid"]) == row["birth"] for row in alive) and time.monotonic() < deadline:
        time.sleep(0.02)
    for row in alive:
        if birth(row["pid"]) == row["birth"]:
            _send(row["pid"], signal.SIGKILL)
    return [row["name"] for row in alive]


def _ask_ps(pid: int, column: str) -> str:
    return subprocess.run(["ps", "-ww", "-p", str(pid), "-o", column], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603, S607


def _send(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


if __name__ == "__main__":
    sys.stdin.buffer.read()
    end_recorded(Path(sys.argv[1]))
