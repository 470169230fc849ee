"""The platform's workers held still for a while, so that what happens before they are done can be looked at without a race."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local import guard


class Workers:
    def __init__(self, home: Path) -> None:
        self._ledger = home / "processes"

    @contextmanager
    def still(self) -> Iterator[None]:
        """They hold whatever they have taken, and go on afterwards as if nothing had been."""
        self._send(signal.SIGSTOP)
        try:
            yield
        finally:
            self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        rows = [json.loads(line) for line in self._ledger.read_text().splitlines()]
        alive = [row for row in rows if row["name"] == "WorkerFunction" and guard.birth(row["pid"]) == row["birth"]]
        assert alive, "there are no workers"
        for row in alive:
            os.kill(row["pid"], number)
