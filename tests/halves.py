"""The whole suite in two processes at once, because one takes an hour: what `make test` runs. Each searches its own logs at the end.

The browser's tests run alone, before the second of them: playwright keeps an event loop in the process that no other test should meet.
"""

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOGS = "tests/security/test_logs.py"
BROWSER = "tests/web"
SECOND = ("tests/functions", "tests/bench", "tests/e2e")
HALVES: tuple[Sequence[Sequence[str]], ...] = (
    [["tests", *(f"--ignore={folder}" for folder in (*SECOND, BROWSER))]],  # so that a new folder is run, too
    [[BROWSER, LOGS], [*SECOND, LOGS]],
)
"""What each runs, one process after the other."""


def main(options: list[str]) -> int:
    """The worst exit code of all; every line says which half wrote it."""
    codes: list[int] = []
    threads = [threading.Thread(target=_run, args=(half, number, options, codes)) for number, half in enumerate(HALVES, 1)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except KeyboardInterrupt:  # what runs has heard it, too, and cleans up
        for thread in threads:
            thread.join()
    return max(codes, key=abs)


def _run(half: Sequence[Sequence[str]], number: int, options: list[str], codes: list[int]) -> None:
    for tests in half:
        command = [sys.executable, "-m", "pytest", *options, *tests]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
            assert running.stdout is not None
            for line in running.stdout:
                sys.stdout.write(f"{number}| {line.decode(errors='replace')}")
                sys.stdout.flush()
        codes.append(running.returncode)
        if running.returncode == pytest.ExitCode.INTERRUPTED:
            return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
