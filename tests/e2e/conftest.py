"""The whole platform as a user starts it: `lianghu up` in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from functions.client import Client
from infra.local.stack import StackInfo, running_stack

START_SECONDS = 120.0


class Platform:
    """A stack in a folder that is started, killed and started again."""

    def __init__(self, home: Path, variables: Mapping[str, str], *options: str) -> None:
        """`options` are those of `lianghu up`."""
        kept = ("PATH", "HOME", "NUMBA_CACHE_DIR", "NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES")
        self.home = home
        self.environment = {name: os.environ[name] for name in kept if name in os.environ}
        self.environment |= {"LIANGHU_HOME": str(home), "LIANGHU_PORT": "0", **variables}
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> StackInfo:
        screen = (self.home.parent / "up.txt").open("ab")  # no log: it shows the demo account's password, as it must
        command = [sys.executable, "-m", "functions.cli", "up", *self._options]
        self._process = subprocess.Popen(command, env=self.environment, stdout=screen, stderr=screen)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if stack := running_stack(self.home):
                return stack
            time.sleep(0.1)
        raise AssertionError((self.home.parent / "up.txt").read_text())

    def lianghu(self, *arguments: str, code: int = 0) -> str:
        """What a command of the user prints."""
        done = subprocess.run(
            [sys.executable, "-m", "functions.cli", *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    def kill(self) -> None:
        """SIGKILL: the supervisor has no chance to say goodbye."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            assert self._process.wait(60) == 0, "Ctrl-C is how `up` ends"


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """With leases so short that a dead worker is noticed soon."""
    made = Platform(tmp_path / "home", {"LEASE_SECONDS": "4", "HEARTBEAT_SECONDS": "1", "WORKERS": "2"})
    yield made
    made.stop()


def signed_in(stack: StackInfo) -> Client:
    client = Client(stack.url)
    client.sign_in(stack.email, stack.password)
    return client
