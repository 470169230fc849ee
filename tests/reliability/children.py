"""Real processes on a platform: workers, aggregators, planners and sweepers that are killed or stopped where a test wants it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from functions.settings import Settings
from tests.reliability.steps import UNHARMED, Orders, Step, read_steps

ROOT = Path(__file__).parents[2]
ALONE = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
"""NumPy's libraries would start threads when they are loaded."""


@dataclass(frozen=True)
class Ended:
    """A child after its end, or stopped."""

    pid: int
    code: int | None
    """Of the process: negative, the signal that killed it; None: it is stopped."""
    steps: list[Step]
    """Up to there."""


@dataclass(frozen=True)
class Nursery:
    """The process that children are forked from."""

    folder: Path
    process: "subprocess.Popen[str]"
    numbers: Iterator[int] = field(default_factory=count)

    def warm_up(self, panel: Path, task: Mapping[str, Any]) -> None:
        self._ask(do="warm_up", panel=str(panel), task=task)

    def run(self, settings: Settings, door: str, orders: Orders = UNHARMED, grid_id: str = "") -> Ended:
        """A child from its birth to its end, or to where it stops."""
        return self.start(settings, door, orders, grid_id).wait()

    def start(self, settings: Settings, door: str, orders: Orders = UNHARMED, grid_id: str = "") -> "Child":
        file = self.folder / f"steps-{next(self.numbers)}"
        told = orders._asdict()
        pid = self._ask(do="start", settings=_plain(settings), door=door, orders=told, grid_id=grid_id, steps=str(file))
        return Child(self, pid, file)

    def _ask(self, **order: Any) -> Any:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError((self.folder / "nursery.log").read_text()[-2000:])
        return json.loads(line)


@dataclass(frozen=True)
class Child:
    nursery: Nursery
    pid: int
    file: Path

    def wait(self) -> Ended:
        told = self.nursery._ask(do="wait", pid=self.pid)
        return Ended(self.pid, told["code"], read_steps(self.file) if self.file.exists() else [])

    def send(self, number: signal.Signals) -> None:
        self.nursery._ask(do=number.name, pid=self.pid)

    def go_on(self) -> Ended:
        """After it was stopped."""
        self.send(signal.SIGCONT)
        return self.wait()


@contextmanager
def nursery_in(folder: Path) -> Iterator[Nursery]:
    """Whatever it has forked ends with it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.nursery", str(folder)],
        cwd=ROOT,
        env={**os.environ, **ALONE, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield Nursery(folder, process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for end in (process.stdin, process.stdout):
            assert end is not None
            end.close()


def _plain(settings: Settings) -> dict[str, Any]:
    """As another process is given them: through a pipe, not on a command line."""
    values = {name: getattr(settings, name) for name in settings.model_fields_set}
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value) if isinstance(value, Path) else value
        for name, value in values.items()
    }
