"""Child processes with a log file each, which never outlive the process that started them."""

import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from infra.local import guard
from infra.local.errors import StackError

Process = subprocess.Popen[bytes]


class Children:
    """The processes of one stack, noted in a ledger file.

    Three things end them: `stop`; the guard process, should this process be killed; the next `Children` of the same ledger, should the
    guard be killed too. The caller sees to it that only one living process uses a ledger.
    """

    def __init__(self, ledger: Path) -> None:
        ledger.parent.mkdir(parents=True, exist_ok=True)
        self.left_over = guard.end_recorded(ledger)
        """Names of what a killed stack had left running."""
        ledger.write_text("")
        self._ledger = ledger
        self._lock = threading.Lock()
        self._stopped = False
        self._living: list[tuple[Process, int]] = []
        self._guard = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", guard.__file__, str(ledger)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def spawn(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        stop_signal: int = signal.SIGTERM,
    ) -> Process:
        """Starts a process in its own session (Ctrl-C in a terminal must reach only the supervisor, which ends the rest in order)."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with self._lock, log.open("ab") as output:
            if self._stopped:
                raise StackError(f"{name} was not started, because the stack is stopping")
            process = subprocess.Popen(  # noqa: S603
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            guard.record(self._ledger, name, process.pid, stop_signal)
            self._living = [(other, number) for other, number in self._living if other.poll() is None]
            self._living.append((process, stop_signal))
        return process

    def stop(self) -> None:
        """Ends every child, newest first, and the guard; none is started after this."""
        with self._lock:
            self._stopped = True
        for process, stop_signal in reversed(self._living):
            end(process, stop_signal)
        self._living = []
        if self._guard.stdin:
            # A guard that was killed leaves a broken pipe; there is nothing for it to do any more.
            with suppress(BrokenPipeError):
                self._guard.stdin.close()
        self._guard.wait()


def end(process: Process, stop_signal: int = signal.SIGTERM, patience_seconds: float = guard.PATIENCE_SECONDS) -> None:
    """Asks a process to end and makes it end when it does not."""
    if process.poll() is not None:
        return
    process.send_signal(stop_signal)
    try:
        process.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
