"""The whole suite in two processes at once, because one takes an hour: what `make test` runs. Each searches its own logs at the end."""

import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOGS = "tests/security/test_logs.py"
SECOND = ("tests/functions", "tests/bench", "tests/e2e")
HALVES = (
    ["tests", *(f"--ignore={folder}" for folder in SECOND)],  # so that a new folder is run, too
    [*SECOND, LOGS],
)


def main(options: list[str]) -> int:
    """The worst exit code of the two; every line says which of them wrote it."""
    command = [sys.executable, "-m", "pytest", *options]
    halves = [subprocess.Popen([*command, *half], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for half in HALVES]
    readers = [threading.Thread(target=_copy, args=(half, number)) for number, half in enumerate(halves, 1)]
    for reader in readers:
        reader.start()
    try:
        for reader in readers:
            reader.join()
    except KeyboardInterrupt:  # the halves have heard it, too, and clean up
        for reader in readers:
            reader.join()
    return max((half.wait() for half in halves), key=abs)


def _copy(half: "subprocess.Popen[bytes]", number: int) -> None:
    assert half.stdout is not None
    for line in half.stdout:
        sys.stdout.write(f"{number}| {line.decode(errors='replace')}")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
